"""Grievances: what somebody holds against the provider, in her words, and the answer she got, within ten working days.

Anybody may send one: with an account or without, about a course, an exam, a certificate, or how she was treated. What
she writes stays out of mail and out of the trail; whoever runs the office reads it here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, func, select

from app import audit
from app.identity import people
from app.identity.people import NotAnAddress, Person
from app.kit import mail
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Invalid, NotFound, TooMany

WORKING_DAYS = 10  # NASW's California chapter asks this of providers (features.md, P14)
ANSWERED_WITHIN = "ten working days"
LONGEST = 8_000  # letters
LONGEST_NAME = 120
MOST_OPEN = 5  # of one address
MOST_A_DAY = 50  # of people who are not signed in, all together: each sends a letter to an address that was typed


class Grievance(SQLModel, table=True):
    """What somebody wrote, and what she was answered. Her words may be forgotten one day, so nothing forbids to."""

    __tablename__ = "grievance"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int | None = Field(
        default=None, foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId
    )  # None: she was not signed in
    email: str
    email_key: str = Field(index=True)
    name: str = ""
    words: str
    asked_at: datetime = Field(sa_type=UtcDateTime, index=True)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: str = ""
    answer: str = ""


class TooManyGrievances(TooMany):
    """Several of hers wait already, or very many were sent by people without an account today."""

    message = f"We have several letters to answer first. The provider answers within {ANSWERED_WITHIN}."


class NoSuchGrievance(NotFound):
    """There is no grievance of this number."""

    message = "There is no grievance of this number. See the list of requests."


class AlreadyAnswered(Conflict):
    """It has been answered meanwhile."""

    message = "This was answered already. Write to the person if there is more to say."


def send(
    db: Session,
    words: str,
    *,
    email: str,
    name: str = "",
    person: Person | None = None,
    provider_email: str = "",
    now: datetime,
) -> Grievance:
    """Keep what somebody holds against the provider, and tell her by when she is answered."""
    grievance = _read(words, email, name, person, now)
    _assert_few(db, grievance)
    db.add(grievance)
    db.flush()
    actor = person.actor if person else audit.HOUSE
    audit.record(db, actor=actor, act="grievance.sent", subject=subject(grievance.id), now=now)
    received = mail.letter("grievance-received", within=ANSWERED_WITHIN, number=grievance.id)
    mail.queue(db, to=grievance.email, message=received, now=now)
    if provider_email:
        asked = mail.letter("grievance-asked", within=ANSWERED_WITHIN, number=grievance.id)
        mail.queue(db, to=provider_email, message=asked, now=now)
    return grievance


def _read(words: str, email: str, name: str, person: Person | None, now: datetime) -> Grievance:
    mistakes: dict[str, str] = {}
    try:
        address = person.email if person else people.address(email)
    except NotAnAddress as refused:
        mistakes |= refused.fields
        address = ""
    if not words.strip():
        mistakes["words"] = "Write what happened, and what should be done about it."
    elif len(words) > LONGEST:
        mistakes["words"] = f"Write at most {LONGEST:,} letters."
    if len(name) > LONGEST_NAME:
        mistakes["name"] = f"Write at most {LONGEST_NAME} letters."
    if mistakes:
        raise Invalid(mistakes)
    called = " ".join((person.legal_name if person and person.legal_name else name).split())
    key, whose = people.key(address), person.id if person else None
    return Grievance(person_id=whose, email=address, email_key=key, name=called, words=words.strip(), asked_at=now)


def _assert_few(db: Session, grievance: Grievance) -> None:
    counted = select(func.count(col(Grievance.id)))
    hers = counted.where(col(Grievance.email_key) == grievance.email_key, col(Grievance.answered_at).is_(None))
    since = grievance.asked_at - timedelta(days=1)
    strangers = counted.where(col(Grievance.person_id).is_(None), col(Grievance.asked_at) > since)
    is_stranger = grievance.person_id is None
    if db.exec(hers).one() >= MOST_OPEN or (is_stranger and db.exec(strangers).one() >= MOST_A_DAY):
        raise TooManyGrievances


def subject(grievance_id: int) -> str:
    """Name one as the trail does."""
    return f"grievance {grievance_id}"


def by_id(db: Session, grievance_id: int) -> Grievance:
    """Give one, or raise `NoSuchGrievance`."""
    found = db.get(Grievance, grievance_id)
    if found is None:
        raise NoSuchGrievance
    return found


def of(db: Session, person: Person) -> Sequence[Grievance]:
    """Give those that somebody sent while she was signed in, newest first."""
    hers = select(Grievance).where(col(Grievance.person_id) == person.id)
    return db.exec(hers.order_by(col(Grievance.id).desc())).all()


def waiting(db: Session) -> Sequence[Grievance]:
    """Give those that nobody has answered yet, oldest first."""
    return db.exec(select(Grievance).where(col(Grievance.answered_at).is_(None)).order_by(col(Grievance.id))).all()


def answered(db: Session, *, most: int) -> Sequence[Grievance]:
    """Give those that were answered last."""
    over = select(Grievance).where(col(Grievance.answered_at).is_not(None))
    return db.exec(over.order_by(col(Grievance.answered_at).desc()).limit(most)).all()


def answer(db: Session, grievance: Grievance, words: str, *, by: audit.Actor, now: datetime) -> None:
    """Answer one, by mail and on her page. It is answered once."""
    if grievance.answered_at is not None:
        raise AlreadyAnswered
    if not words.strip():
        raise Invalid({"answer": "Write what she is answered."})
    if len(words) > LONGEST:
        raise Invalid({"answer": f"Write at most {LONGEST:,} letters."})
    grievance.answered_at, grievance.answered_by, grievance.answer = now, by.label, words.strip()
    db.add(grievance)
    audit.record(db, actor=by, act="grievance.answered", subject=subject(grievance.id), now=now)
    if grievance.email:  # else her data were erased meanwhile
        told = mail.letter("grievance-answered", addressee=grievance.name, answer=grievance.answer, number=grievance.id)
        mail.queue(db, to=grievance.email, message=told, now=now)
    db.flush()
