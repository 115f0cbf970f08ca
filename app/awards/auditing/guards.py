"""What forbids change: triggers and rights. A migration may lose one silently, and an owner may drop it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlmodel import Session

from app.awards.auditing.finding import Finding

REGISTER = ("register_entry", "register_node", "register_checkpoint")
ONCE = {"certificate": "revocation", "certificate_correction": "decided"}  # may be written, once
ERASED = {
    "certificate": ("whose", "account"),
    "certificate_document": ("held",),
    "certificate_correction": ("changes_asked", "reason_asked"),
    "audit_line": ("told", "network"),
}
GUARDED = (*REGISTER, "certificate", "certificate_document", "certificate_correction", "audit_link", "audit_line")


def of(db: Session) -> Iterator[Finding]:
    """Name each table whose rows could be changed."""
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    there = set(db.execute(text(_SQLITE if is_sqlite else _POSTGRESQL)).scalars())
    for table in GUARDED:
        if not set(_expected(table, is_sqlite=is_sqlite)) <= there:
            yield Finding(f"table {table}", "The database does not forbid to change its rows any more.")
        elif not is_sqlite and _may_change(db, table):
            yield Finding(f"table {table}", "Whoever the application signs in as has the right to change its rows.")


_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_POSTGRESQL = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
_RIGHTS = (
    "SELECT has_table_privilege(:t, 'UPDATE, DELETE, TRUNCATE') AND NOT rolsuper "
    "FROM pg_roles WHERE rolname = current_user"
)


def _expected(table: str, *, is_sqlite: bool) -> Iterator[str]:
    yield f"{table}_keep"
    yield f"{table}_fixed" if is_sqlite else f"{table}_whole"
    if table in ONCE:
        yield f"{table}_{ONCE[table]}"
    if is_sqlite:
        yield from (f"{table}_{kind}" for kind in ERASED.get(table, ()))


def _may_change(db: Session, table: str) -> bool:
    """Say whether rows could be changed were it not for the triggers. A superuser may do anything, and is told so."""
    return bool(db.execute(text(_RIGHTS), {"t": table}).scalar_one())
