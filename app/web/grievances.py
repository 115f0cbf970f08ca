"""Grievances: a form for everybody, with an account or without; and on her account, all that she asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.identity import grievances, request_clocks, requests
from app.identity.people import Person
from app.identity.request_clocks import Clocked, Kind
from app.kit import time_zones
from app.kit.errors import Invalid
from app.library import approvals, provider
from app.request import Db, Form, Learner, Now, Visitor
from app.web.render import Page, Shows, see_other

router = APIRouter()
PLACE = "/grievances"
HERS = "/account/requests"


@dataclass(frozen=True, kw_only=True)
class GrievancePage(Page):
    """Room to say what was not right."""

    template: ClassVar[str] = "account/grievance.html"
    policy: str
    within: str
    longest: int
    email: str  # of who is signed in; else she is asked for it
    is_sent: bool
    sent: Mapping[str, str]
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of hers, and how it stands."""

    what: str
    words: str
    when: str
    state: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class RequestsPage(Page):
    """Everything that she asked for."""

    template: ClassVar[str] = "account/requests.html"
    asked: tuple[Asked, ...]


@router.get(PLACE)
def ask(request: Request, db: Db, visitor: Visitor, show: Shows) -> HTMLResponse:
    """Show the form, or that what was written has arrived."""
    return show(_page(db, visitor, is_sent="sent" in request.query_params))


@router.post(PLACE)
def send(db: Db, visitor: Visitor, form: Form, now: Now, show: Shows) -> Response:
    """Keep what somebody holds against the provider."""
    try:
        grievances.send(
            db,
            form.text("words"),
            email=form.text("email"),
            name=form.text("name"),
            person=visitor,
            provider_email=provider.current(db).email,
            now=now,
        )
    except Invalid as refused:
        page = _page(db, visitor, sent=form.texts(), errors=refused.fields)
        return show(page, status=refused.status)
    return see_other(HERS if visitor else f"{PLACE}?sent")


@router.get(HERS)
def hers(db: Db, learner: Learner, now: Now, show: Shows) -> HTMLResponse:
    """Show everything that she asked for, and by when it is answered."""
    zone = learner.time_zone or "UTC"
    asked = [
        _asked(request_clocks.of_accommodation(learner, one, now=now), one.needs, one.answer, zone)
        for one in requests.of(db, learner)
    ]
    asked += [
        _asked(request_clocks.of_grievance(one, now=now), one.words, one.answer, zone)
        for one in grievances.of(db, learner)
    ]
    newest_first = tuple(each for _, each in sorted(asked, key=lambda pair: pair[0].asked_at, reverse=True))
    return show(RequestsPage(title="Your requests", asked=newest_first))


def _asked(one: Clocked, words: str, answer: str, zone: str) -> tuple[Clocked, Asked]:
    what = "Accommodation" if one.kind == Kind.ACCOMMODATION else "Grievance"
    state = "Answered" if one.answered_at else f"To be answered by {approvals.in_words(one.due_on)}"
    return one, Asked(f"{what} {one.id}", words, time_zones.in_words(one.asked_at, zone), state, answer)


def _page(
    db: Db,
    visitor: Person | None,
    *,
    is_sent: bool = False,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> GrievancePage:
    return GrievancePage(
        title="Grievances",
        policy=provider.current(db).grievance_policy,
        within=grievances.ANSWERED_WITHIN,
        longest=grievances.LONGEST,
        email=visitor.email if visitor else "",
        is_sent=is_sent,
        sent=sent or {},
        errors=errors or {},
    )
