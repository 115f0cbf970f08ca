"""Who did what to which record, and when: written in the act's own transaction, never changed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    """One act. It takes an id and a label, and no foreign key, so that no erasure can reach it."""

    __tablename__ = "audit_line"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: int | None = Field(default=None, sa_type=RowId)
    actor_label: str
    act: str = Field(index=True)  # certificate.revoked
    subject: str = Field(index=True)  # what it was done to: a number, a code, a name
    detail: str = "{}"  # JSON: what else a reader of the trail will ask

    @property
    def told(self) -> dict[str, Any]:
        """What else there is to say of it."""
        read: dict[str, Any] = json.loads(self.detail)
        return read


def record(
    db: Session, *, actor: Actor, act: str, subject: str, now: datetime, detail: dict[str, Any] | None = None
) -> None:
    """Write one line of the trail."""
    words = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str)
    db.add(AuditLine(at=now, actor_id=actor.id, actor_label=actor.label, act=act, subject=subject, detail=words))


def of_subject(db: Session, subject: str, *, act: str = "") -> list[AuditLine]:
    """Give what was done to a record, first to last; `act` names the one kind that is asked for."""
    lines = select(AuditLine).where(col(AuditLine.subject) == subject)
    if act:
        lines = lines.where(col(AuditLine.act) == act)
    return list(db.exec(lines.order_by(col(AuditLine.id))))
