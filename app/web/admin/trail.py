"""The audit trail in the office: who did what to which record, and when; found by words, kinds of acts and days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app import audit
from app.audit import Placed
from app.identity.people import Person
from app.kit import time_zones
from app.kit.listing import Sought
from app.kit.tables import Line
from app.request import Db, Overseer
from app.web.admin import exporting, lists
from app.web.admin.case import AdminPage
from app.web.admin.exporting import Sheet
from app.web.admin.lists import Cell, Column, Listing, ListView, Narrowing, Row
from app.web.render import Shows

router = APIRouter()
PLACE = "/admin/trail"
LONGEST = 60  # letters of one detail, on the page
ERASED = "Erased"
HEAD = ("Place", "When (UTC)", "Who", "Act", "Subject", "Details", "Network address", "Erased")


@dataclass(frozen=True, kw_only=True)
class TrailPage(AdminPage):
    """Lines of the trail."""

    template: ClassVar[str] = "admin/trail.html"
    list: ListView
    network_days: int


def _list(db: Session) -> Listing:
    return Listing(
        place=PLACE,
        one="line",
        many="lines",
        columns=(
            Column("place", "Place", sorts=True, is_number=True),
            Column("at", "When", sorts=True),
            Column("who", "Who", sorts=True),
            Column("act", "Act", sorts=True),
            Column("subject", "Subject", sorts=True),
        ),
        first="place",
        descending=True,
        search_words="Find lines",
        search_hint="By who, subject or details; by a day such as 2026-11-30, or days such as 2026-11-01..2026-11-30.",
        narrowings=(Narrowing("act", "Act", tuple((act, act) for act in audit.acts(db))),),
        actions=lists.exports(PLACE),
    )


@router.get(PLACE)
def trail(request: Request, db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show the lines that answer to what was typed."""
    listing = _list(db)
    asked = lists.asked(listing, request.query_params)
    found = audit.search(db, asked.sought(), asked.page)
    view = lists.view(listing, asked, found, [_row(one, overseer) for one in found.rows])
    days = audit.NETWORK_KEPT.days
    return show(TrailPage(title="Audit trail", trail=(("Audit trail", ""),), list=view, network_days=days))


def _row(placed: Placed, overseer: Person) -> Row:
    line = placed.line
    who = ERASED if line.is_erased else line.actor_label
    return Row(
        id=placed.seq,
        label=f"line {placed.seq}, {line.act}",
        cells=(
            Cell(f"{placed.seq:,}"),
            Cell(time_zones.in_words(line.at, overseer.time_zone or "UTC")),
            Cell(who, line.network or ""),
            Cell(line.act),
            Cell(line.subject or ERASED, _details(line.told)),
        ),
    )


def _details(told: dict[str, object]) -> str:
    """Say what else there is to say, in short: an export has all of it."""
    before, after = told.get("before"), told.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        changes = (f"{name}: {_short(before.get(name))} → {_short(value)}" for name, value in after.items())
        return "; ".join(changes)
    return "; ".join(f"{name}: {_short(value)}" for name, value in told.items())


def _short(value: object) -> str:
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    words = " ".join(words.split()) or "empty"
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _lines(db: Session, sought: Sought) -> Iterator[Line]:
    for seq, line in ((one.seq, one.line) for one in audit.everything(db, sought)):
        told = (line.actor_label, line.act, line.subject, line.detail, line.network or "")
        yield (seq, line.at, *told, "yes" if line.is_erased else "")


SHEET = Sheet("trail", HEAD, _lines)


exporting.offer(router, PLACE, _list, lambda _now: SHEET)
