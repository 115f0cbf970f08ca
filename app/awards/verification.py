"""What a certificate number proves: the facts as they were issued, and how the certificate stands today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.awards.certificates import Certificate
from app.awards.facts import Facts

SHOWN_OF_LICENSE = 2
SHORTEST_SHOWN = 4  # of a shorter number, two characters would tell too much


class Status(StrEnum):
    """How a certificate stands. A revoked one never becomes unknown."""

    VALID = "valid"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What anybody may know about a certificate: its facts, its status, and a license number by its end."""

    facts: Facts
    status: Status
    revoked_at: datetime | None
    revocation_reason: str | None
    license_ending: str | None  # the last two characters; None where no license is on the certificate

    def license_matches(self, typed: str) -> bool:
        """Compare a license number that somebody holds in hand; spaces, hyphens and capitals do not count."""
        return self.facts.license is not None and _plain(typed) == _plain(self.facts.license.number)


def of(certificate: Certificate) -> Verdict:
    """Say what a certificate proves today."""
    facts = certificate.facts
    return Verdict(
        facts=facts,
        status=Status.REVOKED if certificate.revoked_at else Status.VALID,
        revoked_at=certificate.revoked_at,
        revocation_reason=certificate.revocation_reason,
        license_ending=_ending(facts.license.number) if facts.license else None,
    )


def _ending(number: str) -> str:
    plain = _plain(number)
    return plain[-SHOWN_OF_LICENSE:] if len(plain) >= SHORTEST_SHOWN else ""


def _plain(number: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", number.upper())
