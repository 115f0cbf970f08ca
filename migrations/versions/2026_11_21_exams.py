"""Exams: time limits, accommodations, and what each paper was drawn with.

An answer that was checked is written down beside the answers, not on them: on SQLite the trigger that keeps
answers as they are names their columns, and would not know of a new one.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_exams"
down_revision = "2026_11_21_drafts"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.Text()
NEVER_CHANGED = ("locked_answer", "accommodation")


def upgrade() -> None:
    op.add_column("attempt", sa.Column("seen", TEXT, nullable=False, server_default="{}"))
    op.add_column("attempt", sa.Column("time_factor", TEXT, nullable=False, server_default="1"))
    op.add_column("attempt", sa.Column("one_at_a_time", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attempt", sa.Column("ends_at", INSTANT, nullable=True))
    _locked_answers()
    _accommodations()
    for table in NEVER_CHANGED:
        _protect(table)


def _locked_answers() -> None:
    op.create_table(
        "locked_answer",
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("question_id", TEXT, nullable=False),
        sa.Column("answer_event_id", ID, nullable=False),
        sa.Column("locked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_locked_answer_attempt_id_attempt"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["answer_event_id"],
            ["answer_event.id"],
            name=op.f("fk_locked_answer_answer_event_id_answer_event"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("attempt_id", "question_id", name=op.f("pk_locked_answer")),
    )


def _accommodations() -> None:
    op.create_table(
        "accommodation_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("needs", TEXT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answer", TEXT, nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_accommodation_request_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation_request")),
    )
    op.create_index(op.f("ix_accommodation_request_person_id"), "accommodation_request", ["person_id"], unique=False)
    op.create_table(
        "accommodation",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("time_factor", TEXT, nullable=False),
        sa.Column("one_at_a_time", sa.Boolean(), nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("granted_by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_accommodation_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation")),
    )
    op.create_index(op.f("ix_accommodation_person_id"), "accommodation", ["person_id"], unique=False)


def _protect(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, act in (("keep", "DELETE"), ("fixed", "UPDATE")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} rows are never deleted or rewritten'); END"
            )
        return
    op.execute(
        f"""
        CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} rows are never deleted or rewritten';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
