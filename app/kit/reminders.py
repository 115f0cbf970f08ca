"""Reminders: that something was said once, so that it is not said again."""

from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel

from app.kit import jobs
from app.kit.database import UtcDateTime, insert_once

KIND = "reminders"
HOUR = 11  # UTC: early morning in the United States


class Reminder(SQLModel, table=True):
    """One thing that was said, by a key that names it: approval:5:60."""

    __tablename__ = "reminder"

    key: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


def first_time(db: Session, key: str, *, now: datetime) -> bool:
    """Say whether this was never said before; from now on it was."""
    return insert_once(db, Reminder(key=key, at=now))


def queue_next(db: Session, *, now: datetime) -> None:
    """Have the next morning's reminders written; asking twice changes nothing."""
    at = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    at += timedelta(days=at <= now)
    jobs.queue(db, kind=KIND, key=f"{KIND}:{at:%Y-%m-%d}", payload={}, now=at)
