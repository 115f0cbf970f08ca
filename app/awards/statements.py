"""Statements: what the register says, one canonical text each, that anybody can hash and check.

The statement of a certificate holds every fact but who its holder is. Of her it holds a commitment: a hash over her
name, her license and a random salt, which lie apart and may be erased. The statement, and every proof over it, stands
all the same. Field by field: docs/verifying.md, "For programs".
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.awards.facts import Facts, LicenseFacts, Presenter
from app.awards.verdicts import instant
from app.kit.signing import PublicKey

VERSION = 1
BUNDLE_TYPE = "continua-certificate-1"
SALT_BYTES = 32  # a name, a course and a date can be guessed; 256 random bits beside them cannot
_COMMITTED = b"\x02"  # RFC 6962 has 0 for a leaf and 1 for a node
ERASED = "Erased at the holder’s request"

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Personal:
    """Who the holder is, with the salt that ties it to a statement."""

    text: str  # canonical JSON
    salt: bytes

    @property
    def commitment(self) -> str:
        """Give what the statement says instead."""
        return commitment(self.text.encode(), self.salt)


def canonical(value: Statement) -> bytes:
    """Give the one text of a value (RFC 8785). What is hashed and signed is this and nothing else."""
    import rfc8785

    return rfc8785.dumps(value)


def commitment(personal: bytes, salt: bytes) -> str:
    """Hash who somebody is, so that it can be told later and not be guessed before."""
    return hashlib.sha256(_COMMITTED + salt + personal).hexdigest()


def personal(facts: Facts) -> Personal:
    """Take out of the facts who the holder is, under a salt of its own."""
    named = facts.license
    whose = {
        "holder": facts.holder_name,
        "license": {"state": named.state, "type": named.type, "number": named.number} if named else None,
    }
    return Personal(canonical(whose).decode(), secrets.token_bytes(SALT_BYTES))


def of(facts: Facts, whose: Personal) -> Statement:
    """Give the statement of a certificate that is issued."""
    return {
        "version": VERSION,
        "kind": "issue",
        "number": facts.number,
        "commitment": whose.commitment,
        "replaces": {"number": facts.replaces, "why": facts.replaces_why} if facts.replaces else None,
        "course": {"code": facts.course_code, "title": facts.course_title, "edition": facts.edition},
        "format": facts.delivery,
        "hours": {"total": str(facts.total_hours), "by_type": dict(facts.credit_hours)},
        "presenters": [{"name": one.name, "credentials": one.credentials} for one in facts.presenters],
        "began_at": instant(facts.began_at),
        "completed_at": instant(facts.completed_at),
        "completed_on": facts.completed_on.isoformat(),
        "time_zone": facts.time_zone,
        "issued_at": instant(facts.issued_at),
        "provider": {
            "name": facts.provider_name,
            "address": facts.provider_address,
            "phone": facts.provider_phone,
            "email": facts.provider_email,
        },
        "signer": {"name": facts.signer_name, "title": facts.signer_title},
        "approvals": list(facts.approval_statements),
        "verify_url": facts.verify_url,
        "demonstration": facts.demonstration,
    }


def facts(said: Statement, whose: dict[str, Any] | None) -> Facts:
    """Read the facts of a certificate back from its statement and, where it is still kept, from whose it is."""
    named = whose["license"] if whose else None
    provider, course, replaced = said["provider"], said["course"], said["replaces"] or {"number": "", "why": ""}
    return Facts(
        number=said["number"],
        holder_name=whose["holder"] if whose else ERASED,
        license=LicenseFacts(named["state"], named["type"], named["number"]) if named else None,
        course_title=course["title"],
        course_code=course["code"],
        edition=course["edition"],
        delivery=said["format"],
        presenters=tuple(Presenter(one["name"], one["credentials"]) for one in said["presenters"]),
        credit_hours=dict(said["hours"]["by_type"]),
        began_at=moment(said["began_at"]),
        completed_at=moment(said["completed_at"]),
        time_zone=said["time_zone"],
        issued_at=moment(said["issued_at"]),
        provider_name=provider["name"],
        provider_address=provider["address"],
        provider_phone=provider["phone"],
        provider_email=provider["email"],
        signer_name=said["signer"]["name"],
        signer_title=said["signer"]["title"],
        approval_statements=tuple(said["approvals"]),
        verify_url=said["verify_url"],
        demonstration=said["demonstration"],
        replaces=replaced["number"],
        replaces_why=replaced["why"],
    )


def moment(text: str) -> datetime:
    """Read an instant as statements write it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def superseded(number: str, *, by: str, why: str, now: datetime) -> Statement:
    """Say that another certificate counts instead of this one."""
    return {"version": VERSION, "kind": "supersede", "number": number, "by": by, "why": why, "at": instant(now)}


def revoked(number: str, *, why: str, now: datetime) -> Statement:
    """Say that a certificate does not count any more, and of which kind the reason is."""
    return {"version": VERSION, "kind": "revoke", "number": number, "why": why, "at": instant(now)}


def erased(number: str, *, now: datetime) -> Statement:
    """Say that whose certificate this was is not kept any more."""
    return {"version": VERSION, "kind": "erase", "number": number, "at": instant(now)}


def of_key(
    act: str,
    key: PublicKey,
    use: str,
    *,
    certificate: bytes = b"",
    why: str = "",
    since: datetime | None = None,
    now: datetime,
) -> Statement:
    """Say that a key is new, retired or revoked; of a revoked one also why, and since when it is distrusted."""
    return {
        "version": VERSION,
        "kind": "key",
        "act": act,
        "key": key.name,
        "use": use,
        "algorithm": str(key.algorithm),
        "public": base64.b64encode(key.public).decode(),
        "certificate": base64.b64encode(certificate).decode() if certificate else None,
        "why": why,
        "since": instant(since) if since else None,
        "at": instant(now),
    }


def gap(*, size: int, root: bytes, why: str, now: datetime) -> Statement:
    """Say that entries up to a known size were lost with a database, and that somebody accepted it."""
    written = base64.b64encode(root).decode()
    return {"version": VERSION, "kind": "gap", "size": size, "root": written, "why": why, "at": instant(now)}


def readmitted(number: str, *, leaf: bytes, now: datetime) -> Statement:
    """Say that a certificate whose record was lost has been taken back from its sealed file."""
    return {"version": VERSION, "kind": "readmit", "number": number, "leaf": leaf.hex(), "at": instant(now)}


def trail(*, size: int, last: bytes, now: datetime) -> Statement:
    """Say how many lines the audit trail has, and the hash of the last one."""
    return {"version": VERSION, "kind": "trail", "size": size, "hash": last.hex(), "at": instant(now)}


def bundle(said: str, whose: str | None, salt: bytes | None, *, key: str, signature: bytes) -> bytes:
    """Give `certificate.json`: the statement as signed, with whose it is. Its bytes are canonical, as all of this."""
    return canonical(
        {
            "type": BUNDLE_TYPE,
            "statement": json.loads(said),
            "personal": json.loads(whose) if whose else None,
            "salt": base64.b64encode(salt).decode() if whose and salt else None,
            "signature": {"key": key, "value": base64.b64encode(signature).decode()},
        }
    )
