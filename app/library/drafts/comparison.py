"""Two versions of a text side by side, line by line, for somebody who has to choose between them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum

MOST_LINES = 10_000  # beyond this a comparison by lines would take longer than reading both


class Side(StrEnum):
    """Where a line stands."""

    BOTH = "both"
    HERS = "hers"  # only in her text
    THEIRS = "theirs"  # only in the other
    CHANGED = "changed"  # in both, and not the same


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a comparison: her line and theirs, either may be missing."""

    side: Side
    hers: str | None
    theirs: str | None
    hers_number: int | None
    theirs_number: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows; `too_long` when there are none because nobody would read them."""

    rows: tuple[Row, ...]
    too_long: bool = False

    @property
    def differs(self) -> int:
        """How many rows are not the same on both sides."""
        return sum(row.side != Side.BOTH for row in self.rows)


def compare(hers: str, theirs: str) -> Comparison:
    """Compare two texts."""
    mine, other = hers.splitlines(), theirs.splitlines()
    if max(len(mine), len(other)) > MOST_LINES:
        return Comparison((), too_long=True)
    rows: list[Row] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, mine, other).get_opcodes():
        side = Side.BOTH if tag == "equal" else Side.CHANGED
        rows.extend(_rows(side, mine, other, (a, b), (c, d)))
    return Comparison(tuple(rows))


def _rows(side: Side, mine: list[str], other: list[str], hers: tuple[int, int], theirs: tuple[int, int]) -> list[Row]:
    rows = []
    for step in range(max(hers[1] - hers[0], theirs[1] - theirs[0])):
        left, right = hers[0] + step, theirs[0] + step
        has_left, has_right = left < hers[1], right < theirs[1]
        here = side if has_left and has_right else Side.HERS if has_left else Side.THEIRS
        rows.append(
            Row(
                here,
                mine[left] if has_left else None,
                other[right] if has_right else None,
                left + 1 if has_left else None,
                right + 1 if has_right else None,
            )
        )
    return rows
