"""Approvals: which hold, which end soon, what each covers, and ending one early or taking it back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.awards import approved
from app.content.course import Delivery, HourType
from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import Invalid
from app.library import approval_alarms, approvals, editions, provider
from app.library.approvals import Record
from app.request import Db, Form, FreshOfficeAdmin, Now, OfficeAdmin, Overseer, RowNumber
from app.web.admin.approval_form import FORMATS, HOUR_TYPES, PLACE
from app.web.admin.case import AdminPage, StateView
from app.web.happenings import Event
from app.web.render import Shows, see_other

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One approval in the list."""

    href: str
    body: str
    number: str
    scope: str
    period: str
    state: StateView


@dataclass(frozen=True, kw_only=True)
class ApprovalsPage(AdminPage):
    """Every approval, and on top those that end soon."""

    template: ClassVar[str] = "admin/approvals.html"
    alarms: tuple[tuple[str, str, str], ...]  # address, words, and whether it is over: the tone
    rows: tuple[ApprovalRow, ...]
    may_act: bool


@dataclass(frozen=True, kw_only=True)
class ApprovalPage(AdminPage):
    """One approval, whole."""

    template: ClassVar[str] = "admin/approval.html"
    body: str
    state: StateView
    alarm: str
    facts: tuple[tuple[str, str], ...]
    statement: str
    courses: tuple[tuple[str, str], ...]  # title, and the sentence that prints on its certificates
    certificates: str
    newest: tuple[tuple[str, str], ...]  # number in groups, and address
    events: tuple[Event, ...]
    end_href: str  # empty where there is nothing to end, or it is not hers to do


@dataclass(frozen=True, kw_only=True)
class EndPage(AdminPage):
    """Asks when and why an approval ends, or why it is taken back."""

    template: ClassVar[str] = "admin/approval_end.html"
    body: str
    number: str
    period: str
    base: str
    may_end: bool  # there is a day left on which it could end
    sent: Mapping[str, str]
    errors: Mapping[str, str]


@router.get(PLACE)
def approvals_list(db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Show every approval, newest period first."""
    today, titles = _today(overseer, now), _titles(db)
    alarms = approval_alarms.due(db, today=today)
    return show(
        ApprovalsPage(
            title="Approvals",
            trail=(("Approvals", ""),),
            alarms=tuple(
                (
                    _href(one.record),
                    f"{one.record.approval.body} {one.words}",
                    "wrong" if one.days_left < 0 else "caution",
                )
                for one in alarms
            ),
            rows=tuple(_row(one, titles, today) for one in approvals.all_of(db)),
            may_act=access.may(overseer, Right.OFFICE),
        )
    )


@router.get(f"{PLACE}/{{approval_id}}")
def approval_page(approval_id: RowNumber, db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Show one approval: what it says, what it covers, and what was done to it."""
    record = approvals.by_id(db, approval_id)
    today, one = _today(overseer, now), record.approval
    printed = approved.printing(db, record)
    alarm = next((each.words for each in approval_alarms.due(db, today=today) if each.record.approval.id == one.id), "")
    return show(
        ApprovalPage(
            title=one.body,
            trail=(("Approvals", PLACE), (one.body, "")),
            body=one.body,
            state=_state(record, today),
            alarm=alarm,
            facts=_facts(record, _titles(db)),
            statement=one.statement,
            courses=tuple(_courses(db, record, today)) if record.holds(today) else (),
            certificates=_counted(printed),
            newest=tuple((_grouped(number), f"/admin/certificates/{number}") for number in printed.newest),
            events=tuple(_events(record, overseer)),
            end_href=f"{_href(record)}/end" if access.may(overseer, Right.OFFICE) and not record.is_withdrawn else "",
        )
    )


@router.get(f"{PLACE}/{{approval_id}}/end")
def ask_end(approval_id: RowNumber, db: Db, _office: OfficeAdmin, show: Shows) -> HTMLResponse:
    """Ask when and why an approval ends."""
    return show(_end_page(approvals.by_id(db, approval_id), sent={}, errors={}))


@router.post(f"{PLACE}/{{approval_id}}/end")
def end(approval_id: RowNumber, db: Db, office: FreshOfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Let an approval end early."""
    record = approvals.by_id(db, approval_id)
    try:
        day = _typed_day(form.text("last_day"))
        approvals.end(db, record, last_day=day, reason=form.text("reason"), by=office.actor, now=now)
    except Invalid as refused:
        return show(_end_page(record, sent=form.texts(), errors=refused.fields), status=refused.status)
    return see_other(_href(record))


@router.post(f"{PLACE}/{{approval_id}}/withdraw")
def withdraw(approval_id: RowNumber, db: Db, office: FreshOfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Take back an approval that was entered by mistake."""
    record = approvals.by_id(db, approval_id)
    try:
        approvals.withdraw(db, record, reason=form.text("why"), by=office.actor, now=now)
    except Invalid as refused:
        errors = {"why": refused.fields["reason"]}
        return show(_end_page(record, sent=form.texts(), errors=errors), status=refused.status)
    return see_other(_href(record))


def _typed_day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid({"last_day": "Enter the date like 2027-06-30."}) from None


def _end_page(record: Record, *, sent: Mapping[str, str], errors: Mapping[str, str]) -> EndPage:
    one = record.approval
    return EndPage(
        title="End or withdraw",
        trail=(("Approvals", PLACE), (one.body, _href(record)), ("End or withdraw", "")),
        body=one.body,
        number=one.provider_number,
        period=_period(record),
        base=_href(record),
        may_end=not record.is_withdrawn and one.valid_from < record.last_day,
        sent=sent,
        errors=errors,
    )


def _today(person: Person, now: datetime) -> date:
    return now.astimezone(time_zones.zone(person.time_zone)).date()


def _href(record: Record) -> str:
    return f"{PLACE}/{record.approval.id}"


def _titles(db: Session) -> dict[str, str]:
    return {one.course_code: one.title for one in editions.on_offer(db)}


def _row(record: Record, titles: Mapping[str, str], today: date) -> ApprovalRow:
    one = record.approval
    return ApprovalRow(
        href=_href(record),
        body=one.body,
        number=one.provider_number,
        scope=_scope(record, titles),
        period=_period(record),
        state=_state(record, today),
    )


def _scope(record: Record, titles: Mapping[str, str]) -> str:
    one = record.approval
    if one.course_code is None:
        return "The provider"
    number = f" ({one.course_number})" if one.course_number else ""
    return f"{titles.get(one.course_code, one.course_code)}{number}"


def _period(record: Record) -> str:
    return f"{approvals.in_words(record.approval.valid_from)} to {approvals.in_words(record.last_day)}"


def _state(record: Record, today: date) -> StateView:
    if record.is_withdrawn:
        return StateView("circle-x", "wrong", "Withdrawn")
    if today > record.last_day:
        was_ended = record.last_day < record.approval.valid_to
        return StateView("circle-x", "wrong", "Ended early" if was_ended else "Ended")
    if today < record.approval.valid_from:
        return StateView("hourglass", "attention", "Begins later")
    return StateView("circle-check", "right", "Holds")


def _facts(record: Record, titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    one = record.approval
    formats = [FORMATS[Delivery(each)] for each in json.loads(one.formats)]
    types = [HOUR_TYPES[HourType(each)] for each in json.loads(one.hour_types)]
    return (
        ("Number", one.provider_number),
        ("For", _scope(record, titles)),
        ("Holds", _period(record)),
        ("Formats", "; ".join(formats)),
        ("Types of hours", ", ".join(types)),
    )


def _courses(db: Session, record: Record, today: date) -> Iterator[tuple[str, str]]:
    name = provider.current(db).name
    for course in (one.course for one in editions.on_offer(db)):
        if record.covers(course_code=course.code, delivery=str(course.format), on=today):
            hours = {str(kind): amount for kind, amount in course.credit.claimed.items() if amount}
            if said := approvals.statement(record.approval, provider=name, hours=hours):
                yield course.title, said


def _counted(printed: approved.Printing) -> str:
    if not printed.count:
        return "No certificate prints it."
    many = f"{printed.count:,} certificate{' prints' if printed.count == 1 else 's print'} it"
    among = "" if printed.is_all else f", among the newest {approved.MOST_READ:,} of its time"
    return f"{many}{among}. What is issued keeps its words, whatever becomes of this record."


def _grouped(number: str) -> str:
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))


def _events(record: Record, looks: Person) -> Iterator[Event]:
    zone = looks.time_zone or "UTC"
    added = record.approval.added_at
    yield Event("Added", time_zones.in_words(added, zone), added.isoformat(), "")
    for one in record.ends:
        words = f"Ends early, on {approvals.in_words(one.last_day)}" if one.last_day else "Withdrawn"
        yield Event(words, f"{time_zones.in_words(one.at, zone)}, by {one.by}", one.at.isoformat(), one.reason)
