"""How a certificate stands: valid, superseded or revoked, with the history that led there. Never unknown again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.awards import certificates, keys, statements
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.verdicts import Standing, Status, instant

REVOCATIONS_TYPE = "continua-revocations-1"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a certificate."""

    kind: str  # issued | replaced-another | replaced | revoked
    at: datetime
    number: str = ""  # of the other certificate
    why: str = ""


def of(db: Session, certificate: Certificate) -> Standing:
    """Say how a certificate stands today."""
    newer = certificates.successor(db, certificate)
    older = db.get(Certificate, certificate.replaces) if certificate.replaces else None
    return Standing(
        status=_status(certificate, newer),
        revoked_on=_day(certificate),
        revocation_class=certificate.revocation_class or "",
        revocation_reason=certificate.revocation_reason or "",
        replaced_by=newer.number if newer else "",
        replaces=older.number if older else "",
        why_replaced=_why(certificate, newer),
    )


def history(db: Session, certificate: Certificate) -> list[Event]:
    """Tell everything that happened to a certificate, in order."""
    newer = certificates.successor(db, certificate)
    older = db.get(Certificate, certificate.replaces) if certificate.replaces else None
    told = [Event("issued", certificate.issued_at)]
    if older:
        told.append(Event("replaced-another", certificate.issued_at, older.number, certificate.replaces_why or ""))
    if newer:
        told.append(Event("replaced", newer.issued_at, newer.number, newer.replaces_why or ""))
    if certificate.revoked_at:
        told.append(Event("revoked", certificate.revoked_at, why=certificate.revocation_reason or ""))
    return told


def revocations(db: Session, issuer: Issuer, *, now: datetime) -> bytes:
    """Give the signed list of what does not count any more, for checks that cannot ask (docs/verifying.md).

    Numbers stand in it as hashes: whoever holds a certificate finds it, and nobody can list the others.
    """
    hand = keys.hand(db, issuer, now=now)
    listed: dict[str, Any] = {
        "type": REVOCATIONS_TYPE,
        "origin": hand.origin,
        "as_of": instant(now),
        "entries": sorted(_listed(db), key=lambda one: str(one["number"])),
    }
    signature = base64.b64encode(hand.sign(statements.canonical(listed))).decode()
    return statements.canonical({**listed, "signature": {"key": hand.key.name, "value": signature}})


def of_number(db: Session, number: str) -> Certificate | None:
    """Find a certificate by its exact number."""
    return db.exec(select(Certificate).where(col(Certificate.number) == number)).first()


def _listed(db: Session) -> Iterator[dict[str, str]]:
    for entry in log.of_kind(db, "revoke", "supersede"):
        said = entry.said
        yield {
            "number": hashlib.sha256(entry.subject.encode()).hexdigest(),
            "status": "revoked" if entry.kind == "revoke" else "superseded",
            "at": said["at"],
            "why": said["why"],
        }


def _status(certificate: Certificate, newer: Certificate | None) -> Status:
    if certificate.revoked_at is not None:
        return Status.REVOKED
    return Status.SUPERSEDED if newer else Status.VALID


def _why(certificate: Certificate, newer: Certificate | None) -> str:
    return (newer.replaces_why if newer else certificate.replaces_why) or ""


def _day(certificate: Certificate) -> str:
    if certificate.revoked_at is None:
        return ""
    return certificate.revoked_at.astimezone(ZoneInfo(certificate.said["time_zone"])).date().isoformat()
