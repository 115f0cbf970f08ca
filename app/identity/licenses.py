"""Licenses: any number per person, as she confirmed them; what a certificate prints is copied from here."""

import re
from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Invalid, NotFound

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


class NotHers(NotFound):
    """There is no such license, or it is somebody else's: nobody is told which."""


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


def confirm(db: Session, person: Person, parts: tuple[str, str, str], *, now: datetime) -> License:
    """Keep a license she confirmed, or confirm again the one that is kept."""
    state, kind, number = parts
    insert_once(db, License(person_id=person.id, state=state, type=kind, number=number, confirmed_at=now))
    mine = select(License).where(col(License.person_id) == person.id, col(License.state) == state)
    license_ = db.exec(mine.where(col(License.type) == kind, col(License.number) == number)).one()
    license_.confirmed_at = now
    db.add(license_)
    return license_


def latest(db: Session, person: Person) -> License | None:
    """Give the license she confirmed last."""
    mine = select(License).where(col(License.person_id) == person.id)
    return db.exec(mine.order_by(col(License.confirmed_at).desc(), col(License.id).desc())).first()


def of(db: Session, person: Person, license_id: int) -> License:
    """Give a license of hers, or raise `NotHers`."""
    license_ = db.get(License, license_id)
    if license_ is None or license_.person_id != person.id:
        raise NotHers
    return license_


def all_of(db: Session, person: Person) -> list[License]:
    """Give all her licenses, by state and type."""
    mine = select(License).where(col(License.person_id) == person.id)
    return list(db.exec(mine.order_by(col(License.state), col(License.type), col(License.id))))


def renewal_date(typed: str) -> date | None:
    """Read a renewal date as a form sends it; nothing where she left it empty."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid({"renews_on": "Enter the date like 2027-06-30."}) from None


def renew_on(db: Session, license_: License, on: date | None) -> None:
    """Keep when a license must be renewed next."""
    license_.renews_on = on
    db.add(license_)
