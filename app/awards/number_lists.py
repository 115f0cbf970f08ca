"""Numbers in whatever was pasted: a column of a spreadsheet, a list with names, lines of a letter, addresses.

What could be a number and is not quite one is kept, so that its slip of the pen is told and not passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.awards import numbers

CELLS = re.compile(r"[\r\n\t,;|]+")
SYMBOLS = "0-9A-Za-z"
HYPHENS = r"\-\u2010-\u2015"
GROUP = f"[{SYMBOLS}]{{4}}"
# Twenty symbols, or five groups of four, and nothing before or behind that belongs to them.
WHOLE = re.compile(
    rf"(?<![{SYMBOLS}])(?<![{SYMBOLS}][{HYPHENS}]){GROUP}(?:[ {HYPHENS}\u00a0]?{GROUP}){{4}}(?![{HYPHENS}]?[{SYMBOLS}])"
)
NEARLY = range(12, 31)  # symbols: with a group left out, or doubled
WORDY = re.compile(rf"[^{SYMBOLS}\s{HYPHENS}]")
LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class NumberList:
    """What was found in a text, in its order and each once."""

    numbers: tuple[str, ...]  # as they were typed
    left_out: tuple[str, ...]  # what is no number, shortened


def read(text: str) -> NumberList:
    """Find the numbers in a text."""
    found: dict[str, str] = {}
    left_out: dict[str, None] = {}
    cells = [cell.strip() for cell in CELLS.split(text) if cell.strip()]
    for cell in cells:
        typed = list(_typed(cell, alone=len(cells) == 1))
        for one in typed:
            found.setdefault(numbers.read(one), one)
        if not typed:
            left_out[_short(cell)] = None
    return NumberList(tuple(found.values()), tuple(left_out))


def _typed(cell: str, *, alone: bool) -> Iterator[str]:
    """Give the numbers of one cell: whole ones, or the cell itself where it is meant as one."""
    whole = [one[0] for one in WHOLE.finditer(cell) if _is_meant(one[0])]
    if whole:
        yield from whole
    elif alone or _is_nearly(cell):
        yield cell[: LONGEST_SHOWN * 2]


def _is_meant(typed: str) -> bool:
    """Tell a number from five words of four letters."""
    return numbers.is_well_formed(numbers.read(typed)) or any(symbol.isdigit() for symbol in typed)


def _is_nearly(cell: str) -> bool:
    symbols = len(re.sub(rf"[^{SYMBOLS}]", "", cell))
    return symbols in NEARLY and not WORDY.search(cell) and sum(symbol.isdigit() for symbol in cell) > 1


def _short(cell: str) -> str:
    return cell if len(cell) <= LONGEST_SHOWN else f"{cell[: LONGEST_SHOWN - 1]}…"
