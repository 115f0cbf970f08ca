"""What pages need so that she can say what is wrong with a question, and read what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session

from app.assessment import question_reports
from app.assessment.question_reports import LONGEST, Told
from app.identity.people import Person
from app.kit import time_zones

ANSWERED = "The authors of the course read it. Their answer comes by mail and stands on the page of the course."
UNANSWERED = (
    "The authors of the course read it. You are not signed in, so no answer can reach you: "
    "sign in first if you want one."
)


@dataclass(frozen=True, slots=True)
class Reports:
    """Where the reports of a page go, what becomes of them, and what she has reported before, by question."""

    action: str
    promise: str = ANSWERED
    told: Mapping[str, str] = field(default_factory=dict)
    longest: int = LONGEST


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report of hers on the page of the course."""

    heading: str
    sent: str
    outcome: str  # empty while nobody has answered
    answer: str


def of(db: Session, person: Person | None, edition_id: int, *, action: str) -> Reports:
    """Give what the questions of an edition need; without a person, that of somebody who cannot be answered."""
    if person is None:
        return Reports(action, promise=UNANSWERED)
    hers = question_reports.of_person_in(db, person, edition_id)
    return Reports(action, told={question: _so_far(one, person) for question, one in hers.items()})


def lines(db: Session, person: Person | None, course_code: str) -> tuple[ReportLine, ...]:
    """Give what she reported in a course, and what came of it."""
    if person is None:
        return ()
    return tuple(
        ReportLine(
            heading=one.report.heading,
            sent=_day(one, person),
            outcome=one.answer.sentence if one.answer else "",
            answer=one.answer.words if one.answer else "",
        )
        for one in question_reports.of_person(db, person, course_code)
    )


def _so_far(one: Told, person: Person) -> str:
    """Say how her newest report stands; what an author wrote to her is not for the middle of an exam."""
    if one.answer is None:
        return f"You reported it on {_day(one, person)}. What you send now is added."
    return f"You reported it on {_day(one, person)}. {one.answer.sentence} More is on the page of the course."


def _day(one: Told, person: Person) -> str:
    return time_zones.date_in_words(one.report.reported_at.astimezone(time_zones.zone(person.time_zone)))
