"""What followed from a ruling: attempt by attempt, and in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from app.assessment.attempts import Attempt
from app.assessment.rulings import RegradedAttempt, Ruling
from app.awards.certificates import Certificate
from app.identity.people import Person
from app.learning.enrollments import Enrollment


@dataclass(frozen=True, slots=True)
class Touched:
    """What a ruling did to one attempt, and whose it is."""

    who: str
    number: int
    attempt: RegradedAttempt


def of(db: Session, ruling: Ruling) -> list[Touched]:
    """Give what a ruling did to every attempt that it touched, by name."""
    theirs = (
        select(RegradedAttempt, Attempt.number, Person)
        .join(Attempt, col(Attempt.id) == col(RegradedAttempt.attempt_id))
        .join(Enrollment, col(Enrollment.id) == col(Attempt.enrollment_id))
        .join(Person, col(Person.id) == col(Enrollment.person_id))
        .where(RegradedAttempt.ruling_id == ruling.id)
    )
    found = [Touched(person.label, number, attempt) for attempt, number, person in db.exec(theirs)]
    return sorted(found, key=lambda one: (one.attempt.passed == one.attempt.was_passed, one.who, one.number))


def counts(db: Session, ruling: Ruling, touched: Sequence[RegradedAttempt]) -> tuple[tuple[str, int], ...]:
    """Give what followed from a ruling, in figures."""
    mine = select(RegradedAttempt.attempt_id).where(RegradedAttempt.ruling_id == ruling.id)
    tried = select(Attempt.enrollment_id).where(col(Attempt.id).in_(mine))
    issued = select(func.count()).where(
        col(Certificate.enrollment_id).in_(tried), Certificate.issued_at == ruling.made_at
    )
    return (
        ("Attempts graded again", len(touched)),
        ("Passes gained", sum(one.passed and not one.was_passed for one in touched)),
        ("Certificates issued", db.exec(issued).one()),
        ("Passes kept", sum(one.is_kept for one in touched)),
        ("Passes taken", sum(one.was_passed and not one.passed for one in touched)),
    )
