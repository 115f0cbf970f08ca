"""Front matter: the settings block at the head of a file, read so that every value knows its place.

Authors write plain text after a colon, whatever it contains. So the values of text settings are set aside
before YAML sees them, and YAML reads only what is really its own: lists, numbers, short names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import yaml

from app.content import plain_values
from app.content.findings import Findings, Place
from app.content.plain_values import PlainValues

FENCE = "---"
_OPENED = {"while scanning a quoted scalar", "while parsing a flow sequence", "while parsing a flow mapping"}
_NO_COLON = "while scanning a simple key"
_EMPTY = {"", "~", "null", "Null", "NULL"}
# A line that every YAML parser reads alike: a name, an item, or both, with words, a [list] or {named values} of words.
_NAME = r"[A-Za-z_][\w-]*"
_WORDS = r"\w[\w.%/()’'+;-]*(?: +[\w.%/()’'+;-]+)*"
_LIST = rf"\[{_WORDS}(?:, ?{_WORDS})*\]"
_NAMED = rf"\{{{_NAME}: {_WORDS}(?:, ?{_NAME}: {_WORDS})*\}}"
_VALUE = rf"(?:{_WORDS}(?:, {_WORDS})*|{_LIST}|{_NAMED})"
_PLAIN = re.compile(rf"(?: {{0,40}}(?:(?:- {{1,4}})?{_NAME}:(?: +{_VALUE})?|- {{1,4}}{_VALUE})?)?(?: *| +#.*)|#.*")


@dataclass(frozen=True, slots=True)
class Value:
    """What was written for one setting: a text, a list or named values, and where it stands."""

    place: Place
    text: str | None = None
    items: tuple[Value, ...] | None = None
    entries: tuple[Entry, ...] | None = None

    @property
    def empty(self) -> bool:
        """Say whether nothing was written."""
        return not self.text and not self.items and not self.entries

    def entry(self, name: str) -> Entry | None:
        """Find a named value."""
        return next((entry for entry in self.entries or () if entry.name == name), None)


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and its value."""

    name: str
    place: Place
    value: Value


@dataclass(frozen=True, slots=True)
class Block:
    """The settings of a file, and where its text begins. `broken`: there is a block, but it cannot be read."""

    root: Value
    closing: Place = field(default_factory=Place)  # where a missing setting would be added
    body_from: int = 0  # the index of the first line of text
    present: bool = False
    broken: bool = False
    unclosed: bool = False


def split(lines: list[str], findings: Findings, *, texts: PlainValues) -> Block:
    """Read the settings block of a file; a file may do without one."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].rstrip() != FENCE:
        return Block(Value(Place()))
    last = next((n for n in range(first + 1, len(lines)) if lines[n].rstrip() == FENCE), None)
    if last is None:
        findings.add(
            "settings-unclosed",
            Place(),
            "The settings are opened by --- and never closed.",
            "Add a line --- after the last setting.",
        )
        return Block(Value(Place()), present=True, broken=True, unclosed=True, body_from=len(lines))
    root = _compose(lines[first + 1 : last], first + 1, findings, texts)
    broken = root is None
    return Block(root or Value(Place()), Place(last + 1), last + 1, present=True, broken=broken)


def _compose(lines: list[str], offset: int, findings: Findings, texts: PlainValues) -> Value | None:
    """Read the lines of a block; nothing if YAML cannot."""
    prepared, kept = plain_values.set_aside(lines, texts)
    try:
        node = _yaml("\n".join(prepared))
        if node is None:
            return Value(Place(offset + 1))
        if not isinstance(node, yaml.MappingNode):
            raise _NotOurs(problem="these lines are not of the form name: value", problem_mark=node.start_mark)
        return _Reader(findings, offset, kept).value(node)
    except yaml.YAMLError as error:
        _report(error, prepared, offset, findings)
    except RecursionError:
        findings.add(
            "settings-syntax",
            Place(offset + 1),
            "These settings hold lists within lists without end.",
            "Write each setting as a line: name: value.",
        )
    return None


class _NotOurs(yaml.MarkedYAMLError):
    """What YAML could read and settings may not hold."""


def _yaml(text: str) -> yaml.Node | None:
    """Compose plain settings with the parser in C, and all others with the one in Python.

    The one in C is more than ten times as fast; but it ends the program on ten thousand open brackets, and it does not
    always stumble at the same place. So it reads only what it cannot stumble over.
    """
    node: yaml.Node | None
    if are_plain(text):
        with suppress(yaml.YAMLError):
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
            return node
    node = yaml.compose(text, Loader=_NoAliases)
    return node


def are_plain(text: str) -> bool:
    """Say whether every line of some settings is of the simplest form."""
    return all(line.isprintable() and _PLAIN.fullmatch(line) for line in text.split("\n"))


class _NoAliases(yaml.SafeLoader):
    """YAML without anchors: a value that repeats itself could be made to grow without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _NotOurs(problem="a value may not begin with & or *", problem_mark=event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def _report(error: yaml.YAMLError, lines: list[str], offset: int, findings: Findings) -> None:
    """Say in the author's words what YAML stumbled over; an unclosed quote or bracket, where it opens."""
    remedy = "Write each setting on a line of its own: name: value."
    if isinstance(error, yaml.MarkedYAMLError):
        opened = error.context in _OPENED
        begins = opened or error.context == _NO_COLON
        mark = error.context_mark if begins else error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        problem = "A quote or bracket is opened here and not closed" if opened else _plainly(error)
        if error.context == _NO_COLON and _among_items(lines, line):
            problem, remedy = "This line belongs to no item of the list", "Begin it with a hyphen and a space: - …"
    else:
        line, column = _position("\n".join(lines), getattr(error, "position", 0))
        problem = "There is an invisible character here that does not belong in a text"
    findings.add(
        "settings-syntax",
        Place(line + 1 + offset, column + 1),
        f"{problem}.",
        remedy,
    )


def _among_items(lines: list[str], number: int) -> bool:
    """Say whether the line stands beside items of a list."""
    beside = (*lines[max(number - 1, 0) : number], *lines[number + 1 : number + 2])
    return any(line.lstrip().startswith("- ") for line in beside)


def _plainly(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if error.context == _NO_COLON:
        return "This line has no colon"
    if "mapping values" in problem:
        return "There is a colon or an indentation here that does not belong"
    if "cannot start any token" in problem:
        return "A value may not begin with this character, and settings are indented with spaces, not tabs"
    if isinstance(error, _NotOurs):
        return f"The settings cannot be read here: {problem}"
    return "The settings cannot be read here"


def _position(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


class _Reader:
    """Turns YAML nodes into values, putting back the texts that were set aside."""

    def __init__(self, findings: Findings, offset: int, kept: dict[tuple[int, int], str]) -> None:
        self._findings = findings
        self._offset = offset
        self._kept = kept

    def value(self, node: yaml.Node) -> Value:
        place = self._place(node)
        if isinstance(node, yaml.MappingNode):
            return Value(place, entries=tuple(self._entries(node)))
        if isinstance(node, yaml.SequenceNode):
            return Value(place, items=tuple(self.value(item) for item in node.value))
        return Value(place, text=self._text(node))

    def _entries(self, node: yaml.MappingNode) -> Iterator[Entry]:
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if name in seen:
                self._findings.add(
                    "settings-syntax",
                    self._place(key),
                    f"“{name}” is set twice.",
                    "Keep the one that is right and delete the other.",
                )
                continue
            seen.add(name)
            yield Entry(name, self._place(key), self.value(value))

    def _text(self, node: yaml.Node) -> str:
        kept = self._kept.get((node.start_mark.line, node.start_mark.column))
        if kept is not None:
            return kept
        text = str(node.value)
        return "" if not getattr(node, "style", None) and text in _EMPTY else text.strip()

    def _place(self, node: yaml.Node) -> Place:
        return Place(node.start_mark.line + 1 + self._offset, node.start_mark.column + 1)
