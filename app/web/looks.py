"""Who looked at her records: each look of the staff, told to whom it is about, by role and not by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app import audit
from app.audit import Look
from app.awards import certificates, numbers
from app.identity import people, request_rolls
from app.identity.people import Person, Role
from app.kit import time_zones
from app.learning import enrollments
from app.library import provider
from app.request import Db, Learner
from app.web.render import Page, Shows

router = APIRouter()
PLACE = "/account/looks"
ROLES = {
    Role.ADMIN: "An administrator",
    Role.OFFICER: "A licensing officer",
    Role.AUDITOR: "An auditor",
    Role.INSTRUCTOR: "An instructor",
    Role.REVIEWER: "A reviewer",
    audit.OPERATOR.label: "Whoever runs the computers",
}
FORMS = {"page": "", "pdf": "as a PDF", "csv": "as a spreadsheet (CSV)", "xlsx": "as a spreadsheet (Excel)"}
FORMS |= {"zip": "as PDFs in one zip", "json": "as a file for programs", "txt": "as a text"}


@dataclass(frozen=True, slots=True)
class LookView:
    """One look, in a sentence."""

    who: str
    what: str
    href: str  # the certificate that it was about, if it was about one
    link: str
    when: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LooksPage(Page):
    """Every look at her records."""

    template: ClassVar[str] = "account/looks.html"
    provider: str
    looks: tuple[LookView, ...]


@router.get(PLACE)
def looks(db: Db, learner: Learner, show: Shows) -> HTMLResponse:
    """Show her who looked at her records, when, and in which form."""
    accounts = people.accounts(db, learner)  # what was looked at before two were merged was hers as well
    since = min(one.created_at for one in accounts)
    found = audit.looks_at(db, *(one.id for one in accounts), since=since, rows=_hers(db, learner, accounts))
    name = provider.current(db).name or "the provider"
    views = tuple(_view(one, learner.time_zone or "UTC", name) for one in found)
    return show(LooksPage(title="Who looked at your records", provider=name, looks=views))


def _hers(db: Session, learner: Person, accounts: Iterable[Person]) -> dict[str, set[int]]:
    """Say which rows of the office's lists are hers."""
    return {
        "people": {one.id for one in accounts},
        "enrollments": {one.id for one in enrollments.all_of(db, learner)},
        "certificates": {one.id for one in certificates.of_person(db, learner)},
        "requests": request_rolls.of(db, learner),
    }


def _view(look: Look, zone: str, name: str) -> LookView:
    is_certificate = numbers.is_well_formed(look.subject)
    who = ROLES.get(look.role, "Somebody of the staff")
    return LookView(
        who=who if look.role == Role.OFFICER else f"{who} of {name}",
        what=_what(look),
        href=f"/certificates/{look.subject}" if is_certificate else "",
        link=f"Certificate {numbers.in_groups(look.subject)}" if is_certificate else "",
        when=time_zones.in_words(look.at, zone),
        at=look.at,
    )


def _what(look: Look) -> str:
    form = FORMS.get(look.form, "")
    said = {
        audit.OPENED: "opened your record",
        audit.FOUND: "found you in a search by license and period",
        audit.EXPORTED: f"took along a list of {look.subject} that you are in or may be in",
    }.get(look.act, "looked at what led to your certificate")
    return f"{said}, {form}" if form else said
