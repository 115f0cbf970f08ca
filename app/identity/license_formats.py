"""The forms in which states write license numbers: dated rules, which question a number and never refuse it.

The rules are lines of a file beside this one, each with its source and the day on which it was looked at.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("license_formats.toml")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How one state writes the numbers of some of its licenses, and how we know."""

    state: str
    types: tuple[str, ...]  # none: every type
    pattern: str
    expected: str
    example: str
    source: str
    seen: str
    last_verified: date

    @property
    def in_words(self) -> str:
        """Say it to whoever types a number."""
        return f"{self.expected}, such as {self.example}"

    def fits(self, number: str) -> bool:
        """Say whether a number is written like this; spaces and letter case do not count."""
        return re.fullmatch(self.pattern, re.sub(r"\s", "", number), re.IGNORECASE) is not None

    def is_for(self, state: str, kind: str) -> bool:
        """Say whether it is the form of such a license."""
        return self.state == state and (not self.types or _plain(kind) in self.types)


@cache
def known() -> tuple[NumberFormat, ...]:
    """Give every form we know."""
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))["format"]
    return tuple(NumberFormat(**{**one, "types": tuple(one["types"])}) for one in listed)


def of(state: str, kind: str) -> NumberFormat | None:
    """Give the form of a state's license, where we know it: where we do not, any plausible number passes."""
    return next((one for one in known() if one.is_for(state, kind)), None)


def unusual(state: str, kind: str, number: str) -> str:
    """Say how numbers of such a license usually look, if this one does not; nothing where there is nothing to ask."""
    form = of(state.strip().upper(), kind)
    return form.in_words if form and number.strip() and not form.fits(number) else ""


def _plain(kind: str) -> str:
    return re.sub(r"[\s.]", "", kind).upper()
