"""All requests in one list: accommodations and grievances, waiting and answered, found and taken along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.identity import request_rolls
from app.identity.request_clocks import Clocked
from app.kit.listing import Sought
from app.kit.tables import Line
from app.request import Db, Now, Overseer
from app.web.admin import exporting, lists
from app.web.admin.case import AdminPage
from app.web.admin.exporting import Sheet
from app.web.admin.lists import Cell, Column, Days, Listing, ListView, Narrowing, Row
from app.web.admin.request_pages import PLACE, WORDS, href, state_of
from app.web.render import Shows

router = APIRouter()
ALL = f"{PLACE}/all"
LIST = Listing(
    place=ALL,
    one="request",
    many="requests",
    columns=(
        Column("what", "Request"),
        Column("who", "Who", sorts=True),
        Column("asked", "Asked", sorts=True),
        Column("due", "Answer by"),
        Column("answered", "Answered", sorts=True),
        Column("clock", "Clock"),
    ),
    first="asked",
    descending=True,
    search_words="Find requests",
    search_hint="By name or address.",
    narrowings=(
        Narrowing("kind", "Kind", tuple((str(kind), words) for kind, words in WORDS.items())),
        Narrowing("state", "Status", ((request_rolls.WAITING, "Waiting"), (request_rolls.ANSWERED, "Answered"))),
    ),
    actions=lists.exports(ALL),
)
HEAD = ("Request", "Number", "Who", "Asked (UTC)", "Answer by", "Answered (UTC)", "Clock")


@dataclass(frozen=True, kw_only=True)
class AllRequestsPage(AdminPage):
    """Everything that was ever asked for."""

    template: ClassVar[str] = "admin/request_list.html"
    list: ListView


@router.get(ALL)
def page(request: Request, db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Show the requests that answer to what was typed."""
    asked, days = lists.asked(LIST, request.query_params), Days(overseer)
    found = request_rolls.page(db, asked.sought(), asked.page, now=now)
    view = lists.view(LIST, asked, found, [_row(one, days) for one in found.rows])
    return show(AllRequestsPage(title="All requests", trail=(("Requests", PLACE), ("All", "")), list=view))


def _row(one: Clocked, days: Days) -> Row:
    state, named = state_of(one), f"{WORDS[one.kind]} {one.id}"
    return Row(
        id=request_rolls.row_number(one),
        label=f"{named}, {one.who}",
        cells=(
            Cell(named, href=href(one.kind, one.id)),
            Cell(one.who),
            Cell(days.words(one.asked_at)),
            Cell(f"{one.due_on:%B %-d, %Y}"),
            Cell(days.words(one.answered_at, "Not yet")),
            Cell(state.words, icon=state.icon, tone=state.tone),
        ),
    )


def _sheet(now: datetime) -> Sheet:
    return Sheet("requests", HEAD, partial(_lines, now=now))


def _lines(db: Session, sought: Sought, *, now: datetime) -> Iterator[Line]:
    for one in request_rolls.everything(db, sought, now=now):
        told = (WORDS[one.kind], one.id, one.who, one.asked_at, one.due_on.isoformat())
        yield (*told, one.answered_at, state_of(one).words)


exporting.offer(router, ALL, lambda _db: LIST, _sheet)
