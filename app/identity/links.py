"""One-time sign-in links: good once, for whoever is handed one.

One that the operator makes is handed over in person and is the way back for who lost everything else: it counts for
more than a code. An invitation goes by mail, and counts for what mail counts for.
"""

from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, update

from app import audit
from app.identity import sign_in
from app.identity.people import Person
from app.identity.sign_in import Proof
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Gone

LASTS = timedelta(days=1)


class OneTimeLink(SQLModel, table=True):
    """One link. Its token is stored as its SHA-256, so the table opens no door."""

    __tablename__ = "one_time_link"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    token_hash: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    made_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proof: str = Proof.LINK  # what a sign-in with it is worth


class LinkUsed(Gone):
    """The link was used, is too old, or never was one: nobody is told which."""

    title = "This link no longer works"
    message = "A sign-in link works once, for a day. Ask for a new one, or sign in with your e-mail address."


def make(db: Session, person: Person, *, now: datetime, proof: Proof = Proof.LINK) -> str:
    """Make a link for a person; give the token that goes into its address.

    One that goes by mail is made with `proof=Proof.INVITATION`, so that it opens no door of the staff.
    """
    token = sign_in.new_token()
    db.add(OneTimeLink(token_hash=sign_in.fingerprint(token), person_id=person.id, made_at=now, proof=proof))
    audit.record(db, actor=audit.OPERATOR, act="person.link_made", subject=person.email, now=now, about=person.id)
    return token


def use(db: Session, token: str, *, now: datetime) -> tuple[Person, Proof]:
    """Give whom a link is for and what it is worth, and use it up; raise `LinkUsed` where it is not good any more."""
    fresh = (
        update(OneTimeLink)
        .where(col(OneTimeLink.token_hash) == sign_in.fingerprint(token))
        .where(col(OneTimeLink.used_at).is_(None), col(OneTimeLink.made_at) > now - LASTS)
        .values(used_at=now)
        .returning(col(OneTimeLink.person_id), col(OneTimeLink.proof))
    )
    used = db.execute(fresh).first()
    if used is None:
        raise LinkUsed
    person = db.get_one(Person, used.person_id)
    audit.record(db, actor=person.actor, act="person.signed_in", subject=person.email, now=now)
    return person, Proof(used.proof)
