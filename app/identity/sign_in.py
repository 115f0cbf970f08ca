"""Sign-ins: a token only she holds, how it was proved, and until when it opens doors (docs/decisions/0038).

Nothing kept here can be used by whoever reads the database: a token is stored as its SHA-256. It is drawn anew at each
sign-in and each time she proves herself again, so that a token somebody saw or planted before is worth nothing after.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, or_
from sqlmodel import Field, Session, SQLModel, col, select, update

from app import audit
from app.identity.people import Person, Role
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import NotFound, SignInNeeded

IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=60)
STRONG_LASTS = timedelta(hours=24)  # NIST SP 800-63B-4, 2.2.3: at AAL2 she proves herself again within 24 hours
FRESH = timedelta(minutes=15)  # for what hurts: long enough to do it, too short to find a desk left open
TOUCH_AFTER = timedelta(hours=1)  # how fine the last-seen time is: a finer one would write at each click
KEPT_AFTER_END = timedelta(days=30)


class Proof(StrEnum):
    """How she showed that it is her."""

    CODE = "code"  # six digits by mail
    INVITATION = "invitation"  # a link by mail: worth what a code is worth
    LINK = "link"  # a one-time link that the operator made and handed over
    PASSKEY = "passkey"
    AUTHENTICATOR = "authenticator"
    RECOVERY = "recovery"  # one of the ten codes she wrote down

    @property
    def is_strong(self) -> bool:
        """Say whether it takes more than reading her mail."""
        return self not in {Proof.CODE, Proof.INVITATION}

    @property
    def in_words(self) -> str:
        """Say it as the list of her sign-ins does."""
        return {
            Proof.CODE: "a code by e-mail",
            Proof.INVITATION: "an invitation by e-mail",
            Proof.LINK: "a link from the operator",
            Proof.PASSKEY: "a passkey",
            Proof.AUTHENTICATOR: "an authenticator app",
            Proof.RECOVERY: "a recovery code",
        }[self]


class SignIn(SQLModel, table=True):
    """One browser that is signed in, until it is idle too long, too old, or ended."""

    __tablename__ = "sign_in"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    token_hash: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    began_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proof: str = Proof.CODE  # the last one that counts for most
    proved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # by anything, a code included
    strong_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # by more than her mail
    device: str = ""  # “Firefox on Windows”: all that is kept of what her browser says of itself
    device_hash: str = ""  # of a random token this browser holds: one she signed in from before is hers

    def is_live(self, now: datetime) -> bool:
        """Say whether this sign-in still opens doors."""
        return self.ended_at is None and now - self.seen_at < IDLE and now - self.began_at < ABSOLUTE

    def is_strong(self, now: datetime) -> bool:
        """Say whether it opens the doors of the staff."""
        return self.strong_at is not None and now - self.strong_at < STRONG_LASTS

    def is_fresh(self, now: datetime) -> bool:
        """Say whether she proved herself just now, by whatever means."""
        return self.proved_at is not None and now - self.proved_at < FRESH

    def is_strong_and_fresh(self, now: datetime) -> bool:
        """Say whether she proved herself just now, by more than her mail."""
        return self.strong_at is not None and now - self.strong_at < FRESH


@dataclass(frozen=True, slots=True)
class Device:
    """The browser she signs in with: in words, and by the random token that it alone holds."""

    words: str = ""
    token: str = ""


class ProofNeeded(SignInNeeded):
    """She is signed in, and this takes more than a code by mail."""

    title = "Please prove that it is you"
    message = (
        "This part of the site needs a passkey or an authenticator. What you sent is kept until you have used one."
    )


class FreshProofNeeded(ProofNeeded):
    """She is signed in, and what she is about to do hurts if somebody else does it at her desk."""

    message = "This is worth a second look: prove that it is you, and it goes on from here. What you sent is kept."


class NoSuchSignIn(NotFound):
    """There is no such sign-in, or it is somebody else's, or it has ended: nobody is told which."""

    message = "This sign-in has ended already. Reload the list to see which ones are left."


def new_token() -> str:
    """Draw a token of 256 random bits."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    db: Session,
    person: Person,
    *,
    proof: Proof,
    now: datetime,
    device: Device | None = None,
    instead_of: SignIn | None = None,
) -> str:
    """Sign a browser in; give the token that only it will hold. What the browser held before ends."""
    if instead_of is not None and instead_of.ended_at is None:
        end(db, instead_of, now=now)
    token, browser = new_token(), device or Device()
    db.add(
        SignIn(
            token_hash=fingerprint(token),
            person_id=person.id,
            began_at=now,
            seen_at=now,
            proof=proof,
            proved_at=now,
            strong_at=now if proof.is_strong else None,
            device=browser.words,
            device_hash=fingerprint(browser.token) if browser.token else "",
        )
    )
    return token


def prove(db: Session, sign_in: SignIn, proof: Proof, *, now: datetime) -> str:
    """Note that she proved herself again; give the new token, for the old one opens nothing from now on."""
    token = new_token()
    sign_in.token_hash, sign_in.proved_at, sign_in.seen_at = fingerprint(token), now, now
    if proof.is_strong:
        sign_in.proof, sign_in.strong_at = proof, now
    db.add(sign_in)
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


def insist_strong(known: Known | None, *, now: datetime) -> None:
    """Raise `ProofNeeded` unless she proved herself by more than a code, within a day."""
    if known is None or not known.sign_in.is_strong(now):
        raise ProofNeeded


def insist_fresh(known: Known | None, *, now: datetime) -> None:
    """Raise `FreshProofNeeded` unless she proved herself just now: the staff by more than a code."""
    if known is None or not is_fresh(known, now=now):
        raise FreshProofNeeded


def is_fresh(known: Known, *, now: datetime) -> bool:
    """Say whether she proved herself just now, in the way that her account asks for."""
    if known.person.role == Role.LEARNER:
        return known.sign_in.is_fresh(now)
    return known.sign_in.is_strong_and_fresh(now)


def touch(db: Session, sign_in: SignIn, *, now: datetime) -> None:
    """Note that the browser is still in use."""
    if now - sign_in.seen_at > TOUCH_AFTER:
        sign_in.seen_at = now
        db.add(sign_in)


def end(db: Session, sign_in: SignIn, *, now: datetime) -> None:
    """Sign a browser out."""
    sign_in.ended_at = now
    db.add(sign_in)


def all_of(db: Session, person: Person, *, now: datetime) -> list[SignIn]:
    """Give her sign-ins that still open doors, the one used last first."""
    hers = select(SignIn).where(col(SignIn.person_id) == person.id, col(SignIn.ended_at).is_(None))
    return [one for one in db.exec(hers.order_by(col(SignIn.seen_at).desc())) if one.is_live(now)]


def end_one(db: Session, person: Person, sign_in_id: int, *, now: datetime) -> None:
    """End a sign-in of hers by its number, on the record, or raise `NoSuchSignIn`."""
    found = db.get(SignIn, sign_in_id)
    if found is None or found.person_id != person.id or not found.is_live(now):
        raise NoSuchSignIn
    end(db, found, now=now)
    audit.record(db, actor=person.actor, act="person.signed_out", subject=person.email, now=now)


def end_others(db: Session, person: Person, *, but: SignIn, now: datetime) -> None:
    """End all her sign-ins but the one she is at, on the record."""
    hers = update(SignIn).where(col(SignIn.person_id) == person.id, col(SignIn.ended_at).is_(None))
    db.exec(hers.where(col(SignIn.id) != but.id).values(ended_at=now))
    audit.record(db, actor=person.actor, act="person.signed_out_elsewhere", subject=person.email, now=now)


def end_all(db: Session, person: Person, *, by: audit.Actor, now: datetime) -> None:
    """End every sign-in of hers, by somebody of the office, on the record."""
    hers = update(SignIn).where(col(SignIn.person_id) == person.id, col(SignIn.ended_at).is_(None))
    db.execute(hers.values(ended_at=now))
    act, subject = "person.signed_out_everywhere", person.email
    audit.record(db, actor=by, act=act, subject=subject, now=now, about=person.id)


def purge(db: Session, *, now: datetime) -> None:
    """Forget sign-ins that ended a while ago, and with them the browsers they were from."""
    long_ago = now - KEPT_AFTER_END
    over = or_(
        col(SignIn.ended_at) < long_ago,
        col(SignIn.seen_at) < long_ago - IDLE,
        col(SignIn.began_at) < long_ago - ABSOLUTE,
    )
    db.execute(delete(SignIn).where(over))
