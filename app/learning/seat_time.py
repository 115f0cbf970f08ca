"""Seat time: how much of what a page says of her time is counted. Pure.

A page says for how many seconds a module was open, in sight, and she was at it. Of that, no more is counted than the
clock of the server has moved since the last moment that was counted for her, in whichever tab, course or device: her
time never runs twice. Before the first such moment, the page's own opening is what we know of her; the page carries
it sealed. Where we know neither, nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

PERIOD = timedelta(seconds=30)  # between two beats of a page
SLACK = timedelta(seconds=10)  # that a beat may be held up on its way
STILL = timedelta(minutes=3)  # whoever has not moved for so long is taken to be away
LONGEST = timedelta(minutes=30)  # that one beat may stand for: a stretch without a network
BREAK = timedelta(minutes=30)  # a longer one ends a sitting
ALLOWANCE = 1.5  # without script a module counts up to so much of its reading time: the pace is not everybody's
LEAST_ALLOWED = 5  # minutes
SEVERAL = 16  # keys of beats that are remembered: what is sent twice arrives within minutes


@dataclass(frozen=True, slots=True)
class Credit:
    """What is counted of a beat, and up to which moment everything is counted then."""

    seconds: int
    until: datetime

    @property
    def since(self) -> datetime:
        """When what is counted began, as far as anybody can say."""
        return self.until - timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time at one module. Counted are `seconds` of it, which is never more than there are."""

    enrollment_id: int
    module_slug: str
    began_at: datetime
    ended_at: datetime
    seconds: int


def credit(seconds: int, *, opened_at: datetime | None, counted_until: datetime | None, now: datetime) -> Credit:
    """Count what a page says, as far as time has passed."""
    known = [moment for moment in (opened_at, counted_until) if moment is not None]
    since = max(known, default=now)
    passed = max(0, int((now - since) / timedelta(seconds=1)))
    given = max(0, min(seconds, passed))
    # A little of the past stays open, or a beat that a slow line held up would shorten the one after it.
    until = max(since + timedelta(seconds=given), now - SLACK)
    return Credit(given, until)


def without_script(minutes: int) -> int:
    """Give the most seconds that a module counts where no script can say how long she was at it."""
    return max(LEAST_ALLOWED, ceil(minutes * ALLOWANCE)) * 60


def goes_on(open_one: Stretch, enrollment_id: int, module_slug: str, given: Credit) -> bool:
    """Say whether time counted now belongs to the sitting that is open."""
    same = (open_one.enrollment_id, open_one.module_slug) == (enrollment_id, module_slug)
    return same and given.since - open_one.ended_at <= BREAK


def apart(theirs: Iterable[Stretch], hers: Sequence[Stretch]) -> list[Stretch]:
    """Give stretches as they count beside others: what ran at the same time counts once."""
    found, taken = [], [(one.began_at, one.ended_at) for one in hers]
    for one in sorted(theirs, key=lambda one: one.began_at):
        free = one.ended_at - one.began_at - _overlap(one, taken)
        seconds = min(one.seconds, int(free / timedelta(seconds=1)))
        if seconds > 0:
            found.append(replace(one, seconds=seconds))
        taken.append((one.began_at, one.ended_at))
    return found


def _overlap(one: Stretch, taken: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """Say how much of a stretch is taken already, by the union of the others."""
    total, reached = timedelta(0), one.began_at
    for began, ended in sorted(taken):
        first, last = max(began, reached), min(ended, one.ended_at)
        if last > first:
            total += last - first
            reached = last
    return total
