"""Choices: after a major edition, a learner in the middle finishes what she began, or takes the new text.

An exam under way is finished first: no question may change under her hands. One who has passed the exam of
the edition she began has nothing left but the evaluation, so nothing is offered to her.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app import audit
from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.audit import Actor
from app.content import changes
from app.kit.errors import Conflict
from app.learning import enrollments
from app.learning.enrollments import EditionChoice, Enrollment
from app.library import editions
from app.library.editions import Edition, Offering


class FinishFirst(Conflict):
    """An exam is under way, and its questions may not change under her hands."""

    message = "Submit the exam you have begun first. It stays as it is; after it you can choose again."


class PassedAlready(Conflict):
    """Another edition would take from her what she has earned."""

    message = "You have passed the exam of the edition you began, so only the evaluation is left. Go on with that."


class NothingToChoose(Conflict):
    """No other edition is offered to her."""

    message = "There is no newer edition to choose. Go on where you were: everything you have done is kept."


@dataclass(frozen=True, slots=True)
class Offer:
    """A newer edition that a learner in the middle may take instead of the one she began."""

    begun: Edition
    newer: Edition
    is_declined: bool  # she has said that she finishes what she began
    exam: Attempt | None  # the exam under way: to be finished first

    @property
    def told(self) -> tuple[str, ...]:
        """What is different in it, as a learner may hear it."""
        return changes.told(self.begun.course, self.newer.course)


def offer(db: Session, enrollment: Enrollment) -> Offer | None:
    """Give the newer edition that she may choose; nothing where there is none."""
    current = editions.current_id(db, enrollment.course_code)
    if enrollment.completed_at is not None or current is None or current <= enrollment.edition_id:
        return None
    tries = attempts.all_of(db, enrollment)
    if any(one.passed for one in tries):
        return None
    begun, newer = editions.by_id(db, enrollment.edition_id), editions.by_id(db, current)
    if not changes.reasons(begun.course, newer.course):
        return None
    last = _last(db, enrollment)
    declined = last is not None and not last.moved and last.to_edition_id == newer.id
    return Offer(begun=begun, newer=newer, is_declined=declined, exam=attempts.open_one(tries))


def waits(db: Session, enrollment: Enrollment) -> bool:
    """Say whether she has a choice before her and has not made it: what every page of a course asks, in one query.

    Whoever loses nothing by a newer edition was moved when it was published, so one who is behind may choose.
    """
    if enrollment.completed_at is not None:
        return False
    chosen = select(EditionChoice.id).where(
        EditionChoice.enrollment_id == enrollment.id, EditionChoice.to_edition_id == Offering.edition_id
    )
    passed = select(Attempt.id).where(Attempt.enrollment_id == enrollment.id, col(Attempt.passed).is_(True))
    newer = select(Offering.edition_id).where(
        Offering.course_code == enrollment.course_code,
        col(Offering.edition_id) > enrollment.edition_id,
        ~chosen.exists(),
        ~passed.exists(),
    )
    return db.exec(newer).first() is not None


def stay(db: Session, enrollment: Enrollment, *, by: Actor, now: datetime) -> None:
    """Finish the edition she began; she is not asked again until there is another one."""
    offered = _offered(db, enrollments.locked(db, enrollment))
    if not offered.is_declined:
        _choose(db, enrollment, offered, moved=False, by=by, now=now)


def move(db: Session, enrollment: Enrollment, *, by: Actor, now: datetime) -> Edition:
    """Take the newer edition. Modules that she has read and that are still there stay done."""
    enrollment = enrollments.locked(db, enrollment)
    offered = _offered(db, enrollment)
    if offered.exam is not None:
        raise FinishFirst
    _choose(db, enrollment, offered, moved=True, by=by, now=now)
    enrollment.edition_id = offered.newer.id
    db.add(enrollment)
    db.flush()
    return offered.newer


def _offered(db: Session, enrollment: Enrollment) -> Offer:
    offered = offer(db, enrollment)
    if offered is None and any(one.passed for one in attempts.all_of(db, enrollment)):
        raise PassedAlready
    if offered is None:
        raise NothingToChoose
    return offered


def _choose(db: Session, enrollment: Enrollment, offered: Offer, *, moved: bool, by: Actor, now: datetime) -> None:
    choice = EditionChoice(
        enrollment_id=enrollment.id,
        from_edition_id=offered.begun.id,
        to_edition_id=offered.newer.id,
        moved=moved,
        chosen_at=now,
    )
    db.add(choice)
    db.flush()
    detail = {"enrollment": enrollment.id, "from": offered.begun.content_hash, "to": offered.newer.content_hash}
    act = "enrollment.moved" if moved else "enrollment.stayed"
    audit.record(db, actor=by, act=act, subject=enrollment.course_code, now=now, detail=detail)


def _last(db: Session, enrollment: Enrollment) -> EditionChoice | None:
    hers = select(EditionChoice).where(EditionChoice.enrollment_id == enrollment.id)
    return db.exec(hers.order_by(col(EditionChoice.id).desc()).limit(1)).first()
