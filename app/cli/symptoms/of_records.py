"""What the database says: whether it fits this version, who may run the house, which keys sign, what is stuck."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from app.awards import issuing, keys
from app.awards.issuer import Issuer
from app.cli import migrate
from app.cli.symptoms.finding import Grade, Symptom
from app.kit.database import Database, NotDurable, assert_durable, open_database
from app.kit.errors import Refusal
from app.library import approval_alarms, provider
from app.records import checkup
from app.settings import Settings

CLOCK_SLIPS = timedelta(minutes=5)
LETTER_LATE = timedelta(hours=1)
LETTERS_LOOKED_AT = timedelta(days=7)
TRIES = 5
PRESSING = 30  # days before an approval ends
SHOWN = 5

Check = Callable[[Session], Iterator[Symptom]]


def records(settings: Settings, *, now: datetime) -> Iterator[Symptom]:
    """Look into the database, if there is one and it is of this version. Nothing is written, and nothing upgraded."""
    if settings.database.startswith("sqlite") and not Path(settings.database.removeprefix("sqlite:///")).exists():
        yield Symptom("database", Grade.SOON, "There is no database yet.", "Start the site once: ./run")
        return
    if migrate.current(settings.database) != migrate.newest():
        words = "The database is older than this version, or newer: nothing in it was looked at."
        yield Symptom(
            "database", Grade.UNSAFE, words, "Make a backup, then start the site: ./run brings it up to date."
        )
        return
    database = open_database(settings.database)
    try:
        yield _durable(database)
        with database.read() as db:
            yield from _of_rows(db, settings, now=now)
    finally:
        database.close()


def _durable(database: Database) -> Symptom:
    try:
        assert_durable(database)
    except NotDurable as error:
        return Symptom("database", Grade.UNSAFE, str(error), "Until then, an answer that was confirmed may be lost.")
    return Symptom("database", Grade.WELL, "It fits this version, and keeps what it confirms.")


def _of_rows(db: Session, settings: Settings, *, now: datetime) -> Iterator[Symptom]:
    yield from named(db, settings)
    yield from staff(db, settings)
    yield from signing(db, issuing.of(settings), now=now)
    yield from clock(db, now=now)
    yield from approvals(db, now=now)
    yield from stuck(db, now=now)


def named(db: Session, settings: Settings) -> Iterator[Symptom]:
    """Whether it is said whose house this is, and whom to write to."""
    current = provider.current(db)
    if not current.is_named and not settings.demonstration:
        words = "No provider is named: certificates could not say who stands behind them."
        yield Symptom("provider", Grade.UNSAFE, words, "Name it in the office, or with ./run provider set")
    elif not current.email:
        words = "The provider has no e-mail address: letters come from nowhere, and nobody can tell you of a weakness."
        yield Symptom("provider", Grade.SOON, words, "./run provider set --email …")


def staff(db: Session, settings: Settings) -> Iterator[Symptom]:
    """Whether somebody may run the house, and nobody with a stolen mailbox."""
    if not checkup.admins(db):
        grade = Grade.SOON if settings.demonstration else Grade.UNSAFE
        yield Symptom("admin", grade, "Nobody may run the office.", "./run people invite EMAIL --role admin")
    if weak := checkup.without_second_factor(db):
        names = ", ".join(weak[:SHOWN]) + (f" and {len(weak) - SHOWN} more" if len(weak) > SHOWN else "")
        words = f"{names}: no passkey and no authenticator, so whoever reads the mail of one can become her."
        remedy = "Have them sign in: they are asked to set one up. Take the role from whoever does not need it."
        yield Symptom("second factor", Grade.UNSAFE, words, remedy)


def signing(db: Session, issuer: Issuer, *, now: datetime) -> Iterator[Symptom]:
    """Whether the keys are at hand, and young enough."""
    try:
        keys.assert_held(db, issuer)
    except Refusal as missing:
        remedy = "Put keys/ back from its backup, or make new ones: ./run keys rotate"
        yield Symptom("keys", Grade.UNSAFE, missing.message, remedy)
        return
    for warning in keys.due(keys.all_of(db), now=now):
        words, _, remedy = warning.partition(". ")
        yield Symptom("keys", Grade.SOON, f"{words}.", remedy)


def clock(db: Session, *, now: datetime) -> Iterator[Symptom]:
    """Whether the clock stands before what has already happened."""
    newest = checkup.newest_instant(db)
    if newest is not None and newest - now > CLOCK_SLIPS:
        words = f"It is {now:%Y-%m-%d %H:%M} here, and {newest:%Y-%m-%d %H:%M} is on record. Certificates carry dates."
        yield Symptom("clock", Grade.UNSAFE, words, "Set the clock by NTP, for example: timedatectl set-ntp true")
    else:
        yield Symptom("clock", Grade.WELL, f"It is {now:%Y-%m-%d %H:%M} UTC here, and nothing on record is later.")


def approvals(db: Session, *, now: datetime) -> Iterator[Symptom]:
    """Whether an approval ends soon, or has just ended, with none of the same body that goes on from it."""
    for alarm in approval_alarms.due(db, today=now.date()):
        grade = Grade.UNSAFE if alarm.days_left <= PRESSING else Grade.SOON
        words = f"{alarm.record.approval.body} {alarm.words}: what is earned later is “Not approved by any board”."
        yield Symptom("approval", grade, words, "Renew it with the board, then enter the new record.")


def stuck(db: Session, *, now: datetime) -> Iterator[Symptom]:
    """Whether letters and other work have stopped moving."""
    if late := checkup.letters_stuck(db, before=now - LETTER_LATE):
        words = f"{late} {'letter' if late == 1 else 'letters'} should have left over an hour ago."
        yield Symptom("outbox", Grade.UNSAFE, words, "Look at the outbox in the office; try CONTINUA_SMTP_URL.")
    if lost := checkup.letters_lost(db, since=now - LETTERS_LOOKED_AT):
        words = (
            f"{lost} {'letter' if lost == 1 else 'letters'} of the last week could not be sent, or may not have been."
        )
        yield Symptom("outbox", Grade.SOON, words, "Look at the outbox in the office: each says why.")
    for job in checkup.work_stuck(db, tries=TRIES):
        words = f"“{job.kind}” has failed {job.tries} times: {job.last_error[:160]}"
        yield Symptom("work", Grade.SOON, words, "Mend what it says; it is tried again by itself within an hour.")
