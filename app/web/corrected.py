"""What a learner reads of a question that was corrected: that it was, when, and what that did to her score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.assessment.papers import Paper
from app.assessment.rulings import Force, Ruling, Told


def sentences(paper: Paper, force: Force, told: Sequence[Told]) -> tuple[str, ...]:
    """Say what was corrected of a paper, and what became of its score; nothing of a reason, and nothing of a key."""
    numbers = {slot.question.id: slot.number for slot in paper.slots}
    done = {one.ruling.id: one for one in told}
    rulings = sorted((one for found in force.values() for one in found), key=lambda one: one.id)
    return tuple(
        " ".join(_sentences(numbers[one.question_id], one, done.get(one.id)))
        for one in rulings
        if one.question_id in numbers
    )


def remark(rulings: Sequence[Ruling]) -> str:
    """Say under a question that it was corrected; nothing where it was not."""
    return f"This question was corrected on {rulings[-1].on}: {_change(rulings[-1])}" if rulings else ""


def _sentences(number: int, ruling: Ruling, told: Told | None) -> Iterator[str]:
    yield f"Question {number} was corrected on {ruling.on}: {_change(ruling)}"
    if told is None:
        return
    yield f"This attempt was graded again: {told.attempt.was_percent}% before, {told.attempt.percent}% now."
    if told.attempt.is_kept:
        yield "By the corrected score it would not be a pass. Your pass stays."
    elif told.attempt.was_passed and not told.attempt.passed:
        yield "By the corrected score it is not a pass any more."


def _change(ruling: Ruling) -> str:
    if ruling.laid.drops:
        return "it counts neither way."
    return "more answers count as right." if ruling.laid.keeps_old else "it has another right answer now."
