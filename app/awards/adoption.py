"""Adoption: certificates that were issued before there was a register are entered into it, in the order of their issue.

Done once, by the first command after the upgrade, all of them or none. Each is entered as it was issued; that it came
into the register only now, the date of its entry says.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from app import audit
from app.awards import certificates, keys, statements
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.register import log
from app.kit import jobs


def is_due(db: Session) -> bool:
    """Say whether there are certificates from before: the oldest one tells, for all are entered at once."""
    oldest = db.exec(select(Certificate).order_by(col(Certificate.id)).limit(1)).first()
    return oldest is not None and log.entry(db, "issue", oldest.number) is None


def adopt(db: Session, issuer: Issuer, *, now: datetime) -> list[str]:
    """Enter every certificate issued before the register, have it sealed, and give their numbers.

    Of two that begin at once, one enters them and the other finds that nothing is left to do.
    """
    hand = keys.hand(db, issuer, now=now)
    if not is_due(db):
        return []
    numbers = []
    for certificate in db.exec(select(Certificate).order_by(col(Certificate.issued_at), col(Certificate.id))).all():
        said = certificate.said
        log.append(db, said, subject=certificate.number, hand=hand, now=now)
        if certificate.revoked_at is not None:
            why, then = certificate.revocation_class or "other", certificate.revoked_at
            told = statements.revoked(certificate.number, why=why, now=then)
            log.append(db, told, subject=certificate.number, hand=hand, now=now)
        payload = {"number": certificate.number}
        jobs.queue(db, kind=certificates.DRAW, key=f"seal:{certificate.id}", payload=payload, now=now)
        numbers.append(certificate.number)
    detail = {"certificates": len(numbers)}
    audit.record(db, actor=audit.HOUSE, act="certificates.entered", subject="register", now=now, detail=detail)
    return numbers
