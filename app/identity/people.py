"""People: one person, one account, known by an e-mail address; her legal name is set once, and attested."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import audit
from app.kit import time_zones
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Conflict, Invalid, NotFound

# Plain ASCII without what mail reads as more than an address. It must be the one the letter goes to: “straße.de”
# and “strasse.de” are one when capitals are folded and two when mail is delivered, and "ana(x)@…" reaches ana@….
_LOCAL = r"[A-Za-z0-9!#$%&*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(
    rf"(?=.{{1,64}}@){_LOCAL}(?:\.{_LOCAL})*@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
)
NAME_LONGEST = 120
ERASED = "an erased account"
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


class Role(StrEnum):
    """What an account is for."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    REVIEWER = "reviewer"
    OFFICER = "officer"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Person(SQLModel, table=True):
    """One account. The legal name is what certificates print; it is attested when it is set."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_listed", text("lower(coalesce(legal_name, email))"), "id", "merged_into"),
        Index(
            "ix_person_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    email: str  # as she typed it first
    email_key: str = Field(unique=True)  # two spellings of one address meet here
    role: str = Role.LEARNER
    legal_name: str | None = None
    legal_name_attested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    time_zone: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    # One person had two accounts: this one leads to the other (records/merge.py).
    merged_into: int | None = Field(default=None, foreign_key="person.id", sa_type=RowId)
    merged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def label(self) -> str:
        """What to call her on a page: her name once it is known."""
        return self.legal_name or self.email or ERASED

    @property
    def attested_name(self) -> str | None:
        """Her legal name, once she has said that it is hers: one that the office entered waits for that."""
        return self.legal_name if self.legal_name_attested_at else None

    @property
    def is_erased(self) -> bool:
        """Whether she erased her account: then nothing here names her any more (records/erase.py)."""
        return not self.email

    @property
    def actor(self) -> audit.Actor:
        """Who she is in the trail."""
        return audit.Actor(id=self.id, label=self.email)


class NotAnAddress(Invalid):
    """What was typed cannot be an e-mail address."""

    def __init__(self, field: str = "email") -> None:
        """Name the field it was typed in."""
        super().__init__({field: "Enter an e-mail address like ana@example.org."})


class NoSuchPerson(NotFound):
    """Nobody has signed in with this address."""

    def __init__(self, email: str) -> None:
        """Name the address."""
        super().__init__(f"No account has the address {email}. Add it with: continua people add {email}")


class NoAccount(NotFound):
    """There is no account of this number."""


class LastAdmin(Conflict):
    """A house without an administrator could be run by nobody."""

    message = "This is the only administrator. Make somebody else one first, then change this account."


class NoReasonForName(Invalid):
    """A name is on certificates: why it was changed stays on record."""

    def __init__(self) -> None:
        """Ask for the reason."""
        super().__init__({"reason": "Say why. It stays on record."})


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
    """Find the account of an address, however it is spelled; that of a merged account leads to the other one."""
    found = db.exec(select(Person).where(col(Person.email_key) == key(email))).first()
    return found if found is None else survivor(db, found)


def by_id(db: Session, person_id: int) -> Person:
    """Give an account by its number, or raise `NoAccount`."""
    if person := db.get(Person, person_id):
        return person
    raise NoAccount


def survivor(db: Session, person: Person) -> Person:
    """Give the account that somebody's leads to: her own, or the one it was merged into."""
    while person.merged_into is not None:
        person = db.get_one(Person, person.merged_into)
    return person


def accounts(db: Session, person: Person) -> list[Person]:
    """Give an account and every one that was merged into it, oldest first: all that one person has signed in with."""
    hers = select(Person).where(or_(col(Person.id) == person.id, col(Person.merged_into) == person.id))
    return list(db.exec(hers.order_by(col(Person.id))))


def has_admin(db: Session) -> bool:
    """Say whether anybody may run the house."""
    return db.exec(_admins()).first() is not None


def known(db: Session, email: str) -> Person:
    """Give the account of an address, or raise `NoSuchPerson`."""
    if person := by_email(db, email):
        return person
    raise NoSuchPerson(email)


def find_or_add(db: Session, email: str, *, now: datetime) -> Person:
    """Give the account of an address, making it at her first sign-in."""
    if person := by_email(db, email):
        return person
    insert_once(db, Person(email=address(email), email_key=key(email), created_at=now))
    added = db.exec(select(Person).where(col(Person.email_key) == key(email))).one()
    return survivor(db, added)  # another act may have added it, and merged it


def labels(db: Session, ids: Iterable[int]) -> dict[int, str]:
    """Say what to call several people, in one query."""
    named = select(Person).where(col(Person.id).in_(set(ids)))
    return {one.id: one.label for one in db.exec(named)}


def afresh(db: Session, person: Person) -> Person:
    """Read an account again: an act that waited for another sees what the other one did."""
    mine = select(Person).where(col(Person.id) == person.id)
    return db.exec(mine.execution_options(populate_existing=True)).one()


def locked(db: Session, person: Person) -> Person:
    """Hold an account until the act ends, and see what others did to it meanwhile."""
    mine = select(Person).where(col(Person.id) == person.id)
    # key_share: what others add under her name meanwhile does not have to wait.
    return db.exec(mine.with_for_update(key_share=True).execution_options(populate_existing=True)).one()


def give_role(db: Session, person: Person, role: Role, *, by: audit.Actor, now: datetime) -> None:
    """Change what an account is for, on the record."""
    if person.role == Role.ADMIN and role != Role.ADMIN:
        _assert_another_admin(db, person)
    detail = {"from": person.role, "to": role}
    person.role = role
    db.add(person)
    audit.record(db, actor=by, act="person.role", subject=person.email, now=now, detail=detail, about=person.id)


def _admins() -> SelectOfScalar[Person]:
    return select(Person).where(col(Person.role) == Role.ADMIN, col(Person.merged_into).is_(None))


def _assert_another_admin(db: Session, person: Person) -> None:
    # All of them are held: of two who take each other's role at once, one sees that she would be the last.
    held = db.exec(_admins().order_by(col(Person.id)).with_for_update()).all()
    if all(one.id == person.id for one in held):
        raise LastAdmin


def legal_name(typed: str) -> str:
    """Read a legal name as typed: any script, white space folded, nothing invisible in it."""
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if not text:
        raise Invalid({"legal_name": "Enter your name as it stands on your license."})
    if len(text) > NAME_LONGEST:
        raise Invalid({"legal_name": f"Enter at most {NAME_LONGEST} letters."})
    if not any(letter.isalpha() for letter in text) or any(map(_is_unprintable, text)):
        raise Invalid(
            {"legal_name": "This cannot be printed as a name. Type it with letters, as it stands on your license."}
        )
    return text


def _is_unprintable(letter: str) -> bool:
    # The two joiners are spelling in Persian and Hindi; other invisible marks only turn a name around.
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} and letter not in JOINERS


def attest_legal_name(db: Session, person: Person, name: str, *, now: datetime) -> None:
    """Set the legal name, once: the first one attested stands, and after that only an administrator changes it."""
    if locked(db, person).attested_name is not None:
        return
    person.legal_name, person.legal_name_attested_at = name, now
    db.add(person)
    audit.record(db, actor=person.actor, act="person.legal_name", subject=person.email, now=now, detail={"name": name})


def enter_legal_name(db: Session, person: Person, name: str) -> None:
    """Set the legal name as the office knows it, where there is none; she has yet to say that it is hers."""
    if person.legal_name is None:
        person.legal_name = name
        db.add(person)


def correct_legal_name(db: Session, person: Person, name: str, *, reason: str, by: audit.Actor, now: datetime) -> None:
    """Change the legal name, on the record; certificates say what they said, until each is corrected."""
    name, reason = legal_name(name), " ".join(reason.split())
    if not reason:
        raise NoReasonForName
    before = locked(db, person).legal_name
    person.legal_name, person.legal_name_attested_at = name, now
    db.add(person)
    detail = {"before": before or "", "name": name, "reason": reason}
    audit.record(db, actor=by, act="person.legal_name", subject=person.email, now=now, detail=detail, about=person.id)


def choose_time_zone(db: Session, person: Person, zone: str) -> None:
    """Keep the zone her dates are told in; raise `Invalid` for one that is not on the list."""
    if zone not in time_zones.names():
        raise Invalid({"time_zone": "Choose your time zone from the list."})
    person.time_zone = zone
    db.add(person)


def forget(db: Session, person: Person) -> None:
    """Forget who an account belonged to. Its number stays, for the records that must outlive it."""
    person.email, person.email_key = "", f"erased {person.id}"
    person.legal_name = person.legal_name_attested_at = person.time_zone = None
    db.add(person)
