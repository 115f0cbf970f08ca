"""A dossier as a document: sections of plain parts, put into words elsewhere, set in type here.

It crosses from the web process to the one that draws as JSON. HTML stands only in `Rich` and in prompts, and whoever
builds a dossier has brought it down to a few harmless elements without attributes (records.printing).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    kind: ClassVar[str] = "words"
    words: str
    strong: str = ""  # how it begins, in bold


@dataclass(frozen=True, slots=True)
class Rich:
    """A stretch of an author's own text."""

    kind: ClassVar[str] = "rich"
    html: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows within a section."""

    kind: ClassVar[str] = "heading"
    words: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Things one under the other."""

    kind: ClassVar[str] = "listed"
    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class FactRows:
    """Facts one under the other, each with its name."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a head. Its columns share the width in these parts."""

    kind: ClassVar[str] = "grid"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()  # percent


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a printed question: its mark in a word, its text, and what is said of it."""

    mark: str  # Right, Wrong, or a number
    html: str
    feedback_html: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its key."""

    kind: ClassVar[str] = "asked"
    number: int
    heading: str
    prompt_html: str
    choices: tuple[Choice, ...]
    key: str  # what is right, in words, where no choice says so
    rationale_html: str
    notes: str  # objective, points, source


Part: TypeAlias = Words | Rich | Heading | Listed | FactRows | Grid | Asked
_PARTS: dict[str, type[Part]] = {each.kind: each for each in (Words, Rich, Heading, Listed, FactRows, Grid, Asked)}


@dataclass(frozen=True, slots=True)
class Section:
    """One piece of the dossier, that may also be handed in by itself."""

    slug: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """The whole document, as it prints."""

    title: str
    subject: str
    provider: str
    language: str
    made_on: str  # in words
    made_at: str  # a W3C date-time, for the file's own properties
    mark: str  # printed on every page: Draft; empty where it is published
    foot: str  # printed on every page: the edition
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...] = field(default=())
    contents: str = "What is in this pack"  # above the list of sections; empty: no list

    def to_json(self) -> str:
        """Give canonical JSON."""
        sections = [{**asdict(each), "parts": [_dumped(part) for part in each.parts]} for each in self.sections]
        whole = {**asdict(self), "sections": sections}
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Dossier:
        """Read back what `to_json` wrote."""
        raw = json.loads(text)
        sections = (
            Section(each["slug"], each["title"], tuple(_loaded(part) for part in each["parts"]))
            for each in raw["sections"]
        )
        return cls(**{**raw, "facts": _pairs(raw["facts"]), "sections": tuple(sections)})


def _dumped(part: Part) -> dict[str, Any]:
    return {"kind": part.kind, **asdict(part)}


def _loaded(raw: dict[str, Any]) -> Part:
    kind = _PARTS[raw["kind"]]
    said = {name: _tuples(value) for name, value in raw.items() if name != "kind"}
    if kind is Asked:
        said["choices"] = tuple(Choice(**choice) for choice in said["choices"])
    return kind(**said)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def _pairs(raw: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, words) for label, words in raw)
