"""The list of certificates: whatever was looked for, and on top what waits for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.awards import finding, numbers, second_looks
from app.awards.certificates import Certificate
from app.awards.document import wording
from app.awards.second_looks import CorrectionRequest
from app.awards.verdicts import Status
from app.identity import people
from app.identity.people import Person
from app.request import Admin, Db
from app.web.admin import case, differing
from app.web.admin.case import PLACE, AdminPage, StateView
from app.web.render import Shows
from app.web.words import listed

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """One certificate in the list."""

    href: str
    number: str
    holder: str
    license: str  # empty where there is none
    course_title: str
    course_code: str
    completed: str
    hours: str
    state: StateView


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
    typed: str
    waiting: tuple[WaitingRow, ...]
    rows: tuple[Row, ...]
    page: int
    newer_href: str  # empty on the first page
    older_href: str  # empty on the last one


@router.get(PLACE)
def certificates(request: Request, db: Db, admin: Admin, show: Shows) -> HTMLResponse:
    """Show the certificates that answer to what was typed, and what waits."""
    typed, page = request.query_params.get("q", ""), _page_number(request.query_params.get("page", ""))
    found = finding.find(db, typed, page=page)
    return show(
        CertificatesPage(
            title="Certificates",
            trail=(("Certificates", ""),),
            typed=typed,
            waiting=_waiting(db, admin),
            rows=tuple(_row(one, status) for one, status in found.certificates),
            page=found.page,
            newer_href=_href(typed, found.page - 1) if found.page > 1 else "",
            older_href=_href(typed, found.page + 1) if found.has_more else "",
        )
    )


def _page_number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def _href(typed: str, page: int) -> str:
    asked = {"q": typed} if typed else {}
    return f"{PLACE}?{urlencode({**asked, 'page': str(page)})}"


def _row(certificate: Certificate, status: Status) -> Row:
    facts = certificate.facts
    named = facts.license
    return Row(
        href=f"{PLACE}/{certificate.number}",
        number=facts.number_in_groups,
        holder=facts.holder_name,
        license=f"{named.state} {named.type} {named.number}" if named else "",
        course_title=facts.course_title,
        course_code=facts.course_code,
        completed=wording.date_in_words(facts.completed_on),
        hours=wording.figures(facts.total_hours),
        state=case.state(status),
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
