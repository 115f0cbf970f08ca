"""Who looked at a person's records: told to her, and never by the name of whoever looked (docs/decisions/0039)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from app.audit import writing
from app.audit.lines import Actor, AuditLine
from app.audit.links import Link

EVIDENCE = "certificate.evidence-seen"  # as app/awards/evidence_sheets.py says it
OPENED = "record.opened"  # a page about her in the office
FOUND = "record.found"  # she was among what a look-up gave
EXPORTED = "list.exported"  # a table that had her in it, as app/web/admin/exporting.py says it
LOOKS = (EVIDENCE, OPENED, FOUND)
STAFF = "staff"  # where a line from before says no role


@dataclass(frozen=True, slots=True)
class Look:
    """One look at somebody's records: when, by which role, at what, in which form."""

    at: datetime
    act: str
    subject: str  # the number of a certificate, or the name of a list
    role: str
    form: str


def look_at(
    db: Session, person_id: int, *, by: Actor, role: str, form: str, subject: str, now: datetime, act: str = OPENED
) -> None:
    """Write down that somebody of the staff looked at a person's records; her own looks are her own."""
    if by.id != person_id:
        detail = {"role": role, "form": form}
        writing.record(db, actor=by, act=act, subject=subject, now=now, detail=detail, about=person_id)


def looks_at(
    db: Session, *person_ids: int, since: datetime | None = None, rows: Mapping[str, set[int]] | None = None
) -> list[Look]:
    """Give every look of the staff at a person's records, under whichever of her accounts, newest first.

    `rows` says which rows of which lists are hers: an export of a list since then had her in it if it took one of them,
    or took all that matched.
    """
    hers = (col(AuditLine.act).in_(LOOKS)) & col(Link.about).in_(person_ids)
    taken = (col(AuditLine.act) == EXPORTED) & col(AuditLine.subject).in_(rows or {})
    taken &= col(AuditLine.at) >= since if since else col(AuditLine.id).is_not(None)
    lines = select(AuditLine).join(Link, col(Link.line) == col(AuditLine.id)).where(or_(hers, taken))
    found = db.exec(lines.order_by(col(AuditLine.id).desc())).all()
    return [_look(one) for one in found if one.act != EXPORTED or _had_her(one.told, (rows or {})[one.subject])]


def _had_her(told: Mapping[str, Any], hers: set[int]) -> bool:
    taken = told.get("rows")
    return bool(hers) and (not taken or not hers.isdisjoint(taken))


def _look(line: AuditLine) -> Look:
    told = line.told
    form = told.get("form") or told.get("as", "")
    return Look(line.at, line.act, "" if "@" in line.subject else line.subject, told.get("role", STAFF), form)
