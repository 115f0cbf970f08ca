"""A module: its settings, its prose, and the checks and scenarios that stand in its flow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.content import boxes, fields, outline, plain_values, prose, question_values, scenarios, settings, strays
from app.content.boxes import Box
from app.content.comments import fenced
from app.content.course import Check, Module
from app.content.desk import Desk
from app.content.fields import Fields
from app.content.findings import Findings, Line, Place
from app.content.folder import ModuleFile
from app.content.markdown import Scribe
from app.content.outline import Outline
from app.content.questions import Draft
from app.content.scenario import Scenario
from app.content.settings import Block
from app.content.words import count

KNOWN = ("title", "objectives", "minutes", "waive")
_WAIVE = re.compile(r" {0,3}waive[ \t]*:[ \t]*(?P<value>.*)", re.IGNORECASE)


@dataclass(slots=True)
class ModuleDraft:
    """A module as read, with the questions of its checks, which know where they stand."""

    module: Module
    drafts: list[Draft] = field(default_factory=list)
    findings: Findings = field(default_factory=lambda: Findings(""))
    settled: bool = True  # its settings could be read: what it teaches is known


def read(desk: Desk, file: ModuleFile) -> ModuleDraft | None:
    """Read one module; nothing if it cannot be read."""
    source = desk.source(file.name)
    if not source.readable:
        return None
    block = settings.split(list(source.written), source.findings, texts=plain_values.PART)
    if block.unclosed:
        return None
    lines = _without_waivers(source.body(block.body_from))
    return _Reader(desk, file, source.findings, lines).read(block)


@dataclass(slots=True)
class _Lines:
    """A module's lines, and the waivers that stood alone among them."""

    lines: list[Line]
    waivers: list[Line] = field(default_factory=list)


def _without_waivers(lines: Sequence[Line]) -> _Lines:
    """Take out the waivers that stand alone; those in a check belong to its questions."""
    if not any(_WAIVE.fullmatch(line.text) for line in lines):
        return _Lines(list(lines))
    code = fenced(lines)
    found = _Lines([])
    inside = False
    for index, line in enumerate(lines):
        inside = _in_check(line, inside=inside)
        match = _WAIVE.fullmatch(line.text) if index not in code and not inside else None
        alone = match and _blank(lines, index - 1) and _blank(lines, index + 1)
        if match and alone:
            found.waivers.append(line.cut(match.start("value")))
            found.lines.append(Line(line.number, line.column, ""))
        else:
            found.lines.append(line)
    return found


def _in_check(line: Line, *, inside: bool) -> bool:
    if line.text.lstrip().startswith(":::"):
        return line.text.strip(": \t").lower().startswith((boxes.CHECK, boxes.SCENARIO))
    return inside


def _blank(lines: Sequence[Line], index: int) -> bool:
    return not 0 <= index < len(lines) or lines[index].blank or bool(_WAIVE.fullmatch(lines[index].text))


class _Reader:
    def __init__(self, desk: Desk, file: ModuleFile, findings: Findings, text: _Lines) -> None:
        self._desk = desk
        self._file = file
        self._findings = findings
        self._text = text
        self._scribe = Scribe(desk, findings, cites_here=True)
        self._drafts: list[Draft] = []
        self._activities = 0

    def read(self, block: Block) -> ModuleDraft:
        get = Fields(block.root, self._findings, known=KNOWN, missing_at=block.closing)
        fields.waive(get, self._findings)
        title, objectives = get.text(get.entry("title")), self._objectives(get)
        minutes = get.whole(get.entry("minutes"), least=0, most=100_000) or 0
        settled = not block.broken and not self._findings.errors()
        lines = self._text.lines
        found = boxes.find(lines, self._findings)
        flow = prose.write(lines, found, self._scribe, self._activity)
        if not self._findings.has("unclosed-box", "unknown-box"):
            self._report_strays(found)
        self._desk.headings[self._file.name] = flow.headings
        self._waive(flow.spans)
        if not flow.blocks:
            self._findings.add(
                "empty-module",
                Place(),
                "There is nothing to read in this module.",
                "Write its text, or delete the file.",
            )
        module = Module(
            slug=self._file.slug,
            number=self._file.number,
            title=title or flow.title or self._file.slug.replace("-", " ").capitalize(),
            blocks=tuple(flow.blocks),
            sections=tuple(flow.sections),
            objectives=objectives,
            minutes=minutes,
            words=self._scribe.tally.words,
            cites=tuple(self._scribe.cites),
        )
        return ModuleDraft(module, self._drafts, self._findings, settled)

    def _report_strays(self, found: dict[int, Box]) -> None:
        """Report options outside the checks; a box that is not closed or not known may have been meant for one."""
        lines = list(self._text.lines)
        for box in found.values():
            if box.kind == boxes.CHECK:
                lines[box.first : box.end] = [Line(line.number, 1, "") for line in lines[box.first : box.end]]
        strays.report(lines, self._findings, "Put a line ::: check above its question, and a line ::: below it.")

    def _objectives(self, get: Fields) -> tuple[int, ...]:
        found = []
        for value in get.items(get.entry("objectives")):
            number, known = fields.whole(value), self._desk.objectives
            if number is None:
                get.bad(value.place, f"“{fields.shown(value)}” is no objective.", "Write its number in course.md.")
            elif known is not None and not 1 <= number <= known:
                self._findings.add(
                    "unknown-objective",
                    value.place,
                    f"There is no objective {number} in course.md.",
                    f"Write a number from 1 to {known}.",
                )
            else:
                found.append(number)
        return tuple(dict.fromkeys(found))

    def _waive(self, spans: Sequence[tuple[int, int]]) -> None:
        """Apply each waiver that stands alone to the next block."""
        for line in self._text.waivers:
            waived = question_values.waiver(line, self._findings)
            span = next(((first, last) for first, last in spans if first > line.number), None)
            if waived and span:
                self._findings.waive(*waived, at=line.number, first=span[0], last=span[1])

    def _activity(self, box: Box) -> Check | Scenario | None:
        self._activities += 1
        self._scribe.tally += count(box.title)
        lines = self._text.lines[box.first : box.end]
        ident = f"{self._file.slug}-{box.kind}-{self._activities}"
        if box.kind == boxes.SCENARIO:
            return scenarios.read(ident, box, lines, self._scribe)
        return self._check(ident, box, outline.read(lines, self._scribe, level=3))

    def _check(self, ident: str, box: Box, found: Outline) -> Check | None:
        drafts = list(found.drafts())
        if not drafts and box.closed:
            self._findings.add(
                "no-answer", box.opening.place, "This knowledge check asks nothing.", "Add a question to it: ### …"
            )
        self._drafts += drafts
        intro = self._scribe.blocks(found.intro)
        return Check(ident, box.heading, intro, tuple(draft.question for draft in drafts))
