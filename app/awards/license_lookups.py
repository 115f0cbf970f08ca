"""Looking up by license: which certificates of a period print this very license, as a board's staff asks.

What counts is what a certificate prints, not what its holder's list of licenses says today: so one whose account is
gone is found, and one that was erased is not. Numbers are compared as letters and digits. Each look-up is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app import audit
from app.awards import finding, transcripts
from app.awards.certificates import Certificate
from app.awards.finding import Hit
from app.awards.verdicts import Status
from app.identity.licenses import STATES
from app.identity.people import Person
from app.kit.errors import Invalid
from app.kit.listing import Selected

MOST_DAYS = 2_192  # six years: three renewal periods of most boards
LONGEST_NUMBER = 30
YEARS = range(1990, 2200)
SEPARATORS = " ./-"  # what a license number may hold besides letters and digits (identity/licenses.py)
AN_OCEAN = timedelta(days=2)  # no calendar is further from UTC


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    state: str
    number: str  # letters and digits
    type: str  # the same; empty where any type is meant
    since: date
    until: date

    @property
    def named(self) -> str:
        """What the trail calls it: the state and the period, and no number, for a line of the trail stays."""
        return f"{self.state} {self.since}..{self.until}"


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a look-up gave, oldest first."""

    hits: tuple[Hit, ...]

    @property
    def is_mixed(self) -> bool:
        """Whether they are of several types of license or of several holders, so that a sum would be nobody's."""
        types = {plain(one.certificate.facts.license.type) for one in self.hits if one.certificate.facts.license}
        return len(types) > 1 or len({one.certificate.person_id for one in self.hits}) > 1

    @property
    def hours_by_type(self) -> dict[str, Decimal]:
        """Contact hours of those that are valid, by type."""
        valid = [one.certificate for one in self.hits if one.status is Status.VALID]
        return transcripts.of("", valid).hours_by_type

    @property
    def total_hours(self) -> Decimal:
        """Contact hours of those that are valid, in all."""
        return sum(self.hours_by_type.values(), Decimal(0))


def plain(written: str) -> str:
    """Give the letters and digits of a number or a type, as capitals."""
    return "".join(sign for sign in written.upper() if sign.isascii() and sign.isalnum())


def read(sent: Mapping[str, str]) -> Wanted:
    """Read a look-up as it was typed; raise `Invalid` with a sentence for each mistake."""
    state, number = sent.get("license_state", "").strip().upper(), plain(sent.get("license_number", ""))
    mistakes = {}
    if state not in STATES:
        mistakes["license_state"] = "Choose the state that issued the license."
    if not 0 < len(number) <= LONGEST_NUMBER:
        mistakes["license_number"] = f"Enter the license number: letters and digits, up to {LONGEST_NUMBER}."
    since, until = (_day(sent.get(name, "")) for name in ("since", "until"))
    mistakes |= _mistakes_of_period(since, until)
    if mistakes or since is None or until is None:
        raise Invalid(mistakes)
    return Wanted(state, number, plain(sent.get("license_type", "")), since, until)


def look_up(db: Session, wanted: Wanted, *, by: Person, form: str, now: datetime) -> LookedUp:
    """Give what is looked for, and write down that it was: for each whose certificate was found, or for nobody."""
    found = find(db, wanted)
    holders = {one.certificate.person_id for one in found.hits}
    told = sorted(one for one in holders if one is not None and one != by.id)
    for whose in told:
        named, act = wanted.named, audit.FOUND
        audit.look_at(db, whose, by=by.actor, role=by.role, form=form, subject=named, now=now, act=act)
    if not told:
        detail = {"role": by.role, "form": form, "certificates": len(found.hits)}
        audit.record(db, actor=by.actor, act=audit.FOUND, subject=wanted.named, now=now, detail=detail)
    return found


def find(db: Session, wanted: Wanted) -> LookedUp:
    """Find the certificates of a period that print a license."""
    newer = aliased(Certificate)
    rows: Selected = select(Certificate, col(newer.id).label("newer"))
    rows = rows.outerjoin(newer, col(newer.replaces) == col(Certificate.id)).where(*_may_be(wanted))
    hits = [one for one in map(finding.hit, db.execute(rows)) if _is(one.certificate, wanted)]
    return LookedUp(tuple(sorted(hits, key=lambda one: (one.certificate.completed_at, one.certificate.number))))


def _may_be(wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    """Select by what stands in canonical JSON, with capitals and without separators, around those days."""
    first = datetime.combine(wanted.since, time.min, UTC) - AN_OCEAN
    last = datetime.combine(wanted.until, time.min, UTC) + AN_OCEAN
    written: ColumnElement[str] = func.upper(col(Certificate.personal))
    for sign in SEPARATORS:
        written = func.replace(written, sign, "")
    told = f'%"LICENSE":{{"NUMBER":"{wanted.number}","STATE":"{wanted.state}",%'
    return col(Certificate.completed_at) >= first, col(Certificate.completed_at) < last, written.like(told)


def _is(certificate: Certificate, wanted: Wanted) -> bool:
    facts = certificate.facts
    named = facts.license
    if named is None or not wanted.since <= facts.completed_on <= wanted.until:
        return False
    is_type = not wanted.type or plain(named.type) == wanted.type
    return is_type and (named.state, plain(named.number)) == (wanted.state, wanted.number)


def _mistakes_of_period(since: date | None, until: date | None) -> dict[str, str]:
    days = {"since": since, "until": until}
    mistakes = {name: "Enter the date like 2026-11-20." for name, day in days.items() if day is None}
    if since and until and until < since:
        mistakes["until"] = "The last day must not be before the first day."
    if since and until and (until - since).days > MOST_DAYS:
        mistakes["since"] = "A period is up to six years long. Choose a later first day."
    return mistakes


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None
