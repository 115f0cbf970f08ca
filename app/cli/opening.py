"""Opening the records: the newest schema, and the register whole, with everything entered that was issued."""

from __future__ import annotations

import sys
from datetime import datetime

from app.awards import adoption, issuing, losses
from app.awards.issuer import Issuer
from app.cli import migrate
from app.kit.clock import system_clock
from app.kit.database import Database, open_database
from app.settings import Settings

SHOWN = 5  # numbers told one by one


def records(settings: Settings, *, losses_too: bool = False) -> Database:
    """Open the database of a house, brought up to date; refuse one that is older than what is remembered of it.

    With `losses_too` such a database is opened all the same, for whoever is about to accept the loss.
    """
    if migrate.upgrade(settings.database):
        say("The database is up to date.")
    database = open_database(settings.database)
    try:
        _assure(database, issuing.of(settings), losses_too=losses_too, now=system_clock())
    except BaseException:
        database.close()
        raise
    return database


def say(line: str) -> None:
    """Tell the operator."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _assure(database: Database, issuer: Issuer, *, losses_too: bool, now: datetime) -> None:
    with database.read() as db:
        try:
            losses.assert_continues(db, issuer)
        except losses.RolledBack:
            if not losses_too:
                raise
            return  # nothing is entered before the loss is accepted
        losses.remember_newest(db, issuer)
        due = adoption.is_due(db)
    if due:
        with database.write() as db:
            numbers = adoption.adopt(db, issuer, now=now)
        if numbers:
            _tell(numbers)


def _tell(numbers: list[str]) -> None:
    shown = ", ".join(numbers[:SHOWN]) + (" and so on" if len(numbers) > SHOWN else "")
    say(f"{len(numbers)} certificates from before the register were entered into it: {shown}.")
    say("Their PDFs are sealed as the server gets to them; those that were handed out stay known.")
