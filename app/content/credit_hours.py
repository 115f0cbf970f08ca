"""Contact hours from what a course holds: exact fractions, and the source of every number beside it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from app.content.course import Method

MINUTES_PER_HOUR = 60
HALF = Decimal("0.5")  # NASW CE approval counts in whole and half hours (socialworkers.org, application checklist)

NASW_WORDS_PER_HOUR = 10_000  # NASW CE approval, online and reading programs (socialworkers.org, CE approval, Apply)
NCBTMB_WORDS_PER_HOUR = 12_000  # NCBTMB, “What is a CE hour?” (ncbtmb.org/faq); audio and video one to one
NASBA_WORDS_PER_MINUTE = 140  # NASBA word-count formula: words ÷ 140 + minutes of media + 1.85 a question …
NASBA_MINUTES_PER_QUESTION = Fraction(185, 100)
NASBA_MINUTES_PER_HOUR = 50  # … ÷ 50: its hour is one of 50 minutes (nasbaregistry.org; cpe-calc.pages.dev)

# Mergener formula as BOC (bocatc.org/mergener-formula) and CCCEP (cccep.ca) print it. One sheet in circulation
# prints +22.3; its own worked example, 68.818 → 61.94 minutes, holds only with −22.3.
MERGENER_FACTOR = Fraction(9, 10)
MERGENER_CONSTANT = Fraction(-223, 10)
MERGENER_PER_WORD = Fraction(209, 100_000)
MERGENER_PER_QUESTION = Fraction(278, 100)
MERGENER_PER_DIFFICULTY = Fraction(155, 10)
EASIEST, HARDEST = 1, 5  # CCCEP; BOC uses 2 to 4 of the same scale

# NASW CE approval: ten multiple-choice questions for the first credit, five for each further one; and
# at most one in ten true or false (socialworkers.org, application checklist).
QUESTIONS_FIRST_HOUR = 10
QUESTIONS_PER_FURTHER_HOUR = 5
TRUE_FALSE_SHARE = Fraction(1, 10)


def compute(
    method: Method, *, words: int, minutes: Fraction, questions: int, difficulty: int | None = None
) -> Fraction:
    """Give the hours a method allows, before any rounding to a step."""
    if method is Method.NASW:
        return Fraction(words, NASW_WORDS_PER_HOUR) + minutes / MINUTES_PER_HOUR
    if method is Method.NCBTMB:
        return Fraction(words, NCBTMB_WORDS_PER_HOUR) + minutes / MINUTES_PER_HOUR
    if method is Method.NASBA:
        return _nasba(words, minutes, questions)
    if method is Method.MERGENER:
        return _mergener(words, questions, difficulty or EASIEST)
    return minutes / MINUTES_PER_HOUR  # clock minutes, or those a pilot group took


def _nasba(words: int, minutes: Fraction, questions: int) -> Fraction:
    whole = Fraction(words, NASBA_WORDS_PER_MINUTE) + minutes + NASBA_MINUTES_PER_QUESTION * questions
    return whole / NASBA_MINUTES_PER_HOUR


def _mergener(words: int, questions: int, difficulty: int) -> Fraction:
    minutes = MERGENER_FACTOR * (
        MERGENER_CONSTANT
        + MERGENER_PER_WORD * words
        + MERGENER_PER_QUESTION * questions
        + MERGENER_PER_DIFFICULTY * difficulty
    )
    return Fraction(max(0, floor(minutes)), MINUTES_PER_HOUR)


def claimable(hours: Fraction, *, step: Decimal = HALF) -> Decimal:
    """Round down to the step that boards count in."""
    return floor(hours / Fraction(step)) * step


def may_be_claimed(hours: Decimal, *, step: Decimal = HALF) -> bool:
    """Say whether hours of one type are a claim at all: at least one step, and whole steps."""
    return hours >= step and hours % step == 0


def questions_needed(hours: Decimal) -> int:
    """Give how many multiple-choice questions NASW asks for: each further hour begun counts."""
    return QUESTIONS_FIRST_HOUR + QUESTIONS_PER_FURTHER_HOUR * max(0, ceil(hours - 1))
