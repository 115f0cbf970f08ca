"""One result as a row of the table: the verdict in two words and a sentence, and behind it what it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.awards import numbers, telling
from app.awards.attesting import Attested
from app.awards.document import wording
from app.awards.telling import Outcome
from app.awards.verdicts import Document, Status
from app.web.render import Page

TONES = {
    Outcome.ALTERED: "wrong",
    Outcome.REVOKED: "wrong",
    Outcome.ORIGINAL: "right",
    Outcome.SAME_FACTS: "right",
    Outcome.VALID: "right",
}  # all others ask to be read on
DOCUMENT_LOOKS = {
    Document.ORIGINAL: ("file-check", "right"),
    Document.SAME_FACTS: ("copy", "right"),
    Document.ALTERED: ("file-x", "wrong"),
    Document.PICTURE: ("scale", "attention"),
    Document.NOT_OURS: ("circle-x", "attention"),
    Document.UNREADABLE: ("circle-alert", "attention"),
}
STATUS_LOOKS = {
    Status.VALID: ("shield-check", "right"),
    Status.SUPERSEDED: ("refresh-cw", "attention"),
    Status.REVOKED: ("shield-x", "wrong"),
    Status.UNKNOWN: ("circle-question-mark", "attention"),
}
NOT_GENUINE = {Outcome.ALTERED, Outcome.PICTURE}
DEMONSTRATION_LOOKS = ("triangle-alert", "attention")


@dataclass(frozen=True, slots=True)
class Look:
    """A verdict on one axis: never a color alone."""

    words: str
    icon: str
    tone: str
    rank: int  # what sorting goes by


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact and its name."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """One fact in which the file and the record disagree."""

    label: str
    paper: str
    record: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history, with the other certificate where it names one."""

    words: str
    number: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One result."""

    name: str  # of the file, or the number that was asked for
    outcome: str
    rank: int
    tone: str
    document: Look
    status: Look
    sentence: str
    holder: str
    course: str
    hours: str
    completed: str  # ISO
    completed_words: str
    number: str  # in groups
    href: str  # the page of the record
    facts: tuple[Fact, ...]
    differences: tuple[Differing, ...]
    history: tuple[Told, ...]
    compare: bool  # the facts are to be held against a picture
    sha256: str
    signed: str  # the result as JSON, with its signature


NOT_CHECKED = Row(
    name="",
    outcome=str(Outcome.UNREADABLE),
    rank=Outcome.UNREADABLE.rank,
    tone="attention",
    document=Look("Not checked", "circle-alert", "attention", Outcome.UNREADABLE.rank),
    status=Look(telling.STATUSES[Status.UNKNOWN], *STATUS_LOOKS[Status.UNKNOWN], 1),
    sentence="Not checked.",
    holder="",
    course="",
    hours="",
    completed="",
    completed_words="",
    number="",
    href="",
    facts=(),
    differences=(),
    history=(),
    compare=False,
    sha256="",
    signed="",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTable:
    """The table of what was found."""

    rows: tuple[Row, ...] = ()
    left_out: tuple[str, ...] = ()  # what was pasted and is no number
    blank: Row = NOT_CHECKED  # for the script: of a file that could not be sent
    words: str = json.dumps(
        {str(one): words for one, words in telling.COUNTED.items()}
    )  # for the script, to count with

    @property
    def counts(self) -> list[str]:
        """What the rows count up to: “2 altered”, “188 original”."""
        found = telling.counts(Outcome(row.outcome) for row in self.rows)
        return [f"{number:,} {telling.COUNTED[outcome]}" for outcome, number in found]


NOTHING_YET = FoundTable()


@dataclass(frozen=True, kw_only=True)
class RowPart(Page):
    """One row, for a script that puts it into the table that is there."""

    template: ClassVar[str] = "verify/row.html"
    row: Row


def of(told: Attested) -> Row:
    """Put a result into words."""
    outcome, known = telling.of(told), told["facts"] or {}
    number = told["number"]
    return Row(
        name=told["filename"] or numbers.in_groups(number) or told["asked"],
        outcome=str(outcome),
        rank=outcome.rank,
        tone=TONES.get(outcome, "attention"),
        document=_document(told),
        status=_status(told),
        sentence=told["sentence"],
        holder=known.get("holder", ""),
        course=known.get("course", ""),
        hours=known.get("hours", ""),
        completed=known.get("completed_on", ""),
        completed_words=_in_words(known.get("completed_on", "")),
        number=numbers.in_groups(number),
        href=f"/v/{number}" if number and told["status"] != Status.UNKNOWN else "",
        facts=tuple(Fact(*fact) for fact in telling.facts(told)),
        differences=tuple(_differing(told)),
        history=tuple(_history(told)),
        compare=told["document"] == Document.PICTURE,
        sha256=told["sha256"],
        signed=json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told["signature"] else "",
    )


def by_attention(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Order rows for somebody who cannot sort them: those first that ask for attention, else as they came."""
    return tuple(sorted(rows, key=lambda row: row.rank))


def _history(told: Attested) -> Iterable[Told]:
    for words, number in telling.history(told["history"]):
        yield Told(words, numbers.in_groups(number), f"/v/{number}" if number else "")


def _document(told: Attested) -> Look:
    if not told["document"]:
        return Look(telling.NO_DOCUMENT, "list", "quiet", len(DOCUMENT_LOOKS))
    kind = Document(told["document"])
    drawing, tone = DOCUMENT_LOOKS[kind]
    return Look(telling.document(told), drawing, tone, telling.of(told).rank)


def _status(told: Attested) -> Look:
    found = Status(told["status"])
    shown_off = found == Status.VALID and telling.is_demonstration(told)
    drawing, tone = DEMONSTRATION_LOOKS if shown_off else STATUS_LOOKS[found]
    if tone == "right" and telling.of(told) in NOT_GENUINE:
        tone = "quiet"  # nobody is to take the record's green for the paper's
    rank = [Status.REVOKED, Status.UNKNOWN, Status.SUPERSEDED, Status.VALID].index(found)
    return Look(telling.status(told), drawing, tone, rank)


def _differing(told: Attested) -> Iterable[Differing]:
    for one in told["differences"]:
        yield Differing(telling.field(one["field"]), one["paper"] or "nothing", one["record"] or "nothing")


def _in_words(day: str) -> str:
    return wording.date_in_words(date.fromisoformat(day)) if day else ""
