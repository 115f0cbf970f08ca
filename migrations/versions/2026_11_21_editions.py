"""Editions have a kind, a signature and an end; learners choose after a major one."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_editions"
down_revision = "2026_11_20_revocations_stand"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.String()
INSTANT = sa.DateTime(timezone=True)

# Signatures and choices are proof: nothing in these tables may be changed or deleted.
STANDING = ("review", "review_request")


def upgrade() -> None:
    _widen_editions()
    _widen_offerings()
    _make_reviews()
    _make_choices()
    for table in STANDING:
        _protect(table)


def _widen_editions() -> None:
    # Plain SQL: Alembic's batch mode on SQLite would rebuild the table without its triggers.
    op.execute(
        "ALTER TABLE edition ADD COLUMN kind VARCHAR DEFAULT 'major' NOT NULL "
        "CONSTRAINT ck_edition_kind CHECK (kind IN ('minor', 'major'))"
    )
    op.execute("ALTER TABLE edition ADD COLUMN published_by VARCHAR DEFAULT 'Continua' NOT NULL")
    op.execute("ALTER TABLE edition ADD COLUMN files TEXT DEFAULT '{}' NOT NULL")
    if op.get_bind().dialect.name == "sqlite":
        # Its list of columns was made before these: on PostgreSQL the trigger compares whole rows.
        op.execute("DROP TRIGGER edition_fixed")
        op.execute(
            f"CREATE TRIGGER edition_fixed BEFORE UPDATE OF {_columns('edition')} ON edition "
            "BEGIN SELECT RAISE(ABORT, 'edition rows are never rewritten'); END"
        )


def _widen_offerings() -> None:
    op.execute("ALTER TABLE offering ADD COLUMN folder_hash VARCHAR DEFAULT '' NOT NULL")
    op.add_column("offering", sa.Column("retired_at", INSTANT, nullable=True))
    op.execute("ALTER TABLE offering ADD COLUMN retired_by VARCHAR DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE offering ADD COLUMN retirement_reason VARCHAR DEFAULT '' NOT NULL")
    # Until now only folders were published: one without a conflict holds what is served.
    op.execute(
        "UPDATE offering SET folder_hash = (SELECT content_hash FROM edition WHERE edition.id = offering.edition_id) "
        "WHERE edition_id IS NOT NULL AND conflict = ''"
    )


def _make_reviews() -> None:
    op.create_table(
        "review",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("reviewer_id", ID, nullable=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("license", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_content_hash"), "review", ["content_hash"], unique=False)
    op.create_table(
        "review_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_review_request_asked_by_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_request")),
    )
    op.create_index(op.f("ix_review_request_draft_id"), "review_request", ["draft_id"], unique=False)


def _make_choices() -> None:
    op.create_table(
        "edition_choice",
        sa.Column("id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("from_edition_id", ID, nullable=False),
        sa.Column("to_edition_id", ID, nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_edition_choice_enrollment_id_enrollment"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["from_edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_choice_from_edition_id_edition"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_edition_id"],
            ["edition.id"],
            name=op.f("fk_edition_choice_to_edition_id_edition"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_choice")),
    )
    op.create_index(op.f("ix_edition_choice_enrollment_id"), "edition_choice", ["enrollment_id"], unique=False)


def _protect(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} rows are never deleted'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {_columns(table)} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} rows are never rewritten'); END"
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


def _columns(table: str) -> str:
    return ", ".join(row[1] for row in op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})"))
