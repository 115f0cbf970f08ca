"""What a command opens: the settings, the database brought up to date, and the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.awards import issuing
from app.awards.issuer import Issuer
from app.cli import opening
from app.kit.clock import system_clock
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """A transaction and the instant it belongs to."""

    db: Session
    now: datetime
    issuer: Issuer


def harmless(words: str) -> str:
    """Give what somebody wrote so that a terminal shows it and obeys none of it, however it was written."""
    return "".join(each if each.isprintable() or each == "\n" else "\N{REPLACEMENT CHARACTER}" for each in words)


@contextmanager
def act() -> Iterator[Desk]:
    """Open one act at the command line: committed when the block ends, rolled back when it refuses."""
    settings = Settings()
    database = opening.records(settings)
    try:
        with database.write() as db:
            yield Desk(db=db, now=system_clock(), issuer=issuing.of(settings))
    finally:
        database.close()
