"""Requests: what a learner needs to take an exam on fair terms, in her words, and what was granted her.

Why she needs it is nobody's business: she is asked what would help, not for a diagnosis. A grant is a row that
is never changed; the newest one holds, and taking it back is a grant of the usual terms.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from math import ceil

from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.identity.people import Person
from app.kit import mail
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Invalid, NotFound, TooMany

WORKING_DAYS = 5
ANSWERED_WITHIN = "five working days"  # what the request page promises, and docs/operating.md asks of the provider
LONGEST_REQUEST = 4_000  # letters
MOST_OPEN = 5


class TimeFactor(StrEnum):
    """How much of the usual time somebody has where an exam has a limit."""

    USUAL = "1"
    QUARTER_MORE = "1.25"
    HALF_MORE = "1.5"
    DOUBLE = "2"
    UNTIMED = "untimed"

    @property
    def in_words(self) -> str:
        """Say it as a letter does."""
        return {
            TimeFactor.USUAL: "the usual time",
            TimeFactor.QUARTER_MORE: "a quarter more time",
            TimeFactor.HALF_MORE: "half as much time again",
            TimeFactor.DOUBLE: "double the time",
            TimeFactor.UNTIMED: "no time limit",
        }[self]

    def of(self, minutes: int | None) -> int | None:
        """Give her minutes for a limit, rounded up; None where she has no limit."""
        if minutes is None or self is TimeFactor.UNTIMED:
            return None
        return ceil(minutes * Fraction(self.value))


class AccommodationRequest(SQLModel, table=True):
    """What somebody asked for. Her words may be forgotten one day, so nothing forbids to."""

    __tablename__ = "accommodation_request"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    needs: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str = ""
    answered_by: str = ""


class Accommodation(SQLModel, table=True):
    """Terms that were granted to somebody, for every exam she starts from then on."""

    __tablename__ = "accommodation"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    time_factor: str = TimeFactor.USUAL
    one_at_a_time: bool = False
    granted_at: datetime = Field(sa_type=UtcDateTime)
    granted_by: str

    @property
    def factor(self) -> TimeFactor:
        """Her share of the usual time."""
        return TimeFactor(self.time_factor)

    @property
    def in_words(self) -> str:
        """Say what was granted: half as much time again, and one question at a time."""
        return self.factor.in_words + (", and one question at a time" if self.one_at_a_time else "")


class TooManyAsked(TooMany):
    """Several requests of hers wait already."""

    message = f"Your earlier requests are not answered yet. The provider answers within {ANSWERED_WITHIN}."


class NoSuchRequest(NotFound):
    """There is no request of this number."""

    message = "There is no request of this number. See the list of requests."


class NothingAsked(NotFound):
    """There is no request to decline."""

    message = "This person has no request that waits for an answer."


def ask(db: Session, person: Person, words: str, *, provider_email: str, now: datetime) -> AccommodationRequest:
    """Keep what she needs, in her words, and tell the provider that somebody asked."""
    needs = words.strip()
    if not needs:
        raise Invalid({"needs": "Write what would help you. You need not say why."})
    if len(needs) > LONGEST_REQUEST:
        raise Invalid({"needs": f"Write at most {LONGEST_REQUEST:,} letters."})
    if len(_open_of(db, person)) >= MOST_OPEN:
        raise TooManyAsked
    request = AccommodationRequest(person_id=person.id, needs=needs, asked_at=now)
    db.add(request)
    audit.record(db, actor=person.actor, act="accommodation.asked", subject=person.email, now=now)
    if provider_email:
        letter = mail.letter("accommodation-asked", person=person.email, within=ANSWERED_WITHIN)
        mail.queue(db, to=provider_email, message=letter, now=now)
    db.flush()
    return request


def of(db: Session, person: Person) -> Sequence[AccommodationRequest]:
    """Give her requests, newest first."""
    hers = select(AccommodationRequest).where(col(AccommodationRequest.person_id) == person.id)
    return db.exec(hers.order_by(col(AccommodationRequest.id).desc())).all()


def waiting(db: Session) -> Sequence[tuple[Person, AccommodationRequest]]:
    """Give the requests that nobody has answered yet, oldest first."""
    asked = select(Person, AccommodationRequest).join(
        AccommodationRequest, col(AccommodationRequest.person_id) == col(Person.id)
    )
    still = asked.where(col(AccommodationRequest.answered_at).is_(None))
    return db.exec(still.order_by(col(AccommodationRequest.id))).all()


def by_id(db: Session, request_id: int) -> tuple[Person, AccommodationRequest]:
    """Give a request and who asked, or raise `NoSuchRequest`."""
    asked = select(Person, AccommodationRequest).where(col(AccommodationRequest.id) == request_id)
    found = db.exec(asked.where(col(AccommodationRequest.person_id) == col(Person.id))).first()
    if found is None:
        raise NoSuchRequest
    return found


def answered(db: Session, *, most: int) -> Sequence[tuple[Person, AccommodationRequest]]:
    """Give the requests that were answered last."""
    asked = select(Person, AccommodationRequest).where(col(AccommodationRequest.person_id) == col(Person.id))
    over = asked.where(col(AccommodationRequest.answered_at).is_not(None))
    return db.exec(over.order_by(col(AccommodationRequest.answered_at).desc()).limit(most)).all()


def granted(db: Session, person_id: int | None) -> Accommodation | None:
    """Give the terms that hold for somebody now; None for the usual ones."""
    hers = select(Accommodation).where(col(Accommodation.person_id) == person_id)
    return db.exec(hers.order_by(col(Accommodation.id).desc()).limit(1)).first()


def grant(
    db: Session,
    person: Person,
    factor: TimeFactor,
    *,
    one_at_a_time: bool,
    note: str,
    by: audit.Actor,
    now: datetime,
) -> Accommodation:
    """Grant terms to somebody for the exams she starts from now on, and tell her; it answers what she asked."""
    terms = Accommodation(
        person_id=person.id, time_factor=factor, one_at_a_time=one_at_a_time, granted_at=now, granted_by=by.label
    )
    db.add(terms)
    detail = {"time": str(factor), "one_at_a_time": one_at_a_time}
    audit.record(
        db, actor=by, act="accommodation.granted", subject=person.email, now=now, detail=detail, about=person.id
    )
    answer = f"Granted: {terms.in_words}." + (f" {note.strip()}" if note.strip() else "")
    _answer(db, person, answer, by=by, now=now)
    return terms


def decline(db: Session, person: Person, *, reason: str, by: audit.Actor, now: datetime) -> None:
    """Say no to what she asked, with a reason and a way on, and tell her."""
    if not _open_of(db, person):
        raise NothingAsked
    if not reason.strip():
        raise Invalid({"reason": "Say why, and what she can do instead."})
    audit.record(db, actor=by, act="accommodation.declined", subject=person.email, now=now, about=person.id)
    _answer(db, person, f"Not granted. {reason.strip()}", by=by, now=now)


def _answer(db: Session, person: Person, answer: str, *, by: audit.Actor, now: datetime) -> None:
    for request in _open_of(db, person):
        request.answered_at, request.answer, request.answered_by = now, answer, by.label
        db.add(request)
    letter = mail.letter("accommodation-answered", addressee=person.legal_name or "", answer=answer)
    mail.queue(db, to=person.email, message=letter, now=now)
    db.flush()


def _open_of(db: Session, person: Person) -> list[AccommodationRequest]:
    return [request for request in of(db, person) if request.answered_at is None]
