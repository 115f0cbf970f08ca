"""Revoking a certificate: one person and a reason, in the open and for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from app.awards import certificates
from app.awards.certificates import NoReason
from app.awards.verdicts import REASONS
from app.kit.errors import Invalid
from app.request import Form, Sent
from app.web.admin.case import CASE, AdminPage, AtCase, Case
from app.web.render import Shows, see_other

router = APIRouter(prefix=CASE)

LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class RevokePage(AdminPage):
    """Asks why, and whether she is sure."""

    template: ClassVar[str] = "admin/revoke.html"
    number: str
    holder: str
    course_title: str
    action: str
    back_href: str
    reasons: tuple[tuple[str, str], ...]
    longest: int
    sent: Mapping[str, str]
    errors: Mapping[str, str]


@router.get("/revoke")
def ask(case: AtCase, show: Shows) -> HTMLResponse:
    """Ask why a certificate is to be revoked."""
    certificates.assert_stands(case.db, case.certificate)
    return show(_page(case, sent={}, errors={}))


@router.post("/revoke")
def revoke(case: AtCase, form: Form, show: Shows) -> Response:
    """Revoke a certificate. Its number keeps its page, which says when and why."""
    try:
        _assert_sure(form)
        certificates.revoke(
            case.db,
            case.certificate,
            why=form.text("why"),
            reason=form.text("reason"),
            issuer=case.house.issuer,
            by=case.admin.actor,
            now=case.now,
        )
    except Invalid as refused:
        return show(_page(case, sent=form.texts(), errors=refused.fields), status=refused.status)
    return see_other(case.at())


def _assert_sure(form: Sent) -> None:
    """Hold everything that is missing against her at once."""
    mistakes = {}
    if form.text("why") not in REASONS:
        mistakes["why"] = "Choose of which kind the reason is."
    if not form.text("reason").strip():
        mistakes["reason"] = NoReason.message
    elif len(form.text("reason")) > LONGEST:
        mistakes["reason"] = f"Write at most {LONGEST} letters."
    if form.text("sure") != "yes":
        mistakes["sure"] = "Say that you know it is for good."
    if mistakes:
        raise Invalid(mistakes)


def _page(case: Case, *, sent: Mapping[str, str], errors: Mapping[str, str]) -> RevokePage:
    facts = case.certificate.facts
    return RevokePage(
        title="Revoke",
        trail=case.trail("Revoke"),
        number=case.number,
        holder=facts.holder_name,
        course_title=facts.course_title,
        action=case.at("/revoke"),
        back_href=case.at(),
        reasons=tuple(REASONS.items()),
        longest=LONGEST,
        sent=sent,
        errors=errors,
    )
