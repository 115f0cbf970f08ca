"""Her licenses: what boards match certificates by, added, changed and taken off by herself, with every change kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import Response

from app.awards.document import wording
from app.identity import license_formats, licenses
from app.identity.license_changes import LicenseChange
from app.identity.licenses import STANDS, License
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import Conflict, Invalid
from app.request import Db, Form, Learner, Now, RowNumber
from app.web.render import Page, Shows, see_other
from app.web.words import counted

router = APIRouter()
PLACE = "/account/licenses"
CHECKED = "Written as numbers of this kind usually are."
UNUSUAL = "Not written as numbers of this kind usually are. You said that it stands like this on your license."
NOT_LIKE_OTHERS = "Not written as numbers of this kind usually are. Please check it."
NOT_CHECKED = "We do not know how this state writes its numbers, so this one was not checked."


@dataclass(frozen=True, slots=True)
class LicenseRow:
    """One license on her list."""

    href: str
    name: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change, in words."""

    what: str
    when: str


@dataclass(frozen=True, kw_only=True)
class LicensesPage(Page):
    """All her licenses, and what became of each."""

    template: ClassVar[str] = "account/licenses.html"
    licenses: tuple[LicenseRow, ...]
    history: tuple[ChangeRow, ...]


@dataclass(frozen=True, kw_only=True)
class LicensePage(Page):
    """The form of one license."""

    template: ClassVar[str] = "account/license.html"
    action: str
    removal: str  # where a form takes it off her list; empty for one that is not on it yet
    states: tuple[tuple[str, str], ...]
    sent: Mapping[str, str]
    errors: Mapping[str, str]
    is_unusual: bool  # she is asked whether the number stands like this on her license


@router.get(PLACE)
def all_licenses(db: Db, learner: Learner, show: Shows) -> Response:
    """Show her licenses and their history."""
    page = LicensesPage(
        title="Your licenses",
        licenses=tuple(_row(one) for one in licenses.all_of(db, learner)),
        history=tuple(_change(one, learner) for one in licenses.history(db, learner)),
    )
    return show(page)


@router.get(f"{PLACE}/new")
def new(_learner: Learner, show: Shows) -> Response:
    """Ask for a license."""
    return show(_form(None, sent={}, errors={}))


@router.post(PLACE)
def add(db: Db, learner: Learner, form: Form, now: Now, show: Shows) -> Response:
    """Put a license on her list."""
    try:
        details = licenses.read_details(form.texts())
        licenses.add(db, learner, details, stands=form.text(STANDS) == "yes", now=now)
    except (Invalid, licenses.AlreadyListed) as refused:
        return _again(show, None, form.texts(), refused)
    return see_other(PLACE)


@router.get(PLACE + "/{license_id}")
def one_license(license_id: RowNumber, db: Db, learner: Learner, show: Shows) -> Response:
    """Show the form of a license, with what is kept of it."""
    license_ = licenses.of(db, learner, license_id)
    return show(_form(license_, sent=_sent(license_), errors={}))


@router.post(PLACE + "/{license_id}")
def change(license_id: RowNumber, db: Db, learner: Learner, form: Form, now: Now, show: Shows) -> Response:
    """Keep what she changed."""
    license_ = licenses.of(db, learner, license_id)
    try:
        details, stands = licenses.read_details(form.texts()), form.text(STANDS) == "yes"
        licenses.change(db, license_, details, by=learner.actor, stands=stands, now=now)
    except (Invalid, licenses.AlreadyListed) as refused:
        return _again(show, license_, form.texts(), refused)
    return see_other(PLACE)


@router.post(PLACE + "/{license_id}/removal")
def remove(license_id: RowNumber, db: Db, learner: Learner, now: Now) -> Response:
    """Take a license off her list."""
    licenses.remove(db, licenses.of(db, learner, license_id), by=learner.actor, now=now)
    return see_other(PLACE)


def _again(show: Shows, license_: License | None, sent: Mapping[str, str], refused: Invalid | Conflict) -> Response:
    errors = refused.fields if isinstance(refused, Invalid) else {"license_number": refused.message}
    return show(_form(license_, sent=sent, errors=errors), status=refused.status)


def _form(license_: License | None, *, sent: Mapping[str, str], errors: Mapping[str, str]) -> LicensePage:
    typed = (sent.get(f"license_{part}", "") for part in ("state", "type", "number"))
    return LicensePage(
        title="Change a license" if license_ else "Add a license",
        action=f"{PLACE}/{license_.id}" if license_ else PLACE,
        removal=f"{PLACE}/{license_.id}/removal" if license_ else "",
        states=tuple(licenses.STATES.items()),
        sent=sent,
        errors=errors,
        is_unusual=bool(license_formats.unusual(*typed)),
    )


def _sent(license_: License) -> dict[str, str]:
    details = license_.details.parts
    named = {
        f"license_{part}" if part in {"state", "type", "number"} else part: words for part, words in details.items()
    }
    return named | ({STANDS: "yes"} if license_.unusual_confirmed_at else {})


def _row(license_: License) -> LicenseRow:
    facts = [("Number", f"{license_.number}. {_checked(license_)}")]
    facts += [("First issued", _day(license_.first_issued_on))] if license_.first_issued_on else []
    facts += [("Renews on", _day(license_.renews_on))] if license_.renews_on else []
    if license_.window:
        first, last = license_.window
        facts.append(("Renewal period", f"{_day(first)} to {_day(last)}"))
    elif license_.renewal_months:
        facts.append(("Renewal period", counted(license_.renewal_months, "month")))
    name = f"{licenses.STATES.get(license_.state, license_.state)} {license_.type}"
    return LicenseRow(f"{PLACE}/{license_.id}", name, tuple(facts))


def _checked(license_: License) -> str:
    form = license_formats.of(license_.state, license_.type)
    if form is None:
        return NOT_CHECKED
    return CHECKED if form.fits(license_.number) else UNUSUAL if license_.unusual_confirmed_at else NOT_LIKE_OTHERS


def _change(change: LicenseChange, learner: Person) -> ChangeRow:
    parts = change.parts
    name = " ".join(parts.get(part, "") for part in ("state", "type")) + f", number {parts.get('number', '')}"
    more = [f"first issued {_written(parts['first_issued_on'])}"] if "first_issued_on" in parts else []
    more += [f"renews on {_written(parts['renews_on'])}"] if "renews_on" in parts else []
    by = "" if change.by_id in {learner.id, None} else " by the provider"
    return ChangeRow(f"{change.act.capitalize()}{by}: {'; '.join((name, *more))}", _when(change.at, learner))


def _written(day: str) -> str:
    return _day(date.fromisoformat(day))


def _day(day: date | None) -> str:
    return wording.date_in_words(day) if day else ""


def _when(at: datetime, learner: Person) -> str:
    return time_zones.in_words(at, learner.time_zone or "UTC")
