"""Replacements: a certificate that was wrong is corrected, or issued anew, as a new one that names the old.

The old one keeps its number and its page, which lead to the new one. A completion date or hours are corrected by two
people: one asks, another one decides. At the command line the operator is one person, and named so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlmodel import Session

from app import audit
from app.awards import certificates, keys, numbers, statements
from app.awards.certificates import Certificate, Earned
from app.awards.facts import Facts, LicenseFacts
from app.awards.issuer import Issuer
from app.awards.register import log
from app.content.course import HourType
from app.kit import mail
from app.kit.errors import Conflict, Invalid, Refusal
from app.library import approvals

CORRECTED, REISSUED = "corrected", "reissued"
TWO_PEOPLE = frozenset({"completed_at", "credit_hours"})  # what decides whether, and when, hours count
WORDS = {
    "holder_name": "the name",
    "license": "the license",
    "completed_at": "the completion date",
    "credit_hours": "the contact hours",
}


class NothingToChange(Refusal):
    """A correction that corrects nothing."""

    message = "This is what the certificate says already. Change what is wrong, or issue it anew as it is."


class NoReasonToReplace(Invalid):
    """A certificate is not replaced without saying why."""

    def __init__(self) -> None:
        """Name the field."""
        super().__init__({"reason": "Say why. It stays on record, and the holder is told."})


class ErasedCannotBeReplaced(Conflict):
    """Nobody knows any more whose it was."""

    message = "Whose certificate this was has been erased, so no new one can be issued in its place."


@dataclass(frozen=True, slots=True)
class Changes:
    """What a correction changes. What is None stays as it is."""

    holder_name: str | None = None
    license: LicenseFacts | None = None
    completed_at: datetime | None = None
    credit_hours: dict[str, str] | None = None

    def fields(self, facts: Facts) -> dict[str, Any]:
        """Give what would really change, under the names of the facts."""
        asked = {name: getattr(self, name) for name in Changes.__dataclass_fields__}
        return {name: value for name, value in asked.items() if value is not None and value != getattr(facts, name)}

    def needs_two(self, facts: Facts) -> bool:
        """Say whether a second person must decide."""
        return not TWO_PEOPLE.isdisjoint(self.fields(facts))

    def to_json(self) -> str:
        """Give it as it is kept until it is decided."""
        named = self.license
        return json.dumps(
            {
                "holder_name": self.holder_name,
                "license": [named.state, named.type, named.number] if named else None,
                "completed_at": self.completed_at.isoformat() if self.completed_at else None,
                "credit_hours": self.credit_hours,
            },
            ensure_ascii=False,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> Changes:
        """Read back what `to_json` wrote."""
        raw = json.loads(text)
        return cls(
            holder_name=raw["holder_name"],
            license=LicenseFacts(*raw["license"]) if raw["license"] else None,
            completed_at=datetime.fromisoformat(raw["completed_at"]) if raw["completed_at"] else None,
            credit_hours=raw["credit_hours"],
        )


def correct(
    db: Session,
    certificate: Certificate,
    changes: Changes,
    *,
    reason: str,
    issuer: Issuer,
    by: audit.Actor,
    now: datetime,
) -> Certificate:
    """Issue a corrected certificate in place of one that was wrong."""
    assert_sound(changes, now=now)
    certificate = _replaceable(db, certificate)
    fields = changes.fields(certificate.facts)
    if not fields:
        raise NothingToChange
    return _replace(db, certificate, fields, CORRECTED, _said(reason), issuer=issuer, by=by, now=now)


def reissue(
    db: Session, certificate: Certificate, *, reason: str, issuer: Issuer, by: audit.Actor, now: datetime
) -> Certificate:
    """Issue a certificate anew as it is: under a new number, and signed with the keys of today."""
    certificate = _replaceable(db, certificate)
    return _replace(db, certificate, {}, REISSUED, _said(reason), issuer=issuer, by=by, now=now)


def assert_replaceable(db: Session, certificate: Certificate) -> None:
    """Raise a refusal that says why no other certificate can take the place of this one."""
    certificates.assert_stands(db, certificate)
    if certificate.is_erased:
        raise ErasedCannotBeReplaced


def assert_sound(changes: Changes, *, now: datetime) -> None:
    """Raise `Invalid` for what no certificate could say."""
    if changes.holder_name is not None and not changes.holder_name.strip():
        raise Invalid({"holder_name": "A certificate needs the name of its holder."})
    if changes.completed_at is not None and changes.completed_at > now:
        raise Invalid({"completed_on": "The completion date must not lie in the future."})
    known = {str(kind) for kind in HourType}
    for kind, amount in (changes.credit_hours or {}).items():
        if kind not in known:
            raise Invalid({"credit_hours": f"“{kind}” is no type of hours. Permitted: {', '.join(sorted(known))}."})
        if not _is_hours(amount):
            raise Invalid({"credit_hours": f"“{amount}” is not a number of contact hours, such as 1.5."})
    if changes.credit_hours is not None and not changes.credit_hours:
        raise Invalid({"credit_hours": "Say the hours of at least one type, or revoke the certificate."})


def _replace(
    db: Session,
    old: Certificate,
    fields: dict[str, Any],
    why: str,
    reason: str,
    *,
    issuer: Issuer,
    by: audit.Actor,
    now: datetime,
) -> Certificate:
    number = numbers.new()
    facts = replace(
        _as_corrected(db, old.facts, fields),
        number=number,
        issued_at=now,
        verify_url=issuer.verify_url(number),
        replaces=old.number,
        replaces_why=why,
    )
    earned = Earned(old.person_id, old.enrollment_id, old.edition_id, replaces=old.id)
    certificates.enter(db, facts, earned, issuer=issuer, now=now)
    new = certificates.by_number(db, number)
    told = statements.superseded(old.number, by=number, why=why, now=now)
    log.append(db, told, subject=old.number, hand=keys.hand(db, issuer, now=now), now=now)
    detail = {"by": number, "reason": reason, "changed": sorted(fields)}
    audit.record(db, actor=by, act=f"certificate.{why}", subject=old.number, now=now, detail=detail)
    if holder := certificates.holder_of(db, new):
        changed = [WORDS[name] for name in fields]
        letter = mail.letter(
            "certificate-replaced", facts=facts, changed=changed, reason=reason, old=numbers.in_groups(old.number)
        )
        certificates.announce(db, new, holder, letter=letter, by=by)
    return new


def _as_corrected(db: Session, facts: Facts, fields: dict[str, Any]) -> Facts:
    """Give the facts as they should have been, approvals included: those go by the date, and name the hours."""
    facts = replace(facts, **fields)
    if TWO_PEOPLE.isdisjoint(fields):
        return facts
    said = approvals.statements(
        db,
        provider=facts.provider_name,
        course_code=facts.course_code,
        delivery=facts.delivery,
        hours={kind: Decimal(hours) for kind, hours in facts.credit_hours.items()},
        on=facts.completed_on,
    )
    return replace(facts, approval_statements=said)


def _replaceable(db: Session, certificate: Certificate) -> Certificate:
    certificate = certificates.held(db, certificate)
    assert_replaceable(db, certificate)
    return certificate


def _said(reason: str) -> str:
    if not reason.strip():
        raise NoReasonToReplace
    return " ".join(reason.split())


def _is_hours(amount: str) -> bool:
    try:
        hours = Decimal(amount)
    except InvalidOperation:
        return False
    return hours.is_finite() and Decimal(0) < hours <= Decimal(100) and "E" not in amount.upper()
