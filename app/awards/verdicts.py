"""What a check of a certificate says: the same words on the page, from the API, at the command line and on a receipt.

Two questions are kept apart. *Document*: what is this file, held against what was issued? *Status*: how does the
certificate stand today? Only a file that says what was issued, of a certificate that stands, is called `ok`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.awards.facts import Facts

# Why a certificate is revoked: the class is public and in the register, the words beside it on the page alone.
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "error": "It was issued in error.",
        "not-earned": "What it certifies was not done, or not by its holder.",
        "holder": "Its holder asked for it.",
        "course": "The course did not meet what was promised of it.",
        "key": "The key that signed it was no longer ours alone.",
        "other": "For another reason.",
    }
)

Told = Mapping[str, Any]  # the credited facts under the names of docs/verifying.md


class Document(StrEnum):
    """What a file is, held against what was issued."""

    ORIGINAL = "original"  # the very bytes
    SAME_FACTS = "same-facts"  # saved again or printed: every credited fact is equal
    ALTERED = "altered"  # a fact differs
    PICTURE = "picture"  # an image, or a look that cannot be laid over the original: to be compared by eye
    NOT_OURS = "not-ours"
    UNREADABLE = "unreadable"


class Status(StrEnum):
    """How a certificate stands. An issued number never becomes unknown."""

    VALID = "valid"
    SUPERSEDED = "superseded"  # corrected or issued anew: another one counts instead
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact in which a file and the record disagree."""

    field: str
    paper: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a certificate stands, and the history that led there."""

    status: Status
    revoked_on: str = ""  # ISO date on the holder's calendar
    revocation_class: str = ""
    revocation_reason: str = ""
    replaced_by: str = ""  # the number of the certificate that counts instead
    replaces: str = ""  # the number of the one that this one replaced
    why_replaced: str = ""  # corrected | reissued


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a check of one file, or of one number, came to."""

    filename: str  # empty where a number was asked for
    sha256: str  # of the file; empty for a number
    number: str  # 20 symbols; empty where none was found
    document: Document | None  # None where only a number was asked for
    standing: Standing
    facts: Told | None  # as on record
    differences: tuple[Difference, ...]
    sentence: str

    @property
    def status(self) -> Status:
        """How the certificate stands."""
        return self.standing.status

    @property
    def ok(self) -> bool | None:
        """Whether the file says what was issued and the certificate stands. None for a number: no paper was read."""
        if self.document is None:
            return None
        return self.document in {Document.ORIGINAL, Document.SAME_FACTS} and self.status == Status.VALID

    def plain(self) -> dict[str, Any]:
        """Give what the API tells."""
        return {
            "filename": self.filename,
            "sha256": self.sha256,
            "number": self.number,
            "document": None if self.document is None else str(self.document),
            "status": str(self.status),
            "ok": self.ok,
            "facts": None if self.facts is None else dict(self.facts),
            "differences": [{"field": one.field, "paper": one.paper, "record": one.record} for one in self.differences],
            "history": _history(self.standing),
            "sentence": self.sentence,
        }


def told(facts: Facts, status: Status, *, license_shown: str) -> dict[str, Any]:
    """Give the credited facts under the names that page, PDF, API and command line share.

    The license is handed in as it may be shown: whole to whoever holds the paper, by its end to everybody else.
    """
    return {
        "number": facts.number,
        "status": str(status),
        "holder": facts.holder_name,
        "license": license_shown,
        "course": facts.course_title,
        "code": facts.course_code,
        "edition": facts.edition,
        "hours": str(facts.total_hours),
        "hours_by_type": dict(facts.credit_hours),
        "format": facts.delivery,
        "completed_on": facts.completed_on.isoformat(),
        "completed_at": instant(facts.completed_at),
        "provider": facts.provider_name,
        "approvals": list(facts.approval_statements),
        "presenters": [", ".join(filter(None, (one.name, one.credentials))) for one in facts.presenters],
        "demonstration": facts.demonstration,
    }


def instant(moment: datetime) -> str:
    """Write an instant as statements and the API do: 2026-11-20T18:00:00Z."""
    return moment.astimezone(UTC).isoformat()[:19] + "Z"


def _history(standing: Standing) -> dict[str, str]:
    spoken = {
        "revoked_on": standing.revoked_on,
        "revocation_class": standing.revocation_class,
        "revocation_reason": standing.revocation_reason,
        "replaced_by": standing.replaced_by,
        "replaces": standing.replaces,
        "why_replaced": standing.why_replaced,
    }
    return {name: words for name, words in spoken.items() if words}
