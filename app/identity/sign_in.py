"""Sign-in: a six-digit code by e-mail, bound to the browser that asked; then a token only she holds.

Nothing kept here can be used by whoever reads the database: a token is stored as its SHA-256, and a
code is hashed together with the asking browser's own random token.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, text
from sqlmodel import Field, Session, SQLModel, col, select, update

from app import audit
from app.identity import people
from app.identity.people import Person
from app.kit import mail
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import TooMany

CODE_LASTS = timedelta(minutes=10)
TRIES = 5
CODES_PER_WINDOW, WINDOW = 5, timedelta(minutes=15)
IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=60)
TOUCH_AFTER = timedelta(hours=1)  # how fine the last-seen time is: a finer one would write at each click


class SignInCode(SQLModel, table=True):
    """One code that was asked for. Each try counts, the refused ones too."""

    __tablename__ = "sign_in_code"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    email: str
    email_key: str = Field(index=True)
    code_hash: str
    browser_hash: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # used, used up, or replaced by a newer one


class SignIn(SQLModel, table=True):
    """One browser that is signed in, until it is idle too long, too old, or ended."""

    __tablename__ = "sign_in"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    token_hash: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    began_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def is_live(self, now: datetime) -> bool:
        """Say whether this sign-in still opens doors."""
        return self.ended_at is None and now - self.seen_at < IDLE and now - self.began_at < ABSOLUTE


class TooManyCodes(TooMany):
    """Codes for one address were asked for again and again."""

    message = "We have sent several codes to this address. Use the newest one, or wait 15 minutes and ask again."


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """Why a code did not open the door. A value, not an exception: the try it cost must be committed."""

    message: str


WRONG = "That is not the code we sent. Check it, or ask for a new one."
NO_LIVE_CODE = "This code is no longer good. Ask for a new one; the newest code is the only one that works."


def new_token() -> str:
    """Draw a token of 256 random bits."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def ask_code(db: Session, email: str, *, browser: str, now: datetime) -> None:
    """Send a code to an address, bound to the browser that asks; older codes of the address end.

    The answer and its time are the same whether or not the address has an account.
    """
    email = people.address(email)
    _lock_address(db, email)  # before counting: of many who ask at once, each sees what the others were sent
    recent = select(func.count()).where(col(SignInCode.email_key) == people.key(email))
    if db.exec(recent.where(col(SignInCode.asked_at) > now - WINDOW)).one() >= CODES_PER_WINDOW:
        raise TooManyCodes
    _end_codes(db, email, now=now)
    code = f"{secrets.randbelow(10**6):06d}"
    db.add(
        SignInCode(
            email=email,
            email_key=people.key(email),
            code_hash=_code_hash(code, email=email, browser=browser),
            browser_hash=fingerprint(browser),
            asked_at=now,
        )
    )
    mail.queue(db, to=email, message=mail.letter("sign-in-code", code=code, minutes=10), now=now, secret=True)


def try_code(db: Session, email: str, typed: str, *, browser: str, now: datetime) -> Person | CodeRefused:
    """Try a code; give the person it signs in, or why it does not. Five tries count, right or wrong."""
    email = people.address(email)
    code = _spend_try(db, email, browser=browser, now=now)
    if code is None:
        return CodeRefused(NO_LIVE_CODE)
    digits = "".join(letter for letter in typed if letter.isdecimal())
    if not hmac.compare_digest(code.code_hash, _code_hash(digits, email=email, browser=browser)):
        return CodeRefused(WRONG if code.tries < TRIES else NO_LIVE_CODE)
    _end_codes(db, email, now=now)
    person = people.find_or_add(db, code.email, now=now)
    audit.record(db, actor=person.actor, act="person.signed_in", subject=person.email, now=now)
    return person


def begin(db: Session, person: Person, *, now: datetime) -> str:
    """Sign a browser in; give the token that only it will hold."""
    token = new_token()
    db.add(SignIn(token_hash=fingerprint(token), person_id=person.id, began_at=now, seen_at=now))
    return token


@dataclass(frozen=True, slots=True)
class Known:
    """What a token says: who held it, and whether it still opens doors."""

    person: Person
    sign_in: SignIn
    is_live: bool


def known(db: Session, token: str, *, now: datetime) -> Known | None:
    """Find whose token this is or was."""
    found = select(SignIn, Person).where(col(SignIn.token_hash) == fingerprint(token))
    row = db.exec(found.where(col(SignIn.person_id) == col(Person.id))).first()
    return Known(person=row[1], sign_in=row[0], is_live=row[0].is_live(now)) if row else None


def touch(db: Session, sign_in: SignIn, *, now: datetime) -> None:
    """Note that the browser is still in use."""
    if now - sign_in.seen_at > TOUCH_AFTER:
        sign_in.seen_at = now
        db.add(sign_in)


def end(db: Session, sign_in: SignIn, *, now: datetime) -> None:
    """Sign a browser out."""
    sign_in.ended_at = now
    db.add(sign_in)


def purge_codes(db: Session, *, now: datetime) -> None:
    """Drop codes that can no longer be of any use, not even to count how many were asked for."""
    db.execute(delete(SignInCode).where(col(SignInCode.asked_at) < now - CODE_LASTS - WINDOW))


def _code_hash(code: str, *, email: str, browser: str) -> str:
    # The browser's 256 random bits are the salt: a million codes cannot be tried against a stolen table.
    return hashlib.sha256(f"{browser}:{people.key(email)}:{code}".encode()).hexdigest()


def _end_codes(db: Session, email: str, *, now: datetime) -> None:
    live = update(SignInCode).where(col(SignInCode.email_key) == people.key(email), col(SignInCode.ended_at).is_(None))
    db.exec(live.values(ended_at=now))


def _spend_try(db: Session, email: str, *, browser: str, now: datetime) -> SignInCode | None:
    """Take one of the tries of the live code this browser asked for; None when there is none left."""
    spent = (
        update(SignInCode)
        .where(col(SignInCode.email_key) == people.key(email), col(SignInCode.browser_hash) == fingerprint(browser))
        .where(col(SignInCode.ended_at).is_(None), col(SignInCode.asked_at) > now - CODE_LASTS)
        .where(col(SignInCode.tries) < TRIES)
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode)
    )
    return db.exec(spent).scalars().first()


def _lock_address(db: Session, email: str) -> None:
    # One live code per address also when two browsers ask at once; SQLite's writers take turns anyway.
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"code:{people.key(email)}"})
