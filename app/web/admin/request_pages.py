"""Requests: who waits for an answer and for how long, and one page each: granted, declined, answered, noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.identity import access, grievances, request_clocks, request_notes, requests
from app.identity.access import Right
from app.identity.people import Person
from app.identity.request_clocks import Clocked, Kind
from app.identity.requests import TimeFactor
from app.kit import time_zones
from app.kit.errors import Invalid
from app.library import approvals
from app.request import Db, Form, Now, OfficeAdmin, Overseer, RowNumber, Sent
from app.web.admin.case import AdminPage, StateView
from app.web.happenings import Event
from app.web.render import Shows, see_other

router = APIRouter()
PLACE = "/admin/requests"
SHOWN_ANSWERED = 50
WORDS = {Kind.ACCOMMODATION: "Accommodation", Kind.GRIEVANCE: "Grievance"}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request in the list."""

    href: str
    what: str
    who: str
    due: str
    state: StateView


@dataclass(frozen=True, kw_only=True)
class RequestsPage(AdminPage):
    """What waits, overdue first, and what was answered last."""

    template: ClassVar[str] = "admin/requests.html"
    waiting: tuple[RequestRow, ...]
    answered: tuple[RequestRow, ...]


@dataclass(frozen=True, kw_only=True)
class RequestPage(AdminPage):
    """One request: what was asked, its clock, and room to answer."""

    template: ClassVar[str] = "admin/request.html"
    what: str
    who: str
    email: str
    words: str
    state: StateView
    due: str
    events: tuple[Event, ...]
    answer: str
    base: str
    holds_now: str  # terms that hold for her already
    may_act: bool
    may_grant: bool  # an accommodation that waits; else, with may_answer, a grievance
    may_answer: bool
    factors: tuple[tuple[str, str], ...]
    sent: Mapping[str, str]
    errors: Mapping[str, str]


@router.get(PLACE)
def requests_list(db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Show what waits for an answer, and what was answered last."""
    zone = overseer.time_zone or "UTC"
    waiting = tuple(_row(one, zone) for one in request_clocks.waiting(db, now=now))
    answered = tuple(_row(one, zone) for one in request_clocks.answered(db, most=SHOWN_ANSWERED, now=now))
    return show(RequestsPage(title="Requests", trail=(("Requests", ""),), waiting=waiting, answered=answered))


def _row(one: Clocked, zone: str) -> RequestRow:
    return RequestRow(
        href=href(one.kind, one.id),
        what=f"{WORDS[one.kind]} {one.id}",
        who=one.who,
        due=time_zones.in_words(one.answered_at, zone) if one.answered_at else approvals.in_words(one.due_on),
        state=state_of(one),
    )


def href(kind: Kind, number: int) -> str:
    """Give the address of a request."""
    return f"{PLACE}/{kind}/{number}"


def state_of(one: Clocked) -> StateView:
    """Say how its clock stands."""
    if one.answered_at:
        late = StateView("circle-check", "attention", "Answered late")
        return late if one.was_late else StateView("circle-check", "right", "Answered in time")
    words = request_clocks.in_words(one).capitalize()
    if one.is_overdue:
        return StateView("circle-alert", "wrong", words)
    return StateView("clock", "attention" if one.days_left <= request_clocks.NEAR else "note", words)


# --- accommodations --------------------------------------------------------------------------------------------------


@router.get(f"{PLACE}/{Kind.ACCOMMODATION}/{{request_id}}")
def accommodation(request_id: RowNumber, db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Show a request for an accommodation."""
    return show(_accommodation(db, request_id, overseer, now=now))


@router.post(f"{PLACE}/{Kind.ACCOMMODATION}/{{request_id}}/grant")
def grant(request_id: RowNumber, db: Db, office: OfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Grant terms for the exams that she starts from now on, and tell her."""
    person, asked = requests.by_id(db, request_id)
    try:
        _assert_waits(asked.answered_at)
        requests.grant(
            db,
            person,
            _factor(form),
            one_at_a_time=form.text("one_at_a_time") == "yes",
            note=_short(form, "note"),
            by=office.actor,
            now=now,
        )
    except Invalid as refused:
        return show(_accommodation(db, request_id, office, refused, form, now=now), status=refused.status)
    return see_other(href(Kind.ACCOMMODATION, request_id))


@router.post(f"{PLACE}/{Kind.ACCOMMODATION}/{{request_id}}/decline")
def decline(request_id: RowNumber, db: Db, office: OfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Say no, with a reason and a way on, and tell her."""
    person, asked = requests.by_id(db, request_id)
    try:
        _assert_waits(asked.answered_at)
        requests.decline(db, person, reason=_short(form, "reason"), by=office.actor, now=now)
    except Invalid as refused:
        return show(_accommodation(db, request_id, office, refused, form, now=now), status=refused.status)
    return see_other(href(Kind.ACCOMMODATION, request_id))


def _assert_waits(answered_at: datetime | None) -> None:
    if answered_at is not None:
        raise grievances.AlreadyAnswered


def _factor(form: Sent) -> TimeFactor:
    try:
        return TimeFactor(form.text("time"))
    except ValueError:
        raise Invalid({"time": "Choose how much time."}) from None


def _short(form: Sent, name: str) -> str:
    words = form.text(name)
    if len(words) > requests.LONGEST_REQUEST:
        raise Invalid({name: f"Write at most {requests.LONGEST_REQUEST:,} letters."})
    return words


def _accommodation(
    db: Session,
    request_id: int,
    looks: Person,
    refused: Invalid | None = None,
    form: Sent | None = None,
    *,
    now: datetime,
) -> RequestPage:
    person, asked = requests.by_id(db, request_id)
    terms = requests.granted(db, person.id)
    clocked = request_clocks.of_accommodation(person, asked, now=now)
    page = _page(db, clocked, looks, words=asked.needs, email=person.email, answer=asked.answer, by=asked.answered_by)
    return _retried(
        replace(page, holds_now=terms.in_words if terms else "", may_grant=page.may_act and asked.answered_at is None),
        refused,
        form,
    )


# --- grievances ------------------------------------------------------------------------------------------------------


@router.get(f"{PLACE}/{Kind.GRIEVANCE}/{{request_id}}")
def grievance(request_id: RowNumber, db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Show a grievance."""
    return show(_grievance(db, request_id, overseer, now=now))


@router.post(f"{PLACE}/{Kind.GRIEVANCE}/{{request_id}}/answer")
def answer(request_id: RowNumber, db: Db, office: OfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Answer a grievance, by mail and on her page."""
    sent = grievances.by_id(db, request_id)
    try:
        grievances.answer(db, sent, form.text("answer"), by=office.actor, now=now)
    except Invalid as refused:
        return show(_grievance(db, request_id, office, refused, form, now=now), status=refused.status)
    return see_other(href(Kind.GRIEVANCE, request_id))


def _grievance(
    db: Session,
    request_id: int,
    looks: Person,
    refused: Invalid | None = None,
    form: Sent | None = None,
    *,
    now: datetime,
) -> RequestPage:
    sent = grievances.by_id(db, request_id)
    clocked = request_clocks.of_grievance(sent, now=now)
    page = _page(db, clocked, looks, words=sent.words, email=sent.email, answer=sent.answer, by=sent.answered_by)
    return _retried(replace(page, may_answer=page.may_act and sent.answered_at is None), refused, form)


# --- either ----------------------------------------------------------------------------------------------------------


@router.post(f"{PLACE}/{{kind}}/{{request_id}}/note")
def note(kind: Kind, request_id: RowNumber, db: Db, office: OfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Write a note for colleagues."""
    build = _accommodation if kind == Kind.ACCOMMODATION else _grievance
    build(db, request_id, office, now=now)  # it is there, or this is refused
    try:
        request_notes.add(db, kind, request_id, form.text("note_words"), by=office.actor, now=now)
    except Invalid as refused:
        mistake = Invalid({"note_words": refused.fields["note"]})
        return show(build(db, request_id, office, mistake, form, now=now), status=refused.status)
    return see_other(href(kind, request_id))


def _page(db: Session, one: Clocked, looks: Person, *, words: str, email: str, answer: str, by: str) -> RequestPage:
    what = f"{WORDS[one.kind]} {one.id}"
    return RequestPage(
        title=what,
        trail=(("Requests", PLACE), (what, "")),
        what=what,
        who=one.who,
        email=email,
        words=words,
        state=state_of(one),
        due=approvals.in_words(one.due_on),
        events=tuple(_events(db, one, looks.time_zone or "UTC", by)),
        answer=answer,
        base=href(one.kind, one.id),
        holds_now="",
        may_act=access.may(looks, Right.OFFICE),
        may_grant=False,
        may_answer=False,
        factors=tuple((str(factor), factor.in_words.capitalize()) for factor in TimeFactor),
        sent={},
        errors={},
    )


def _retried(page: RequestPage, refused: Invalid | None, form: Sent | None) -> RequestPage:
    if refused is None or form is None:
        return page
    return replace(page, sent=form.texts(), errors=refused.fields)


def _events(db: Session, one: Clocked, zone: str, by: str) -> Iterator[Event]:
    happened = [(one.asked_at, Event("Asked", time_zones.in_words(one.asked_at, zone), one.asked_at.isoformat(), ""))]
    for each in request_notes.of(db, one.kind, one.id):
        when = f"{time_zones.in_words(each.at, zone)}, by {each.by}"
        happened.append((each.at, Event("Note", when, each.at.isoformat(), each.words)))
    if one.answered_at:
        when = time_zones.in_words(one.answered_at, zone) + (f", by {by}" if by else "")
        happened.append((one.answered_at, Event("Answered", when, one.answered_at.isoformat(), "")))
    yield from (event for _, event in sorted(happened, key=lambda pair: pair[0]))
