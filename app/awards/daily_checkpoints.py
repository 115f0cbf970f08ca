"""Daily checkpoints: once a day, the newest signed checkpoint is mailed to whom the operator named.

Whoever keeps these letters can show later what the register was on a day, whatever became of the house since. The
letter goes out also on a day without an entry: that a day is missing should mean something.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from app.awards.register import log
from app.kit import jobs, mail

CHECKPOINT = "daily-checkpoint"


def queue_next(db: Session, *, now: datetime) -> None:
    """Have the letter of the next day written; asking twice changes nothing."""
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=5, second=0, microsecond=0)
    jobs.queue(db, kind=CHECKPOINT, key=f"{CHECKPOINT}:{tomorrow:%Y-%m-%d}", payload={}, now=tomorrow)


def send(db: Session, readers: tuple[str, ...], *, address: str, now: datetime) -> None:
    """Write to every reader what the register is today."""
    newest = log.newest(db)
    if newest is None:
        return
    message = mail.letter("checkpoint", note=newest.note, size=newest.size, on=f"{now:%Y-%m-%d}", address=address)
    for reader in readers:
        mail.queue(db, to=reader, message=message, now=now)
