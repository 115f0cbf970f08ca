"""Letting the jobs of a house be done, also those that its own worker has in hand at this moment."""

from __future__ import annotations

from time import monotonic, sleep

from sqlalchemy import func
from sqlmodel import col, select

from app.kit.jobs import Job
from app.request import Wiring

LONGEST_WAIT = 30.0  # seconds


def work_off(wired: Wiring) -> None:
    """Do every job that is due, and wait for those that somebody else does."""
    deadline = monotonic() + LONGEST_WAIT
    while wired.worker.run_once() or _in_hand(wired):
        assert monotonic() < deadline, "the jobs take too long"
        sleep(0.01)


def _in_hand(wired: Wiring) -> bool:
    held = select(func.count()).where(col(Job.done_at).is_(None), col(Job.lease_until) > wired.clock())
    with wired.database.read() as db:
        return db.exec(held).one() > 0
