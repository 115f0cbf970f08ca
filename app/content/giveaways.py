"""What gives an answer away to somebody who has read nothing: where right answers stand, and how long they are."""

from __future__ import annotations

from app.content.course import Exam, Kind, Question, Shuffle
from app.content.spelling import same


def has_one_key(question: Question) -> bool:
    """Say whether exactly one of several options is right: only there a place or a length can betray it."""
    rights = sum(option.right for option in question.options)
    return question.kind is Kind.CHOOSE_ONE and rights == 1 and len(question.options) > 1


def place_of_key(question: Question) -> int:
    """Give the place of the right answer among the options as written, from 0."""
    return next(index for index, option in enumerate(question.options) if option.right)


def key_is_longest(question: Question) -> bool:
    """Say whether the right answer is longer than every other option, as they are read."""
    lengths = [len(same(option.text)) for option in question.options]
    key = place_of_key(question)
    return all(lengths[key] > length for index, length in enumerate(lengths) if index != key)


def is_shuffled(question: Question, exam: Exam) -> bool:
    """Say whether learners see the options in another order than the author wrote them in."""
    shuffled = exam.shuffle in {Shuffle.OPTIONS, Shuffle.BOTH}
    return shuffled if question.shuffle is None else question.shuffle
