"""The time of completers is measured of those who completed this edition, and told as one figure."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from cast import NOON
from makers import make_course, make_edition, make_enrollment
from sqlmodel import Session

from app.content.worked_sum import Measured
from app.identity import people
from app.learning.beats import SeatClock, Sitting
from app.library.editions import Edition
from app.records import active_time


def spend(db: Session, number: int, edition: Edition, *minutes: int, still_open: int = 0, done: bool = True) -> None:
    """Let somebody spend some sittings at an edition."""
    person = people.find_or_add(db, f"learner-{number}@example.org", now=NOON)
    enrollment = make_enrollment(db, person, edition)
    enrollment.completed_at = NOON if done else None
    later = NOON + timedelta(hours=1)
    for each in minutes:
        sitting = Sitting(
            enrollment_id=enrollment.id, module_slug="first", began_at=NOON, ended_at=later, seconds=each * 60
        )
        db.add(sitting)
    if still_open:
        clock = SeatClock(
            person_id=person.id,
            enrollment_id=enrollment.id,
            module_slug="first",
            began_at=NOON,
            counted_until=later,
            seconds=still_open * 60,
        )
        db.add(clock)
    db.flush()


def test_before_anybody_is_measured_there_is_no_figure(db: Session) -> None:
    edition = make_edition(db)
    spend(db, 1, edition)
    assert active_time.of(db, edition) is None


def test_the_median_adds_up_each_completers_sittings_and_leaves_out_everybody_else(db: Session) -> None:
    edition = make_edition(db)
    spend(db, 1, edition, 10, 10)
    spend(db, 2, edition, 25, still_open=5)
    spend(db, 3, edition, 61)
    spend(db, 4, edition, 900, done=False)
    spend(db, 5, make_edition(db, make_course("another-course")), 900)
    assert active_time.of(db, edition) == Measured(Fraction(30), 3)
