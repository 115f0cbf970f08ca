"""The list of certificates: whatever was looked for, and on top what waits for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.awards import finding, numbers, second_looks
from app.awards.certificates import Certificate
from app.awards.document import wording
from app.awards.finding import Hit
from app.awards.second_looks import CorrectionRequest
from app.identity import access, people
from app.identity.access import Right
from app.identity.people import Person
from app.request import Db, Overseer
from app.web.admin import case, differing, lists
from app.web.admin.case import PLACE, AdminPage
from app.web.admin.lists import Action, Cell, Column, Listing, ListView, Narrowing, Row
from app.web.render import Shows
from app.web.words import listed

router = APIRouter()


LIST = Listing(
    place=PLACE,
    one="certificate",
    many="certificates",
    columns=(
        Column("number", "Number", sorts=True),
        Column("holder", "Holder"),
        Column("course", "Course"),
        Column("completed", "Completed", sorts=True),
        Column("hours", "Hours", is_number=True),
        Column("state", "Status"),
    ),
    first="issued",
    descending=True,
    search_words="Find a certificate",
    search_hint="By its number, the holder’s name, a license number, or the course.",
    narrowings=(Narrowing("state", "Status", tuple((str(status), look[2]) for status, look in case.LOOKS.items())),),
    actions=(*lists.exports(PLACE), Action("Download PDFs", f"{PLACE}.zip", "file-check")),
)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One correction that waits for a second person."""

    href: str
    number: str
    holder: str
    what: str  # the completion date and the contact hours
    asked: str  # when, and by whom
    is_mine: bool  # so that somebody else has to decide


@dataclass(frozen=True, kw_only=True)
class CertificatesPage(AdminPage):
    """What was found."""

    template: ClassVar[str] = "admin/certificates.html"
    waiting: tuple[WaitingRow, ...]
    list: ListView


@router.get(PLACE)
def certificates(request: Request, db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show the certificates that answer to what was typed, and what waits."""
    asked = lists.asked(LIST, request.query_params)
    found = finding.page(db, asked.sought(), asked.page)
    view = lists.view(LIST, asked, found, map(_row, found.rows))
    return show(
        CertificatesPage(
            title="Certificates",
            trail=(("Certificates", ""),),
            waiting=_waiting(db, overseer) if access.may(overseer, Right.CERTIFY) else (),
            list=view,
        )
    )


def _row(hit: Hit) -> Row:
    facts, stands = hit.certificate.facts, case.state(hit.status)
    named = facts.license
    return Row(
        id=hit.certificate.id,
        label=facts.number_in_groups,
        cells=(
            Cell(facts.number_in_groups, href=f"{PLACE}/{hit.certificate.number}"),
            Cell(facts.holder_name, f"{named.state} {named.type} {named.number}" if named else ""),
            Cell(facts.course_title, facts.course_code),
            Cell(wording.date_in_words(facts.completed_on)),
            Cell(wording.figures(facts.total_hours)),
            Cell(stands.words, icon=stands.icon, tone=stands.tone),
        ),
    )


def _waiting(db: Db, admin: Person) -> tuple[WaitingRow, ...]:
    asked = second_looks.all_waiting(db)
    names = people.labels(db, {request.asked_by for request, _ in asked})
    return tuple(_waits(request, certificate, admin, names) for request, certificate in asked)


def _waits(request: CorrectionRequest, certificate: Certificate, admin: Person, names: dict[int, str]) -> WaitingRow:
    facts = certificate.facts
    return WaitingRow(
        href=f"{PLACE}/{certificate.number}",
        number=numbers.in_groups(certificate.number),
        holder=facts.holder_name,
        what=listed([one.name.lower() for one in differing.rows(facts, request.wanted)]),
        asked=f"{_day(request.asked_at, facts.time_zone)}, by {names[request.asked_by]}",
        is_mine=request.asked_by == admin.id,
    )


def _day(at: datetime, zone: str) -> str:
    return wording.day(at, zone).split(" (")[0]
