"""Answers that stand where no question is: learners would see them as plain text, the right one marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.content import shapes
from app.content.comments import fenced
from app.content.findings import Findings, Line, Place
from app.content.grammar import GAP


def report(lines: Sequence[Line], findings: Findings, remedy: str) -> None:
    """Report each list of options and each gap in a text that asks nothing."""
    for place in _places(lines):
        findings.add("text-outside-question", place, "This answer stands outside a question, for all to see.", remedy)


def _places(lines: Sequence[Line]) -> Iterator[Place]:
    code = fenced(lines)
    run: list[tuple[Place, bool]] = []
    for index, line in enumerate(lines):
        option = shapes.option(line.text) if index not in code else None
        if option:
            told = bool(option["tick"]) or option["open"] in "(（"
            run.append((line.cut(option.start("mark")).place, told))
            continue
        if run and not line.blank and not shapes.INDENTED.fullmatch(line.text):
            yield from _told(run)
            run = []
        gap = GAP.search(line.text) if "___(" in line.text and index not in code else None
        if gap:
            yield line.cut(gap.start()).place
    yield from _told(run)


def _told(run: Sequence[tuple[Place, bool]]) -> Iterator[Place]:
    """Give the first of a list of options; boxes of which none is ticked may be a list to tick off."""
    if any(told for _, told in run):
        yield run[0][0]
