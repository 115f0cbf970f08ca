"""Bringing the database up to date, and noticing in a moment that it is."""

from __future__ import annotations

import re

from sqlalchemy import inspect, text

from app.kit.database import open_database
from app.kit.templates import ROOT

MIGRATIONS = ROOT / "migrations"


def newest() -> str:
    """Give the revision that the code was written for: the one no other revision follows."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((MIGRATIONS / "versions").glob("*.py"))]
    revisions = {_named(one, "revision") for one in texts}
    return (revisions - {_named(one, "down_revision") for one in texts}).pop()


def current(url: str) -> str:
    """Give the revision a database is at; empty for an empty one."""
    database = open_database(url)
    try:
        with database.reading.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    finally:
        database.close()


def upgrade(url: str) -> bool:
    """Bring a database up to date; say whether there was anything to do. Alembic is loaded only then."""
    if current(url) == newest():
        return False
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "head")
    return True


def _named(source: str, name: str) -> str:
    found = re.search(rf'^{name}(?:: [^=]+)? = "([^"]*)"', source, re.MULTILINE)
    return found[1] if found else ""
