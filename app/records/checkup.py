"""What a doctor asks of the records: who may run the house, and with what; what is stuck; what stands in the future."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from app.audit import AuditLine
from app.identity.people import Person, Role
from app.kit.jobs import Job
from app.kit.mail import Mail

WEAK = text(
    "SELECT person.email FROM person WHERE person.role IN ('admin', 'officer', 'auditor')"
    " AND NOT EXISTS (SELECT 1 FROM passkey WHERE passkey.person_id = person.id)"
    " AND NOT EXISTS (SELECT 1 FROM authenticator WHERE authenticator.person_id = person.id"
    " AND authenticator.confirmed_at IS NOT NULL) ORDER BY person.id"
)


def admins(db: Session) -> int:
    """Count who may run the office."""
    counted: int = db.exec(select(func.count()).select_from(Person).where(col(Person.role) == Role.ADMIN)).one()
    return counted


def without_second_factor(db: Session) -> list[str]:
    """Give the addresses of staff who sign in with a code by mail alone."""
    return [str(row[0]) for row in db.execute(WEAK)]


def newest_instant(db: Session) -> datetime | None:
    """Give the latest instant that anything on record claims to have happened at."""
    newest: datetime | None = db.exec(select(func.max(col(AuditLine.at)))).one()
    return newest


def letters_stuck(db: Session, *, before: datetime) -> int:
    """Count the letters that should have left before an instant."""
    late = select(func.count()).select_from(Mail).where(col(Mail.sent_at).is_(None), col(Mail.queued_at) < before)
    waiting = late.where(col(Mail.failed_at).is_(None), col(Mail.unsure_at).is_(None))
    counted: int = db.exec(waiting).one()
    return counted


def letters_lost(db: Session, *, since: datetime) -> int:
    """Count the letters that could not be sent, or may not have been, since an instant."""
    lost = select(func.count()).select_from(Mail).where(col(Mail.sent_at).is_(None), col(Mail.queued_at) >= since)
    counted: int = db.exec(lost.where(col(Mail.failed_at).is_not(None) | col(Mail.unsure_at).is_not(None))).one()
    return counted


def work_stuck(db: Session, *, tries: int) -> list[Job]:
    """Give the work other than mail that has failed this often and is not done."""
    failing = select(Job).where(col(Job.done_at).is_(None), col(Job.tries) >= tries, col(Job.kind) != "mail")
    return list(db.exec(failing.order_by(col(Job.due_at)).limit(5)))
