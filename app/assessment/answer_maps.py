"""Answers by their words, as a file holds them: what `continua grade` reads, turned into numbers and texts.

An answer names an option by its text as the author wrote it, or by its number from 1. Whatever is not in the
exam is refused by its name: a grade of a slip would be a wrong grade.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.assessment.grading import Answer, Answers
from app.content.course import Exam, Kind, Question
from app.kit.errors import Refusal

MOST_DIGITS = 1000


class NotInTheExam(Refusal):
    """An answer names a question or an option that the exam does not have, or is of the wrong form."""

    status = 422
    message = "These answers do not fit the exam."


def read(exam: Exam, written: Mapping[str, Any]) -> Answers:
    """Read an answer map, or raise `NotInTheExam` at the first thing that is unknown."""
    questions = {question.id: question for question in exam.questions()}
    for ident in written:
        if ident not in questions:
            raise NotInTheExam(f"The exam has no question “{ident}”.")
    return {ident: _answer(questions[ident], value) for ident, value in written.items()}


def _answer(question: Question, value: Any) -> Answer:
    if value is None or value in ("", [], {}):
        return None
    return _READERS[question.kind](question, value)


def _one(question: Question, value: Any) -> int:
    return _number_of(question, value, [option.text for option in question.options])


def _several(question: Question, value: Any) -> list[int]:
    found = [_one(question, each) for each in _list(question, value)]
    return _each_once(question, found, value)


def _order(question: Question, value: Any) -> list[int]:
    texts = [item.text for item in question.items]
    found = [_number_of(question, each, texts) for each in _list(question, value)]
    return _each_once(question, found, value)


def _pairs(question: Question, value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        raise NotInTheExam(f"“{question.id}” is answered by terms and their meanings: {{term: meaning}}.")
    terms = [pair.term for pair in question.pairs]
    meanings = [pair.meaning for pair in question.pairs]
    chosen = {term: meaning for term, meaning in value.items() if meaning not in (None, "")}
    for term in value:
        _number_of(question, term, [each for each in terms if each])
    return {
        str(_number_of(question, term, terms)): _number_of(question, meaning, meanings)
        for term, meaning in chosen.items()
    }


def _text(question: Question, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise NotInTheExam(f"“{question.id}” is answered by a text.")
    if isinstance(value, Decimal) and abs(value.adjusted()) > MOST_DIGITS:
        raise NotInTheExam(f"“{question.id}” is answered by a number of at most {MOST_DIGITS} digits.")
    return value if isinstance(value, str) else f"{value:f}" if isinstance(value, Decimal) else f"{value}"


def _texts(question: Question, value: Any) -> list[str]:
    texts = ["" if each is None else _text(question, each) for each in _list(question, value)]
    if len(texts) > len(question.gaps):
        raise NotInTheExam(f"“{question.id}” has {len(question.gaps)} gaps, and {len(texts)} answers are given.")
    return texts


def _ungraded(_question: Question, _value: Any) -> None:
    """Leave out what is not graded."""


def _list(question: Question, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotInTheExam(f"“{question.id}” is answered by a list.")
    return value


def _each_once(question: Question, numbers: list[int], value: Sequence[Any]) -> list[int]:
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            raise NotInTheExam(f"In “{question.id}”, “{value[place]}” is given twice.")
    return numbers


def _number_of(question: Question, value: Any, texts: Sequence[str]) -> int:
    """Give the number of an option by its words or by its number; a number in quotes is a text."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= len(texts):
        return value
    wanted = _folded(value) if isinstance(value, str) else None
    for number, text in enumerate(texts, 1):
        if wanted is not None and _folded(text) == wanted:
            return number
    raise NotInTheExam(f"“{question.id}” has no option “{value}”.")


def _folded(text: str) -> str:
    return " ".join(text.split())


_READERS: dict[Kind, Callable[[Question, Any], Answer]] = {
    Kind.CHOOSE_ONE: _one,
    Kind.TRUE_FALSE: _one,
    Kind.CHOOSE_ALL: _several,
    Kind.MATCHING: _pairs,
    Kind.ORDERING: _order,
    Kind.SHORT: _text,
    Kind.NUMBER: _text,
    Kind.GAPS: _texts,
    Kind.FREE_TEXT: _ungraded,
    Kind.SCALE: _ungraded,
}
