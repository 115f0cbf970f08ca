"""Her certificate: on screen the second it is earned, with the same facts as its PDF, and the PDF itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from app.awards import certificates, pdfs, verification
from app.awards.document import wording
from app.awards.facts import Facts
from app.awards.verification import Status
from app.request import Db, House, Learner
from app.web.certificate_rows import FactTable, tables
from app.web.render import Page, Shows

router = APIRouter()

DEMONSTRATION = "Demonstration: not valid for credit"
WAIT_SECONDS = 8.0  # how long a PDF that is still being drawn is waited for


@dataclass(frozen=True, kw_only=True)
class CertificatePage(Page):
    """The certificate as its holder sees it."""

    template: ClassVar[str] = "account/certificate.html"
    number: str  # in groups
    status: str
    sentence: str
    mark: str  # what keeps it from counting; empty where nothing does
    provider_name: str
    holder: str
    course_title: str
    tables: tuple[FactTable, ...]
    approval_statements: tuple[str, ...]
    signer: str
    issued: str
    keep: str
    verify_url: str
    verify_href: str
    pdf_href: str
    again_href: str  # the course, to take it again for another renewal period
    time_href: str  # her time in the course; empty on a sample


@router.get("/certificates/{number}.pdf")
def pdf(number: str, house: House, db: Db, learner: Learner, paper: str = pdfs.LETTER) -> Response:
    """Give the PDF: the bytes that were drawn when it was issued."""
    certificate = certificates.hers(db, learner, number)
    content = pdfs.of(
        house.database,
        house.draws,
        certificate.number,
        issuer=house.issuer,
        timeout=WAIT_SECONDS,
        clock=house.clock,
        paper=paper,
    )
    headers = {
        "Content-Disposition": f'attachment; filename="certificate-{certificate.number}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/certificates/{number}")
def page(number: str, db: Db, learner: Learner, show: Shows) -> HTMLResponse:
    """Show her certificate."""
    certificate = certificates.hers(db, learner, number)
    found = verification.of(certificate)
    valid = found.status == Status.VALID
    told = "You earned this certificate." if valid else f"This certificate was revoked: {found.revocation_reason}"
    time_href = f"/enrollments/{certificate.enrollment_id}/time"
    answer = show(certificate_page(found.facts, status=str(found.status), sentence=told, time_href=time_href))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def certificate_page(
    facts: Facts, *, status: str, sentence: str, mark: str = DEMONSTRATION, time_href: str = "", site: str = ""
) -> CertificatePage:
    """Build the page of a certificate; `mark` shows on one that does not count, `site` stands before its addresses."""
    return CertificatePage(
        title="Your certificate",
        number=facts.number_in_groups,
        status=status,
        sentence=sentence,
        mark=mark if facts.demonstration else "",
        provider_name=facts.provider_name,
        holder=facts.holder_name,
        course_title=facts.course_title,
        tables=tables(facts),
        approval_statements=facts.approval_statements,
        signer=", ".join(filter(None, (facts.signer_name, facts.signer_title))),
        issued=wording.day(facts.issued_at, facts.time_zone),
        keep=wording.KEEP,
        verify_url=facts.verify_url,
        verify_href=f"{site}/v/{facts.number}",
        pdf_href=f"{site}/certificates/{facts.number}.pdf",
        again_href=f"{site}/courses/{facts.course_code}",
        time_href=time_href,
    )
