"""Forms that had to wait for a proof: kept for the person they came from, replayed once she has given it.

What a learner sent goes through wherever she signs in next. What the staff sent goes through in the browser it came
from alone: or whoever reads a colleague's mail, and no more, could leave an act at the door for her to carry in.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, delete, func
from sqlmodel import Field, Session, SQLModel, col, select, update

from app.identity.people import Person, Role
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import TooMany

KEPT_FOR = timedelta(days=7)
MOST = 200  # forms kept for one person
LARGEST = 4 * 1024 * 1024  # bytes of one form: the longest text of a course comes near
MOST_BYTES = 50 * 1024 * 1024  # of all that is kept for one person


class KeptForm(SQLModel, table=True):
    """One form as it was sent: where to, what, by whom and from which sign-in."""

    __tablename__ = "kept_form"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    ticket: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    path: str
    content_type: str
    body: bytes = Field(sa_type=LargeBinary)
    kept_at: datetime = Field(sa_type=UtcDateTime)
    replayed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sign_in_id: int | None = Field(default=None, sa_type=RowId)  # no foreign key: sign-ins are forgotten before long


class TooManyKept(TooMany):
    """More was sent while signed out than is kept."""

    message = "Please sign in to go on: we keep what you send while you are signed out, but not this much of it."


def keep(
    db: Session, person: Person, *, sign_in_id: int, path: str, content_type: str, body: bytes, now: datetime
) -> None:
    """Keep a form for the person whose sign-in expired, or is not strong enough for it."""
    lengths = select(func.count(), func.coalesce(func.sum(func.length(KeptForm.body)), 0))
    count, size = db.exec(
        lengths.where(col(KeptForm.person_id) == person.id, col(KeptForm.replayed_at).is_(None))
    ).one()
    if len(body) > LARGEST or count >= MOST or size + len(body) > MOST_BYTES:
        raise TooManyKept
    db.add(
        KeptForm(
            ticket=secrets.token_urlsafe(24),
            person_id=person.id,
            path=path,
            content_type=content_type,
            body=body,
            kept_at=now,
            sign_in_id=sign_in_id,
        )
    )


def waiting(db: Session, person: Person, *, sign_in_id: int, now: datetime) -> list[KeptForm]:
    """Give the forms that wait for her and may go through in this sign-in, oldest first."""
    hers = select(KeptForm).where(col(KeptForm.person_id) == person.id, col(KeptForm.replayed_at).is_(None))
    if person.role != Role.LEARNER:
        hers = hers.where(col(KeptForm.sign_in_id) == sign_in_id)
    return list(db.exec(hers.where(col(KeptForm.kept_at) > now - KEPT_FOR).order_by(col(KeptForm.id))))


def move(db: Session, person: Person, *, before: int, after: int) -> None:
    """Let what was kept in a sign-in of hers wait for the one that took its place in the same browser."""
    theirs = update(KeptForm).where(col(KeptForm.person_id) == person.id, col(KeptForm.sign_in_id) == before)
    db.exec(theirs.values(sign_in_id=after))


def replayed(db: Session, forms: list[int], *, now: datetime) -> None:
    """Note that forms were replayed, and drop their words: what they said is where it belongs now."""
    for form in db.exec(select(KeptForm).where(col(KeptForm.id).in_(forms))):
        form.replayed_at, form.body = now, b""
        db.add(form)


def purge(db: Session, *, now: datetime) -> None:
    """Drop forms that nobody came back for."""
    db.execute(delete(KeptForm).where(col(KeptForm.kept_at) < now - KEPT_FOR))
