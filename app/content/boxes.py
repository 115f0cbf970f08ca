"""Boxes: stretches of a text between ::: lines, told apart by the word after the colons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.content.comments import fenced
from app.content.findings import Findings, Line
from app.content.spelling import did_you_mean

CHECK, SCENARIO = "check", "scenario"
TITLES = MappingProxyType(
    {
        "note": "Note",
        "caution": "Caution",
        "case": "Case",
        "reflect": "Pause and reflect",
        "objectives": "What you will learn",
        CHECK: "Check your understanding",
        SCENARIO: "Scenario",
    }
)
MARKS = ":::"
_FENCE = re.compile(r" {0,3}:{3,}[ \t]*(?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class Box:
    """One box by the indexes of its lines: its opening, and the line after its last line of text."""

    kind: str
    title: str
    opening: Line
    first: int
    end: int
    after: int  # the first line that is no part of it, its closing colons included
    closed: bool = True

    @property
    def heading(self) -> str:
        """Give the title as written, or what boxes of its kind are called."""
        return self.title or TITLES.get(self.kind, "Note")


def find(lines: Sequence[Line], findings: Findings) -> dict[int, Box]:
    """Find the boxes of a text by the index of their opening lines, and report those that do not close."""
    boxes: dict[int, Box] = {}
    code = fenced(lines)
    opened: int | None = None
    owed = 0  # colons that close boxes in which another was opened: one mistake, told once
    for index, line in enumerate(lines):
        fence = _fence(line.text) if MARKS in line.text and index not in code else None
        if fence is None:
            continue
        if opened is not None:
            boxes[opened] = _box(lines, opened, index, index if fence["rest"] else index + 1, findings)
            if fence["rest"]:
                owed += 1
                _unclosed(lines[opened], findings)
        elif owed and not fence["rest"]:
            owed -= 1
        elif not fence["rest"]:
            findings.add(
                "unclosed-box",
                _colons(line).place,
                "These colons close a box that was never opened.",
                "Delete the line, or write the kind of box after the colons: ::: note",
            )
        opened = index if fence["rest"] else None
    if opened is not None:
        boxes[opened] = _box(lines, opened, len(lines), len(lines), findings)
        _unclosed(lines[opened], findings)
    return boxes


def _fence(text: str) -> re.Match[str] | None:
    """Read a line of colons: what it opens stands after them; colons at its end are only drawn."""
    # Trimmed here and not in the pattern: one that trims in several ways takes hours over a line full of spaces.
    end = len(text.rstrip(" \t"))
    drawn = len(text[:end].rstrip(":").rstrip(" \t"))
    return _FENCE.match(text, 0, drawn or end)


def at_the_margin(lines: Sequence[Line], found: dict[int, Box]) -> list[Line]:
    """Move the colons of boxes to the margin: indented ones would be taken for part of the list above them."""
    fences = set(found) | {box.end for box in found.values() if box.closed}
    return [_colons(line) if index in fences else line for index, line in enumerate(lines)]


def refuse_activities(found: dict[int, Box], findings: Findings) -> None:
    """Report the checks and scenarios of a text that is no module: nobody could answer them there."""
    for box in found.values():
        if box.kind in {CHECK, SCENARIO}:
            findings.add(
                "unknown-box",
                _colons(box.opening).place,
                f"A {box.kind} stands in the text of a module.",
                "Move it there, or make it a box of another kind.",
            )


def _box(lines: Sequence[Line], opening: int, end: int, after: int, findings: Findings) -> Box:
    line = lines[opening]
    fence = _fence(line.text)
    words = fence["rest"].split(None, 1) if fence else []
    kind = words[0].lower() if words else ""
    if fence and kind not in TITLES:
        findings.add(
            "unknown-box",
            line.cut(fence.start("rest")).place,
            f"There is no box called “{words[0]}”.",
            f"{did_you_mean(kind, TITLES)} The boxes are {', '.join(TITLES)}.",
        )
    title = words[1] if len(words) > 1 else ""
    return Box(kind, title, line, opening + 1, end, after, closed=after > end)


def _unclosed(line: Line, findings: Findings) -> None:
    findings.add(
        "unclosed-box",
        _colons(line).place,
        "This box is not closed.",
        "Add a line ::: where it ends; boxes do not hold other boxes.",
    )


def _colons(line: Line) -> Line:
    return line.cut(len(line.text) - len(line.text.lstrip()))
