"""Readers: somebody who reads without an account. Her marks are kept for 30 days, under a token she holds."""

from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, select

from app.identity import sign_in
from app.kit.database import RowId, UtcDateTime

KEPT_FOR = timedelta(days=30)


class Reader(SQLModel, table=True):
    """A browser that has marked something as read, and nobody knows whose it is."""

    __tablename__ = "reader"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    token_hash: str = Field(unique=True)
    began_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime, index=True)


def begin(db: Session, *, now: datetime) -> tuple[Reader, str]:
    """Make a reader's row, and the token that her browser will hold."""
    token = sign_in.new_token()
    reader = Reader(token_hash=sign_in.fingerprint(token), began_at=now, seen_at=now)
    db.add(reader)
    db.flush()
    return reader, token


def of(db: Session, token: str, *, now: datetime) -> Reader | None:
    """Find the reader who holds a token, unless she has been gone too long."""
    reader = db.exec(select(Reader).where(col(Reader.token_hash) == sign_in.fingerprint(token))).first()
    return reader if reader and now - reader.seen_at < KEPT_FOR else None


def gone(db: Session, *, now: datetime) -> list[Reader]:
    """Give the readers who have not been seen for 30 days."""
    return list(db.exec(select(Reader).where(col(Reader.seen_at) < now - KEPT_FOR)))
