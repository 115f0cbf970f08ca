"""Wrong guesses: they slow down whoever makes them, and lock nobody out.

A browser in which she has proved herself before has five tries in a quarter of an hour of its own; all others have
five together. Whoever guesses in her name slows strangers down, and she goes on where she always was.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from app.identity import people
from app.identity.people import Person
from app.identity.sign_in import SignIn
from app.kit.database import RowId, UtcDateTime

MOST, WINDOW = 5, timedelta(minutes=15)
SLOW_DOWN = (
    "That was wrong several times. Wait 15 minutes before the next try, or prove that it is you in another way: with a "
    "passkey, or in the browser you usually sign in with."
)


class ProofTry(SQLModel, table=True):
    """One wrong guess of a code that proves who somebody is."""

    __tablename__ = "proof_try"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    device_hash: str
    tried_at: datetime = Field(sa_type=UtcDateTime)


def may_try(db: Session, person: Person, device_hash: str, *, now: datetime) -> bool:
    """Say whether a browser may try now. Her account is held until the act ends: guesses at once count each other."""
    people.locked(db, person)
    hers = _where_she_proved_herself(db, person)
    wrong = select(func.count()).where(col(ProofTry.person_id) == person.id, col(ProofTry.tried_at) > now - WINDOW)
    if device_hash in hers:
        wrong = wrong.where(col(ProofTry.device_hash) == device_hash)
    else:
        wrong = wrong.where(col(ProofTry.device_hash).not_in(hers))
    return db.exec(wrong).one() < MOST


def was_wrong(db: Session, person: Person, device_hash: str, *, now: datetime) -> None:
    """Count a wrong guess."""
    db.add(ProofTry(person_id=person.id, device_hash=device_hash, tried_at=now))
    db.flush()


def purge(db: Session, *, now: datetime) -> None:
    """Forget guesses that slow nobody down any more."""
    db.execute(delete(ProofTry).where(col(ProofTry.tried_at) < now - WINDOW))


def _where_she_proved_herself(db: Session, person: Person) -> set[str]:
    hers = select(SignIn.device_hash).where(col(SignIn.person_id) == person.id, col(SignIn.strong_at).is_not(None))
    return {one for one in db.exec(hers.distinct()) if one}
