"""What is proof is never erased and never rewritten: the database itself refuses.

Alembic's batch mode on SQLite rebuilds a table without its triggers, so tests/house asserts after every
migration that each of these is still there and still bites.
"""

from alembic import op

revision = "2026_11_20_protect_records"
down_revision = "2026_11_20_first_tables"

# Table → columns that may change after the row was written. Nothing in these tables may be deleted.
PROTECTED = {
    "answer_event": (),
    "audit_line": (),
    "edition": (),
    "certificate": ("revoked_at", "revoked_by", "revocation_reason"),
    "certificate_pdf": (),
}


def upgrade() -> None:
    for table, changeable in PROTECTED.items():
        if op.get_bind().dialect.name == "sqlite":
            _protect_in_sqlite(table, changeable)
        else:
            _protect_in_postgresql(table, changeable)


def _protect_in_sqlite(table: str, changeable: tuple[str, ...]) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_keep BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} rows are never deleted'); END"
    )
    columns = [row[1] for row in op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")]
    fixed = [column for column in columns if column not in changeable]
    op.execute(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {', '.join(fixed)} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} rows are never rewritten'); END"
    )


def _protect_in_postgresql(table: str, changeable: tuple[str, ...]) -> None:
    dropped = " - ".join(["to_jsonb({row})", *(f"'{column}'" for column in changeable)])
    old, new = dropped.format(row="OLD"), dropped.format(row="NEW")
    op.execute(
        f"""
        CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND ({old}) = ({new}) THEN
                RETURN NEW;
            END IF;
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
