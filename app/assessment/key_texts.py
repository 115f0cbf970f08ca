"""Keys as people write them: the parts of a form or of a command line become a correction, or a sentence of help.

Parts stand for: the numbers of right options · the numbers of items in their right order · for each term the number of
its meaning · accepted answers, “|” between them · the same for each gap · a number, with “± 5” where it may be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.assessment import grading
from app.assessment.corrections import Correction
from app.content.course import Kind, Question
from app.kit.errors import Invalid

NUMBERED = {Kind.CHOOSE_ONE, Kind.TRUE_FALSE, Kind.CHOOSE_ALL, Kind.MATCHING, Kind.ORDERING}
PLUS_MINUS = ("±", "+/-", "+-")
MOST_LETTERS = 2_000
BETWEEN = {Kind.GAPS: ";", Kind.SHORT: "", Kind.NUMBER: ""}  # what divides parts on a command line; else a comma


class NotAKey(Invalid):
    """What was written cannot be the key of this question."""

    def __init__(self, sentence: str) -> None:
        """Say what a key of this kind looks like."""
        super().__init__({"key": sentence}, sentence)


def read(question: Question, parts: Sequence[str], *, keeps_old: bool = False) -> Correction:
    """Read the key that a question should have, or raise `NotAKey`."""
    if any(len(part) > MOST_LETTERS for part in parts):
        raise NotAKey(f"Write at most {MOST_LETTERS:,} letters.")
    if question.kind in NUMBERED:
        return _numbered(question, [_number(part) for part in parts], keeps_old=keeps_old)
    if question.kind is Kind.SHORT:
        return Correction(accepted=_accepted(" | ".join(parts)), keeps_old=keeps_old)
    if question.kind is Kind.GAPS:
        return Correction(gaps=_gaps(question, parts), keeps_old=keeps_old)
    number, tolerance = _measured("".join(parts))
    return Correction(number=number, tolerance=tolerance, keeps_old=keeps_old)


def split(question: Question, written: str) -> list[str]:
    """Divide a key that was written in one line."""
    mark = BETWEEN.get(question.kind, ",")
    return [part.strip() for part in written.split(mark)] if mark else [written]


def parts_of(question: Question) -> list[str]:
    """Give the key of a question in the parts that `read` takes."""
    if question.options:
        return [str(number) for number, option in enumerate(question.options, 1) if option.right]
    if question.kind is Kind.ORDERING:
        return [str(number) for number in grading.right_order(question)]
    if question.kind is Kind.MATCHING:
        terms = zip(question.pairs, grading.right_order(question), strict=True)
        return [str(number) for pair, number in terms if pair.term]
    if question.kind is Kind.GAPS:
        return [" | ".join(gap) for gap in question.gaps]
    if question.kind is Kind.SHORT:
        return [" | ".join(question.accepted)]
    return [f"{question.number} ± {question.tolerance}" if question.tolerance else f"{question.number}"]


def _number(part: str) -> int:
    found = part.strip()
    return int(found) if found.isascii() and found.isdigit() and len(found) < 4 else 0


def _numbered(question: Question, numbers: list[int], *, keeps_old: bool) -> Correction:
    if question.kind is Kind.MATCHING:
        return Correction(order=_meanings(question, numbers), keeps_old=keeps_old)
    if question.kind is Kind.ORDERING:
        if sorted(numbers) != list(range(1, len(question.items) + 1)):
            raise NotAKey("Put each item in one place, and one item in each place.")
        return Correction(order=tuple(numbers), keeps_old=keeps_old)
    if not numbers or not set(numbers) <= set(range(1, len(question.options) + 1)):
        raise NotAKey(f"Name at least one right option, by its number from 1 to {len(question.options)}.")
    return Correction(right=tuple(sorted(set(numbers))), keeps_old=keeps_old)


def _meanings(question: Question, numbers: list[int]) -> tuple[int, ...]:
    terms = [number for number, pair in enumerate(question.pairs, 1) if pair.term]
    if len(numbers) != len(terms) or not set(numbers) <= set(range(1, len(question.pairs) + 1)):
        raise NotAKey("Choose one meaning for each term.")
    chosen = dict(zip(terms, numbers, strict=True))
    return tuple(chosen.get(number, number) for number in range(1, len(question.pairs) + 1))


def _accepted(written: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, (" ".join(part.split()) for part in written.split("|")))))
    if not found:
        raise NotAKey("Write at least one answer that counts as right.")
    return found


def _gaps(question: Question, parts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    if len(parts) != len(question.gaps):
        raise NotAKey(f"Write what fills each of the {len(question.gaps)} gaps.")
    return tuple(_accepted(part) for part in parts)


def _measured(written: str) -> tuple[Decimal, Decimal]:
    for mark in PLUS_MINUS:
        written = written.replace(mark, "±")
    first, _, second = written.partition("±")
    number, off = grading.read_number(first), grading.read_number(second or "0")
    if number is None or off is None or off < 0:
        raise NotAKey("Write a number in digits, such as 45, or 45 ± 5 where it may be a little off.")
    return number, off
