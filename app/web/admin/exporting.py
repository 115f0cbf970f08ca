"""Exports of the office: what a list shows, as a table for a spreadsheet, sent row by row and written to the trail.

The line of the trail is committed before the first byte leaves: there is no export that nobody can be asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from app import audit
from app.identity.people import Person
from app.kit import tables
from app.kit.database import Database
from app.kit.listing import Sought
from app.kit.tables import Line
from app.request import Db, Form, House, Now, Overseer, Wiring
from app.web.admin import lists
from app.web.admin.lists import Chosen, Listing

EXPORTED = "list.exported"
CSV, XLSX = "csv", "xlsx"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an export of a list has in it; `lines` is asked while the file is on its way."""

    name: str  # people
    head: tuple[str, ...]
    lines: Callable[[Session, Sought], Iterable[Line]]


@dataclass(frozen=True, slots=True)
class Export:
    """One export that somebody asked for."""

    sheet: Sheet
    chosen: Chosen
    by: Person
    now: datetime

    def as_csv(self, house: Wiring, db: Session) -> StreamingResponse:
        """Answer with CSV."""
        self.record(db, CSV)
        return sent(self._csv(house.database), media_type=tables.CSV_TYPE, name=self.name(CSV))

    def as_xlsx(self, house: Wiring, db: Session) -> StreamingResponse:
        """Answer with a workbook."""
        self.record(db, XLSX)
        return sent(self._xlsx(house.database), media_type=tables.XLSX_TYPE, name=self.name(XLSX))

    def record(self, db: Session, kind: str) -> None:
        """Write down who took what along, in what form."""
        sought = self.chosen.sought
        how = {"as": kind, "role": self.by.role}
        told = {**how, "words": sought.words, **sought.narrowed, "rows": list(sought.only or ())}
        detail = {name: value for name, value in told.items() if value}
        audit.record(db, actor=self.by.actor, act=EXPORTED, subject=self.sheet.name, now=self.now, detail=detail)

    def name(self, kind: str) -> str:
        """Name the file after its list and its day."""
        return f"{self.sheet.name}-{self.now:%Y-%m-%d}.{kind}"

    def _csv(self, database: Database) -> Iterator[bytes]:
        with database.read() as db:
            yield from tables.csv_pieces(self.sheet.head, self.sheet.lines(db, self.chosen.sought))

    def _xlsx(self, database: Database) -> Iterator[bytes]:
        title = self.sheet.name.capitalize()
        with database.read() as db:
            made = tables.xlsx(self.sheet.head, self.sheet.lines(db, self.chosen.sought), title=title)
        yield from tables.pieces(made)


def offer(
    router: APIRouter, place: str, listing: Callable[[Session], Listing], sheet: Callable[[datetime], Sheet]
) -> None:
    """Let a list be taken along as CSV and as a workbook: what is selected in it, or all that matches."""

    @router.post(f"{place}.{CSV}")
    def as_csv(form: Form, house: House, db: Db, overseer: Overseer, now: Now) -> StreamingResponse:
        """Give what is selected, or all that matches, as CSV."""
        return Export(sheet(now), lists.chosen(listing(db), form), overseer, now).as_csv(house, db)

    @router.post(f"{place}.{XLSX}")
    def as_xlsx(form: Form, house: House, db: Db, overseer: Overseer, now: Now) -> StreamingResponse:
        """Give it as a workbook."""
        return Export(sheet(now), lists.chosen(listing(db), form), overseer, now).as_xlsx(house, db)


def sent(pieces: Iterator[bytes], *, media_type: str, name: str) -> StreamingResponse:
    """Answer with a file that is made while it is sent, and that no browser keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)
