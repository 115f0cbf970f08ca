"""Checking a certificate: one number, no account, every credited fact, and how it stands today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.awards import certificates, numbers, verification
from app.awards.certificates import NoSuchCertificate
from app.awards.document import wording
from app.awards.verification import Status, Verdict
from app.request import Db
from app.web.certificate_rows import FactTable, tables
from app.web.render import Page, Shows, see_other

router = APIRouter()

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


@dataclass(frozen=True, kw_only=True)
class VerifyPage(Page):
    """Asks for a number."""

    template: ClassVar[str] = "verify/verify.html"
    typed: str
    error: str


@dataclass(frozen=True, kw_only=True)
class VerdictPage(Page):
    """What a number proves."""

    template: ClassVar[str] = "verify/verdict.html"
    number: str  # in groups
    status: str
    sentence: str  # the verdict as one sentence
    demonstration: bool
    holder: str
    course_title: str
    tables: tuple[FactTable, ...]
    approval_statements: tuple[str, ...]
    license_ending: str  # empty where the certificate names no license
    typed_license: str
    license_matches: bool | None  # None: none was typed
    issued: str
    revoked: str
    revocation_reason: str
    json_href: str


@router.get("/verify")
def ask(request: Request, show: Shows) -> Response:
    """Ask for a number, or go to the page of the one that was typed."""
    typed = request.query_params.get("number", "")
    number = numbers.read(typed)
    if not typed.strip():
        return show(VerifyPage(title="Verify a certificate", typed="", error=""))
    if numbers.is_well_formed(number):
        return see_other(f"/v/{number}")
    return show(VerifyPage(title="Verify a certificate", typed=typed, error=typing_help(number)), status=422)


@router.get("/v/{number}.json")
def as_json(number: str, db: Db) -> Response:
    """Say for machines what a number proves."""
    return _json(verification.of(_find(db, number)))


@router.get("/v/{number}")
def verdict(number: str, request: Request, db: Db, show: Shows) -> Response:
    """Say what a number proves: a page for people, JSON for machines that ask for it."""
    found = verification.of(_find(db, number))
    if _wants_json(request):
        return _json(found)
    answer = show(_page(found, typed_license=request.query_params.get("license", "").strip()))
    answer.headers.update(PRIVATE)
    return answer


def typing_help(number: str) -> str:
    """Say what is wrong with a number as it was typed."""
    if len(number) != numbers.LENGTH:
        return f"A certificate number has {numbers.LENGTH} letters and digits; this has {len(number)}."
    if odd := sorted(set(number) - set(numbers.ALPHABET)):
        return f"A certificate number never holds “{odd[0]}”. Check that symbol."
    return "One symbol does not fit the others: one is mistyped, or two changed places. Compare it with the paper."


def _find(db: Db, typed: str) -> certificates.Certificate:
    number = numbers.read(typed)
    if not numbers.is_well_formed(number):
        raise NoSuchCertificate(
            f"{typing_help(number)} The letters I, L, O and U are never used: they are 1, 1, 0 and V."
        )
    return certificates.by_number(db, number)


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


SENTENCES = {
    Status.VALID: "This certificate is valid.",
    Status.REVOKED: "This certificate was revoked. It does not count.",
}
DEMONSTRATION = "This certificate is genuine, and it is a demonstration: it does not count for credit."


def _page(found: Verdict, *, typed_license: str) -> VerdictPage:
    facts = found.facts
    return VerdictPage(
        title=f"Certificate {facts.number_in_groups}",
        number=facts.number_in_groups,
        status=str(found.status),
        sentence=DEMONSTRATION if facts.demonstration and found.status == Status.VALID else SENTENCES[found.status],
        demonstration=facts.demonstration,
        holder=facts.holder_name,
        course_title=facts.course_title,
        tables=tables(facts, license_ending=found.license_ending),
        approval_statements=facts.approval_statements,
        license_ending=found.license_ending or "",
        typed_license=typed_license,
        license_matches=found.license_matches(typed_license) if typed_license else None,
        issued=wording.day(facts.issued_at, facts.time_zone),
        revoked=wording.day(found.revoked_at, facts.time_zone) if found.revoked_at else "",
        revocation_reason=found.revocation_reason or "",
        json_href=f"/v/{facts.number}.json",
    )


def _json(found: Verdict) -> JSONResponse:
    facts = found.facts
    told = {
        "number": facts.number,
        "status": found.status,
        "revoked_at": found.revoked_at.isoformat() if found.revoked_at else None,
        "revocation_reason": found.revocation_reason,
        "holder_name": facts.holder_name,
        "license": _license(found),
        "course": {"code": facts.course_code, "title": facts.course_title, "edition": facts.edition},
        "delivery": facts.delivery,
        "presenters": [{"name": one.name, "credentials": one.credentials} for one in facts.presenters],
        "contact_hours": {"total": str(facts.total_hours), "by_type": facts.credit_hours, "minutes_per_hour": 60},
        "began_at": facts.began_at.isoformat(),
        "completed_at": facts.completed_at.isoformat(),
        "completed_on": facts.completed_on.isoformat(),
        "time_zone": facts.time_zone,
        "issued_at": facts.issued_at.isoformat(),
        "provider": {"name": facts.provider_name, "address": facts.provider_address},
        "approval_statements": list(facts.approval_statements),
        "demonstration": facts.demonstration,
        "verify_url": facts.verify_url,
    }
    return JSONResponse(told, headers=PRIVATE)


def _license(found: Verdict) -> dict[str, str] | None:
    named = found.facts.license
    if named is None:
        return None
    return {"state": named.state, "type": named.type, "number_ends_with": found.license_ending or ""}
