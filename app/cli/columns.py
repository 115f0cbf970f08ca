"""Rows in columns, as a terminal or a mail shows them: figures under figures, words under words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from unicodedata import combining, east_asian_width

GAP = "  "


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> Iterator[str]:
    """Set rows under a head. The first columns hold words and stand at the left; figures stand at the right."""
    widths = [max(map(width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (
            _filled(cell, room, left=place < words) for place, (cell, room) in enumerate(zip(row, widths, strict=True))
        )
        yield GAP.join(cells).rstrip()


def hanging(label: str, lines: Sequence[str], *, room: int, line: int = 100) -> Iterator[str]:
    """Set a label and what belongs to it beside it, each on lines of its own; long ones go on below themselves."""
    for text in lines:
        for part in wrap(text, line - room, break_long_words=False) or [""]:
            yield f"{_filled(label, room, left=True)}{part}"
            label = ""


def width(text: str) -> int:
    """Say how many places a text takes: Chinese letters two, accents that join another letter none."""
    return sum(2 if east_asian_width(letter) in "WF" else not combining(letter) for letter in text)


def _filled(cell: str, room: int, *, left: bool) -> str:
    air = " " * (room - width(cell))
    return cell + air if left else air + cell
