"""Codes by mail: six digits, bound to the browser that asked, good for ten minutes and five tries.

A code is hashed together with the asking browser's own random token: nobody who reads the database can use one.
What is counted is counted for each browser she is known at and for all strangers together: somebody who asks for codes
in her name, again and again, uses up what strangers may ask for, and keeps her from nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, text
from sqlmodel import Field, Session, SQLModel, col, select, update

from app import audit
from app.identity import people, sign_in
from app.identity.people import Person
from app.identity.sign_in import SignIn
from app.kit import mail
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import TooMany

CODE_LASTS = timedelta(minutes=10)
TRIES = 5
CODES_PER_WINDOW, WINDOW = 5, timedelta(minutes=15)
SIGN_IN = "sign-in"  # what a code is for; one for a change of address is worth nothing at the door


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
    purpose: str = SIGN_IN
    by_known_browser: bool = False  # one that somebody signed in from before, with this address


class TooManyCodes(TooMany):
    """Codes for one address were asked for again and again."""

    message = "We have sent several codes to this address. Use the newest one, or wait 15 minutes and ask again."


class TooManyFromHere(TooMany):
    """Codes or passkeys were asked for again and again from one place in the network."""

    message = "Many people have just signed in from your network. Wait a minute, then try again."

    def __init__(self, wait: int) -> None:
        """Say after how many seconds it may go."""
        self.retry_after = wait
        super().__init__()


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """Why a code did not open the door. A value, not an exception: the try it cost must be committed."""

    message: str


WRONG = "That is not the code we sent. Check it, or ask for a new one."
NO_LIVE_CODE = "This code is no longer good. Ask for a new one; the newest code is the only one that works."


def ask_code(db: Session, email: str, *, browser: str, now: datetime, purpose: str = SIGN_IN) -> None:
    """Send a code to an address, bound to the browser that asks; older codes of that browser end.

    The answer and its time are the same whether or not the address has an account.
    """
    email = people.address(email)
    _lock_address(db, email)  # before counting: of many who ask at once, each sees what the others were sent
    is_known = _is_known(db, email, browser=browser)
    _insist_few(db, email, browser=browser, is_known=is_known, now=now)
    _end_codes(db, email, browser=browser, now=now)
    code = f"{secrets.randbelow(10**6):06d}"
    db.add(
        SignInCode(
            email=email,
            email_key=people.key(email),
            code_hash=_code_hash(code, email=email, browser=browser, purpose=purpose),
            browser_hash=sign_in.fingerprint(browser),
            asked_at=now,
            purpose=purpose,
            by_known_browser=is_known,
        )
    )
    name = "sign-in-code" if purpose == SIGN_IN else "address-code"
    mail.queue(db, to=email, message=mail.letter(name, code=code, minutes=10), now=now, secret=True)


def try_code(db: Session, email: str, typed: str, *, browser: str, now: datetime) -> Person | CodeRefused:
    """Try a code; give the person it signs in, or why it does not. Five tries count, right or wrong."""
    spent = spend(db, email, typed, browser=browser, now=now)
    if isinstance(spent, CodeRefused):
        return spent
    person = people.find_or_add(db, spent, now=now)
    audit.record(db, actor=person.actor, act="person.signed_in", subject=person.email, now=now)
    return person


def spend(
    db: Session, email: str, typed: str, *, browser: str, now: datetime, purpose: str = SIGN_IN
) -> str | CodeRefused:
    """Try a code and use it up; give the address it was sent to, as it was typed then, or why it is not good."""
    email = people.address(email)
    code = _spend_try(db, email, browser=browser, now=now, purpose=purpose)
    if code is None:
        return CodeRefused(NO_LIVE_CODE)
    digits = "".join(letter for letter in typed if letter.isdecimal())
    if not hmac.compare_digest(code.code_hash, _code_hash(digits, email=email, browser=browser, purpose=purpose)):
        return CodeRefused(WRONG if code.tries < TRIES else NO_LIVE_CODE)
    _end_codes(db, email, browser=browser, now=now)
    return code.email


def purge_codes(db: Session, *, now: datetime) -> None:
    """Drop codes that can no longer be of any use, not even to count how many were asked for."""
    db.execute(delete(SignInCode).where(col(SignInCode.asked_at) < now - CODE_LASTS - WINDOW))


def _code_hash(code: str, *, email: str, browser: str, purpose: str) -> str:
    # The browser's 256 random bits are the salt: a million codes cannot be tried against a stolen table.
    return hashlib.sha256(f"{browser}:{people.key(email)}:{purpose}:{code}".encode()).hexdigest()


def _is_known(db: Session, email: str, *, browser: str) -> bool:
    """Say whether somebody signed in with this address in this browser before: asked in the same way for everybody."""
    hers = select(func.count()).select_from(SignIn).join(Person, col(Person.id) == col(SignIn.person_id))
    here = hers.where(col(Person.email_key) == people.key(email))
    return db.exec(here.where(col(SignIn.device_hash) == sign_in.fingerprint(browser))).one() > 0


def _insist_few(db: Session, email: str, *, browser: str, is_known: bool, now: datetime) -> None:
    recent = select(func.count()).where(col(SignInCode.email_key) == people.key(email))
    recent = recent.where(col(SignInCode.asked_at) > now - WINDOW, col(SignInCode.by_known_browser).is_(is_known))
    if is_known:
        recent = recent.where(col(SignInCode.browser_hash) == sign_in.fingerprint(browser))
    if db.exec(recent).one() >= CODES_PER_WINDOW:
        raise TooManyCodes


def _end_codes(db: Session, email: str, *, browser: str, now: datetime) -> None:
    """End the codes of an address that this browser asked for: whoever asks elsewhere ends nothing of hers."""
    live = update(SignInCode).where(col(SignInCode.email_key) == people.key(email), col(SignInCode.ended_at).is_(None))
    db.exec(live.where(col(SignInCode.browser_hash) == sign_in.fingerprint(browser)).values(ended_at=now))


def _spend_try(db: Session, email: str, *, browser: str, now: datetime, purpose: str) -> SignInCode | None:
    """Take one of the tries of the live code this browser asked for; None when there is none left."""
    spent = (
        update(SignInCode)
        .where(col(SignInCode.email_key) == people.key(email))
        .where(col(SignInCode.browser_hash) == sign_in.fingerprint(browser), col(SignInCode.purpose) == purpose)
        .where(col(SignInCode.ended_at).is_(None), col(SignInCode.asked_at) > now - CODE_LASTS)
        .where(col(SignInCode.tries) < TRIES)
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode)
    )
    return db.exec(spent).scalars().first()


def _lock_address(db: Session, email: str) -> None:
    # Of many who ask at once each is counted; SQLite's writers take turns anyway.
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"code:{people.key(email)}"})
