"""Mornings: once a day, the provider is written what ends soon and who waits for an answer."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from app.identity import request_clocks
from app.kit import reminders
from app.library import approval_alarms, provider


def write(db: Session, *, address: str, now: datetime) -> None:
    """Write the letters of a morning, and have the next one come. Without the provider's address there are none."""
    to = provider.current(db).email
    approval_alarms.tell(db, to=to, address=address, now=now)
    request_clocks.remind(db, to=to, address=address, now=now)
    reminders.queue_next(db, now=now)
