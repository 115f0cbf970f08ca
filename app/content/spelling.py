"""Slips of the pen: which name was meant, and what a heading is called in an address."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Give the name that looks most like what was typed, however far off it is."""
    matches = difflib.get_close_matches(word.casefold(), list(names), n=1, cutoff=0.0)
    return matches[0] if matches else None


def looks_like(word: str, name: str) -> bool:
    """Say whether a name was probably meant: misspelt, but recognizable."""
    return slips(word.casefold(), name.casefold()) <= max(1, len(name) // 4)


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Ask the question that ends most problems; an empty text if there is nothing to offer."""
    name = nearest(word, names)
    return f"Did you mean “{name}”?" if name else ""


def slips(typed: str, meant: str) -> int:
    """Count letters added, dropped, changed or swapped with a neighbor between two words."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, a in enumerate(typed, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(meant, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == meant[j - 2] and typed[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def slug(text: str) -> str:
    """Give the address of a heading: letters and digits of every script, all else a hyphen."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    kept = "".join(character if _belongs(character) else " " for character in folded)
    return "-".join(kept.split())


def _belongs(character: str) -> bool:
    # Combining marks are part of the letters of many scripts: without them Hindi or Thai falls apart.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def same(text: str) -> str:
    """Fold away what a reader does not see as a difference: capitals, spaces and look-alike forms."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
