"""Licenses with their history, and what privacy asks for: erasures, and free words that can be emptied.

What she wrote in an exam in her own words can be emptied and not otherwise changed; so can what the history of a
license tells. The rest of both tables stands as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_licenses"
down_revision = "2026_11_30_people"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXT = sa.String()
PROTECTED = ("license_change",)
EMPTIED = {"license_change": ("told", ""), "answer_event": ("answer", "null")}  # the column, and what it is when empty
NEVER = "rows are never deleted or rewritten, but emptied"


def upgrade() -> None:
    _widen_licenses()
    _make_changes()
    _make_erasures()
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("DROP TRIGGER answer_event_fixed")
        op.execute("DROP TRIGGER answer_event_keep")
    for table, (column, empty) in EMPTIED.items():
        if sqlite:
            _guard_in_sqlite(table, column, empty)
        else:
            _guard_in_postgresql(table, column, empty)


def _widen_licenses() -> None:
    # Column by column: Alembic's batch mode on SQLite would rebuild the table.
    op.add_column("license", sa.Column("first_issued_on", sa.Date(), nullable=True))
    op.add_column("license", sa.Column("renewal_months", sa.Integer(), nullable=True))
    op.add_column("license", sa.Column("unusual_confirmed_at", INSTANT, nullable=True))
    op.add_column("license", sa.Column("removed_at", INSTANT, nullable=True))


def _make_changes() -> None:
    table = "license_change"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("license_id", ID, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_license_change")),
    )
    op.create_index(op.f("ix_license_change_license_id"), table, ["license_id"], unique=False)


def _make_erasures() -> None:
    table = "erasure"
    op.create_table(
        table,
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.Column("letter_id", ID, nullable=True),
        sa.Column("purged_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasure")),
    )


def _guard_in_sqlite(table: str, column: str, empty: str) -> None:
    columns = [row[1] for row in op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})") if row[1] != column]
    acts = {
        "keep": f"DELETE ON {table}",
        "fixed": f"UPDATE OF {', '.join(columns)} ON {table}",
        "emptied": f"UPDATE OF {column} ON {table} WHEN NEW.{column} <> '{empty}'",
    }
    for name, act in acts.items():
        op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {act} BEGIN SELECT RAISE(ABORT, '{table} {NEVER}'); END")


def _guard_in_postgresql(table: str, column: str, empty: str) -> None:
    kept = f"(to_jsonb(OLD) - '{column}') = (to_jsonb(NEW) - '{column}') AND NEW.{column} IN ('{empty}', OLD.{column})"
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND {kept} THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '{table} {NEVER}';
        END $$
        """
    )
    if table in PROTECTED:
        for name, act in (("keep", "UPDATE OR DELETE"), ("whole", "TRUNCATE")):
            each = "STATEMENT" if name == "whole" else "ROW"
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION {table}_refuse()"
            )
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
    op.execute(f"GRANT UPDATE ({column}) ON {table} TO CURRENT_USER")
