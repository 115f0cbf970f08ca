"""The lines of the trail: who did what to which record, and when, in words that people read.

What a line tells of people (who, to whom, what exactly, from which network) can be erased. That the line stood there
cannot: its place in the chain (links.py) stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel, col, select

from app.kit.database import RowId, UtcDateTime


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: an account, or the operator at the command line. The label outlives the account."""

    id: int | None
    label: str


OPERATOR = Actor(id=None, label="operator")
HOUSE = Actor(id=None, label="Continua")


class AuditLine(SQLModel, table=True):
    """One act. It takes an id and a label, and no foreign key, so that no erasure of an account can reach it."""

    __tablename__ = "audit_line"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: int | None = Field(default=None, sa_type=RowId)
    actor_label: str
    act: str = Field(index=True)  # certificate.revoked
    subject: str = Field(index=True)  # what it was done to: a number, a code, a name
    detail: str = "{}"  # JSON: what else a reader of the trail will ask
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)  # None once label, subject and detail were erased
    network: str | None = None  # the address that the request came from, until it is forgotten
    network_salt: bytes | None = Field(default=None, sa_type=LargeBinary)

    @property
    def told(self) -> dict[str, Any]:
        """What else there is to say of it."""
        read: dict[str, Any] = json.loads(self.detail)
        return read

    @property
    def is_erased(self) -> bool:
        """Whether what it told of people is gone."""
        return self.salt is None


def of_subject(db: Session, subject: str, *, act: str = "") -> list[AuditLine]:
    """Give what was done to a record, first to last; `act` names the one kind that is asked for."""
    lines = select(AuditLine).where(col(AuditLine.subject) == subject)
    if act:
        lines = lines.where(col(AuditLine.act) == act)
    return list(db.exec(lines.order_by(col(AuditLine.id))))
