"""Text settings: everything after the first colon is text, so that no author ever needs quotes.

The text is taken out of the block and a stand-in left at the same line and column; whoever reads the YAML
puts the text back by that place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

STAND_IN = "text"
_TOP = re.compile(r"(?P<name>[^\s#:](?:[^:]*[^\s:])?)\s*:(?=\s|$)")
_NAMED = re.compile(r"\s*(?:-\s+)?(?P<name>[^\s#:{\[](?:[^:]*[^\s:])?)\s*:(?=\s|$)")
_ITEM = re.compile(r"\s*-(?=\s|$)")
_REMARK = re.compile(r"\s\s#.*$")
_BLOCK_MARKS = {"|", ">", "|-", ">-", "|+", ">+"}


class Shape(Enum):
    """How the text of a setting is laid out."""

    TEXT = auto()  # title: text
    LIST = auto()  # objectives: one text an item
    NAMED = auto()  # references: one text a name
    RECORDS = auto()  # instructors: some names of each item are texts


@dataclass(frozen=True, slots=True)
class PlainValues:
    """Which settings of a file are plain text."""

    shapes: Mapping[str, Shape]
    names: frozenset[str] = frozenset()  # the text settings within records


COURSE = PlainValues(
    MappingProxyType(
        {
            "title": Shape.TEXT,
            "summary": Shape.TEXT,
            "audience": Shape.TEXT,
            "objectives": Shape.LIST,
            "references": Shape.NAMED,
            "instructors": Shape.RECORDS,
            "waive": Shape.NAMED,
        }
    ),
    frozenset({"bio", "disclosure"}),
)
PART = PlainValues(MappingProxyType({"title": Shape.TEXT, "waive": Shape.NAMED}))


@dataclass(slots=True)
class _Found:
    """Text set aside, and the pieces of lines it was taken from."""

    pieces: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, row: int, column: int, text: str) -> None:
        text = _REMARK.sub("", text)
        if text.strip():
            self.pieces.append((row, column + len(text) - len(text.lstrip()), text.strip()))


def set_aside(lines: list[str], plain: PlainValues) -> tuple[list[str], dict[tuple[int, int], str]]:
    """Give the block with stand-ins for its texts, and the texts by row and column, both from 0."""
    prepared, kept = list(lines), {}
    for first, last, column in _spans(lines, plain):
        found = _Found()
        found.add(first, column, lines[first][column:])
        for row in range(first + 1, last):
            if not lines[row].lstrip().startswith("#"):
                found.add(row, 0, lines[row])
        prepared[first] = lines[first][:column]
        prepared[first + 1 : last] = [""] * (last - first - 1)
        if found.pieces:
            row, start, _ = found.pieces[0]
            prepared[row] = prepared[row].ljust(start) + STAND_IN
            kept[row, start] = _unquoted(_joined(found.pieces))
    return prepared, kept


def _joined(pieces: list[tuple[int, int, str]]) -> str:
    texts = [text for _, _, text in pieces]
    if len(texts) > 1 and texts[0] in _BLOCK_MARKS:
        texts = texts[1:]
    return " ".join(texts)


def _unquoted(text: str) -> str:
    """Take off quotes that stand around the whole value, as careful authors put them."""
    quote, inner = text[:1], text[1:-1]
    if len(text) < 2 or quote not in {'"', "'"} or text[-1] != quote:
        return text
    if quote == "'":
        return text if "'" in inner.replace("''", "") else inner.replace("''", "'")
    return text if re.search(r'(?<!\\)"', inner) else inner.replace('\\"', '"')


def _spans(lines: list[str], plain: PlainValues) -> Iterator[tuple[int, int, int]]:
    """Find every text: its first line, the line after its last, and the column where it begins."""
    row = 0
    while row < len(lines):
        name = _TOP.match(lines[row])
        shape = plain.shapes.get(name["name"]) if name else None
        end = _block_end(lines, row, lists=shape is not Shape.TEXT)
        if name and shape is Shape.TEXT:
            yield row, end, name.end()
        elif name and shape and _begins_below(lines[row][name.end() :]):
            yield from _inner_spans(lines, row + 1, end, shape, plain.names)
        row = end


def _inner_spans(
    lines: list[str], row: int, end: int, shape: Shape, names: frozenset[str]
) -> Iterator[tuple[int, int, int]]:
    pattern = _ITEM if shape is Shape.LIST else _NAMED
    while row < end:
        match = pattern.match(lines[row])
        wanted = match and (shape is not Shape.RECORDS or match["name"] in names)
        if not match or not wanted:
            row += 1
            continue
        column = match.start("name") if shape is Shape.RECORDS else _indent(lines[row])
        stop = _deeper_end(lines, row, column, end)
        yield row, stop, match.end()
        row = stop


def _begins_below(rest: str) -> bool:
    """Say whether nothing but a remark stands after a name: its list begins on the next line."""
    return not rest.strip() or rest.lstrip().startswith("#")


def _block_end(lines: list[str], row: int, *, lists: bool) -> int:
    """Find where a top-level setting ends: at the next line that is not indented."""
    for after in range(row + 1, len(lines)):
        line = lines[after]
        if line.strip() and not line[0].isspace() and not line.startswith("#") and not (lists and line[0] == "-"):
            return after
    return len(lines)


def _deeper_end(lines: list[str], row: int, column: int, end: int) -> int:
    for after in range(row + 1, end):
        if lines[after].strip() and _indent(lines[after]) <= column:
            return after
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
