"""Questions to the trail: by words, by kind of act, by days, newest first, with each line's place in the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from app.audit.lines import AuditLine
from app.audit.links import Link
from app.kit import listing
from app.kit.listing import Found, Selected, Sought

PLACE = "place"
COLUMNS = {
    PLACE: col(Link.seq),
    "at": col(AuditLine.at),
    "who": col(AuditLine.actor_label),
    "act": col(AuditLine.act),
    "subject": col(AuditLine.subject),
}


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both of them in it; None leaves that end open."""

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def read(cls, words: str) -> tuple[Days, str]:
        """Find a day, or one..another, among the words that are looked for; give it, and the other words."""
        days, others = cls(), []
        for word in words.split():
            first, to, last = word.partition("..")
            since, until = _day(first), _day(last if to else first)
            if since is None and until is None:
                others.append(word)
            else:
                days = cls(since, until + timedelta(days=1) if until else None)
        return days, " ".join(others)


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, with its place in the chain."""

    seq: int
    line: AuditLine


def search(db: Session, sought: Sought, number: int) -> Found[Placed]:
    """Give a page of the lines that are looked for."""
    found = listing.page(db, _lines(sought), number)
    return Found([Placed(*row) for row in found.rows], found.total, found.page, found.pages)


def everything(db: Session, sought: Sought) -> Iterator[Placed]:
    """Give all the lines that are looked for, without holding them all."""
    for rows in listing.batches(db, _lines(sought)):
        yield from (Placed(*row) for row in rows)


def acts(db: Session) -> list[str]:
    """Give the kinds of acts that the trail knows."""
    return list(db.execute(sa.select(col(AuditLine.act)).distinct().order_by(col(AuditLine.act))).scalars())


def _lines(sought: Sought) -> Selected:
    days, words = Days.read(sought.words)
    read = sa.select(col(Link.seq), AuditLine).join(AuditLine, col(AuditLine.id) == col(Link.line))
    said = (AuditLine.actor_label, AuditLine.act, AuditLine.subject, AuditLine.detail)
    read = read.where(listing.holds(words, *map(col, said)), *_wanted(sought, days))
    return listing.in_order(read, sought, COLUMNS, first=PLACE, last=col(Link.seq))


def _wanted(sought: Sought, days: Days) -> Iterator[Any]:
    if act := sought.narrowed.get("act"):
        yield col(AuditLine.act) == act
    if days.since:
        yield col(AuditLine.at) >= days.since
    if days.until:
        yield col(AuditLine.at) < days.until
    if sought.only is not None:
        yield col(Link.seq).in_(sought.only)


def _day(written: str) -> datetime | None:
    try:
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
