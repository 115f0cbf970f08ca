"""Certificates taken along: as a table, or the PDFs of a selection in one zip with a table of what is in it.

A PDF that was not drawn yet is drawn on the way, one at a time; one that cannot be had is told in the table, and the
others come all the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from app.awards import finding, pdfs
from app.awards.facts import Facts
from app.awards.finding import Hit
from app.kit import listing, tables
from app.kit.errors import Refusal
from app.kit.listing import Sought
from app.kit.tables import Line
from app.records import zipped
from app.records.zipped import Entry
from app.request import Db, Form, House, Now, Overseer, Wiring
from app.web.admin import case, exporting, lists
from app.web.admin.case import PLACE
from app.web.admin.exporting import Export, Sheet
from app.web.admin.found import LIST
from app.web.admin.lists import TooManyChosen

router = APIRouter()

MOST_IN_A_ZIP = 500
DRAWING_SECONDS = 60.0  # for one that nobody has drawn yet
NOT_FOR_NAMES = re.compile(r"[^\w]+")  # everything but letters and digits of any script
LONGEST_NAME = 60
HEAD = (
    *("Number", "Status", "Holder", "License state", "License type", "License number"),
    *("Course", "Course code", "Completed", "Contact hours", "Issued (UTC)", "Page to verify"),
)


@router.post(f"{PLACE}.zip")
def as_zip(form: Form, house: House, db: Db, overseer: Overseer, now: Now) -> StreamingResponse:
    """Give the PDFs of the certificates that are selected, in one zip."""
    chosen = lists.chosen(LIST, form).insist()
    if listing.count(db, finding.certificates(chosen.sought)) > MOST_IN_A_ZIP:
        raise TooManyChosen(MOST_IN_A_ZIP)
    export = Export(SHEET, chosen, overseer, now)
    export.record(db, "zip")
    pieces = zipped.streamed(Parcel(house, chosen.sought).entries())
    return exporting.sent(pieces, media_type="application/zip", name=export.name("zip"))


def _lines(db: Session, sought: Sought) -> Iterator[Line]:
    yield from map(_line, finding.everything(db, sought))


def _line(hit: Hit) -> Line:
    facts, named = hit.certificate.facts, hit.certificate.facts.license
    issued: datetime = hit.certificate.issued_at
    return (
        *(facts.number_in_groups, case.state(hit.status).words, facts.holder_name),
        *((named.state, named.type, named.number) if named else ("", "", "")),
        *(facts.course_title, facts.course_code, facts.completed_on, facts.total_hours, issued, facts.verify_url),
    )


SHEET = Sheet("certificates", HEAD, _lines)


@dataclass(frozen=True, slots=True)
class Parcel:
    """The PDFs of a selection, and the table that says what is in it."""

    house: Wiring
    sought: Sought
    told: list[Line] = field(default_factory=list)

    def entries(self) -> Iterator[Entry]:
        """Give one file after the other; the table comes last, for it says what became of each."""
        with self.house.database.read() as db:
            hits = list(finding.everything(db, self.sought))
        for hit in hits:
            yield from self._entry(hit)
        yield Entry("certificates.csv", tables.csv_pieces((*HEAD, "File", "SHA-256", "Remark"), self.told))

    def _entry(self, hit: Hit) -> Iterator[Entry]:
        try:
            content = self._content(hit.certificate.number)
        except Refusal as refusal:
            self.told.append((*_line(hit), "", "", refusal.message))
            return
        name = file_name(hit.certificate.facts)
        self.told.append((*_line(hit), name, hashlib.sha256(content).hexdigest(), ""))
        yield Entry(name, (content,))

    def _content(self, number: str) -> bytes:
        house = self.house
        return pdfs.of(
            house.database, house.draws, number, issuer=house.issuer, timeout=DRAWING_SECONDS, clock=house.clock
        )


def file_name(facts: Facts) -> str:
    """Name a PDF by its number and its holder, in letters that every system takes for a name."""
    holder = NOT_FOR_NAMES.sub("-", facts.holder_name)[:LONGEST_NAME].strip("-_")
    return f"{'-'.join(filter(None, (facts.number_in_groups, holder)))}.pdf"


exporting.offer(router, PLACE, lambda _db: LIST, lambda _now: SHEET)
