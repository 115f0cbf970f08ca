"""People: one person, one account, known by an e-mail address; her legal name is set once, and attested."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.kit import time_zones
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Invalid

ADDRESS = re.compile(r"[^@\s<>\"',;:\\]{1,64}@[^@\s<>\"',;:\\]{1,189}\.[^@\s<>\"',;:\\.]{2,63}")
NAME_LONGEST = 120


class Role(StrEnum):
    """What an account is for. Rights follow from it in `access`."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    OFFICER = "officer"
    ADMIN = "admin"


class Person(SQLModel, table=True):
    """One account. The legal name is what certificates print; it is attested when it is set."""

    __tablename__ = "person"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    email: str  # as she typed it first
    email_key: str = Field(unique=True)  # two spellings of one address meet here
    role: str = Role.LEARNER
    legal_name: str | None = None
    legal_name_attested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    time_zone: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def label(self) -> str:
        """What to call her on a page: her name once it is known."""
        return self.legal_name or self.email

    @property
    def actor(self) -> audit.Actor:
        """Who she is in the trail."""
        return audit.Actor(id=self.id, label=self.email)


class NotAnAddress(Invalid):
    """What was typed cannot be an e-mail address."""

    def __init__(self, field: str = "email") -> None:
        """Name the field it was typed in."""
        super().__init__({field: "Enter an e-mail address like ana@example.org."})


def address(typed: str) -> str:
    """Read an e-mail address as typed; raise `NotAnAddress` when it cannot be one."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if len(text) > 254 or not ADDRESS.fullmatch(text):
        raise NotAnAddress
    return text


def key(email: str) -> str:
    """Give the form under which an address is one: letter case does not tell people apart."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def by_email(db: Session, email: str) -> Person | None:
    """Find the account of an address, however it is spelled."""
    return db.exec(select(Person).where(col(Person.email_key) == key(email))).first()


def find_or_add(db: Session, email: str, *, now: datetime) -> Person:
    """Give the account of an address, making it at her first sign-in."""
    if person := by_email(db, email):
        return person
    insert_once(db, Person(email=address(email), email_key=key(email), created_at=now))
    return db.exec(select(Person).where(col(Person.email_key) == key(email))).one()


def give_role(db: Session, person: Person, role: Role, *, by: audit.Actor, now: datetime) -> None:
    """Change what an account is for, on the record."""
    detail = {"from": person.role, "to": role}
    person.role = role
    db.add(person)
    audit.record(db, actor=by, act="person.role", subject=person.email, now=now, detail=detail)


def legal_name(typed: str) -> str:
    """Read a legal name as typed: any script, white space folded, nothing invisible in it."""
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if not text:
        raise Invalid({"legal_name": "Enter your name as it stands on your license."})
    if len(text) > NAME_LONGEST:
        raise Invalid({"legal_name": f"Enter at most {NAME_LONGEST} letters."})
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} for letter in text):
        raise Invalid({"legal_name": "This name holds a character that cannot be printed. Type it again."})
    return text


def attest_legal_name(db: Session, person: Person, name: str, *, now: datetime) -> None:
    """Set the legal name, once: after that only an administrator changes it."""
    if person.legal_name is not None:
        return
    person.legal_name, person.legal_name_attested_at = name, now
    db.add(person)
    audit.record(db, actor=person.actor, act="person.legal_name", subject=person.email, now=now, detail={"name": name})


def choose_time_zone(db: Session, person: Person, zone: str) -> None:
    """Keep the zone her dates are told in; raise `Invalid` for one that is not on the list."""
    if zone not in time_zones.names():
        raise Invalid({"time_zone": "Choose your time zone from the list."})
    person.time_zone = zone
    db.add(person)
