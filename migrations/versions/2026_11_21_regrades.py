"""Regrades: what was decided about a question after people had answered it, and what that did to their attempts.

Both stand for ever: the scores that were are nowhere else.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_regrades"
down_revision = "2026_11_21_question_reports"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.Text()
PROTECTED = ("ruling", "regraded_attempt")


def upgrade() -> None:
    _make_rulings()
    _make_regraded_attempts()
    for table in PROTECTED:
        _protect(table)


def _make_rulings() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("question_id", TEXT, nullable=False),
        sa.Column("heading", TEXT, nullable=False),
        sa.Column("edition_id", ID, nullable=True),
        sa.Column("prints", TEXT, nullable=False),
        sa.Column("correction", TEXT, nullable=False),
        sa.Column("was", TEXT, nullable=False),
        sa.Column("became", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("plan", TEXT, nullable=False),
        sa.Column("takes_passes", sa.Boolean(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_ruling_edition_id_edition"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        sa.UniqueConstraint("plan", name=op.f("uq_ruling_plan")),
    )
    op.create_index(op.f("ix_ruling_course_code"), "ruling", ["course_code"], unique=False)


def _make_regraded_attempts() -> None:
    op.create_table(
        "regraded_attempt",
        sa.Column("ruling_id", ID, nullable=False),
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("was_score", TEXT, nullable=False),
        sa.Column("was_possible", TEXT, nullable=False),
        sa.Column("was_passed", sa.Boolean(), nullable=False),
        sa.Column("score", TEXT, nullable=False),
        sa.Column("possible", TEXT, nullable=False),
        sa.Column("earned", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("earned OR NOT passed OR was_passed", name=op.f("ck_regraded_attempt_kept")),
        sa.ForeignKeyConstraint(
            ["ruling_id"], ["ruling.id"], name=op.f("fk_regraded_attempt_ruling_id_ruling"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_regraded_attempt_attempt_id_attempt"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("ruling_id", "attempt_id", name=op.f("pk_regraded_attempt")),
    )
    op.create_index(op.f("ix_regraded_attempt_attempt_id"), "regraded_attempt", ["attempt_id"], unique=False)


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
