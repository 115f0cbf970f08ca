"""The list of enrollments: who takes what, how far she is, and when she completed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.kit.listing import Sought
from app.kit.tables import Line
from app.learning import rolls
from app.learning.rolls import COMPLETED, OPEN, Enrolled
from app.request import Db, Overseer
from app.web.admin import exporting, lists
from app.web.admin.case import AdminPage
from app.web.admin.exporting import Sheet
from app.web.admin.lists import Cell, Column, Days, Listing, ListView, Narrowing, Row
from app.web.render import Shows

router = APIRouter()

PLACE = "/admin/enrollments"
STATES = {OPEN: ("book-open", "", "Taking it"), COMPLETED: ("circle-check", "right", "Completed")}
LIST = Listing(
    place=PLACE,
    one="enrollment",
    many="enrollments",
    columns=(
        Column("person", "Person", sorts=True),
        Column("course", "Course", sorts=True),
        Column("edition", "Edition"),
        Column("state", "State"),
        Column("progress", "Modules done"),
        Column("began", "Began", sorts=True),
        Column("completed", "Completed", sorts=True),
    ),
    first="began",
    descending=True,
    search_words="Find enrollments",
    search_hint="By name, e-mail address or course.",
    narrowings=(Narrowing("state", "State", tuple((state, told[2]) for state, told in STATES.items())),),
    actions=lists.exports(PLACE),
)
HEAD = (
    *("Name", "E-mail", "Course", "Course code", "Edition", "State"),
    *("Modules done", "Modules", "Began (UTC)", "Completed (UTC)"),
)


@dataclass(frozen=True, kw_only=True)
class EnrollmentsPage(AdminPage):
    """Who takes what."""

    template: ClassVar[str] = "admin/enrollments.html"
    list: ListView


@router.get(PLACE)
def enrollments(request: Request, db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show the enrollments that answer to what was typed."""
    listing = _listing(db)
    asked = lists.asked(listing, request.query_params)
    found = rolls.page(db, asked.sought(), asked.page)
    days = Days(overseer)
    view = lists.view(listing, asked, found, [_row(one, days) for one in found.rows])
    return show(EnrollmentsPage(title="Enrollments", trail=(("Enrollments", ""),), list=view))


def _listing(db: Session) -> Listing:
    """Give the list with the courses that there are to choose from."""
    return replace(LIST, narrowings=(*LIST.narrowings, Narrowing("course", "Course", tuple(rolls.courses(db)))))


def _row(one: Enrolled, days: Days) -> Row:
    icon, tone, words = STATES[one.state]
    return Row(
        id=one.id,
        label=f"{one.name or one.email}, {one.course_title}",
        cells=(
            Cell(one.name or one.email, one.email if one.name else "", f"/admin/people/{one.person_id}"),
            Cell(one.course_title, one.course_code),
            Cell(one.edition),
            Cell(words, icon=icon, tone=tone),
            Cell(f"{one.modules_done} of {one.modules}"),
            Cell(days.words(one.began_at)),
            Cell(days.words(one.completed_at, "Not yet")),
        ),
    )


def _lines(db: Session, sought: Sought) -> Iterator[Line]:
    for one in rolls.everything(db, sought):
        told = (one.name, one.email, one.course_title, one.course_code, one.edition, one.state)
        yield (*told, one.modules_done, one.modules, one.began_at, one.completed_at)


SHEET = Sheet("enrollments", HEAD, _lines)


exporting.offer(router, PLACE, _listing, lambda _now: SHEET)
