"""The active time of those who completed an edition: one figure for many people, and none for few."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from statistics import median

from sqlalchemy import union_all
from sqlmodel import Session, col, select

from app.content.worked_sum import Measured
from app.learning.beats import SeatClock, Sitting
from app.learning.enrollments import Enrollment
from app.library.editions import Edition


def of(db: Session, edition: Edition) -> Measured | None:
    """Give the median of what completers spent at the modules; nothing where nobody's time was counted."""
    completed = select(Enrollment.id).where(
        col(Enrollment.edition_id) == edition.id, col(Enrollment.completed_at).is_not(None)
    )
    over = select(Sitting.enrollment_id, Sitting.seconds).where(col(Sitting.enrollment_id).in_(completed))
    still_open = select(SeatClock.enrollment_id, SeatClock.seconds).where(col(SeatClock.enrollment_id).in_(completed))
    seconds: Counter[int] = Counter()
    for enrollment_id, counted in db.execute(union_all(over, still_open)):
        seconds[enrollment_id] += counted
    spent = [each for each in seconds.values() if each > 0]
    return Measured(Fraction(median(spent)) / 60, len(spent)) if spent else None
