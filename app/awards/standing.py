"""How a certificate stands: valid, superseded or revoked, with the history that led there. Never unknown again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
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
    return _standing(certificate, newer.number if newer else "", newer.replaces_why if newer else "", older)


# Built once: putting the question together takes ten times what asking it does.
_newer, _older = aliased(Certificate), aliased(Certificate)
_ONE = (
    select(Certificate, _newer.number, _newer.replaces_why, _older)
    .outerjoin(_newer, col(_newer.replaces) == col(Certificate.id))
    .outerjoin(_older, col(_older.id) == col(Certificate.replaces))
    .where(col(Certificate.number) == bindparam("number"))
)


def by_number(db: Session, number: str) -> tuple[Certificate, Standing] | None:
    """Find a certificate by its exact number, and say how it stands, in one question to the database."""
    found = db.exec(_ONE, params={"number": number}).first()
    if found is None:
        return None
    certificate, replaced_by, why, before = found
    return certificate, _standing(certificate, replaced_by or "", why, before)


def _standing(certificate: Certificate, replaced_by: str, why: str | None, older: Certificate | None) -> Standing:
    return Standing(
        status=_status(certificate, replaced=bool(replaced_by)),
        revoked_on=_day(certificate),
        revocation_class=certificate.revocation_class or "",
        revocation_reason=certificate.revocation_reason or "",
        replaced_by=replaced_by,
        replaces=older.number if older else "",
        why_replaced=(why if replaced_by else certificate.replaces_why) or "",
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
    key = keys.in_use(db, issuer, now=now)
    listed: dict[str, Any] = {
        "type": REVOCATIONS_TYPE,
        "origin": keys.origin(db, issuer),
        "as_of": instant(now),
        "entries": sorted(_listed(db), key=lambda one: str(one["number"])),
    }
    signature = base64.b64encode(issuer.signer.sign(key.name, statements.canonical(listed))).decode()
    return statements.canonical({**listed, "signature": {"key": key.name, "value": signature}})


def _listed(db: Session) -> Iterator[dict[str, str]]:
    for entry in log.of_kind(db, "revoke", "supersede"):
        said = entry.said
        yield {
            "number": hashlib.sha256(entry.subject.encode()).hexdigest(),
            "status": "revoked" if entry.kind == "revoke" else "superseded",
            "at": said["at"],
            "why": said["why"],
        }


def _status(certificate: Certificate, *, replaced: bool) -> Status:
    if certificate.revoked_at is not None:
        return Status.REVOKED
    return Status.SUPERSEDED if replaced else Status.VALID


def _day(certificate: Certificate) -> str:
    if certificate.revoked_at is None:
        return ""
    return certificate.revoked_at.astimezone(ZoneInfo(certificate.said["time_zone"])).date().isoformat()
