"""Accommodations: what she needs in her exams, asked in her own words, and what was granted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from app.identity import requests
from app.identity.people import Person
from app.identity.requests import ANSWERED_WITHIN, LONGEST_REQUEST
from app.kit import time_zones
from app.kit.errors import Invalid
from app.library import provider
from app.request import Db, Form, Learner, Now
from app.web.render import Page, Shows, see_other

router = APIRouter()
PLACE = "/account/accommodations"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of hers, and what came of it."""

    needs: str
    asked: str
    answer: str  # empty while nobody has answered


@dataclass(frozen=True, kw_only=True)
class AccommodationsPage(Page):
    """What holds for her now, what she asked for, and room to ask."""

    template: ClassVar[str] = "account/accommodations.html"
    granted: str  # in words; empty where the usual terms hold
    within: str
    longest: int
    policy: str  # the provider's own words
    past: tuple[Asked, ...]
    sent: Mapping[str, str]
    errors: Mapping[str, str]


@router.get(PLACE)
def accommodations(db: Db, learner: Learner, show: Shows) -> Response:
    """Show what holds for her, and let her ask."""
    return show(_page(db, learner, sent={}, errors={}))


@router.post(PLACE)
def ask(db: Db, learner: Learner, form: Form, now: Now, show: Shows) -> Response:
    """Keep what she needs, and tell the provider that somebody asked."""
    try:
        requests.ask(db, learner, form.text("needs"), provider_email=provider.current(db).email, now=now)
    except Invalid as refused:
        return show(_page(db, learner, sent=form.texts(), errors=refused.fields), status=refused.status)
    return see_other(PLACE)


def _page(db: Db, learner: Person, *, sent: Mapping[str, str], errors: Mapping[str, str]) -> AccommodationsPage:
    terms, zone = requests.granted(db, learner.id), learner.time_zone or "UTC"
    return AccommodationsPage(
        title="Accommodations",
        granted=terms.in_words if terms else "",
        within=ANSWERED_WITHIN,
        longest=LONGEST_REQUEST,
        policy=provider.current(db).accommodations_policy,
        past=tuple(
            Asked(one.needs, time_zones.in_words(one.asked_at, zone), one.answer) for one in requests.of(db, learner)
        ),
        sent=sent,
        errors=errors,
    )
