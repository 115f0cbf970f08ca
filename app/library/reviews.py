"""Reviews: a second person read this very text and signed it, with name, license and date.

A signature belongs to a content hash and to nothing else: change one letter, and the text is another one
that nobody has signed. Signatures are never changed and never deleted.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.audit import Actor
from app.identity import access, licenses, people
from app.identity.access import Right
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Forbidden, Invalid

LONGEST_NAME, LONGEST_LICENSE, LONGEST_NOTE = 120, 80, 2_000


class Review(SQLModel, table=True):
    """One signature under one text."""

    __tablename__ = "review"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    course_code: str
    content_hash: str = Field(index=True)
    reviewer_id: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)
    name: str
    license: str  # as she gave it: NY LCSW 081234-1
    note: str = ""
    signed_at: datetime = Field(sa_type=UtcDateTime)


class ReviewRequest(SQLModel, table=True):
    """That an author asked for a review of a text."""

    __tablename__ = "review_request"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    draft_id: int = Field(index=True, sa_type=RowId)
    course_code: str
    content_hash: str
    note: str = ""
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: int = Field(foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a reviewer puts under a text."""

    name: str
    license: str
    note: str = ""


class OwnText(Forbidden):
    """Whoever wrote in a text cannot be the second person who reads it."""

    message = "You wrote in this text, so somebody else has to review it. Ask a colleague."


class TextChanged(Conflict):
    """The text is not the one that she read."""

    message = "The text was changed after you opened this page, so nothing was done. Read what is new, then try again."


class SignedAlready(Conflict):
    """Her signature stands under this text."""

    message = "You have signed this text. Your signature stands under it."


def of_texts(db: Session, content_hashes: Iterable[str]) -> dict[str, list[Review]]:
    """Give the signatures under each of several texts, in one query."""
    wanted = set(content_hashes)
    found = db.exec(select(Review).where(col(Review.content_hash).in_(wanted)).order_by(col(Review.id))).all()
    return {one: [review for review in found if review.content_hash == one] for one in wanted}


def of_text(db: Session, content_hash: str) -> list[Review]:
    """Give the signatures under a text, first to last."""
    return of_texts(db, [content_hash])[content_hash]


def license_of(db: Session, person: Person) -> str:
    """Give the license an account holds, as a signature says it; empty where it holds none."""
    held = licenses.latest(db, person)
    return f"{held.state} {held.type} {held.number}" if held else ""


def sign(
    db: Session,
    reviewer: Person,
    typed: Signature,
    *,
    course_code: str,
    content_hash: str,
    writers: Collection[int],
    now: datetime,
) -> Review:
    """Sign a text as its second reader: not an author, and nobody who wrote in it."""
    access.insist(reviewer, Right.REVIEW)
    if not {one.id for one in people.accounts(db, reviewer)}.isdisjoint(writers):
        raise OwnText
    if any(review.reviewer_id == reviewer.id for review in of_text(db, content_hash)):
        raise SignedAlready
    review = _review(_read(typed), course_code=course_code, content_hash=content_hash, now=now)
    review.reviewer_id = reviewer.id
    return _keep(db, review, by=reviewer.actor, now=now)


def vouch(db: Session, typed: Signature, *, course_code: str, content_hash: str, by: Actor, now: datetime) -> Review:
    """Put on record, at the command line, that somebody without an account reviewed a text; once."""
    signature = _read(typed)
    for known in of_text(db, content_hash):
        if (known.name, known.license) == (signature.name, signature.license):
            return known
    return _keep(db, _review(signature, course_code=course_code, content_hash=content_hash, now=now), by=by, now=now)


def _read(typed: Signature) -> Signature:
    signature = Signature(" ".join(typed.name.split()), " ".join(typed.license.split()), typed.note.strip())
    mistakes = {}
    if not signature.name or len(signature.name) > LONGEST_NAME:
        mistakes["name"] = "Enter your name as it stands on your license."
    if not signature.license or len(signature.license) > LONGEST_LICENSE:
        mistakes["license"] = "Enter the state, type and number of your license, such as NY LCSW 081234."
    if len(signature.note) > LONGEST_NOTE:
        mistakes["note"] = f"Write at most {LONGEST_NOTE:,} letters."
    if mistakes:
        raise Invalid(mistakes)
    return signature


def _review(signature: Signature, *, course_code: str, content_hash: str, now: datetime) -> Review:
    return Review(
        course_code=course_code,
        content_hash=content_hash,
        name=signature.name,
        license=signature.license,
        note=signature.note,
        signed_at=now,
    )


def _keep(db: Session, review: Review, *, by: Actor, now: datetime) -> Review:
    db.add(review)
    db.flush()
    detail = {"edition": review.content_hash, "name": review.name, "license": review.license, "note": review.note}
    audit.record(db, actor=by, act="review.signed", subject=review.course_code, now=now, detail=detail)
    return review


def ask(
    db: Session, draft_id: int, *, course_code: str, content_hash: str, note: str = "", by: Person, now: datetime
) -> ReviewRequest:
    """Ask for a review of a text; asking again for the same text changes nothing."""
    asked = latest(db, [draft_id]).get(draft_id)
    if asked is not None and asked.content_hash == content_hash:
        return asked
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": f"Write at most {LONGEST_NOTE:,} letters."})
    request = ReviewRequest(
        draft_id=draft_id,
        course_code=course_code,
        content_hash=content_hash,
        note=note,
        asked_at=now,
        asked_by=by.id,
    )
    db.add(request)
    db.flush()
    detail = {"edition": content_hash, "draft": draft_id}
    audit.record(db, actor=by.actor, act="review.asked", subject=course_code, now=now, detail=detail)
    return request


def latest(db: Session, draft_ids: Iterable[int]) -> dict[int, ReviewRequest]:
    """Give the newest request for each of several drafts, in one query."""
    asked = select(ReviewRequest).where(col(ReviewRequest.draft_id).in_(set(draft_ids)))
    return {request.draft_id: request for request in db.exec(asked.order_by(col(ReviewRequest.id)))}


def waiting(db: Session) -> list[ReviewRequest]:
    """Give the newest request of each draft whose course nobody has signed since, oldest first."""
    requests = {one.draft_id: one for one in db.exec(select(ReviewRequest).order_by(col(ReviewRequest.id)))}
    codes = {one.course_code for one in requests.values()}
    signed: dict[str, datetime] = {}
    for review in db.exec(select(Review).where(col(Review.course_code).in_(codes)).order_by(col(Review.id))):
        signed[review.course_code] = review.signed_at
    return [one for one in requests.values() if one.course_code not in signed or signed[one.course_code] < one.asked_at]
