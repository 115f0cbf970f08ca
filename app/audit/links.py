"""The chain: each line of the trail has a place in it, without gaps, and a hash over the place before.

A link says in ids what happened, when, by whom and about whom, and holds a salted commitment to what the line tells of
people. So a line can be erased, and the chain still proves that it stood there; whoever erases a salt with it leaves
nothing to guess from. A link is never changed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.database import RowId, UtcDateTime

BEFORE_THE_FIRST = b"\x00" * 32
SALT_BYTES = 32


class Link(SQLModel, table=True):
    """The place of one line in the chain."""

    __tablename__ = "audit_link"
    __table_args__ = (CheckConstraint("seq >= 1", name="seq"), UniqueConstraint("line"))

    seq: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    line: int = Field(sa_type=RowId)
    at: datetime = Field(sa_type=UtcDateTime)
    act: str
    actor_id: int | None = Field(default=None, sa_type=RowId)
    about: int | None = Field(default=None, sa_type=RowId, index=True)  # the person whose record it is
    named: str = ""  # the subject, where it names no person: a number, a code
    told: bytes = Field(sa_type=LargeBinary)  # the commitment to who, to whom and what exactly
    network: bytes | None = Field(default=None, sa_type=LargeBinary)  # the commitment to the address, if there was one
    hash: bytes = Field(sa_type=LargeBinary)


def commitment(salt: bytes, told: dict[str, str]) -> bytes:
    """Commit to what a line tells: SHA-256 over the salt and the words in one spelling."""
    return hashlib.sha256(salt + canonical(told)).digest()


def told_of(actor_label: str, subject: str, detail: str) -> dict[str, str]:
    """Give what a line tells of people, as it is committed to."""
    return {"actor": actor_label, "detail": detail, "subject": subject}


def hashed(before: bytes, link: dict[str, Any]) -> bytes:
    """Give the hash of a link: over the one before it, and over everything that it says."""
    said = {
        **{name: link[name] for name in ("seq", "line", "act", "actor_id", "about", "named")},
        "at": link["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "told": link["told"].hex(),
        "network": link["network"].hex() if link["network"] else None,
    }
    return hashlib.sha256(before + canonical(said)).digest()


def canonical(said: dict[str, Any]) -> bytes:
    """Write in the one way there is: names in order, no spaces, UTF-8."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def impersonal(subject: str) -> str:
    """Give a subject as the chain may keep it for ever: nothing of it where it is somebody's address."""
    return "" if "@" in subject else subject
