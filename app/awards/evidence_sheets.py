"""Evidence sheets: what led to a certificate, for a board that asks; the holder sees the very same.

A sheet tells that she took the exam, when, and how well; for how long she was at the text; that she evaluated the
course. It holds no question, no answer and nothing of what an evaluation said, for it never looks them up. Whoever of
the staff looks at a sheet is written down, and the holder sees who that was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app import audit
from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.awards import standing, verdicts
from app.awards.certificates import Certificate
from app.awards.facts import Facts
from app.awards.verdicts import Standing, instant
from app.content import worked_sum
from app.content.course import Course
from app.content.worked_sum import WorkedSum
from app.kit import time_zones
from app.learning import beats, evaluations
from app.learning.beats import ModuleTime, SeatTime
from app.library import editions
from app.library.editions import Edition

LOOKED = "certificate.evidence-seen"
MOST_LOOKS = 50  # that a sheet names; how many there were before is said beside

ERASED = (
    "Whose certificate this was has been erased at the holder’s request. What led to it is shown to nobody any more. "
    "What the certificate says of the course stands."
)
LOST = (
    "This certificate was taken back from its own sealed file, after the records around it were lost. So no attempt, "
    "no time and no evaluation are on record here. The file proves what the certificate says."
)


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt at the exam: that it was, and what it came to."""

    number: int
    started_at: datetime
    submitted_at: datetime
    percent: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Studied:
    """The edition that was studied, and how its contact hours were computed."""

    edition: str  # its whole hash
    title: str
    published_at: datetime
    pass_mark: int | None  # percent; None where the course has no exam
    minimum_minutes: int  # with the text before the exam; 0 where none are asked for
    credit_hours: dict[str, str]  # that it claims, by type
    worked: WorkedSum


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of the staff looked at a sheet."""

    who: str
    role: str
    form: str  # page | pdf | text | json
    at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceSheet:
    """What there is to show of one certificate."""

    facts: Facts
    standing: Standing
    gap: str  # why there is no record of how it was earned; empty where there is
    studied: Studied | None  # None where its edition is not on record any more
    tried: tuple[Tried, ...]
    seconds: int
    modules: tuple[ModuleTime, ...]
    days: tuple[tuple[date, int], ...]  # on the calendar of the certificate, with the seconds of each
    evaluated_at: datetime | None

    @property
    def best_percent(self) -> int | None:
        """The best score of all attempts."""
        return max((one.percent for one in self.tried), default=None)

    def plain(self) -> dict[str, Any]:
        """Give the sheet for programs."""
        facts, studied = self.facts, self.studied
        named = facts.license
        return {
            "certificate": verdicts.told(
                facts,
                self.standing.status,
                license_shown=f"{named.state} {named.type} {named.number}" if named else "",
            ),
            "gap": self.gap,
            "attempts": [_plain(one) for one in self.tried],
            "best_percent": self.best_percent,
            "pass_mark": studied.pass_mark if studied else None,
            "active_seconds": self.seconds,
            "active_seconds_by_module": [
                {"module": one.title, "seconds": one.seconds, "days": [day.isoformat() for day in one.days]}
                for one in self.modules
            ],
            "active_seconds_by_day": {day.isoformat(): seconds for day, seconds in self.days},
            "evaluated_at": instant(self.evaluated_at) if self.evaluated_at else None,
            "edition": _plain_edition(studied) if studied else None,
        }


def of(db: Session, certificate: Certificate) -> EvidenceSheet:
    """Give the sheet of a certificate."""
    facts, edition = certificate.facts, _edition(db, certificate)
    course = edition.course if edition else None
    gap = ERASED if certificate.is_erased else LOST if certificate.enrollment_id is None else ""
    enrollment_id = None if gap else certificate.enrollment_id
    spent = beats.of(db, enrollment_id) if enrollment_id else SeatTime()
    zone = time_zones.zone(facts.time_zone)
    return EvidenceSheet(
        facts=facts,
        standing=standing.of(db, certificate),
        gap=gap,
        studied=_studied(edition, course) if edition and course else None,
        tried=_tried(db, enrollment_id) if enrollment_id else (),
        seconds=spent.seconds,
        modules=spent.by_module(course, zone) if course and enrollment_id else (),
        days=spent.by_day(zone),
        evaluated_at=evaluations.sent_at(db, enrollment_id) if enrollment_id else None,
    )


def look(db: Session, certificate: Certificate, *, by: audit.Actor, role: str, form: str, now: datetime) -> None:
    """Write down that somebody of the staff looked."""
    detail = {"role": role, "form": form}
    whose = certificate.person_id
    audit.record(db, actor=by, act=LOOKED, subject=certificate.number, now=now, detail=detail, about=whose)


def looks(db: Session, certificate: Certificate) -> list[Look]:
    """Give every look of the staff at a sheet, newest first."""
    lines = audit.of_subject(db, certificate.number, act=LOOKED)
    return [Look(one.actor_label, one.told["role"], one.told["form"], one.at) for one in reversed(lines)]


def _edition(db: Session, certificate: Certificate) -> Edition | None:
    """Give the edition that was studied: by its hash where the row that named it is lost."""
    if certificate.edition_id is not None:
        return editions.by_id(db, certificate.edition_id)
    return editions.known(db, certificate.facts.edition)


def _studied(edition: Edition, course: Course) -> Studied:
    return Studied(
        edition=edition.content_hash,
        title=edition.title,
        published_at=edition.published_at,
        pass_mark=course.exam.pass_mark if course.exam else None,
        minimum_minutes=course.minimum_minutes,
        credit_hours={str(kind): str(amount) for kind, amount in course.credit.claimed.items() if amount},
        worked=worked_sum.of(course),
    )


def _tried(db: Session, enrollment_id: int) -> tuple[Tried, ...]:
    found = attempts.of_all(db, [enrollment_id])[enrollment_id]
    return tuple(_try(one, one.submitted_at) for one in found if one.submitted_at is not None)


def _try(one: Attempt, submitted_at: datetime) -> Tried:
    return Tried(one.number, one.started_at, submitted_at, one.percent, bool(one.passed))


def _plain(one: Tried) -> dict[str, Any]:
    return {
        "number": one.number,
        "started_at": instant(one.started_at),
        "submitted_at": instant(one.submitted_at),
        "percent": one.percent,
        "passed": one.passed,
    }


def _plain_edition(studied: Studied) -> dict[str, Any]:
    return {
        "hash": studied.edition,
        "title": studied.title,
        "published_at": instant(studied.published_at),
        "minimum_minutes": studied.minimum_minutes,
        "credit_method": studied.worked.method,
        "credit_source": studied.worked.source,
        "credit_sum": [[line.label, line.reckoning, line.gives] for line in studied.worked.lines],
    }
