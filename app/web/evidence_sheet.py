"""The evidence sheet of a certificate: the same page to its holder and to licensing staff, on screen and as a PDF.

Whoever of the staff opens it is written down first, and stands on it from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.awards import certificates, evidence_sheets, keys
from app.awards.certificates import Certificate
from app.awards.document import wording
from app.awards.document.dossier import Dossier, Section
from app.awards.document.order import DossierOrder, SealKey
from app.awards.evidence_sheets import MOST_LOOKS, EvidenceSheet, Look
from app.identity.people import Person, Role
from app.kit import time_zones
from app.request import Db, House, Learner, Now, Officer, Wiring
from app.web import evidence_parts
from app.web.certificates import DEMONSTRATION
from app.web.render import Page, Shows

router = APIRouter()

DRAW_SECONDS = 20.0
ROLES = {Role.OFFICER: "licensing staff", Role.ADMIN: "administrator", "operator": "operator of this site"}
FORMS = {"page": "on screen", "pdf": "as a PDF", "text": "at the command line", "json": "at the command line"}
PRIVATE = {"Cache-Control": "private, no-store"}


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look of the staff."""

    who: str
    when: str


@dataclass(frozen=True, kw_only=True)
class EvidencePage(Page):
    """The sheet, and who has looked at it."""

    template: ClassVar[str] = "account/evidence.html"
    course_title: str
    trail: tuple[tuple[str, str], ...]  # the way back up
    mark: str  # what keeps the certificate from counting; empty where nothing does
    sections: tuple[Section, ...]
    looks: tuple[LookRow, ...]
    earlier_looks: int  # besides those
    pdf_href: str


@router.get("/certificates/{number}/evidence")
def hers(number: str, db: Db, learner: Learner, show: Shows) -> HTMLResponse:
    """Show her the sheet of a certificate of hers."""
    certificate = certificates.hers(db, learner, number)
    way = (("Your account", "/account"), ("Your certificate", f"/certificates/{certificate.number}"))
    return _shown(show, db, certificate, way=way, at=f"/certificates/{certificate.number}")


@router.get("/certificates/{number}/evidence.pdf")
def hers_as_pdf(number: str, house: House, db: Db, learner: Learner, now: Now) -> Response:
    """Give her the sheet as a PDF."""
    certificate = certificates.hers(db, learner, number)
    return _drawn(house, certificate.number, _order(house, db, certificate, now=now))


@router.get("/v/{number}/evidence")
def of_any(number: str, house: House, officer: Officer, now: Now, show: Shows) -> HTMLResponse:
    """Show the staff the sheet of any certificate, and write down who looked."""
    with house.database.write() as db:
        certificate = _looked_at(db, number, officer, form="page", now=now)
        way = (("Verify", "/verify"), (f"Certificate {certificate.facts.number_in_groups}", f"/v/{certificate.number}"))
        return _shown(show, db, certificate, way=way, at=f"/v/{certificate.number}")


@router.get("/v/{number}/evidence.pdf")
def of_any_as_pdf(number: str, house: House, officer: Officer, now: Now) -> Response:
    """Give the staff the sheet as a PDF, and write down who looked."""
    with house.database.write() as db:
        certificate = _looked_at(db, number, officer, form="pdf", now=now)
        order = _order(house, db, certificate, now=now)
    return _drawn(house, certificate.number, order)


def dossier(sheet: EvidenceSheet, *, now: datetime) -> Dossier:
    """Put a sheet into the form in which it is drawn."""
    facts = sheet.facts
    return Dossier(
        title="Evidence sheet",
        subject=f"What led to certificate {facts.number_in_groups}",
        provider=facts.provider_name,
        language="en",
        made_on=wording.day(now, facts.time_zone),
        made_at=now.isoformat(timespec="seconds"),
        mark=DEMONSTRATION if facts.demonstration else "",
        foot=f"Certificate {facts.number_in_groups}",
        facts=(("As of", time_zones.in_words(now, facts.time_zone)),),
        sections=evidence_parts.sections(sheet),
        contents="",
    )


def _looked_at(db: Session, number: str, officer: Person, *, form: str, now: datetime) -> Certificate:
    """Find a certificate, and write down who looks before anything is shown."""
    certificate = certificates.by_number(db, number)
    evidence_sheets.look(db, certificate, by=officer.actor, role=officer.role, form=form, now=now)
    return certificate


def _shown(
    show: Shows, db: Session, certificate: Certificate, *, way: tuple[tuple[str, str], ...], at: str
) -> HTMLResponse:
    sheet, seen = evidence_sheets.of(db, certificate), evidence_sheets.looks(db, certificate)
    page = EvidencePage(
        title="Evidence sheet",
        course_title=sheet.facts.course_title,
        trail=(*way, ("Evidence sheet", "")),
        mark=DEMONSTRATION if sheet.facts.demonstration else "",
        sections=evidence_parts.sections(sheet),
        looks=tuple(_row(one, sheet.facts.time_zone) for one in seen[:MOST_LOOKS]),
        earlier_looks=max(0, len(seen) - MOST_LOOKS),
        pdf_href=f"{at}/evidence.pdf",
    )
    answer = show(page)
    answer.headers.update(PRIVATE)
    return answer


def _row(one: Look, zone: str) -> LookRow:
    return LookRow(
        f"{one.who}, {ROLES.get(one.role, one.role)}", f"{time_zones.in_words(one.at, zone)}, {FORMS[one.form]}"
    )


def _order(house: Wiring, db: Session, certificate: Certificate, *, now: datetime) -> DossierOrder:
    seal, root = keys.sealing(db, house.issuer, now=now)
    told = dossier(evidence_sheets.of(db, certificate), now=now)
    return DossierOrder(told, SealKey(seal.name, seal.certificate, root.certificate), now)


def _drawn(house: Wiring, number: str, order: DossierOrder) -> Response:
    content = house.draws_aside.draw_sealed(order, timeout=DRAW_SECONDS)
    headers = {"Content-Disposition": f'attachment; filename="evidence-{number}.pdf"', **PRIVATE}
    return Response(content, media_type="application/pdf", headers=headers)
