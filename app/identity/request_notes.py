"""Notes on requests: what those who run the office write to one another about one. Who asked never sees them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Invalid

LONGEST = 2_000  # letters


class RequestNote(SQLModel, table=True):
    """One note, on a request of some kind: accommodation or grievance."""

    __tablename__ = "request_note"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    kind: str
    request_id: int = Field(sa_type=RowId, index=True)
    words: str
    at: datetime = Field(sa_type=UtcDateTime)
    by: str


def add(db: Session, kind: str, request_id: int, words: str, *, by: audit.Actor, now: datetime) -> None:
    """Write a note on a request."""
    if not words.strip():
        raise Invalid({"note": "Write the note first."})
    if len(words) > LONGEST:
        raise Invalid({"note": f"Write at most {LONGEST:,} letters."})
    db.add(RequestNote(kind=kind, request_id=request_id, words=words.strip(), at=now, by=by.label))
    audit.record(db, actor=by, act=f"{kind}.noted", subject=f"{kind} {request_id}", now=now)
    db.flush()


def of(db: Session, kind: str, request_id: int) -> Sequence[RequestNote]:
    """Give the notes on a request, first to last."""
    notes = select(RequestNote).where(col(RequestNote.kind) == kind, col(RequestNote.request_id) == request_id)
    return db.exec(notes.order_by(col(RequestNote.id))).all()
