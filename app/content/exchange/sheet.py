"""Spreadsheets in, saved as CSV: a header row in plain words, and a question a row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.content.course import Kind
from app.content.exchange import building, escaping, texts
from app.content.exchange.building import Start, Weighed
from app.content.exchange.items import Choice, Item, LeftOut, Piece, Remark, Skip
from app.content.question_values import number as read_number
from app.content.spelling import did_you_mean

_COLUMNS = {
    "question": ("question", "question text", "text", "stem", "prompt"),
    "answer": ("answer", "answers", "correct answer", "right answer", "correct", "key", "right"),
    "rationale": ("feedback", "rationale", "explanation", "general feedback"),
    "objective": ("objective",),
    "points": ("points", "point", "mark", "marks", "score"),
    "id": ("id", "idnumber", "id number"),
    "hint": ("hint",),
    "source": ("source", "reference"),
    "note": ("note", "notes", "comment", "comments"),
}
_OPTION = re.compile(r"(?:option|choice|answer)?\s*[._#-]?\s*([a-z]|\d{1,2})", re.IGNORECASE)
_FEEDBACK = re.compile(r"feedback\s*(?:on|for)?\s*(?:option|choice|answer)?\s*([a-z]|\d{1,2})", re.IGNORECASE)
_LETTERS = re.compile(r"\(?\s*[a-zA-Z0-9]{1,2}\s*\)?(?:\s*(?:[,;/&+|]|and)\s*\(?[a-zA-Z0-9]{1,2}\)?)*")
_TRUTH = {"true": True, "t": True, "yes": True, "false": False, "f": False, "no": False}
LONGEST_HEAD = 10_000  # characters: the names of three hundred columns
NAMES = ("Question", "Option A", "Answer", "Feedback", "Feedback A", "Objective", "Points", "Id", "Hint", "Source")


@dataclass(slots=True)
class _Head:
    """Which column holds what."""

    columns: dict[str, int] = field(default_factory=dict)
    options: dict[str, int] = field(default_factory=dict)  # by letter, in the order of the columns
    feedback: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def is_head(line: str) -> bool:
    """Say whether a line is the header row of such a file."""
    if len(line) > LONGEST_HEAD:
        return False
    head = _head(next(csv.reader([line], delimiter=_separator(line)), []))
    return "question" in head.columns and ("answer" in head.columns or bool(head.options))


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _head(names: Sequence[str]) -> _Head:
    head = _Head()
    for index, typed in enumerate(names):
        name = escaping.squeezed(typed).lower().strip(":*")
        known = next((column for column, words in _COLUMNS.items() if name in words), None)
        option, feedback = _OPTION.fullmatch(name), _FEEDBACK.fullmatch(name)
        if known:
            head.columns.setdefault(known, index)
        elif option:
            head.options[_letter(option[1])] = index
        elif feedback:
            head.feedback[_letter(feedback[1])] = index
        elif name:
            head.unknown.append(escaping.squeezed(typed))
    return head


def _letter(text: str) -> str:
    """Name an option by its letter, whether it was given as B or as 2."""
    return chr(ord("a") + int(text) - 1) if text.isdigit() and 0 < int(text) <= 26 else text.lower()


def read(text: str) -> Iterator[Piece]:
    """Read a CSV file, piece by piece."""
    lines = escaping.without_private(text)
    rows = csv.reader(io.StringIO(lines), delimiter=_separator(lines.partition("\n")[0]))
    head, line = None, 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                if head is None:
                    head = _head(row)
                    yield from (Remark(line, _unknown(name)) for name in head.unknown)
                else:
                    yield _piece(line, row, head)
            line = rows.line_num + 1
    except csv.Error as error:
        yield LeftOut(line, "Row", f"This row and what follows cannot be read as CSV: {error}.")


def _unknown(name: str) -> str:
    return f"The column “{name[:40]}” is not known here and is left out. {did_you_mean(name, NAMES)}"


def _piece(line: int, row: Sequence[str], head: _Head) -> Piece:
    cells = _Row(line, row, head)
    try:
        return cells.item()
    except Skip as reason:
        return LeftOut(line, cells.get("question")[:80], f"{reason}")


class _Row:
    """One row, its cells by the name of their column."""

    def __init__(self, line: int, row: Sequence[str], head: _Head) -> None:
        self._row = row
        self._head = head
        self._start = Start(line)

    def get(self, name: str) -> str:
        return self._cell(self._head.columns.get(name))

    def _cell(self, index: int | None) -> str:
        return self._row[index].strip() if index is not None and index < len(self._row) else ""

    def item(self) -> Item:
        start = self._start
        if not self.get("question"):
            raise Skip("It has no text in the column Question.")
        start.parts = texts.blocks(self.get("question"), "plain", start.losses)
        start.rationale = texts.joined(texts.blocks(self.get("rationale"), "plain", start.losses))
        start.id(self.get("id"))
        building.points(start, self.get("points"))
        for name in ("objective", "hint", "source"):
            if self.get(name):
                start.settings[name.capitalize()] = escaping.squeezed(self.get(name))
        options = {letter: self._cell(index) for letter, index in self._head.options.items() if self._cell(index)}
        return self._choose(options) if options else self._write()

    def _write(self) -> Item:
        """Build a question without options from its answer alone."""
        answer = self.get("answer")
        number = read_number(answer)
        if answer.lower() in _TRUTH and answer.lower() not in {"yes", "no"}:
            return building.true_false(self._start, right=_TRUTH[answer.lower()])
        if number and number[2]:
            return self._start.item(Kind.NUMBER, number=number[:2])
        if not answer:
            return building.free(self._start)
        return building.short(self._start, [Weighed(part, Decimal(100)) for part in answer.split("|")])

    def _choose(self, options: dict[str, str]) -> Item:
        rights = self._rights(options)
        truth = {letter: _TRUTH.get(text.lower()) for letter, text in options.items()}
        choices = [
            Choice(
                self._inline(text),
                letter in rights,
                texts.joined(texts.blocks(self._said(letter), "plain", self._start.losses)),
            )
            for letter, text in options.items()
        ]
        if len(choices) == 2 and {text.lower() for text in options.values()} == {"true", "false"}:
            said = {truth[letter]: choice for letter, choice in zip(options, choices, strict=True)}
            return building.true_false(
                self._start, right=said[True].right, if_true=said[True].feedback, if_false=said[False].feedback
            )
        share = Decimal(100) / len(rights)
        weighed = [
            Weighed(c.text, share if c.right else Decimal(0) if len(rights) == 1 else -share, c.feedback)
            for c in choices
        ]
        if len(rights) > 1:
            self._start.settings["Credit"] = "all"
        return building.options(self._start, weighed, single=len(rights) == 1)

    def _inline(self, text: str) -> str:
        return texts.inline(text, "plain", self._start.losses)

    def _said(self, letter: str) -> str:
        return self._cell(self._head.feedback.get(letter))

    def _rights(self, options: dict[str, str]) -> set[str]:
        """Find the right options: by their letters or numbers, or by their words."""
        answer = self.get("answer")
        if not answer:
            raise Skip("It has options and nothing in the column Answer.")
        by_words = {letter for letter, text in options.items() if text.casefold() == answer.casefold()}
        if by_words:
            return by_words
        if _LETTERS.fullmatch(answer):
            named = {_letter(part) for part in re.findall(r"\d{1,2}|[a-zA-Z](?![a-zA-Z])", answer)}
        else:
            parts = {part.strip().casefold() for part in re.split(r"[|;]", answer)}
            named = {letter for letter, text in options.items() if text.casefold() in parts}
            named = named if len(named) == len(parts) else set()
        if not named or not named <= set(options):
            raise Skip(f"“{answer[:40]}” in the column Answer names none of its options.")
        return named
