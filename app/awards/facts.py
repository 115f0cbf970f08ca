"""The frozen facts of one certificate: copied on to the record at issue, and never looked up again.

The field list is the union of what boards ask for (docs/verifying.md, "What a certificate says, and why").
Page, PDF and JSON are all drawn from this one value, so they cannot disagree.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

HOURS_UNIT = "contact hours (60 minutes)"
NOT_APPROVED = "Not approved by any board"


@dataclass(frozen=True, slots=True)
class LicenseFacts:
    """The license she named: the state (or other jurisdiction), its type and number as she confirmed them."""

    state: str  # postal abbreviation: NY
    type: str  # LCSW
    number: str


@dataclass(frozen=True, slots=True)
class Presenter:
    """Who presented the course."""

    name: str
    credentials: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one certificate says. Times are UTC; her zone is named beside them."""

    number: str  # 20 symbols, no hyphens
    holder_name: str
    license: LicenseFacts | None
    course_title: str
    course_code: str
    edition: str  # the content hash of the edition, 64 hexadecimal digits
    delivery: str  # reading | recorded | live-webinar | in-person
    presenters: tuple[Presenter, ...]
    credit_hours: dict[str, str]  # hour type -> hours, exact decimal text: {"ethics": "0.5"}
    began_at: datetime
    completed_at: datetime
    time_zone: str  # IANA name: America/New_York
    issued_at: datetime
    provider_name: str
    provider_address: str
    provider_phone: str
    provider_email: str
    signer_name: str
    signer_title: str
    approval_statements: tuple[str, ...]  # empty: not approved by any board
    verify_url: str
    demonstration: bool  # issued while the public address was this machine's own
    replaces: str = ""  # the number of the certificate that this one stands for now; empty where it is the first
    replaces_why: str = ""  # corrected | reissued

    @property
    def total_hours(self) -> Decimal:
        """Contact hours in all: types do not overlap, so their sum."""
        return sum((Decimal(hours) for hours in self.credit_hours.values()), Decimal(0))

    @property
    def completed_local(self) -> datetime:
        """The completion instant on her clock."""
        return self.completed_at.astimezone(ZoneInfo(self.time_zone))

    @property
    def completed_on(self) -> date:
        """The completion date on her calendar: the date boards go by."""
        return self.completed_local.date()

    @property
    def number_in_groups(self) -> str:
        """The number as printed: five groups of four."""
        return "-".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))

    def to_json(self) -> str:
        """Give canonical JSON: sorted keys, no spaces, times in ISO 8601 UTC."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)

    @classmethod
    def from_json(cls, text: str) -> Facts:
        """Read back what `to_json` wrote."""
        raw = json.loads(text)
        moments = {name: datetime.fromisoformat(raw[name]) for name in ("began_at", "completed_at", "issued_at")}
        return cls(
            **{
                **raw,
                **moments,
                "license": LicenseFacts(**raw["license"]) if raw["license"] else None,
                "presenters": tuple(Presenter(**presenter) for presenter in raw["presenters"]),
                "approval_statements": tuple(raw["approval_statements"]),
            }
        )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
