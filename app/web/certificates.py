"""Her certificate: on screen the second it is earned, with the same facts as its PDF, and the PDF itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from app.awards import certificates, numbers, pdfs, standing
from app.awards.document import wording
from app.awards.facts import Facts
from app.awards.verdicts import Standing, Status
from app.request import Db, House, Learner
from app.web.certificate_rows import FactTable, tables
from app.web.render import Page, Shows

router = APIRouter()

DEMONSTRATION = "Demonstration: not valid for credit"
INSTEAD = {
    "corrected": "This certificate was corrected, and a new one counts instead.",
    "reissued": "This certificate was issued anew, and the new one counts instead.",
}
BEFORE = {
    "corrected": "It was corrected, and this one counts instead.",
    "reissued": "It was issued anew, and this one counts instead.",
}
WAIT_SECONDS = 8.0  # how long a PDF that is still being drawn is waited for


@dataclass(frozen=True, kw_only=True)
class CertificatePage(Page):
    """The certificate as its holder sees it."""

    template: ClassVar[str] = "account/certificate.html"
    number: str  # in groups
    status: str
    sentence: str
    instead: tuple[str, str]  # the certificate that counts instead: its number in groups and its address
    before: tuple[str, str]  # the one that this one stands for
    before_words: str  # what became of that one
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
    a4_href: str
    badge_href: str  # the certificate as an Open Badge
    mail_href: str  # opens a letter with its public address
    is_erased: bool  # nobody can tell any more whose it was, and its drawings are gone
    evidence_href: str  # what led to it; empty on a sample
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
    stands, at = standing.of(db, certificate), f"/certificates/{certificate.number}"
    told = certificate_page(certificate.facts, status=str(stands.status), sentence=_sentence(stands))
    told = replace(
        told,
        instead=_other(stands.replaced_by),
        before=_other(stands.replaces),
        before_words=BEFORE.get(certificate.replaces_why or "", ""),
        time_href=f"/enrollments/{certificate.enrollment_id}/time" if certificate.enrollment_id else "",
        evidence_href=f"{at}/evidence",
        is_erased=certificate.is_erased,
    )
    answer = show(told)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _sentence(stands: Standing) -> str:
    if stands.status == Status.REVOKED:
        return f"This certificate was revoked: {stands.revocation_reason}"
    if stands.status == Status.SUPERSEDED:
        return INSTEAD[stands.why_replaced]
    return "You earned this certificate."


def _letter(facts: Facts) -> str:
    subject, body = f"Certificate: {facts.course_title}", f"Check my certificate here: {facts.verify_url}"
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"


def _other(number: str) -> tuple[str, str]:
    return (numbers.in_groups(number), f"/certificates/{number}") if number else ("", "")


def certificate_page(
    facts: Facts, *, status: str, sentence: str, mark: str = DEMONSTRATION, site: str = ""
) -> CertificatePage:
    """Build the page of a certificate; `mark` shows on one that does not count, `site` stands before its addresses."""
    return CertificatePage(
        title="Your certificate",
        number=facts.number_in_groups,
        status=status,
        sentence=sentence,
        instead=("", ""),
        before=("", ""),
        before_words="",
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
        a4_href=f"{site}/certificates/{facts.number}.pdf?paper={pdfs.A4}",
        badge_href=f"{site}/v/{facts.number}.credential.json",
        mail_href=_letter(facts),
        is_erased=False,
        evidence_href="",
        again_href=f"{site}/courses/{facts.course_code}",
        time_href="",
    )
