"""Looking up by license, for a board's staff: which certificates name a license, in a period, and how they stand.

A license number belongs in no address and in no log, so the search is a form that is sent, and its answer is the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.awards import license_lookups, numbers
from app.awards.document import wording
from app.awards.finding import Hit
from app.awards.license_lookups import LookedUp, Wanted
from app.awards.verdicts import Status
from app.identity.licenses import STATES
from app.identity.people import Person
from app.kit import tables
from app.kit.errors import Invalid, TooMany
from app.kit.tables import Cell
from app.request import Db, Form, House, Now, Searcher, Wiring
from app.web.admin.exporting import sent as as_file
from app.web.render import Page, Shows
from app.web.words import counted

router = APIRouter()
PLACE = "/officer"
FIELDS = ("license_state", "license_number", "license_type", "since", "until")
USUAL_PERIOD = timedelta(days=730)  # a renewal period of most boards
PRIVATE = {"Cache-Control": "private, no-store"}
ABOUT = ("Certificate number", "Status", "Demonstration", "License type", "Course", "Completed on")
HEAD = (*ABOUT, "Contact hours", "Hours by type", "Check at")
LOOKS = {
    Status.VALID: ("Valid", "shield-check", "right"),
    Status.SUPERSEDED: ("Superseded: another one counts instead", "triangle-alert", "attention"),
    Status.REVOKED: ("Revoked", "shield-x", "wrong"),
}


class TooManyLookups(TooMany):
    """One account looks up at a rate that no desk does."""

    def __init__(self, seconds: int) -> None:
        """Say how long to wait."""
        super().__init__(f"You have looked up 60 licenses within a minute. Wait {counted(seconds, 'second')}.")
        self.retry_after = seconds


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One certificate that names the license."""

    href: str
    number: str  # in groups
    course: str
    type: str  # of the license
    completed: str
    hours: tuple[str, ...]  # 0.5 ethics
    standing: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What a look-up gave."""

    license: str  # NY 081234, as it was asked
    period: str
    rows: tuple[FoundRow, ...]
    is_mixed: bool
    hours: tuple[tuple[str, str], ...]  # type and contact hours of those that are valid
    total: str


@dataclass(frozen=True, kw_only=True)
class LookUpPage(Page):
    """The form, and what it gave."""

    template: ClassVar[str] = "officer/look_up.html"
    wide: ClassVar[bool] = True
    states: tuple[tuple[str, str], ...] = tuple(STATES.items())
    sent: Mapping[str, str]
    errors: Mapping[str, str]
    found: Answered | None = None


@router.get(PLACE)
def ask(_searcher: Searcher, now: Now, show: Shows) -> Response:
    """Ask for a license and a period."""
    days = {"since": (now - USUAL_PERIOD).date().isoformat(), "until": now.date().isoformat()}
    return show(LookUpPage(title="Look up a license", sent=days, errors={}))


@router.post(PLACE)
def look_up(house: House, db: Db, searcher: Searcher, form: Form, now: Now, show: Shows) -> Response:
    """Show which certificates name the license."""
    try:
        wanted = license_lookups.read(form.texts())
    except Invalid as refused:
        return _again(show, form.texts(), refused)
    found = _found(house, db, wanted, by=searcher, form="page", now=now)
    typed = {name: form.text(name) for name in FIELDS}
    answer = show(LookUpPage(title="Look up a license", sent=typed, errors={}, found=_answered(wanted, found)))
    answer.headers.update(PRIVATE)
    return answer


@router.post(f"{PLACE}/certificates.csv")
def as_csv(house: House, db: Db, searcher: Searcher, form: Form, now: Now, show: Shows) -> Response:
    """Give the same as a table for a spreadsheet."""
    try:
        wanted = license_lookups.read(form.texts())
    except Invalid as refused:
        return _again(show, form.texts(), refused)
    found = _found(house, db, wanted, by=searcher, form="csv", now=now)
    pieces = tables.csv_pieces(HEAD, [tuple(_cells(one)) for one in found.hits])
    return as_file(pieces, media_type=tables.CSV_TYPE, name=f"certificates-{now:%Y-%m-%d}.csv")


def _again(show: Shows, typed: Mapping[str, str], refused: Invalid) -> Response:
    return show(LookUpPage(title="Look up a license", sent=typed, errors=refused.fields), status=refused.status)


def _found(house: Wiring, db: Session, wanted: Wanted, *, by: Person, form: str, now: datetime) -> LookedUp:
    if seconds := house.lookups_allowed.take(str(by.id)):
        raise TooManyLookups(seconds)
    return license_lookups.look_up(db, wanted, by=by, form=form, now=now)


def _answered(wanted: Wanted, found: LookedUp) -> Answered:
    hours = found.hours_by_type
    return Answered(
        license=" ".join(filter(None, (wanted.state, wanted.type, wanted.number))),
        period=wording.period(wanted.since, wanted.until),
        rows=tuple(map(_row, found.hits)),
        is_mixed=found.is_mixed,
        hours=tuple(
            (wording.hour_kind(kind).capitalize(), wording.figures(amount)) for kind, amount in wording.in_order(hours)
        ),
        total=wording.total(found.total_hours),
    )


def _row(hit: Hit) -> FoundRow:
    facts = hit.certificate.facts
    standing, icon, tone = LOOKS[hit.status]
    return FoundRow(
        href=f"/v/{facts.number}",
        number=numbers.in_groups(facts.number),
        course=facts.course_title,
        type=facts.license.type if facts.license else "",
        completed=wording.date_in_words(facts.completed_on),
        hours=wording.hours_in_short(facts.credit_hours),
        standing=f"{standing}. {wording.DEMONSTRATION}" if facts.demonstration else standing,
        icon=icon,
        tone=tone,
    )


def _cells(hit: Hit) -> Iterator[Cell]:
    facts = hit.certificate.facts
    yield from (numbers.in_groups(facts.number), hit.status.value, "yes" if facts.demonstration else "no")
    yield from (facts.license.type if facts.license else "", facts.course_title, facts.completed_on.isoformat())
    yield from (facts.total_hours, ", ".join(wording.hours_in_short(facts.credit_hours)), facts.verify_url)
