"""Sentences that several pages say: hours, minutes, and counts in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.awards.document import wording
from app.content.course import CreditHours


def hours_by_type(credit: CreditHours) -> str:
    """Say what a course gives: 0.5 contact hours: 0.5 ethics."""
    kinds = [
        f"{wording.figures(amount)} {wording.hour_kind(kind)}" for kind, amount in credit.claimed.items() if amount
    ]
    return hours_in_words(credit.total) + (f": {listed(kinds)}" if kinds else "")


def hours_in_words(amount: Decimal) -> str:
    """Say an amount of contact hours: 0.5 contact hours, 1 contact hour."""
    return f"{wording.figures(amount)} {'contact hour' if amount == 1 else 'contact hours'}"


def minutes_in_words(minutes: int) -> str:
    """Say how long something takes: about 14 minutes, about 1 hour 20 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [counted(hours, "hour")] if hours else []
    parts += [counted(rest, "minute")] if rest or not hours else []
    return "about " + " ".join(parts)


def time_in_words(seconds: int) -> str:
    """Say how much time was spent, in whole minutes: 1 hour 5 minutes."""
    hours, minutes = divmod(seconds // 60, 60)
    parts = [counted(hours, "hour")] if hours else []
    parts += [counted(minutes, "minute")] if minutes else []
    return " ".join(parts) or ("less than a minute" if seconds else "none yet")


def counted(number: int, noun: str) -> str:
    """Say how many: 1 attempt, 2 attempts."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Say several things in a row: A, B and C."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
