"""Alarms before an approval ends: 120, 60 and 30 days before its last day, and on the day after.

Each is told once, by mail to the provider. One that another record of the same body goes on from gives no alarm, and
one that is entered late gives the alarm of where it stands, not those that it missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from app.kit import mail, reminders
from app.library import approvals
from app.library.approvals import Record

STEPS = (30, 60, 120)  # days, from the most pressing one; renewing ACE takes four to six months (facts §1.1, §1.8)
OVER = -1  # the step of the day after
STILL_TOLD = timedelta(days=30)  # for so long it is said that one is over


@dataclass(frozen=True, slots=True)
class Alarm:
    """One approval that ends soon, or has just ended."""

    record: Record
    days_left: int  # 0 on its last day, less than none after it
    step: int

    @property
    def words(self) -> str:
        """Say how much time is left."""
        if self.days_left < 0:
            return "ended yesterday" if self.days_left == OVER else f"ended {-self.days_left} days ago"
        return {0: "ends today", 1: "ends tomorrow"}.get(self.days_left, f"ends in {self.days_left} days")


def due(db: Session, *, today: date) -> list[Alarm]:
    """Give the approvals that somebody has to look after, the most pressing first."""
    records = approvals.all_of(db)
    return sorted(_due(records, today), key=lambda alarm: alarm.days_left)


def _due(records: Sequence[Record], today: date) -> Iterator[Alarm]:
    for record in records:
        if record.is_withdrawn or _goes_on(record, records):
            continue
        days_left = (record.last_day - today).days
        step = OVER if days_left < 0 else next((step for step in STEPS if days_left <= step), None)
        if step is not None and today - record.last_day <= STILL_TOLD and record.approval.valid_from <= today:
            yield Alarm(record, days_left, step)


def _goes_on(record: Record, others: Sequence[Record]) -> bool:
    one = record.approval
    return any(
        not other.is_withdrawn
        and (other.approval.body, other.approval.course_code) == (one.body, one.course_code)
        and other.approval.valid_from <= record.last_day + timedelta(days=1)
        and other.last_day > record.last_day
        for other in others
    )


def tell(db: Session, *, to: str, address: str, now: datetime) -> int:
    """Write to the provider of what nobody was told yet; give the number of letters."""
    told = 0
    for alarm in due(db, today=now.date()) if to else ():
        if reminders.first_time(db, f"approval:{alarm.record.approval.id}:{alarm.step}", now=now):
            mail.queue(db, to=to, message=_letter(alarm, address), now=now)
            told += 1
    return told


def _letter(alarm: Alarm, address: str) -> mail.Letter:
    one = alarm.record.approval
    return mail.letter(
        "approval-ends",
        body=one.body,
        number=one.provider_number,
        course=one.course_code or "",
        words=alarm.words,
        last_day=approvals.in_words(alarm.record.last_day),
        is_over=alarm.days_left < 0,
        href=f"{address}/admin/approvals/{one.id}",
    )
