"""The rules of an exam as they hold for her: in plain sentences, before she starts and while she works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from app.assessment.attempts import GRACE, Attempt
from app.content import asked
from app.content.course import Course, Exam, Feedback
from app.identity.requests import Accommodation, TimeFactor
from app.kit import time_zones
from app.web.words import counted


@dataclass(frozen=True, slots=True)
class Terms:
    """What was granted to somebody; the usual terms where nothing was."""

    factor: TimeFactor = TimeFactor.USUAL
    one_at_a_time: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that is left of an exam, when its page was made."""

    ends_ms: int
    left: str  # 42 minutes
    ends: str  # 3:42 PM


USUAL = Terms()


def terms_of(granted: Accommodation | None, running: Attempt | None) -> Terms:
    """Give her terms: an exam under way keeps those it was started with."""
    if running is not None:
        return Terms(TimeFactor(running.time_factor), running.one_at_a_time)
    return Terms(granted.factor, granted.one_at_a_time) if granted else USUAL


def rules(exam: Exam, terms: Terms = USUAL) -> tuple[str, ...]:
    """Give the rules, one sentence or two each."""
    tries = (
        "You may try as often as you need."
        if exam.attempts is None
        else f"You have {counted(exam.attempts, 'attempt')}."
    )
    checking = "You may check each answer as you go. Once you have checked it, it can no longer change."
    return (
        f"{_asked(exam)}. You pass with {exam.pass_mark}%.",
        tries,
        time(exam, terms),
        *([checking] if exam.feedback == Feedback.AFTER_EACH else []),
        "You may have all questions on one page, or one at a time"
        + (": it opens one at a time, as was granted to you." if terms.one_at_a_time else "."),
        "You may go back to the modules while you work.",
    )


def before(course: Course) -> tuple[str, ...]:
    """Say how much time a course asks for before its exam; nothing where it asks for none."""
    if not course.minimum_minutes:
        return ()
    minutes = counted(course.minimum_minutes, "minute")
    return (f"The exam opens after {minutes} with the text, in as many visits as you like.",)


def time(exam: Exam, terms: Terms) -> str:
    """Say how much time she has."""
    minutes = terms.factor.of(exam.time_limit)
    if minutes is None:
        hers = " for you, as was granted to you" if exam.time_limit else ""
        return f"There is no time limit{hers}. Every answer is saved as you choose it, so you can stop and come back."
    more = f": {terms.factor.in_words} was granted to you" if terms.factor is not TimeFactor.USUAL else ""
    return (
        f"You have {counted(minutes, 'minute')} from the moment you start{more}. The time runs on while you are away. "
        "At its end, whatever is saved is submitted for you."
    )


def clock(attempt: Attempt, *, zone: str | None, now: datetime) -> Clock | None:
    """Give the time that is left of an attempt; None where it has no limit."""
    if attempt.ends_at is None:
        return None
    left = max(0, ceil((attempt.ends_at - now).total_seconds() / 60))
    return Clock(
        ends_ms=int(attempt.ends_at.timestamp() * 1000),
        left=counted(left, "minute"),
        ends=time_zones.clock_time(attempt.ends_at.astimezone(time_zones.zone(zone))),
    )


def grace_in_words() -> str:
    """Say how long answers on their way are still taken."""
    return counted(int(GRACE.total_seconds() // 60), "minute")


def _asked(exam: Exam) -> str:
    """Say how many questions one learner is asked: of a pool, as many as are drawn."""
    fewest, most = asked.fewest(exam, lambda _: True), asked.most(exam, lambda _: True)
    return counted(most, "question") if fewest == most else f"{fewest} to {most} questions"
