"""Everything that is kept of a person, for her to take along: as data, as papers, and as a page that she can read.

Rows are found by the data map, so that a table which is new is in it as soon as it is in the map. What proves a
browser or a key is left out, and so is what names others. It is sent while it is made.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from app import audit
from app.awards import certificates, pdfs, transcripts
from app.awards.issuer import Issuer
from app.awards.pdfs import Draws
from app.awards.register import log
from app.identity import people
from app.identity.people import Person
from app.kit.clock import Clock
from app.kit.database import Database
from app.kit.errors import Refusal
from app.kit.templates import environment
from app.records import hers, zipped
from app.records.holdings import HOLDINGS, Holding
from app.records.zipped import Entry

DRAW_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Part:
    """Her rows of one table, and what they are."""

    table: str
    what: str
    why: str
    kept: str
    rows: tuple[dict[str, Any], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What the rows tell."""
        return tuple(self.rows[0]) if self.rows else ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One certificate of hers, by what its files are called."""

    number: str
    course_title: str
    completed_on: str
    proof: bytes


@dataclass(frozen=True, slots=True)
class Export:
    """All of it but the drawings: gathered in one look, so that nothing in it contradicts itself."""

    name: str
    made_at: datetime
    address: str
    parts: tuple[Part, ...]
    looks: tuple[dict[str, Any], ...]
    papers: tuple[Paper, ...]
    transcript: transcripts.Transcript

    def to_json(self) -> bytes:
        """Give `data.json`."""
        told = {
            "made_at": self.made_at.isoformat(),
            "about": {"name": self.name, "email": self.address},
            "tables": {
                one.table: {"what": one.what, "why": one.why, "kept": one.kept, "rows": one.rows} for one in self.parts
            },
            "who_looked": self.looks,
        }
        return json.dumps(told, ensure_ascii=False, indent=2).encode()


def gather(db: Session, person: Person, *, now: datetime) -> Export:
    """Gather everything that refers to a person."""
    whose = hers.scope(db, person)
    earned = certificates.of_person(db, person)
    seen = audit.looks_at(db, *(one.id for one in people.accounts(db, person)))
    return Export(
        name=person.label,
        made_at=now,
        address=person.email,
        parts=tuple(_part(db, one, whose) for one in HOLDINGS if one.hers),
        looks=tuple(_plain(asdict(one)) for one in seen),
        papers=tuple(_paper(db, one) for one in earned),
        transcript=transcripts.of(person.label, earned),
    )


@dataclass(frozen=True, slots=True)
class Pencils:
    """What the papers are drawn with."""

    database: Database
    draws: Draws
    issuer: Issuer
    clock: Clock


def stream(export: Export, pencils: Pencils) -> Iterator[bytes]:
    """Give the zip, piece by piece; each paper is drawn when it is its turn."""
    return zipped.streamed(_entries(export, pencils))


def _entries(export: Export, pencils: Pencils) -> Iterator[Entry]:
    yield Entry("index.html", (_index(export).encode(),))
    yield Entry("data.json", (export.to_json(),))
    if export.papers:
        yield _drawn("transcript", lambda: _transcript(export, pencils))
    for paper in export.papers:
        yield Entry(f"certificates/{paper.number}.json", (paper.proof,))
        yield _drawn(f"certificates/{paper.number}", lambda paper=paper: _certificate(paper, pencils))


def _drawn(name: str, draw: Any) -> Entry:
    """Give a paper as a PDF; one that cannot be drawn just now keeps nothing else from her."""
    try:
        return Entry(f"{name}.pdf", (draw(),))
    except Refusal as refused:
        return Entry(f"{name}.txt", (f"This PDF could not be drawn just now. {refused.message}\n".encode(),))


def _transcript(export: Export, pencils: Pencils) -> bytes:
    return pencils.draws.draw_transcript(export.transcript, on=export.made_at, timeout=DRAW_SECONDS)


def _certificate(paper: Paper, pencils: Pencils) -> bytes:
    return pdfs.of(
        pencils.database, pencils.draws, paper.number, issuer=pencils.issuer, timeout=DRAW_SECONDS, clock=pencils.clock
    )


def _index(export: Export) -> str:
    return environment().get_template("account/export.html").render(export=export, parts=_with_rows(export.parts))


def _with_rows(parts: Sequence[Part]) -> list[Part]:
    return [one for one in parts if one.rows]


def _part(db: Session, holding: Holding, whose: hers.Scope) -> Part:
    rows = hers.rows(db, holding.table, whose)
    told = tuple(
        _plain({name: value for name, value in row.items() if name not in holding.hidden and name != "content"})
        for row in rows
    )
    return Part(holding.table, holding.what, holding.why, holding.kept, told)


def _paper(db: Session, certificate: certificates.Certificate) -> Paper:
    facts = certificate.facts
    proof = pdfs.proof_of(certificate, log.issued(db, certificate.number))
    return Paper(certificate.number, facts.course_title, facts.completed_on.isoformat(), proof)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return _text(bytes(value))
    return value


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()
