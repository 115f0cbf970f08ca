"""The first administrator: a house without one gives whoever starts it a link to become her.

There is no default account and no default password. Only one link is good at a time, for a day, and until there is an
administrator: each start of the site makes a new one, and whatever was printed before is worth nothing.
"""

from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, select, update

from app import audit
from app.identity import people, sign_in
from app.identity.people import Person, Role
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Gone

LASTS = timedelta(days=1)


class FirstLink(SQLModel, table=True):
    """One link that was printed. Its token is stored as its SHA-256, so the table opens no door."""

    __tablename__ = "first_link"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    token_hash: str = Field(unique=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # used, or replaced by a newer one


class FirstLinkGone(Gone):
    """The link was used, is too old, or never was one: nobody is told which."""

    title = "This link no longer works"
    message = (
        "The link for the first administrator works once, for a day, and only while there is none. Start the site "
        "again with ./run: if it still needs an administrator, it prints a new link."
    )


def link(db: Session, *, now: datetime) -> str | None:
    """Make the link for a house without an administrator; give its token, or None where there is one."""
    if people.has_admin(db):
        return None
    _end_all(db, now=now)
    token = sign_in.new_token()
    db.add(FirstLink(token_hash=sign_in.fingerprint(token), made_at=now))
    audit.record(db, actor=audit.OPERATOR, act="people.first_link", subject="administrator", now=now)
    return token


def check(db: Session, token: str, *, now: datetime) -> None:
    """Raise `FirstLinkGone` unless a link is good."""
    good = select(FirstLink).where(col(FirstLink.token_hash) == sign_in.fingerprint(token))
    good = good.where(col(FirstLink.ended_at).is_(None), col(FirstLink.made_at) > now - LASTS)
    if db.exec(good).first() is None or people.has_admin(db):
        raise FirstLinkGone


def become_admin(db: Session, token: str, *, email: str, name: str, now: datetime) -> Person:
    """Use a link up: give the account of an address, with her name, as the house's first administrator.

    Of two who press the button at once, one is the first.
    """
    email, name = people.address(email), people.legal_name(name)
    check(db, token, now=now)
    if not _end_all(db, now=now):
        raise FirstLinkGone
    person = people.find_or_add(db, email, now=now)
    people.attest_legal_name(db, person, name, now=now)
    people.give_role(db, person, Role.ADMIN, by=person.actor, now=now)
    return person


def _end_all(db: Session, *, now: datetime) -> int:
    live = update(FirstLink).where(col(FirstLink.ended_at).is_(None)).values(ended_at=now)
    return int(db.execute(live).rowcount)  # type: ignore[attr-defined]
