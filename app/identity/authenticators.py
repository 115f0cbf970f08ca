"""Authenticator apps: six digits that change every half minute (TOTP, RFC 6238), each good once."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel, col, delete, select, update

from app import audit
from app.identity import tries
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict
from app.kit.vault import Vault

if TYPE_CHECKING:
    from pyotp import TOTP

STEP_SECONDS = 30
DRIFT = 1  # steps: a phone whose clock is half a minute wrong still works
SECRET_BYTES = 20  # 160 bits: RFC 4226, section 4
WRONG = "That is not the code your app shows now, or it was used already. Wait for the next one and type it here."
LONGEST_ISSUER = 120  # letters of the provider's name: the picture to scan holds so much and no more


class Authenticator(SQLModel, table=True):
    """One app that shows her codes. Its secret is sealed: a copy of the database makes no codes."""

    __tablename__ = "authenticator"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", unique=True, sa_type=RowId)
    secret: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_step: int = Field(default=0, sa_type=RowId)  # of the last code that was taken: no code counts twice


class AuthenticatorThere(Conflict):
    """She has an authenticator that works."""

    message = "You have an authenticator app already. To use another one, remove it first."


def begin(db: Session, person: Person, vault: Vault, *, now: datetime) -> Authenticator:
    """Draw a secret for an app; it proves nothing before a code of it has been typed."""
    if of(db, person) is not None:
        raise AuthenticatorThere
    db.execute(delete(Authenticator).where(col(Authenticator.person_id) == person.id))
    sealed = vault.seal(secrets.token_bytes(SECRET_BYTES), about=_about(person))
    made = Authenticator(person_id=person.id, secret=sealed, made_at=now)
    db.add(made)
    db.flush()
    return made


def of(db: Session, person: Person) -> Authenticator | None:
    """Give her authenticator, if she has one that works."""
    found = begun(db, person)
    return found if found and found.confirmed_at else None


def begun(db: Session, person: Person) -> Authenticator | None:
    """Give her authenticator, whether or not she has typed a code of it yet."""
    return db.exec(select(Authenticator).where(col(Authenticator.person_id) == person.id)).first()


def secret_of(authenticator: Authenticator, person: Person, vault: Vault) -> str:
    """Give the secret as an app takes it, to be shown until it is confirmed."""
    return _totp(authenticator, person, vault).secret


def address_of(authenticator: Authenticator, person: Person, vault: Vault, *, issuer: str) -> str:
    """Give what the QR code holds."""
    return _totp(authenticator, person, vault).provisioning_uri(name=person.email, issuer_name=issuer[:LONGEST_ISSUER])


def confirm(db: Session, person: Person, typed: str, vault: Vault, *, device_hash: str, now: datetime) -> str:
    """Take the first code of a new app; give what is wrong with it, or nothing."""
    found = begun(db, person)
    if found is None or found.confirmed_at:
        raise AuthenticatorThere
    if wrong := _take(db, found, person, typed, vault, device_hash=device_hash, now=now):
        return wrong
    db.exec(update(Authenticator).where(col(Authenticator.id) == found.id).values(confirmed_at=now))
    audit.record(db, actor=person.actor, act="person.authenticator_added", subject=person.email, now=now)
    return ""


def check(db: Session, person: Person, typed: str, vault: Vault, *, device_hash: str, now: datetime) -> str:
    """Take a code of her app; give what is wrong with it, or nothing. A wrong one is counted."""
    found = of(db, person)
    if found is None:
        return WRONG
    return _take(db, found, person, typed, vault, device_hash=device_hash, now=now)


def remove(db: Session, person: Person, *, now: datetime) -> None:
    """Take her app's codes for nothing any more, on the record."""
    db.execute(delete(Authenticator).where(col(Authenticator.person_id) == person.id))
    audit.record(db, actor=person.actor, act="person.authenticator_removed", subject=person.email, now=now)


def _take(
    db: Session, found: Authenticator, person: Person, typed: str, vault: Vault, *, device_hash: str, now: datetime
) -> str:
    if not tries.may_try(db, person, device_hash, now=now):
        return tries.SLOW_DOWN
    step = _step(_totp(found, person, vault), typed, now=now)
    if step is not None and _is_first(db, found, step):
        return ""
    tries.was_wrong(db, person, device_hash, now=now)
    return WRONG


def _step(totp: "TOTP", typed: str, *, now: datetime) -> int | None:
    """Give the half minute that a code is of, if it is one of now."""
    digits = "".join(letter for letter in typed if letter in "0123456789")
    current, found = int(now.timestamp()) // STEP_SECONDS, None
    for step in range(current - DRIFT, current + DRIFT + 1):  # all of them are compared, whichever it is
        if secrets.compare_digest(totp.generate_otp(step), digits):
            found = step
    return found


def _is_first(db: Session, found: Authenticator, step: int) -> bool:
    taken = update(Authenticator).where(col(Authenticator.id) == found.id, col(Authenticator.last_step) < step)
    return db.execute(taken.values(last_step=step).returning(col(Authenticator.id))).first() is not None


def _totp(found: Authenticator, person: Person, vault: Vault) -> "TOTP":
    from base64 import b32encode

    from pyotp import TOTP

    return TOTP(b32encode(vault.open(found.secret, about=_about(person))).decode())


def _about(person: Person) -> str:
    return f"authenticator of {person.id}"
