"""The lines of one question, sorted: what is asked, what may be answered, what explains it.

The shape an author types decides the kind. Shapes are told apart line by line, so that every slip of the
keyboard can be named where it was made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.content import shapes
from app.content.comments import fenced
from app.content.findings import Findings, Line, Place
from app.content.grammar import GAP
from app.content.shapes import Shape, Slip


@dataclass(slots=True)
class Choice:
    """One answer offered: an option, a pair or a step, and the feedback quoted under it."""

    shape: Shape
    place: Place
    right: bool
    text: list[Line]
    meaning: Line | None = None
    feedback: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Sorted:
    """A question's lines by what they are for."""

    prompt: list[Line] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    answer: Line | None = None
    blank: Line | None = None
    rationale: list[Line] = field(default_factory=list)
    named: dict[str, Line] = field(default_factory=dict)
    waivers: list[Line] = field(default_factory=list)
    meant: set[str] = field(default_factory=set)  # our names that were misspelt
    slip: str = ""  # how options were typed that could not be read
    broken: bool = False

    @property
    def shape(self) -> Shape | None:
        """Say what the answer looks like; nothing if there is none, or only gaps."""
        if self.choices:
            return self.choices[0].shape
        return Shape.ANSWER if self.answer else Shape.BLANK if self.blank else None


def sort(lines: Sequence[Line], findings: Findings) -> Sorted:
    """Sort the lines between a question's heading and the next."""
    sorter = _Sorter(lines, findings)
    for index in range(len(lines)):
        sorter.take(index)
    sorter.finish()
    return sorter.found


class _Sorter:
    """Takes the lines in turn; `_open` is what an indented line goes on with."""

    def __init__(self, lines: Sequence[Line], findings: Findings) -> None:
        self.found = Sorted()
        self._lines = lines
        self._findings = findings
        self._code = fenced(lines)
        self._numbers = not any(shapes.answers(line) for line in shapes.before_rationale(lines, self._code))
        self._open: list[Line] | None = None
        self._rationale = False  # everything to the next heading explains
        self._head = False  # the paragraph explains, the question still follows
        self._strayed = False
        self._slips: list[Slip] = []

    def take(self, index: int) -> None:
        line = self._lines[index]
        if self._rationale:
            self.found.rationale.append(line)
        elif index in self._code or line.blank:
            self._go_on(line)
        elif not (self._choice(line) or self._slip(line) or self._name(index) or self._feedback(line, index)):
            self._other(line)

    def _go_on(self, line: Line) -> None:
        self._head = self._head and not line.blank
        target = self._open if self._open is not None else None if self._answered else self.found.prompt
        if target is not None:
            target.append(line)
        elif not line.blank:
            self._stray(line)

    @property
    def _answered(self) -> bool:
        return self.found.shape is not None or bool(self._slips)

    def _choice(self, line: Line) -> bool:
        text = line.text
        if match := shapes.option(text):
            shape = Shape.ROUND if match["open"] in "(（" else Shape.SQUARE
            choice = Choice(shape, line.cut(match.start("mark")).place, bool(match["tick"]), [_cut(line, match)])
        elif match := shapes.PAIR.fullmatch(text):
            term = line.cut(match.start("term"), match.end("term"))
            choice = Choice(Shape.ARROWS, term.place, True, [term], line.cut(match.start("meaning")))
        elif self._numbers and (match := shapes.ITEM.fullmatch(text)):
            choice = Choice(Shape.NUMBERS, line.cut(match.start("text")).place, True, [_cut(line, match)])
        else:
            return False
        self._agree(choice.shape, choice.place)
        self.found.choices.append(choice)
        self._open = choice.text if choice.meaning is None else None
        return True

    def _agree(self, shape: Shape, place: Place) -> None:
        """See that all answers of a question have one shape; of two that contradict, the second is reported."""
        before = self.found.shape
        if before and before is not shape and not self.found.broken:
            self._findings.add(
                "mixed-options",
                place,
                f"This question has {before} above and {shape} here.",
                "Use ( ) for one answer, [ ] for several, and one shape throughout.",
            )
            self.found.broken = True
        self._head = False

    def _slip(self, line: Line) -> bool:
        slip = shapes.slip(line)
        if slip is None:
            return False
        self._slips.append(slip)
        self._open = None
        return True

    def _name(self, index: int) -> bool:
        line = self._lines[index]
        match = shapes.NAMED.fullmatch(line.text)
        if match is None:
            return False
        name, value = match["name"].lower(), line.cut(match.start("value"))
        if match["escape"]:
            if name in shapes.NAMES and not self._answered:
                self._other(line.cut(match.start("name")))
                return True
            return False
        if name in shapes.NAMES and (not self.found.choices or name in {"rationale", "answer"}):
            self._take_named(name, line.cut(match.start("name")), value)
            return True
        return self._unknown_name(index, match)

    def _take_named(self, name: str, line: Line, value: Line) -> None:
        self._open = None
        if name == "waive":
            self.found.waivers.append(value)
        elif name in self.found.named:
            self._findings.add(
                "bad-question-value",
                line.place,
                f"“{line.text.split(':')[0]}:” stands twice.",
                "Keep the one that is right and delete the other.",
            )
        elif name == "rationale":
            self.found.named[name] = value
            self.found.rationale.append(value)
            self._rationale = self._answered or any(GAP.search(each.text) for each in self.found.prompt)
            self._head = not self._rationale
        else:
            self.found.named[name] = value
            if name == "answer":
                self._agree(Shape.ANSWER, line.place)
                self.found.answer = value if value.text.strip(" |") else line.cut(0, 0)

    def _unknown_name(self, index: int, match: re.Match[str]) -> bool:
        """Name a setting that is one slip from ours, if it stands alone: dialogue looks much the same."""
        meant = next((name for name in shapes.NAMES if shapes.one_slip(match, name)), None)
        around = [self._lines[i] for i in (index - 1, index + 1) if 0 <= i < len(self._lines)]
        if (
            meant is None
            or (self._answered and meant != "rationale")
            or not all(shapes.stands_apart(line) for line in around)
        ):
            return False
        place = self._lines[index].cut(match.start("name")).place
        self._findings.add(
            "unknown-question-line",
            place,
            f"There is no question setting “{match['name']}:”.",
            f"Did you mean “{meant.capitalize()}:”?",
        )
        self.found.meant.add(meant)
        self._rationale = self._answered
        return True

    def _feedback(self, line: Line, index: int) -> bool:
        match = shapes.FEEDBACK.fullmatch(line.text)
        if match is None or not self._answered:
            return False
        choice = self.found.choices[-1] if self.found.choices else None
        width = len(match["indent"].replace("\t", "    "))
        if choice is None or choice.shape is Shape.ARROWS or not 2 <= width < 6 or self._slips:
            before = self._lines[index - 1] if index else None
            if not self._slips and not (before and shapes.FEEDBACK.fullmatch(before.text) and self._open is None):
                self._findings.add(
                    "misplaced-feedback",
                    line.cut(match.end("indent")).place,
                    "This feedback does not stand under an option.",
                    "Put it under its option and begin it with two spaces and >.",
                )
            self._open = None
            return True
        choice.feedback.append(line.cut(match.start("text")))
        self._open = choice.feedback
        return True

    def _other(self, line: Line) -> None:
        if self._head:
            self.found.rationale.append(line)
        elif shapes.BLANK_LINE.fullmatch(line.text):
            self._agree(Shape.BLANK, line.place)
            self.found.blank = self.found.blank or line
            self._open = None
        elif self._open is not None and (match := shapes.INDENTED.fullmatch(line.text)):
            self._open.append(line.cut(match.start("text")))
        elif not self._answered:
            self.found.prompt.append(line)
        elif not shapes.RULE.fullmatch(line.text):
            self._stray(line)

    def _stray(self, line: Line) -> None:
        self._open = None
        if not self._strayed and not self._slips:
            place = line.cut(len(line.text) - len(line.text.lstrip())).place
            self._findings.add(
                "text-outside-question",
                place,
                "This text stands after the answer of a question.",
                "Move it above the options, or begin it with “Rationale:”. An option stays in one line.",
            )
        self._strayed = True

    def finish(self) -> None:
        """Judge the options that were mistyped: all of them, or one among good ones."""
        if not self._slips:
            return
        slip = self._slips[0]
        if self.found.shape and not self.found.broken:
            self._findings.add("mixed-options", slip.place, f"This option has {slip.what}.", slip.remedy)
        self.found.slip = slip.what
        self.found.broken = self.found.broken or self.found.shape is not None


def _cut(line: Line, match: re.Match[str]) -> Line:
    text = match["text"]
    return line.cut(match.start("text") + len(text) - len(text.lstrip()))
