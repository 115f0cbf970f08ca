"""Headings: where a text is divided into questions and steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.content import shapes
from app.content.comments import fenced
from app.content.findings import Line, Place

_SIGNS = re.compile(r" {0,3}(?P<signs>#{1,6})(?=[ \t]|$)[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?P<mark>[=-])(?P=mark){2,}[ \t]*")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line: how many # signs it has, and its text."""

    line: Line
    level: int
    text: Line

    @property
    def place(self) -> Place:
        """Say where it begins."""
        return self.line.cut(len(self.line.text) - len(self.line.text.lstrip())).place


def sections(lines: Sequence[Line]) -> list[tuple[Heading | None, list[Line]]]:
    """Divide a text at its headings; what stands before the first has none."""
    code = fenced(lines)
    found: list[tuple[Heading | None, list[Line]]] = [(None, [])]
    underlined = False
    for index, line in enumerate(lines):
        if underlined:
            underlined = False
            continue
        heading = _heading(line) if index not in code else None
        if heading is None and index not in code:
            heading = _underlined(lines, index)
            underlined = heading is not None
        if heading:
            found.append((heading, []))
        else:
            found[-1][1].append(line)
    return found


def _underlined(lines: Sequence[Line], index: int) -> Heading | None:
    """Read a heading that is underlined with === or ---, standing alone as headings do."""
    line = lines[index]
    match = _UNDERLINE.fullmatch(lines[index + 1].text) if index + 1 < len(lines) else None
    alone = index == 0 or lines[index - 1].blank
    if match is None or not alone or line.blank or line.text[0] in " \t>-*+|:" or shapes.NAMED.fullmatch(line.text):
        return None
    return Heading(line, 1 if match["mark"] == "=" else 2, line.cut(0, len(line.text.rstrip())))


def _heading(line: Line) -> Heading | None:
    """Read a heading line."""
    match = _SIGNS.match(line.text)
    if match is None:
        return None
    words = line.text[match.end() :].rstrip(" \t")
    bare = words.rstrip("#")
    if bare.endswith((" ", "\t")):  # signs after the words are only drawn
        words = bare.rstrip(" \t")
    return Heading(line, len(match["signs"]), line.cut(match.end(), match.end() + len(words)))
