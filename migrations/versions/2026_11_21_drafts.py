"""Drafts: what authors write in the Studio, every version of it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_drafts"
down_revision = "2026_11_21_editions"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.Text()
PROTECTED = ("draft_revision", "draft_text")  # what was saved stays as it was saved


def upgrade() -> None:
    _make_course_author()
    _make_draft()
    _make_draft_file()
    _make_draft_revision()
    for table in PROTECTED:
        if op.get_bind().dialect.name == "sqlite":
            _protect_in_sqlite(table)
        else:
            _protect_in_postgresql(table)


def _belongs_to(table: str, column: str, whom: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{whom}")
    return sa.ForeignKeyConstraint([column], [f"{whom}.id"], name=name, ondelete="RESTRICT")


def _make_course_author() -> None:
    table = "course_author"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.Column("removed_by", ID, nullable=True),
        _belongs_to(table, "person_id", "person"),
        _belongs_to(table, "added_by", "person"),
        _belongs_to(table, "removed_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_author")),
    )
    op.create_index(op.f("ix_course_author_person_id"), table, ["person_id"], unique=False)
    _one_at_a_time("uq_course_author_now", table, ["course_code", "person_id"], "removed_at IS NULL")


def _make_draft() -> None:
    table = "draft"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("course_code", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("based_on", TEXT, nullable=True),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("begun_by", ID, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("discarded_at", INSTANT, nullable=True),
        sa.Column("discarded_by", ID, nullable=True),
        _belongs_to(table, "begun_by", "person"),
        _belongs_to(table, "discarded_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    _one_at_a_time("uq_draft_open", table, ["course_code"], "discarded_at IS NULL")


def _make_draft_file() -> None:
    table = "draft_file"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by", ID, nullable=False),
        _belongs_to(table, "draft_id", "draft"),
        _belongs_to(table, "changed_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_file")),
        sa.UniqueConstraint("draft_id", "name", name=op.f("uq_draft_file_draft_id_name")),
    )


def _make_draft_revision() -> None:
    table = "draft_revision"
    op.create_table(
        "draft_text",
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_draft_text")),
    )
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", TEXT, nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("was", TEXT, nullable=True),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.Column("saved_by", ID, nullable=False),
        _belongs_to(table, "draft_id", "draft"),
        _belongs_to(table, "saved_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_revision")),
        sa.UniqueConstraint("draft_id", "name", "number", name=op.f("uq_draft_revision_draft_id_name_number")),
    )


def _one_at_a_time(name: str, table: str, columns: list[str], while_: str) -> None:
    holds = sa.text(while_)
    op.create_index(name, table, columns, unique=True, sqlite_where=holds, postgresql_where=holds)


def _protect_in_sqlite(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} rows are never deleted'); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} rows are never rewritten'); END"
    )


def _protect_in_postgresql(table: str) -> None:
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
