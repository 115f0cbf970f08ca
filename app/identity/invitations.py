"""Invitations: a letter with a link that gives an address an account, and the account what it is for.

The link works once, for seven days. It proves no more than that she reads her mail: whoever is invited to the staff
sets up a passkey or an authenticator before any of its doors open.
"""

from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, select, update

from app import audit
from app.identity import people, sign_in
from app.identity.people import Person, Role
from app.kit import mail
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Gone

LASTS = timedelta(days=7)


class Invitation(SQLModel, table=True):
    """One invitation. Its token is stored as its SHA-256, so the table opens no door."""

    __tablename__ = "invitation"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    email: str
    email_key: str = Field(index=True)
    role: str
    token_hash: str = Field(unique=True)
    invited_at: datetime = Field(sa_type=UtcDateTime)
    invited_by: str
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # used, or replaced by a newer one
    accepted_by: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)


class InvitationGone(Gone):
    """The invitation was used, replaced, is too old, or never was one: nobody is told which."""

    title = "This invitation no longer works"
    message = (
        "An invitation works once, for seven days, and a newer one takes the place of an older one. If you have "
        "used it, sign in with your e-mail address; if not, ask whoever invited you for a new one."
    )


class RoleAlready(Conflict):
    """The account is for that already."""

    def __init__(self, person: Person) -> None:
        """Name the account and what it is for."""
        super().__init__(f"{person.email} has an account that is for this already: {person.role}.")


def invite(
    db: Session, email: str, role: Role, *, provider: str, address: str, by: audit.Actor, now: datetime
) -> Invitation:
    """Write to an address with a link that gives it an account of a role; an older invitation to it ends.

    The link begins with the site's configured address, never with what a request says.
    """
    email = people.address(email)
    known = people.by_email(db, email)
    if known is not None and known.role == role and role != Role.LEARNER:
        raise RoleAlready(known)
    _end_older(db, email, now=now)
    token = sign_in.new_token()
    invitation = Invitation(
        email=email,
        email_key=people.key(email),
        role=role,
        token_hash=sign_in.fingerprint(token),
        invited_at=now,
        invited_by=by.label,
    )
    db.add(invitation)
    db.flush()
    letter = mail.letter(
        "invitation",
        provider=provider,
        link=f"{address}/invitation/{token}",
        role=ROLE_WORDS[role],
        staff=role != Role.LEARNER,
        days=LASTS.days,
    )
    mail.queue(db, to=email, message=letter, now=now, secret=True)  # its words are dropped once it has left
    audit.record(db, actor=by, act="person.invited", subject=email, now=now, detail={"role": role})
    return invitation


def good(db: Session, token: str, *, now: datetime) -> Invitation:
    """Give the invitation of a link, or raise `InvitationGone`."""
    this = select(Invitation).where(col(Invitation.token_hash) == sign_in.fingerprint(token))
    found = db.exec(this.where(col(Invitation.ended_at).is_(None), col(Invitation.invited_at) > now - LASTS)).first()
    if found is None:
        raise InvitationGone
    return found


def accept(db: Session, token: str, *, now: datetime) -> Person:
    """Use an invitation up: give the account of its address, which is for what she was invited to from now on."""
    invitation = good(db, token, now=now)
    used = update(Invitation).where(col(Invitation.id) == invitation.id, col(Invitation.ended_at).is_(None))
    if not db.execute(used.values(ended_at=now)).rowcount:  # type: ignore[attr-defined]
        raise InvitationGone
    person = people.find_or_add(db, invitation.email, now=now)
    invitation.accepted_by = person.id
    db.add(invitation)
    role = Role(invitation.role)
    if role not in {Role.LEARNER, person.role}:  # to study is what every account may do: nothing is taken by it
        people.give_role(db, person, role, by=audit.Actor(id=None, label=invitation.invited_by), now=now)
    return person


def waiting(db: Session, *, now: datetime) -> list[Invitation]:
    """Give the invitations that can still be used, newest first."""
    open_ones = select(Invitation).where(col(Invitation.ended_at).is_(None), col(Invitation.invited_at) > now - LASTS)
    return list(db.exec(open_ones.order_by(col(Invitation.id).desc())))


ROLE_WORDS = {
    Role.LEARNER: "a learner",
    Role.INSTRUCTOR: "an instructor",
    Role.REVIEWER: "a reviewer",
    Role.OFFICER: "a licensing officer",
    Role.ADMIN: "an administrator",
    Role.AUDITOR: "an auditor",
}


def _end_older(db: Session, email: str, *, now: datetime) -> None:
    older = update(Invitation).where(col(Invitation.email_key) == people.key(email), col(Invitation.ended_at).is_(None))
    db.execute(older.values(ended_at=now))
