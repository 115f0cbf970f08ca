"""What a number proves: the same facts as a page for people, as JSON for machines, and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlmodel import Session

from app.awards import certificates, numbers, standing, telling, verification
from app.awards.certificates import NoSuchCertificate
from app.awards.document import wording
from app.awards.facts import NOT_APPROVED, Facts
from app.awards.verdicts import Result, Status, instant
from app.awards.verification import Verdict
from app.counter import LARGEST_FILE, LARGEST_ZIP
from app.request import Db, House, Wiring
from app.web.certificate_rows import FactTable, tables
from app.web.happenings import Event
from app.web.render import Page, Shows
from app.web.verifying.rows import NOTHING_YET, FoundTable

router = APIRouter()

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
KINDS = {Status.VALID: "valid", Status.REVOKED: "revoked", Status.SUPERSEDED: "replaced"}
SENTENCES = {
    Status.VALID: "This certificate is valid.",
    Status.REVOKED: "This certificate was revoked. It does not count.",
    Status.SUPERSEDED: "Another certificate counts instead of this one.",
}
DEMONSTRATION = "This certificate is genuine, and it is a demonstration: it does not count for credit."
BADGE = ".credential.json"
FILES = (
    (".tlog-proof", "The proof that it stands in our register, as of now"),
    (BADGE, "The certificate as an Open Badge"),
    (".json", "These facts for programs"),
)
NEVER_USED = "The letters I, L, O and U are never used: they are 1, 1, 0 and V."


@dataclass(frozen=True, kw_only=True)
class VerdictPage(Page):
    """What a number proves."""

    template: ClassVar[str] = "verify/verdict.html"
    number: str  # in groups
    kind: str  # how it stands, as the component names it
    sentence: str  # the verdict as one sentence
    is_demonstration: bool  # and stands: of one that was revoked that is said beside
    is_demonstration_too: bool
    holder: str  # empty where whose it is was erased
    course_title: str
    counts_instead: str  # the number of the certificate that counts instead, in groups; empty where none does
    counts_href: str
    revoked: str
    tables: tuple[FactTable, ...]
    approvals_heading: str
    approval_statements: tuple[str, ...]
    license_ending: str  # empty where the certificate names no license
    typed_license: str
    license_matches: bool | None  # None: none was typed
    history: tuple[Event, ...]
    files: tuple[tuple[str, str], ...]  # what can be kept of it: address and words
    table: FoundTable = NOTHING_YET  # of a file that is checked on this page
    largest: int = LARGEST_FILE
    largest_zip: int = LARGEST_ZIP


@dataclass(frozen=True, slots=True)
class Found:
    """A certificate, and how it stands."""

    result: Result
    verdict: Verdict
    is_erased: bool
    history: tuple[standing.Event, ...]

    @property
    def facts(self) -> Facts:
        """What it says."""
        return self.verdict.facts


@router.get("/v/{number}.json")
def as_json(number: str, db: Db, house: House) -> Response:
    """Say for machines what a number proves."""
    return _json(_find(db, house, number))


@router.get("/v/{number}")
def verdict(number: str, request: Request, db: Db, house: House, show: Shows) -> Response:
    """Say what a number proves: a page for people, JSON for machines that ask for it."""
    found = _find(db, house, number)
    if _wants_json(request):
        return _json(found)
    answer = show(_page(found, typed_license=request.query_params.get("license", "").strip()))
    answer.headers.update(PRIVATE)
    return answer


def _find(db: Session, house: Wiring, typed: str) -> Found:
    number = numbers.read(typed)
    if not numbers.is_well_formed(number):
        raise NoSuchCertificate(f"{numbers.typing_help(number)} {NEVER_USED}")
    certificate = certificates.by_number(db, number)
    history = tuple(standing.history(db, certificate))
    verdict = verification.of(certificate)
    return Found(house.checks.number(number), verdict, certificate.is_erased, history)


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def _page(found: Found, *, typed_license: str) -> VerdictPage:
    facts, stands, verdict = found.facts, found.result.standing, found.verdict
    is_demonstration = facts.demonstration and stands.status == Status.VALID
    return VerdictPage(
        title=f"Certificate {facts.number_in_groups}",
        number=facts.number_in_groups,
        kind="demonstration" if is_demonstration else KINDS[stands.status],
        sentence=DEMONSTRATION if is_demonstration else SENTENCES[stands.status],
        is_demonstration=is_demonstration,
        is_demonstration_too=facts.demonstration and not is_demonstration,
        holder="" if found.is_erased else facts.holder_name,
        course_title=facts.course_title,
        counts_instead=numbers.in_groups(stands.replaced_by),
        counts_href=f"/v/{stands.replaced_by}",
        revoked=_revoked(found),
        tables=tables(facts, license_ending=verdict.license_ending),
        approvals_heading=_approvals(facts),
        approval_statements=facts.approval_statements,
        license_ending=verdict.license_ending or "",
        typed_license=typed_license,
        license_matches=verdict.license_matches(typed_license) if typed_license else None,
        history=tuple(_event(event, facts.time_zone) for event in found.history),
        files=tuple(_files(found)),
    )


def _files(found: Found) -> Iterator[tuple[str, str]]:
    for ending, words in FILES:
        if not (found.is_erased and ending == BADGE):
            yield f"/v/{found.facts.number}{ending}", words


def _revoked(found: Found) -> str:
    at = found.verdict.revoked_at
    if at is None:
        return ""
    why = telling.reason(found.result.plain()["history"])
    return f"Revoked on {wording.day(at, found.facts.time_zone)}. Reason: {why}"


def _approvals(facts: Facts) -> str:
    day = wording.date_in_words(facts.completed_on)
    return f"Approvals that covered {day}" if facts.approval_statements else f"{NOT_APPROVED} on {day}"


def _event(event: standing.Event, zone: str) -> Event:
    words = {"issued": "Issued", "revoked": "Revoked"}.get(event.kind) or telling.REPLACEMENTS[event.kind].get(
        event.why, ""
    )
    detail = event.why if event.kind == "revoked" else ""
    other = {"link": numbers.in_groups(event.number), "href": f"/v/{event.number}"} if event.number else {}
    return Event(words, wording.day(event.at, zone), instant(event.at), detail, **other)


def _json(found: Found) -> JSONResponse:
    facts, stands, result = found.facts, found.result.standing, found.result.plain()
    at = found.verdict.revoked_at
    told = {
        "number": facts.number,
        "status": str(stands.status),
        "sentence": result["sentence"],
        "facts": result["facts"],
        "history": result["history"],
        "revoked_at": at.isoformat() if at else None,
        "revocation_reason": stands.revocation_reason or None,
        "holder_name": None if found.is_erased else facts.holder_name,
        "license": _license(found.verdict),
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
