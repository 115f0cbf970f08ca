"""Correcting a certificate, or issuing it anew: a new one takes its place, and the old number leads to that.

A name or a license is corrected at once. A date, or hours, decide whether a board counts them: a second person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from app.awards import replacements, second_looks
from app.awards.replacements import NothingToChange
from app.awards.second_looks import AsksAlready
from app.identity import licenses
from app.kit.errors import Invalid, Refusal
from app.request import Form
from app.web.admin import wanted
from app.web.admin.case import CASE, PLACE, AdminPage, AtCase, Case
from app.web.render import Shows, see_other

router = APIRouter(prefix=CASE)


@dataclass(frozen=True, slots=True)
class HoursField:
    """The hours of one type, in the form."""

    name: str
    label: str


@dataclass(frozen=True, kw_only=True)
class ReplacePage(AdminPage):
    """What both ways to a new certificate ask."""

    number: str
    holder: str
    course_title: str
    action: str
    back_href: str
    longest: int = wanted.LONGEST
    sent: Mapping[str, str]
    errors: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CorrectPage(ReplacePage):
    """Asks what is wrong, filled in with what the certificate says."""

    template: ClassVar[str] = "admin/correct.html"
    states: tuple[tuple[str, str], ...]
    hours: tuple[HoursField, ...]
    refused: str  # why nothing was done, where no one field is to blame


@dataclass(frozen=True, kw_only=True)
class ReissuePage(ReplacePage):
    """Asks why a certificate is issued anew."""

    template: ClassVar[str] = "admin/reissue.html"


@router.get("/correct")
def ask(case: AtCase, show: Shows) -> HTMLResponse:
    """Ask what is wrong with a certificate."""
    _assert_open(case)
    return show(_correct_page(case, sent=wanted.as_typed(case.certificate.facts)))


@router.post("/correct")
def correct(case: AtCase, form: Form, show: Shows) -> Response:
    """Correct a certificate at once, or ask a second person where it takes two."""
    _assert_open(case)
    facts, reason = case.certificate.facts, form.text("reason")
    try:
        changes = wanted.read(form, facts, now=case.now)
        if changes.needs_two(facts):
            second_looks.ask(case.db, case.certificate, changes, reason=reason, by=case.admin, now=case.now)
            return see_other(case.at())
        new = replacements.correct(
            case.db,
            case.certificate,
            changes,
            reason=reason,
            issuer=case.house.issuer,
            by=case.admin.actor,
            now=case.now,
        )
    except (Invalid, NothingToChange) as refused:
        return show(_correct_page(case, sent=form.texts(), refused=refused), status=Invalid.status)
    return see_other(f"{PLACE}/{new.number}")


@router.get("/reissue")
def ask_anew(case: AtCase, show: Shows) -> HTMLResponse:
    """Ask why a certificate is to be issued anew."""
    _assert_open(case)
    return show(_reissue_page(case, sent={}, errors={}))


@router.post("/reissue")
def reissue(case: AtCase, form: Form, show: Shows) -> Response:
    """Issue a certificate anew, as it is."""
    _assert_open(case)
    reason = form.text("reason")
    try:
        wanted.assert_short(reason)
        new = replacements.reissue(
            case.db, case.certificate, reason=reason, issuer=case.house.issuer, by=case.admin.actor, now=case.now
        )
    except Invalid as refused:
        return show(_reissue_page(case, sent=form.texts(), errors=refused.fields), status=refused.status)
    return see_other(f"{PLACE}/{new.number}")


def _assert_open(case: Case) -> None:
    """Raise where nothing can take its place, or where a second person has to decide on a correction first."""
    replacements.assert_replaceable(case.db, case.certificate)
    if second_looks.waiting(case.db, case.certificate):
        raise AsksAlready


def _correct_page(case: Case, *, sent: Mapping[str, str], refused: Refusal | None = None) -> CorrectPage:
    facts = case.certificate.facts
    errors = refused.fields if isinstance(refused, Invalid) else {}
    return CorrectPage(
        title="Correct",
        trail=case.trail("Correct"),
        number=case.number,
        holder=facts.holder_name,
        course_title=facts.course_title,
        action=case.at("/correct"),
        back_href=case.at(),
        sent=sent,
        errors=errors,
        states=tuple(licenses.STATES.items()),
        hours=tuple(HoursField(name, label) for name, label in wanted.hours_fields()),
        refused=refused.message if refused and not errors else "",
    )


def _reissue_page(case: Case, *, sent: Mapping[str, str], errors: Mapping[str, str]) -> ReissuePage:
    facts = case.certificate.facts
    return ReissuePage(
        title="Issue anew",
        trail=case.trail("Issue anew"),
        number=case.number,
        holder=facts.holder_name,
        course_title=facts.course_title,
        action=case.at("/reissue"),
        back_href=case.at(),
        sent=sent,
        errors=errors,
    )
