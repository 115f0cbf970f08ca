"""The daily checkpoint: whoever keeps it outside can show later what the register was."""

from __future__ import annotations

from datetime import timedelta

from cast import NOON, join
from makers import ISSUER, make_certificate
from sqlmodel import col, select

from app.awards import daily_checkpoints, keys
from app.awards.register import log, notes
from app.kit.database import Database
from app.kit.jobs import Job
from app.kit.mail import Mail


def test_every_reader_is_sent_a_checkpoint_that_opens_with_the_key_of_the_house(database: Database) -> None:
    with database.write() as db:
        make_certificate(db, join(db, "ana"))
        daily_checkpoints.send(db, ("board@example.org", "auditor@example.org"), address=ISSUER.address, now=NOON)
        letters = db.exec(select(Mail).where(col(Mail.subject).startswith("Checkpoint"))).all()
        key = keys.active(db, keys.STATEMENT)
        size = log.size(db)
    assert {one.recipient for one in letters} == {"board@example.org", "auditor@example.org"}
    assert key is not None
    note = letters[0].text.split("\n\n", 1)[1].split("\nKeep this message")[0]
    opened = notes.opened(note, notes.known_as(ISSUER.origin, [key.public.public]))
    assert (opened.origin, opened.size) == ("ce.example.org/register", size)


def test_an_empty_register_sends_nothing(database: Database) -> None:
    with database.write() as db:
        daily_checkpoints.send(db, ("board@example.org",), address=ISSUER.address, now=NOON)
        assert db.exec(select(Mail)).all() == []


def test_there_is_one_letter_a_day(database: Database) -> None:
    with database.write() as db:
        for hours in (0, 1, 5):
            daily_checkpoints.queue_next(db, now=NOON + timedelta(hours=hours))
        (job,) = db.exec(select(Job).where(Job.kind == daily_checkpoints.CHECKPOINT)).all()
        assert job.due_at > NOON
