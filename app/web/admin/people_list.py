"""The list of people: everybody who has an account, found by name, address or license number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.identity.people import Role
from app.kit.listing import Sought
from app.kit.tables import Line
from app.records import rolls
from app.records.rolls import Member
from app.request import Db, Overseer
from app.web.admin import exporting, lists
from app.web.admin.case import AdminPage
from app.web.admin.exporting import Sheet
from app.web.admin.lists import Cell, Column, Days, Listing, ListView, Narrowing, Row
from app.web.render import Shows

router = APIRouter()

PLACE = "/admin/people"
LIST = Listing(
    place=PLACE,
    one="person",
    many="people",
    columns=(
        Column("name", "Name", sorts=True),
        Column("role", "Role", sorts=True),
        Column("licenses", "Licenses"),
        Column("certificates", "Certificates", is_number=True),
        Column("joined", "Joined", sorts=True),
        Column("seen", "Last seen"),
    ),
    first="name",
    search_words="Find people",
    search_hint="By name, e-mail address or license number.",
    narrowings=(Narrowing("role", "Role", tuple((str(role), role.capitalize()) for role in Role)),),
    actions=lists.exports(PLACE),
)
HEAD = ("Name", "E-mail", "Role", "Licenses", "Certificates", "Joined (UTC)", "Last seen (UTC)")


@dataclass(frozen=True, kw_only=True)
class PeoplePage(AdminPage):
    """Who there is."""

    template: ClassVar[str] = "admin/people.html"
    list: ListView


@router.get(PLACE)
def people(request: Request, db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show the people who answer to what was typed."""
    asked = lists.asked(LIST, request.query_params)
    found = rolls.page(db, asked.sought(), asked.page)
    days = Days(overseer)
    view = lists.view(LIST, asked, found, [_row(one, days) for one in found.rows])
    return show(PeoplePage(title="People", trail=(("People", ""),), list=view))


def _row(member: Member, days: Days) -> Row:
    return Row(
        id=member.id,
        label=member.legal_name or member.email,
        cells=(
            Cell(member.legal_name or member.email, member.email if member.legal_name else "", f"{PLACE}/{member.id}"),
            Cell(member.role.capitalize()),
            Cell(", ".join(member.licenses) or "None"),
            Cell(f"{member.certificates:,}"),
            Cell(days.words(member.created_at)),
            Cell(days.words(member.seen_at, "Never")),
        ),
    )


def _lines(db: Session, sought: Sought) -> Iterator[Line]:
    for one in rolls.everybody(db, sought):
        told = (one.legal_name, one.email, one.role, ", ".join(one.licenses))
        yield (*told, one.certificates, one.created_at, one.seen_at)


SHEET = Sheet("people", HEAD, _lines)


exporting.offer(router, PLACE, lambda _db: LIST, lambda _now: SHEET)
