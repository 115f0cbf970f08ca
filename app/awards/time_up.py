"""Time up: what was saved is submitted when her time ends, so that nobody needs an open browser to be graded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from app import audit
from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.awards import completion
from app.awards.issuer import Issuer
from app.identity.people import Person
from app.kit.clock import Clock
from app.kit.database import Database
from app.kit.jobs import Payload
from app.learning.enrollments import Enrollment


def closer(database: Database, issuer: Issuer, clock: Clock) -> Callable[[Payload], None]:
    """Give the job that submits an attempt whose time is up. It is due when the grace has passed."""

    def close_one(payload: Payload) -> None:
        now = clock()
        with database.write() as db:
            attempt = db.get_one(Attempt, payload["attempt"])
            if attempt.submitted_at is None and attempts.is_over(attempt, now=now):
                close(db, attempt, issuer=issuer, now=now)

    return close_one


def close(db: Session, attempt: Attempt, *, issuer: Issuer, now: datetime) -> Attempt:
    """Submit what was saved, whoever comes first: the job, or she herself; a pass may complete the course."""
    attempt = attempts.submit(db, attempt, now=now)
    if attempt.submitted_at != now:
        return attempt  # somebody else was first
    enrollment = db.get_one(Enrollment, attempt.enrollment_id)
    person = db.get_one(Person, enrollment.person_id)
    detail = {"attempt": attempt.number, "ended_at": attempt.ends_at}
    audit.record(
        db, actor=audit.HOUSE, act="attempt.time_up", subject=person.email, now=now, detail=detail, about=person.id
    )
    completion.settle(db, enrollment, person, issuer=issuer, now=now)
    return attempt
