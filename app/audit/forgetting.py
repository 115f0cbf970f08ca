"""What the trail forgets: network addresses after a time, and whatever it told of a person who is erased.

The places in the chain stay, and that something was forgotten is itself a line: what is gone without one was taken by
somebody who had no right to.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select, update

from app.audit import writing
from app.audit.lines import HOUSE, Actor, AuditLine
from app.audit.links import Link

FORGOTTEN = "trail.person_forgotten"
NETWORKS_FORGOTTEN = "trail.networks_forgotten"
NETWORK_KEPT = timedelta(days=90)  # long enough to look into a break-in that is noticed late; docs/operating.md


def forget_networks(db: Session, *, before: datetime, now: datetime) -> int:
    """Forget from which network address acts came that are older; give how many lines knew one."""
    old = col(AuditLine.at) < before, col(AuditLine.network).is_not(None)
    count = db.execute(select(sa.func.count()).select_from(AuditLine).where(*old)).scalar_one()
    if count:
        db.execute(update(AuditLine).where(*old).values(network=None, network_salt=None))
        subject = before.astimezone(UTC).isoformat(timespec="microseconds")
        writing.record(db, actor=HOUSE, act=NETWORKS_FORGOTTEN, subject=subject, now=now, detail={"lines": count})
    return int(count)


def forget_person(db: Session, person_id: int, *, by: Actor, now: datetime) -> int:
    """Forget what the trail tells of a person: of what she did, and of what was done to her records.

    Subjects that name no person (a certificate's number, a course) stay, and so do all places in the chain.
    """
    db.flush()
    writing.write_waiting(db)
    about = select(Link.line).where(col(Link.about) == person_id)
    hers = (col(AuditLine.actor_id) == person_id) | col(AuditLine.id).in_(about)
    kept_subject = sa.case((col(AuditLine.subject).contains("@"), ""), else_=col(AuditLine.subject))
    gone = {"actor_label": "", "subject": kept_subject, "detail": "{}", "salt": None}
    lines = list(db.exec(select(AuditLine.id).where(hers, col(AuditLine.salt).is_not(None))))
    db.execute(update(AuditLine).where(hers).values(**gone, network=None, network_salt=None))
    writing.record(db, actor=by, act=FORGOTTEN, subject=f"person {person_id}", now=now, detail={"lines": len(lines)})
    return len(lines)
