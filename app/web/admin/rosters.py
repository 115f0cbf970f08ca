"""Rosters: many people from one file, shown row by row before anything is written, and then taken in at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from app import audit
from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit import tables
from app.kit.errors import Refusal
from app.kit.listing import PAGE, Found
from app.learning.rosters import imports
from app.learning.rosters.files import NotARoster, RosterTooLarge
from app.learning.rosters.imports import SentRoster, Welcome
from app.learning.rosters.lines import TEMPLATE, Remark
from app.learning.rosters.plans import Deed, Plan
from app.library import provider
from app.request import Db, Form, House, Now, OfficeAdmin, Overseer, RowNumber
from app.web.admin import exporting, lists
from app.web.admin.case import AdminPage
from app.web.admin.lists import Asked, Cell, Column, Days, Listing, ListView, Narrowing, Row
from app.web.admin.roster_files import SentTable
from app.web.render import Shows, see_other
from app.web.words import counted, listed

router = APIRouter()

PLACE = "/admin/rosters"
EXAMPLE = ("ana@example.org", "Ana Marie O’Neill", "NY", "LCSW", "081234", "")
WRONG, CHANGES, SAME = "wrong", "changes", "same"
KINDS = {
    WRONG: ("circle-x", "wrong", "Left out"),
    CHANGES: ("plus", "right", "Changes something"),
    SAME: ("check", "", "Nothing changes"),
}
HEAD = ("Row", "E-mail", "Legal name", "What happened", "Remarks")


@dataclass(frozen=True, slots=True)
class Past:
    """One roster in the list of them."""

    href: str
    name: str
    sent: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RostersPage(AdminPage):
    """Asks for a file, and shows the rosters there were."""

    template: ClassVar[str] = "admin/rosters.html"
    may_act: bool
    error: str
    past: tuple[Past, ...]


@dataclass(frozen=True, kw_only=True)
class RosterPage(AdminPage):
    """One roster, row by row: what it would do, or what came of it."""

    template: ClassVar[str] = "admin/roster.html"
    place: str
    sent: str
    done: str  # when and by whom it was taken in; empty before
    remarks: tuple[str, ...]
    summary: str  # what it adds
    wrong: int
    changing: int
    may_act: bool
    digest: str
    list: ListView


@dataclass(frozen=True, slots=True)
class Told:
    """One row as the page shows it."""

    row: int
    email: str
    name: str
    what: str
    remarks: str
    kind: str


@router.get(PLACE)
def rosters(db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Ask for a file."""
    return show(_rosters(db, overseer))


@router.post(PLACE)
def send(file: SentTable, db: Db, office: OfficeAdmin, now: Now, show: Shows) -> Response:
    """Read a file, and show what it would do."""
    try:
        sent = imports.send(db, file.content, name=file.name, by=office.actor, now=now)
    except (NotARoster, RosterTooLarge) as refused:
        return show(_rosters(db, office, refused), status=refused.status)
    return see_other(f"{PLACE}/{sent.id}")


@router.get(f"{PLACE}/template.csv")
def template(_overseer: Overseer) -> StreamingResponse:
    """Give a file to fill in."""
    pieces = tables.csv_pieces(TEMPLATE, (EXAMPLE,))
    return exporting.sent(pieces, media_type=tables.CSV_TYPE, name="roster-template.csv")


@router.get(f"{PLACE}/{{roster_id}}.csv")
def as_csv(roster_id: RowNumber, db: Db, _overseer: Overseer) -> StreamingResponse:
    """Give every row with what it would do, or what came of it."""
    sent = imports.of(db, roster_id)
    told = [(one.row, one.email, one.name, one.what, one.remarks) for one in _told(db, sent)]
    name = f"roster-{sent.id}.csv"
    return exporting.sent(tables.csv_pieces(HEAD, told), media_type=tables.CSV_TYPE, name=name)


@router.get(f"{PLACE}/{{roster_id}}")
def roster(roster_id: RowNumber, request: Request, db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show a roster row by row."""
    sent, days = imports.of(db, roster_id), Days(overseer)
    plan = imports.plan(db, sent) if sent.done_at is None else None
    told = tuple(_planned(plan) if plan else _past(sent))
    may_act = plan is not None and access.may(overseer, Right.OFFICE)
    counts = plan.counts if plan else sent.counted
    asked = lists.asked(_listing(sent, told), request.query_params)
    return show(
        RosterPage(
            title=sent.file_name,
            trail=(("Rosters", PLACE), (sent.file_name, "")),
            place=f"{PLACE}/{sent.id}",
            sent=f"Sent {days.words(sent.sent_at)}, by {sent.sent_by}",
            done=f"Taken in {days.words(sent.done_at)}, by {sent.done_by}" if sent.done_at else "",
            remarks=plan.remarks if plan else (),
            summary=_summary(counts),
            wrong=sum(one.kind == WRONG for one in told),
            changing=sum(one.kind == CHANGES for one in told),
            may_act=may_act,
            digest=plan.digest if plan else "",
            list=_view(_listing(sent, told), asked, told),
        )
    )


@router.post(f"{PLACE}/{{roster_id}}/take-in")
def take_in(roster_id: RowNumber, form: Form, house: House, db: Db, office: OfficeAdmin, now: Now) -> Response:
    """Do what the page has shown, whole or not at all."""
    welcome = Welcome(provider.current(db).name, house.settings.address) if form.text("letters") == "yes" else None
    sent = imports.of(db, roster_id)
    imports.take_in(db, sent, digest=form.text("digest"), welcome=welcome, by=office.actor, now=now)
    return see_other(f"{PLACE}/{sent.id}")


@router.post(f"{PLACE}/{{roster_id}}/discard")
def discard(roster_id: RowNumber, db: Db, office: OfficeAdmin, now: Now) -> Response:
    """Forget a roster that is not to be taken in."""
    sent = imports.of(db, roster_id)
    imports.discard(db, sent)
    audit.record(db, actor=office.actor, act="roster.discarded", subject=f"roster {roster_id}", now=now)
    return see_other(PLACE)


def _rosters(db: Db, person: Person, refused: Refusal | None = None) -> RostersPage:
    days = Days(person)
    return RostersPage(
        title="Rosters",
        trail=(("Rosters", ""),),
        may_act=access.may(person, Right.OFFICE),
        error=refused.message if refused else "",
        past=tuple(
            Past(f"{PLACE}/{one.id}", one.file_name, f"Sent {days.words(one.sent_at)}, by {one.sent_by}", _state(one))
            for one in imports.all_of(db)
        ),
    )


def _state(sent: SentRoster) -> str:
    return f"Taken in: {_summary(sent.counted)}" if sent.done_at else "Not taken in yet"


def _summary(counts: dict[str, int]) -> str:
    nouns = {"accounts": "account", "names": "name", "licenses": "license", "enrollments": "enrollment"}
    return listed([counted(counts[kind], noun) for kind, noun in nouns.items() if counts.get(kind)]) or "nothing"


def _told(db: Db, sent: SentRoster) -> Iterator[Told]:
    return _past(sent) if sent.done_at else _planned(imports.plan(db, sent))


def _planned(plan: Plan) -> Iterator[Told]:
    for deed in plan.deeds:
        line = deed.line
        told = _remarks((*line.errors, *line.warnings))
        yield Told(line.row, line.email, line.name, ", ".join(deed.words()), told, _kind(deed))


def _past(sent: SentRoster) -> Iterator[Told]:
    for one in imports.outcomes(sent):
        kind = {"Left out": WRONG, "Nothing changes": SAME}.get(one.what, CHANGES)
        yield Told(one.row, one.email, one.name, one.what, one.remarks, kind)


def _kind(deed: Deed) -> str:
    if deed.is_wrong:
        return WRONG
    return CHANGES if deed.changes else SAME


def _remarks(remarks: Iterable[Remark]) -> str:
    return " ".join(f"{one.column}: {one.words}" for one in remarks)


def _listing(sent: SentRoster, told: Sequence[Told]) -> Listing:
    kinds = {one.kind for one in told}
    options = tuple((kind, look[2]) for kind, look in KINDS.items() if kind in kinds)
    return Listing(
        place=f"{PLACE}/{sent.id}",
        one="row",
        many="rows",
        columns=(
            Column("row", "Row"),
            Column("person", "Person"),
            Column("what", "What happened" if sent.done_at else "What will happen"),
            Column("remarks", "Remarks"),
        ),
        first="row",
        search_words="Find a row",
        search_hint="By address, name or what happens.",
        narrowings=(Narrowing("kind", "Rows", options),),
    )


def _view(listing: Listing, asked: Asked, told: Sequence[Told]) -> ListView:
    words = asked.words.lower().split()
    kind = asked.narrowed.get("kind", "")
    rows = [one for one in told if kind in {"", one.kind} and all(word in _all_of(one) for word in words)]
    pages = max(1, -(-len(rows) // PAGE))
    page = min(asked.page, pages)
    found: Found[Told] = Found(rows[(page - 1) * PAGE : page * PAGE], len(rows), max(page, 1), pages)
    return lists.view(listing, asked, found, map(_row, found.rows))


def _all_of(one: Told) -> str:
    return f"{one.row} {one.email} {one.name} {one.what} {one.remarks}".lower()


def _row(one: Told) -> Row:
    icon, tone, _ = KINDS[one.kind]
    return Row(
        id=one.row,
        label=f"Row {one.row}",
        cells=(
            Cell(f"Row\N{NO-BREAK SPACE}{one.row}"),
            Cell(one.email, one.name),
            Cell(one.what, icon=icon, tone=tone),
            Cell(one.remarks),
        ),
    )
