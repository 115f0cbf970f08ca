"""Tables that stand: rows that are proof, which the database itself lets nobody delete or rewrite.

Written for migrations, and as frozen as they are: a change to it would change what old migrations made.
"""

from alembic import op


def protect(table: str) -> None:
    """Refuse every change to the rows of a table: by trigger on either database, on PostgreSQL by rights as well.

    Rights that are taken away hold for everybody but a superuser, which the house has no need to be.
    """
    if op.get_bind().dialect.name == "sqlite":
        _protect_in_sqlite(table)
    else:
        _protect_in_postgresql(table)


def _protect_in_sqlite(table: str) -> None:
    for name, act in (("keep", "DELETE"), ("fixed", "UPDATE")):
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} rows are never deleted or rewritten'); END"
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
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
