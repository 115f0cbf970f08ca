"""Licenses: any number per person, as she confirmed them; what a certificate prints is copied from here.

A license that she removes is kept with the day on which she did, and so is every change: certificates name it.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import audit
from app.identity import license_changes, license_formats
from app.identity.license_changes import Act, LicenseChange
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Conflict, Invalid, NotFound

# States, the District of Columbia and the territories that license social workers, by postal abbreviation.
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "GU": "Guam", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "MP": "Northern Mariana Islands", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VI": "U.S. Virgin Islands", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
TYPE = re.compile(r"[A-Za-z][A-Za-z .()/-]{0,39}")
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{0,29}")
MONTHS = range(1, 121)  # of a renewal period: boards ask for twelve, twenty-four or thirty-six
NO_DATE = "Enter the date like 2027-06-30."
STANDS = "license_stands"  # the box by which she says that an unusual number is right


class License(SQLModel, table=True):
    """One license of one person. A number given again is confirmed again, not stored twice."""

    __tablename__ = "license"
    __table_args__ = (UniqueConstraint("person_id", "state", "type", "number"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    state: str
    type: str
    number: str
    confirmed_at: datetime = Field(sa_type=UtcDateTime)
    renews_on: date | None = None  # when it must be renewed next, as she told us
    first_issued_on: date | None = None
    renewal_months: int | None = None  # how long a renewal period is
    unusual_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # “it stands like this on mine”
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def name(self) -> str:
        """What to call it: NY LCSW, number 081234."""
        return f"{self.state} {self.type}, number {self.number}"

    @property
    def window(self) -> tuple[date, date] | None:
        """The renewal period that it is in now, first day and last; nothing where it is not known."""
        if self.renews_on is None or self.renewal_months is None:
            return None
        return _months_before(self.renews_on, self.renewal_months) + timedelta(days=1), self.renews_on

    @property
    def details(self) -> "Details":
        """Everything she told us of it."""
        return Details(
            self.state, self.type, self.number, self.first_issued_on, self.renews_on, self.renewal_months
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Details:
    """Everything that is told of a license."""

    state: str
    type: str
    number: str
    first_issued_on: date | None = None
    renews_on: date | None = None
    renewal_months: int | None = None

    @property
    def parts(self) -> dict[str, str]:
        """The same in plain words, for the history: what is not known is left out."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}


class NotHers(NotFound):
    """There is no such license, or it is somebody else's: nobody is told which."""


class AlreadyListed(Conflict):
    """She has it on her list."""

    message = "This license is on your list already. Change the one that is there."


def read(state: str, kind: str, number: str) -> tuple[str, str, str] | None:
    """Read a license as typed: all three parts, or none of them; raise `Invalid` for anything between."""
    state, kind, number = state.strip().upper(), " ".join(kind.split()), " ".join(number.split())
    if not (state or kind or number):
        return None
    mistakes = {}
    if state not in STATES:
        mistakes["license_state"] = "Choose the state that issued your license."
    if not TYPE.fullmatch(kind):
        mistakes["license_type"] = "Enter the type of your license, such as LCSW."
    if not NUMBER.fullmatch(number):
        mistakes["license_number"] = "Enter your license number as it stands on your license."
    if mistakes:
        raise Invalid(mistakes)
    return state, kind, number


def read_confirmed(sent: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Read a license from a form, and ask once about a number that is not written as that state's usually are."""
    parts = read(*(sent.get(f"license_{part}", "") for part in ("state", "type", "number")))
    if parts and (usual := license_formats.unusual(*parts)) and sent.get(STANDS) != "yes":
        state = STATES[parts[0]]
        raise Invalid(
            {"license_number": f"{state} usually has {usual}. Check it, or say below that yours stands like this."}
        )
    return parts


def read_details(sent: Mapping[str, str]) -> Details:
    """Read everything the form of a license asks; raise `Invalid` with a sentence for each mistake."""
    mistakes: dict[str, str] = {}
    days: dict[str, date | None] = {}
    parts = None
    try:
        parts = read_confirmed(sent)
    except Invalid as refused:
        mistakes |= refused.fields
    if parts is None and not mistakes:
        mistakes["license_state"] = "Choose the state that issued your license."
    for name in ("first_issued_on", "renews_on"):
        try:
            days[name] = _day(sent.get(name, ""))
        except ValueError:
            mistakes[name] = NO_DATE
    months = sent.get("renewal_months", "").strip()
    if months and not (months.isascii() and months.isdecimal() and len(months) < 4 and int(months) in MONTHS):
        mistakes["renewal_months"] = "Enter a number of months, such as 24."
    if mistakes or parts is None:
        raise Invalid(mistakes)
    first_issued_on, renews_on = days["first_issued_on"], days["renews_on"]
    return Details(*parts, first_issued_on, renews_on, int(months) if months else None)


def confirm(
    db: Session, person: Person, parts: tuple[str, str, str], *, stands: bool = False, now: datetime
) -> License:  # fmt: skip
    """Keep a license she confirmed, or confirm again the one that is kept; `stands`: she was asked about its number."""
    state, kind, number = parts
    is_new = insert_once(db, License(person_id=person.id, state=state, type=kind, number=number, confirmed_at=now))
    license_ = _same(db, person, parts)
    is_back = license_.removed_at is not None
    license_.confirmed_at, license_.removed_at = now, None
    if stands:
        license_.unusual_confirmed_at = now
    db.add(license_)
    if is_new or is_back:
        _record(db, license_, Act.ADDED, by=person.actor, now=now)
    return license_


def enter(db: Session, person: Person, parts: tuple[str, str, str], *, by: audit.Actor, now: datetime) -> bool:
    """Put a license on her list as the office knows it; one that stands there, or that she removed, stays as it is."""
    state, kind, number = parts
    is_new = insert_once(db, License(person_id=person.id, state=state, type=kind, number=number, confirmed_at=now))
    if is_new:
        _record(db, _same(db, person, parts), Act.ADDED, by=by, now=now)
    return is_new


def add(db: Session, person: Person, details: Details, *, stands: bool = False, now: datetime) -> License:
    """Put a license on her list, with everything she tells of it."""
    parts = (details.state, details.type, details.number)
    before = db.exec(_mine(person).where(*_of_parts(parts))).first()
    if before is not None and before.removed_at is None:
        raise AlreadyListed
    license_ = confirm(db, person, parts, stands=stands, now=now)
    if license_.details != details:
        _tell(license_, details)
        _record(db, license_, Act.CHANGED, by=person.actor, now=now)
    db.add(license_)
    return license_


def change(
    db: Session, license_: License, details: Details, *, by: audit.Actor, stands: bool = False, now: datetime
) -> None:  # fmt: skip
    """Tell something else of a license. What it was before stays in its history; certificates keep what they print."""
    if license_.details == details:
        return
    twin = select(License.id).where(col(License.person_id) == license_.person_id, col(License.id) != license_.id)
    if db.exec(twin.where(*_of_parts((details.state, details.type, details.number)))).first():
        raise AlreadyListed
    _tell(license_, details)
    license_.confirmed_at = now
    license_.unusual_confirmed_at = now if stands else None
    db.add(license_)
    _record(db, license_, Act.CHANGED, by=by, now=now)


def remove(db: Session, license_: License, *, by: audit.Actor, now: datetime) -> None:
    """Take a license off her list. Its row and its history stay: certificates may name it."""
    license_.removed_at = now
    db.add(license_)
    _record(db, license_, Act.REMOVED, by=by, now=now)


def latest(db: Session, person: Person) -> License | None:
    """Give the license she confirmed last."""
    newest = _mine(person).where(col(License.removed_at).is_(None))
    return db.exec(newest.order_by(col(License.confirmed_at).desc(), col(License.id).desc())).first()


def of(db: Session, person: Person, license_id: int) -> License:
    """Give a license on her list, or raise `NotHers`."""
    license_ = db.get(License, license_id)
    if license_ is None or license_.person_id != person.id or license_.removed_at is not None:
        raise NotHers
    return license_


def all_of(db: Session, person: Person) -> list[License]:
    """Give all licenses on her list, by state and type."""
    mine = _mine(person).where(col(License.removed_at).is_(None))
    return list(db.exec(mine.order_by(col(License.state), col(License.type), col(License.id))))


def history(db: Session, person: Person) -> list[LicenseChange]:
    """Give every change to any license of hers, newest first; those she removed are in it."""
    return license_changes.of(db, db.exec(select(License.id).where(col(License.person_id) == person.id)))


def forget(db: Session, person: Person) -> None:
    """Forget every license of hers, and what its history tells. Certificates keep what they print, for their time."""
    theirs = list(db.exec(_mine(person)))
    license_changes.forget(db, [one.id for one in theirs])
    for one in theirs:
        db.delete(one)
    db.flush()


def renewal_date(typed: str) -> date | None:
    """Read a renewal date as a form sends it; nothing where she left it empty."""
    try:
        return _day(typed)
    except ValueError:
        raise Invalid({"renews_on": NO_DATE}) from None


def renew_on(db: Session, license_: License, on: date | None, *, now: datetime) -> None:
    """Keep when a license must be renewed next."""
    if license_.renews_on == on:
        return
    license_.renews_on = on
    db.add(license_)
    license_changes.record(
        db, license_.id, Act.CHANGED, license_.details.parts, by_id=license_.person_id, now=now
    )  # fmt: skip


def _mine(person: Person) -> SelectOfScalar[License]:
    return select(License).where(col(License.person_id) == person.id)


def _of_parts(parts: tuple[str, str, str]) -> tuple[ColumnElement[bool], ...]:
    state, kind, number = parts
    return col(License.state) == state, col(License.type) == kind, col(License.number) == number


def _same(db: Session, person: Person, parts: tuple[str, str, str]) -> License:
    return db.exec(_mine(person).where(*_of_parts(parts)).execution_options(populate_existing=True)).one()


def _tell(license_: License, details: Details) -> None:
    license_.state, license_.type, license_.number = details.state, details.type, details.number
    license_.first_issued_on, license_.renews_on = details.first_issued_on, details.renews_on
    license_.renewal_months = details.renewal_months


def _record(db: Session, license_: License, act: Act, *, by: audit.Actor, now: datetime) -> None:
    license_changes.record(db, license_.id, act, license_.details.parts, by_id=by.id, now=now)
    audit.record(db, actor=by, act=f"license.{act}", subject=f"license {license_.id}", now=now)


def _day(typed: str) -> date | None:
    return date.fromisoformat(typed.strip()) if typed.strip() else None


def _months_before(day: date, months: int) -> date:
    """Give the same day some months before, or the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    year, month = max(year, 1), month + 1
    last = calendar.monthrange(year, month)[1]
    was_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month, last if was_last else min(day.day, last))
