"""Entering an approval: from a wording to begin with, with the sentence as it would print for a course of choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.content.course import Course, Delivery, HourType
from app.kit.errors import Invalid
from app.library import approval_wordings, approvals, editions, provider
from app.library.approval_wordings import Wording
from app.library.approvals import NotAnApproval
from app.request import Db, Form, Now, OfficeAdmin, Sent
from app.web.admin.case import AdminPage
from app.web.render import Shows, see_other

router = APIRouter()
PLACE = "/admin/approvals"
PREVIEW = "preview"
FORMATS = {
    Delivery.READING: "Reading online, by oneself",
    Delivery.RECORDED: "Recorded video or audio",
    Delivery.LIVE_WEBINAR: "Live webinar",
    Delivery.IN_PERSON: "In person",
}
HOUR_TYPES = {kind: str(kind).replace("-", " ").capitalize() for kind in HourType}
PLACES = {
    "provider": "the provider’s name",
    "provider_number": "the number of the approval",
    "course_number": "the course’s number with the body",
    "valid_from": "the first day",
    "valid_to": "the last day",
    "hours": "the contact hours that it covers",
    "hour_types": "their types",
}
NEEDED = {
    "body": "Say which body approved you.",
    "provider_number": "Enter the number that the body gave you.",
    "valid_from": "Enter the first day.",
    "valid_to": "Enter the last day.",
    "statement": "Enter the sentence that is to be printed.",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """What would print for a course, or why nothing would."""

    course: str
    words: str
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class ApprovalFormPage(AdminPage):
    """A form with everything that an approval says."""

    template: ClassVar[str] = "admin/approval_form.html"
    wordings: tuple[tuple[str, str], ...]
    wording: Wording | None
    formats: tuple[tuple[str, str], ...]
    hour_types: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    courses: tuple[tuple[str, str], ...]
    sentence: Sentence | None
    sent: Mapping[str, str]
    chosen: Mapping[str, tuple[str, ...]]
    errors: Mapping[str, str]
    refused: str


@router.get(f"{PLACE}/new")
def ask(request: Request, db: Db, _office: OfficeAdmin, now: Now, show: Shows) -> HTMLResponse:
    """Ask for an approval, from a wording that was chosen or from none."""
    wording = approval_wordings.by_key(request.query_params.get("wording", ""))
    begun = {"body": [wording.body], "statement": [wording.statement]} if wording else {}
    return show(_page(db, Sent(begun), wording, now=now))


@router.post(f"{PLACE}/new")
def add(db: Db, office: OfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Show the sentence as it would print, or add the approval."""
    wording = approval_wordings.by_key(form.text("wording"))
    if form.text("act") == PREVIEW:
        return show(_page(db, form, wording, now=now))
    try:
        added = approvals.add(db, record(form), by=office.actor, now=now)
    except (Invalid, NotAnApproval) as refused:
        errors, words = _mistakes(refused)
        return show(_page(db, form, wording, now=now, errors=errors, refused=words), status=Invalid.status)
    return see_other(f"{PLACE}/{added.id}")


def record(form: Sent) -> dict[str, Any]:
    """Read what was typed; raise `Invalid` with everything that is missing at once."""
    typed = {name: form.text(name).strip() for name in (*NEEDED, "course_code", "course_number")}
    mistakes = {name: words for name, words in NEEDED.items() if not typed[name]}
    for name in ("valid_from", "valid_to"):
        if typed[name] and _day(typed[name]) is None:
            mistakes[name] = "Enter the date like 2027-06-30."
    lists = {name: form.all(name) for name in ("formats", "hour_types")}
    mistakes |= {name: "Choose at least one." for name, values in lists.items() if not values}
    if form.text("scope") == "course" and not typed["course_code"]:
        mistakes["course_code"] = "Choose the course."
    if mistakes:
        raise Invalid(mistakes)
    if form.text("scope") != "course":
        typed["course_code"] = ""
    return {name: value for name, value in (typed | lists).items() if value}


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _mistakes(refused: Invalid | NotAnApproval) -> tuple[dict[str, str], str]:
    if isinstance(refused, Invalid):
        return refused.fields, ""
    return ({refused.field: refused.message}, "") if refused.field else ({}, refused.message)


def _page(
    db: Session,
    form: Sent,
    wording: Wording | None,
    *,
    now: datetime,
    errors: Mapping[str, str] | None = None,
    refused: str = "",
) -> ApprovalFormPage:
    offered = [one.course for one in editions.on_offer(db)]
    errors = dict(errors or {})
    try:
        sentence = _sentence(form, offered, provider.current(db).name, now=now)
    except NotAnApproval as mistake:
        sentence, errors = None, {"statement": mistake.message} | errors
    return ApprovalFormPage(
        title="Add an approval",
        trail=(("Approvals", PLACE), ("Add an approval", "")),
        wordings=tuple((one.key, one.name) for one in approval_wordings.WORDINGS),
        wording=wording,
        formats=tuple((str(kind), words) for kind, words in FORMATS.items()),
        hour_types=tuple((str(kind), words) for kind, words in HOUR_TYPES.items()),
        places=tuple((f"{{{name}}}", words) for name, words in PLACES.items()),
        courses=tuple((one.code, one.title) for one in offered),
        sentence=sentence,
        sent=form.texts(),
        chosen={name: tuple(form.all(name)) for name in ("formats", "hour_types")},
        errors=errors,
        refused=refused,
    )


def _sentence(form: Sent, offered: Iterable[Course], provider_name: str, *, now: datetime) -> Sentence | None:
    """Give the sentence for the course that was chosen, or for the first one; what is not typed yet is made up."""
    courses = {one.code: one for one in offered}
    course = courses.get(form.text("preview_course") or form.text("course_code")) or next(iter(courses.values()), None)
    if course is None or not form.text("statement").strip():
        return None
    guessed = {
        "body": form.text("body").strip() or "…",
        "provider_number": form.text("provider_number").strip() or "(number)",
        "course_number": form.text("course_number").strip() or "(course number)",
        "valid_from": (_day(form.text("valid_from")) or date.min).isoformat(),
        "valid_to": (_day(form.text("valid_to")) or date.max).isoformat(),
        "formats": [str(one) for one in Delivery],
        "hour_types": [one for one in form.all("hour_types") if one in HOUR_TYPES] or [str(one) for one in HourType],
        "statement": form.text("statement").strip(),
    }
    hours = {str(kind): amount for kind, amount in course.credit.claimed.items() if amount}
    said = approvals.statement(approvals.read(guessed, now=now), provider=provider_name, hours=hours)
    for unknown, words in ((date.min, "(first day)"), (date.max, "(last day)")):
        said = said and said.replace(approvals.in_words(unknown), words)
    return Sentence(course.title, said or "", _why_not(form, course, said))


def _why_not(form: Sent, course: Course, said: str | None) -> str:
    if form.text("scope") == "course" and form.text("course_code") not in {"", course.code}:
        return "The approval is for another course."
    if form.all("formats") and str(course.format) not in form.all("formats"):
        return f"The approval does not cover its format: {FORMATS[course.format].lower()}."
    return "" if said else "The approval covers none of the types of hours that it gives."
