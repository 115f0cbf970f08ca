"""Two texts side by side: what differs, with a little of what is the same around it."""

from __future__ import annotations

from dataclasses import dataclass

from app.library.drafts import Comparison
from app.web.words import counted

AROUND = 2  # equal lines shown before and after a difference


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One row: a line of each text, or how many equal ones are left out."""

    hers: str
    theirs: str
    hers_number: str
    theirs_number: str
    kind: str  # same | changed | added | removed | left-out
    left_out: str = ""  # 12 lines the same


def rows(comparison: Comparison) -> tuple[ComparedRow, ...]:
    """Give the rows of a comparison, long equal stretches left out."""
    near = _near(comparison)
    found: list[ComparedRow] = []
    skipped = 0
    for index, row in enumerate(comparison.rows):
        if index not in near:
            skipped += 1
            continue
        if skipped:
            found.append(_left_out(skipped))
            skipped = 0
        kind = {"both": "same", "hers": "added", "theirs": "removed"}.get(row.side, "changed")
        hers, theirs = str(row.hers_number or ""), str(row.theirs_number or "")
        found.append(ComparedRow(row.hers or "", row.theirs or "", hers, theirs, kind))
    return (*found, _left_out(skipped)) if skipped else tuple(found)


def _near(comparison: Comparison) -> set[int]:
    near: set[int] = set()
    for index, row in enumerate(comparison.rows):
        if row.side != "both":
            near.update(range(index - AROUND, index + AROUND + 1))
    return near


def _left_out(count: int) -> ComparedRow:
    return ComparedRow("", "", "", "", "left-out", f"{counted(count, 'line')} the same")
