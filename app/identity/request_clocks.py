"""Clocks of requests: by when each has to be answered, which are over, and a reminder every morning while any is near.

The day of asking does not count; the rule of working days is in `kit.working_days`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session

from app.identity import grievances, requests
from app.identity.grievances import Grievance
from app.identity.people import Person
from app.identity.requests import AccommodationRequest
from app.kit import mail, reminders, working_days

ERASED = "Somebody whose data were erased"
NEAR = 2  # working days: from here on there is a reminder every morning


class Kind(StrEnum):
    """What somebody asks for."""

    ACCOMMODATION = "accommodation"
    GRIEVANCE = "grievance"


DAYS = {Kind.ACCOMMODATION: requests.WORKING_DAYS, Kind.GRIEVANCE: grievances.WORKING_DAYS}


@dataclass(frozen=True, slots=True)
class Clocked:
    """One request with its clock."""

    kind: Kind
    id: int
    who: str
    asked_at: datetime
    answered_at: datetime | None
    due_on: date
    days_left: int  # working days; less than none once it is over

    @property
    def is_overdue(self) -> bool:
        """Whether it waits for longer than was promised."""
        return self.answered_at is None and self.days_left < 0

    @property
    def was_late(self) -> bool:
        """Whether it was answered later than was promised."""
        return self.answered_at is not None and working_days.on_calendar(self.answered_at) > self.due_on


def of_accommodation(person: Person, asked: AccommodationRequest, *, now: datetime) -> Clocked:
    """Put a request for an accommodation on its clock."""
    return clocked(Kind.ACCOMMODATION, asked.id, person.label, asked.asked_at, asked.answered_at, now=now)


def of_grievance(grievance: Grievance, *, now: datetime) -> Clocked:
    """Put a grievance on its clock."""
    who = grievance.name or grievance.email or ERASED
    return clocked(Kind.GRIEVANCE, grievance.id, who, grievance.asked_at, grievance.answered_at, now=now)


def clocked(
    kind: Kind, number: int, who: str, asked_at: datetime, answered_at: datetime | None, *, now: datetime
) -> Clocked:
    """Put what somebody asked for on the clock of its kind."""
    due_on = working_days.after(working_days.on_calendar(asked_at), DAYS[kind])
    days_left = working_days.left(working_days.on_calendar(now), due_on)
    if days_left == 0 and working_days.on_calendar(now) > due_on:
        days_left = -1  # a weekend after the last day is late all the same
    return Clocked(kind, number, who, asked_at, answered_at, due_on, days_left)


def waiting(db: Session, *, now: datetime) -> list[Clocked]:
    """Give everything that waits for an answer, the most overdue first."""
    asked = [of_accommodation(person, one, now=now) for person, one in requests.waiting(db)]
    asked += [of_grievance(one, now=now) for one in grievances.waiting(db)]
    return sorted(asked, key=lambda one: (one.due_on, one.asked_at))


def answered(db: Session, *, most: int, now: datetime) -> list[Clocked]:
    """Give what was answered last."""
    done = [of_accommodation(person, one, now=now) for person, one in requests.answered(db, most=most)]
    done += [of_grievance(one, now=now) for one in grievances.answered(db, most=most)]
    return sorted(done, key=lambda one: one.answered_at or one.asked_at, reverse=True)[:most]


def remind(db: Session, *, to: str, address: str, now: datetime) -> bool:
    """Write to the provider, once a day, while a request is near its last day or over it."""
    near = [one for one in waiting(db, now=now) if one.days_left <= NEAR] if to else []
    if not near or not reminders.first_time(db, f"requests:{working_days.on_calendar(now)}", now=now):
        return False
    mail.queue(db, to=to, message=_letter(near, address), now=now)
    return True


def _letter(near: Sequence[Clocked], address: str) -> mail.Letter:
    lines = [f"{one.kind.capitalize()} {one.id}: {in_words(one)}" for one in near]
    overdue = sum(one.is_overdue for one in near)
    return mail.letter("requests-due", lines=lines, overdue=overdue, count=len(near), href=f"{address}/admin/requests")


def in_words(one: Clocked) -> str:
    """Say how much time is left."""
    if one.days_left < 0:
        late = -one.days_left
        return f"overdue by {late} working {'day' if late == 1 else 'days'}"
    if one.days_left == 0:
        return "due today"
    return f"{one.days_left} working {'day' if one.days_left == 1 else 'days'} left"
