"""Questions to the trail: by who, by act, by subject and by days, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from app.audit.lines import AuditLine
from app.audit.links import Link

EXPORT_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked of the trail; an empty word asks nothing."""

    who: str = ""
    act: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    is_oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A line, with its place in the chain."""

    seq: int
    line: AuditLine


def search(db: Session, asked: Search, *, offset: int = 0, limit: int | None = None) -> list[Found]:
    """Give the lines that are asked for, with their places."""
    place = col(Link.seq) if asked.is_oldest_first else col(Link.seq).desc()
    read = sa.select(Link.seq, AuditLine).join(AuditLine, col(AuditLine.id) == col(Link.line))  # type: ignore[call-overload]
    rows = db.execute(read.where(*_wanted(asked)).order_by(place).offset(offset).limit(limit)).all()
    return [Found(seq, line) for seq, line in rows]


def count(db: Session, asked: Search) -> int:
    """Say how many lines are asked for."""
    return int(db.execute(sa.select(sa.func.count()).select_from(AuditLine).where(*_wanted(asked))).scalar_one())


def acts(db: Session) -> list[str]:
    """Give the kinds of acts that the trail knows."""
    return list(db.execute(sa.select(AuditLine.act).distinct().order_by(AuditLine.act)).scalars())  # type: ignore[call-overload]


def _wanted(asked: Search) -> Iterator[Any]:
    if asked.who:
        yield col(AuditLine.actor_label).icontains(asked.who, autoescape=True)
    if asked.act:
        yield col(AuditLine.act) == asked.act
    if asked.subject:
        yield col(AuditLine.subject).icontains(asked.subject, autoescape=True)
    if asked.since:
        yield col(AuditLine.at) >= asked.since
    if asked.until:
        yield col(AuditLine.at) < asked.until
