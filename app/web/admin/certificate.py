"""One certificate, whole: what it says, how it stands, what was done to it and by whom, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app import audit
from app.audit import AuditLine
from app.awards import numbers, second_looks
from app.awards.document import wording
from app.awards.verdicts import REASONS, Standing, Status, instant
from app.identity import people
from app.web.admin import differing
from app.web.admin.case import CASE, AdminPage, Case, SeenCase, StateView, state
from app.web.admin.differing import Differs
from app.web.certificate_rows import FactTable, tables
from app.web.happenings import Event
from app.web.render import Shows

router = APIRouter()

ACTS = {
    "certificate.issued": "Issued",
    "certificate.corrected": "Replaced by a corrected one:",
    "certificate.reissued": "Issued anew as",
    "certificate.revoked": "Revoked",
    "certificate.erased": "Erased: whose it was",
    "certificate.readmitted": "Taken back from its sealed file",
    "certificate.correction-asked": "A correction was asked for",
    "certificate.correction-declined": "The correction was declined",
}
OVERTAKEN = (
    "What happened meanwhile leaves nothing to correct: the certificate was revoked, replaced or erased. Decline it, "
    "so that it waits no more."
)


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A correction that waits, laid open for whoever decides."""

    rows: tuple[Differs, ...]
    reason: str
    asked: str  # when, and by whom
    is_mine: bool  # so that somebody else has to decide
    may_decide: bool
    overtaken: str  # why it cannot be made any more; empty where it can
    accept_href: str
    decline_href: str


@dataclass(frozen=True, kw_only=True)
class CasePage(AdminPage):
    """Everything there is to know of one certificate."""

    template: ClassVar[str] = "admin/certificate.html"
    number: str
    state: StateView
    sentence: str
    holder: str
    course_title: str
    revocation: str  # of which kind the reason is; empty where it was not revoked
    other: tuple[str, str]  # the certificate that counts instead, or that this one stands for
    other_words: str
    waiting: WaitingView | None
    base: str
    may_replace: bool
    may_revoke: bool
    tables: tuple[FactTable, ...]
    approval_statements: tuple[str, ...]
    public_href: str
    evidence_href: str
    events: tuple[Event, ...]


@router.get(CASE)
def page(case: SeenCase, show: Shows) -> HTMLResponse:
    """Show a certificate, and write down for whom it is that somebody looked."""
    _looked(case)
    stands, facts, certificate = case.standing(), case.certificate.facts, case.certificate
    is_open, waiting = stands.status == Status.VALID and case.may_act, _waiting(case)
    other = stands.replaced_by or stands.replaces
    return show(
        CasePage(
            title=f"Certificate {case.number}",
            trail=(("Certificates", "/admin/certificates"), (f"Certificate {case.number}", "")),
            number=case.number,
            state=state(stands.status),
            sentence=_sentence(stands),
            holder=facts.holder_name,
            course_title=facts.course_title,
            revocation=REASONS.get(certificate.revocation_class or "", ""),
            other=(numbers.in_groups(other), f"/admin/certificates/{other}") if other else ("", ""),
            other_words="The one that counts instead" if stands.replaced_by else "It took the place of",
            waiting=waiting,
            base=case.at(),
            may_replace=is_open and not certificate.is_erased and waiting is None,
            may_revoke=is_open,
            tables=tables(facts),
            approval_statements=facts.approval_statements,
            public_href=f"/v/{certificate.number}",
            evidence_href=f"/v/{certificate.number}/evidence",
            events=tuple(_events(case)),
        )
    )


def _looked(case: Case) -> None:
    if case.certificate.person_id is None:
        return
    with case.house.database.write() as db:
        audit.look_at(
            db,
            case.certificate.person_id,
            by=case.admin.actor,
            role=case.admin.role,
            form="page",
            subject=case.certificate.number,
            now=case.now,
        )


def _sentence(stands: Standing) -> str:
    if stands.status == Status.REVOKED:
        day = wording.date_in_words(date.fromisoformat(stands.revoked_on))
        return f"Revoked on {day}: {stands.revocation_reason}"
    if stands.status == Status.SUPERSEDED:
        return "Replaced, because it was corrected" if stands.why_replaced == "corrected" else "Replaced: issued anew"
    return "Valid"


def _waiting(case: Case) -> WaitingView | None:
    asked = second_looks.waiting(case.db, case.certificate)
    if asked is None:
        return None
    can_be_made = case.standing().status == Status.VALID and not case.certificate.is_erased
    who = people.labels(case.db, {asked.asked_by})[asked.asked_by]
    return WaitingView(
        rows=differing.rows(case.certificate.facts, asked.wanted),
        reason=asked.reason,
        asked=f"{case.moment(asked.asked_at)}, by {who}",
        is_mine=asked.asked_by == case.admin.id,
        may_decide=case.may_act,
        overtaken="" if can_be_made else OVERTAKEN,
        accept_href=case.at(f"/corrections/{asked.id}/accept"),
        decline_href=case.at(f"/corrections/{asked.id}/decline"),
    )


def _events(case: Case) -> Iterator[Event]:
    for line in audit.of_subject(case.db, case.certificate.number):
        if line.act == "certificate.issued" and case.certificate.replaces is not None:
            yield replace(_event(case, line), **_origin(case))
        elif line.act not in audit.LOOKS:  # those are told to her
            yield _event(case, line)


def _event(case: Case, line: AuditLine) -> Event:
    told, other = line.told, line.told.get("by", "")
    return Event(
        words=ACTS.get(line.act, line.act),
        when=f"{case.moment(line.at)}, by {line.actor_label}",
        at=instant(line.at),
        detail=told.get("reason", ""),
        link=numbers.in_groups(other),
        href=f"/admin/certificates/{other}" if other else "",
    )


def _origin(case: Case) -> dict[str, str]:
    """Say which certificate this one was issued in place of, and why: that was written down beside the old one."""
    older = case.certificate.facts.replaces
    lines = audit.of_subject(case.db, older, act=f"certificate.{case.certificate.replaces_why}")
    return {
        "words": "Issued in place of",
        "detail": lines[-1].told["reason"] if lines else "",
        "link": numbers.in_groups(older),
        "href": f"/admin/certificates/{older}",
    }
