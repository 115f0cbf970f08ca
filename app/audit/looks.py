"""Who looked at a person's records: told to her, and never by the name of whoever looked (docs/decisions/0039)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.audit import writing
from app.audit.lines import Actor, AuditLine
from app.audit.links import Link

EVIDENCE = "certificate.evidence-seen"  # as app/awards/evidence_sheets.py says it
OPENED = "record.opened"  # a page about her in the office
FOUND = "record.found"  # she was among what a look-up gave
EXPORTED = "record.exported"  # her records left in a file
LOOKS = (EVIDENCE, OPENED, FOUND, EXPORTED)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at somebody's records: when, by which role, at what, in which form."""

    at: datetime
    act: str
    subject: str  # the number of a certificate, or nothing
    role: str
    form: str


def look_at(
    db: Session, person_id: int, *, by: Actor, role: str, form: str, subject: str, now: datetime, act: str = OPENED
) -> None:
    """Write down that somebody of the staff looked at a person's records; her own looks are her own."""
    if by.id != person_id:
        detail = {"role": role, "form": form}
        writing.record(db, actor=by, act=act, subject=subject, now=now, detail=detail, about=person_id)


def looks_at(db: Session, person_id: int) -> list[Look]:
    """Give every look of the staff at a person's records, newest first."""
    lines = select(AuditLine).join(Link, col(Link.line) == col(AuditLine.id)).where(col(Link.about) == person_id)
    found = db.exec(lines.where(col(AuditLine.act).in_(LOOKS)).order_by(col(AuditLine.id).desc())).all()
    return [
        Look(one.at, one.act, "" if "@" in one.subject else one.subject, one.told.get("role", ""), _form(one))
        for one in found
    ]


def _form(line: AuditLine) -> str:
    form: str = line.told.get("form", "")
    return form
