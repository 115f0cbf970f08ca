"""What is still missing between a learner and her certificate: one pure question, asked everywhere.

The list on her pages, the gate before a certificate is issued and the message when it is not are all
this one answer, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What can be missing, in the order a learner does it."""

    READING = "reading"
    TIME = "time"
    EXAM = "exam"
    EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one enrollment is."""

    modules_left: tuple[str, ...]  # titles of the modules without “Done, next”
    has_exam: bool
    exam_open: bool  # an attempt is under way
    exam_passed: bool
    attempts_left: int | None  # None: no limit
    pass_mark: int  # percent
    best_percent: int | None  # of the submitted attempts
    evaluated: bool
    confirmed: bool  # legal name attested, and time zone chosen
    minutes_short: int = 0  # of the time that the course asks for before its exam


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that stands between her and the certificate, and whether she can do it now."""

    step: Step
    sentence: str
    can_act: bool = True


def missing(standing: Standing) -> tuple[Missing, ...]:
    """Give everything that is still missing; nothing means that the certificate is hers."""
    return (*_reading(standing), *_time(standing), *_exam(standing), *_evaluation(standing))


def _reading(standing: Standing) -> tuple[Missing, ...]:
    left = len(standing.modules_left)
    if left == 0:
        return ()
    if left == 1:
        return (Missing(Step.READING, f"Finish reading “{standing.modules_left[0]}”."),)
    return (Missing(Step.READING, f"Finish reading {left} modules, next “{standing.modules_left[0]}”."),)


def _time(standing: Standing) -> tuple[Missing, ...]:
    if not standing.minutes_short:
        return ()
    minutes = "1 more minute" if standing.minutes_short == 1 else f"{standing.minutes_short} more minutes"
    return (Missing(Step.TIME, f"Spend {minutes} with the text: this course asks for some time in it."),)


def _exam(standing: Standing) -> tuple[Missing, ...]:
    if not standing.has_exam or standing.exam_passed:
        return ()
    if standing.exam_open:
        return (Missing(Step.EXAM, "Finish and submit your exam. Every answer you chose is saved."),)
    if standing.attempts_left == 0:
        return (Missing(Step.EXAM, "You have used every attempt at the exam. Ask the provider for another.", False),)
    if standing.best_percent is None:
        return (Missing(Step.EXAM, f"Pass the exam with {standing.pass_mark}% or more."),)
    more = "" if standing.attempts_left is None else f" You have {_attempts(standing.attempts_left)} left."
    return (
        Missing(
            Step.EXAM,
            f"Pass the exam: you need {standing.pass_mark}%, and your best so far is {standing.best_percent}%.{more}",
        ),
    )


def _attempts(count: int) -> str:
    return "one attempt" if count == 1 else f"{count} attempts"


def _evaluation(standing: Standing) -> tuple[Missing, ...]:
    ready = standing.exam_passed or not standing.has_exam
    if not standing.evaluated:
        sentence = "Fill in the evaluation and confirm your name. It takes about a minute."
        return (Missing(Step.EVALUATION, sentence, ready and not standing.modules_left),)
    if not standing.confirmed:
        return (Missing(Step.EVALUATION, "Confirm your legal name and time zone."),)
    return ()
