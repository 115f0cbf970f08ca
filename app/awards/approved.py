"""Which certificates print the statement of an approval: they keep its words whatever becomes of the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from app.awards.certificates import Certificate
from app.kit.working_days import OFFICE_ZONE
from app.library import approvals
from app.library.approvals import Record

MOST_READ = 1_000  # certificates that are looked through, the newest


@dataclass(frozen=True, slots=True)
class Printing:
    """How many certificates print it, of how many that were looked through."""

    count: int
    newest: tuple[str, ...]  # their numbers
    is_all: bool  # no older ones were left out


def printing(db: Session, record: Record, *, shown: int = 5) -> Printing:
    """Count the certificates that print the statement of an approval, and name the newest."""
    one, day = record.approval, timedelta(days=1)
    first = datetime.combine(one.valid_from, time.min, OFFICE_ZONE) - day
    last = datetime.combine(one.valid_to, time.max, OFFICE_ZONE) + day
    within = select(Certificate).where(col(Certificate.completed_at) >= first, col(Certificate.completed_at) <= last)
    looked = db.exec(within.order_by(col(Certificate.id).desc()).limit(MOST_READ)).all()
    found = [certificate.number for certificate in looked if _prints(certificate, record)]
    return Printing(len(found), tuple(found[:shown]), is_all=len(looked) < MOST_READ)


def _prints(certificate: Certificate, record: Record) -> bool:
    facts = certificate.facts
    pattern = approvals.pattern(record.approval, provider=facts.provider_name)
    return any(pattern.fullmatch(said) for said in facts.approval_statements)
