"""Grading, in exact arithmetic: a blank earns nothing, and a wrong tick never raises a score.

The rules are those of the authoring contract (docs/authoring.md, "Scores"). An answer is what a learner
gave, by the numbers that options have in the author's order, counted from 1; `None` is a blank. An ordering
is a list of items in her order, or a place for each item as long as the order is not whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from operator import itemgetter
from typing import cast

from app.content.course import Kind, Question

Answer = int | str | list[int] | list[str] | dict[str, int] | None
Answers = Mapping[str, Answer]

NOTHING, WHOLE = Fraction(0), Fraction(1)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Rekeyed(Question):
    """A question whose key was corrected after it was asked. Its parts keep the numbers they were written under."""

    order: tuple[int, ...] = ()  # items in their right order, or for each line of a matching the number of its meaning
    also: tuple[Question, ...] = ()  # with earlier keys: an answer by one of them earns as much


@dataclass(frozen=True, slots=True)
class Mark:
    """What one question earned."""

    question: Question
    answer: Answer
    share: Fraction  # of its points, from 0 to 1

    @property
    def points(self) -> Fraction:
        """Points earned."""
        return self.share * self.question.points

    @property
    def is_right(self) -> bool:
        """Whether it earned all it could."""
        return self.share == 1

    @property
    def is_blank(self) -> bool:
        """Whether nothing was answered."""
        return is_blank(self.answer)


@dataclass(frozen=True, slots=True)
class Result:
    """What a paper earned, mark by mark; ungraded questions count neither way."""

    marks: tuple[Mark, ...]
    pass_mark: int  # percent

    @property
    def score(self) -> Fraction:
        """Points earned in all."""
        return sum((mark.points for mark in self.marks), NOTHING)

    @property
    def possible(self) -> Fraction:
        """Points that could be earned."""
        return sum((mark.question.points for mark in self.marks), NOTHING)

    @property
    def passed(self) -> bool:
        """Whether `score × 100 ≥ pass mark × possible`; a paper with nothing to earn is not passed."""
        return self.possible > 0 and self.score * 100 >= self.pass_mark * self.possible


def grade(questions: Sequence[Question], answers: Answers, *, pass_mark: int) -> Result:
    """Grade a paper: each graded question once, whatever else the answers hold."""
    marks = (mark(question, answers.get(question.id)) for question in questions if question.graded)
    return Result(marks=tuple(marks), pass_mark=pass_mark)


def mark(question: Question, answer: Answer) -> Mark:
    """Mark one answer."""
    return Mark(question, answer, share(question, answer))


def share(question: Question, answer: Answer) -> Fraction:
    """Give the share of its points that an answer earns."""
    if not question.graded or is_blank(answer):
        return NOTHING
    keys = (question, *question.also) if isinstance(question, Rekeyed) else (question,)
    earned = max(_SHARES[question.kind](key, answer) for key in keys)
    return earned if question.partial_credit else Fraction(earned == 1)


def percent(score: Fraction, possible: Fraction) -> int:
    """Give a score in whole percent, rounded down: what is shown never looks like a pass that was not one."""
    return int(score * 100 / possible) if possible else 0


def is_blank(answer: Answer) -> bool:
    """Say whether an answer holds nothing: untouched, unticked, or white space only."""
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, list):
        return not any(str(part).strip() for part in answer)
    return answer is None or answer == {}


def right_order(question: Question) -> tuple[int, ...]:
    """Give the items of an ordering in their right order, or for each line of a matching the number of its meaning."""
    if isinstance(question, Rekeyed) and question.order:
        return question.order
    return tuple(range(1, len(question.items or question.pairs) + 1))


def _choose_one(question: Question, answer: Answer) -> Fraction:
    return Fraction(isinstance(answer, int) and answer in _right_numbers(question))


def _choose_all(question: Question, answer: Answer) -> Fraction:
    ticked = set(cast("list[int]", answer)) if isinstance(answer, list) else set()
    right = _right_numbers(question)
    if not right:
        return NOTHING
    if not question.partial_credit:
        return Fraction(ticked == right)
    # Never below 0: a wrong tick takes back a right one, and no more than there were.
    return max(NOTHING, Fraction(len(ticked & right) - len(ticked - right), len(right)))


def _matching(question: Question, answer: Answer) -> Fraction:
    chosen = answer if isinstance(answer, dict) else {}
    meanings = [pair.meaning for pair in question.pairs]
    right = [meanings[place - 1] for place in right_order(question)]
    terms = [number for number, pair in enumerate(question.pairs, 1) if pair.term]

    def fits(number: int) -> bool:
        pick = chosen.get(str(number))
        # Compared as text: where two terms share a meaning, either line of it will do.
        return isinstance(pick, int) and 1 <= pick <= len(meanings) and meanings[pick - 1] == right[number - 1]

    return Fraction(sum(map(fits, terms)), len(terms))


def _ordering(question: Question, answer: Answer) -> Fraction:
    order = in_order(answer)
    total = len(question.items)
    if total < 2 or len(set(order)) != len(order) or not set(order) <= set(range(1, total + 1)):
        return NOTHING
    neighbors = len(set(pairwise(order)) & set(pairwise(right_order(question))))
    return Fraction(neighbors, total - 1)


def in_order(answer: Answer) -> list[int]:
    """Give the items of an ordering in her order.

    A whole order is a list. While she is at it, it is the place of each item that has one: items that share
    a place stand in no order, so they count as left out.
    """
    if not isinstance(answer, dict):
        return cast("list[int]", answer) if isinstance(answer, list) else []
    holders = Counter(answer.values())
    return [int(item) for item, place in sorted(answer.items(), key=itemgetter(1)) if holders[place] == 1]


def gap_is_right(question: Question, number: int, text: str) -> bool:
    """Say whether a text belongs into a gap, counted from 1."""
    return _says(question, text, question.gaps[number - 1])


def _short(question: Question, answer: Answer) -> Fraction:
    return Fraction(_says(question, str(answer), question.accepted))


def _gaps(question: Question, answer: Answer) -> Fraction:
    texts = [str(text) for text in answer] if isinstance(answer, list) else [str(answer)]
    filled = zip(texts, question.gaps, strict=False)
    return Fraction(sum(_says(question, text, accepted) for text, accepted in filled), len(question.gaps))


def _number(question: Question, answer: Answer) -> Fraction:
    given = read_number(str(answer))
    if given is None or question.number is None:
        return NOTHING
    # As fractions: Decimal rounds to 28 digits, and a number just outside its edge would count as on it.
    return Fraction(abs(Fraction(given) - Fraction(question.number)) <= Fraction(question.tolerance))


_SHARES = {
    Kind.CHOOSE_ONE: _choose_one,
    Kind.TRUE_FALSE: _choose_one,
    Kind.CHOOSE_ALL: _choose_all,
    Kind.MATCHING: _matching,
    Kind.ORDERING: _ordering,
    Kind.SHORT: _short,
    Kind.GAPS: _gaps,
    Kind.NUMBER: _number,
}


def _right_numbers(question: Question) -> set[int]:
    return {number for number, option in enumerate(question.options, 1) if option.right}


def _says(question: Question, text: str, accepted: Sequence[str]) -> bool:
    folded = fold(text, match_capitals=question.match_capitals)
    return bool(folded) and folded in {fold(one, match_capitals=question.match_capitals) for one in accepted}


def fold(text: str, *, match_capitals: bool) -> str:
    """Give the form in which short answers compare: NFKC, trimmed, white space folded, one final stop forgiven."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    text = " ".join(text.split()).removesuffix(".").rstrip()
    return text if match_capitals else text.casefold()


def read_number(text: str) -> Decimal | None:
    """Read a number as people type it: 1,000 and 1000, a decimal point, - or −; None for anything else."""
    text = text.strip().replace("\N{MINUS SIGN}", "-")
    if "," in text:
        if not GROUPED.fullmatch(text):
            return None
        text = text.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text, flags=re.ASCII):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern above lets only numbers through
        return None
