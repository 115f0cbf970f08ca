"""What a badge claims: a certificate's facts in the words of Open Badges 3.0, and the facts read back out of them.

The holder is in it as a salted hash only: whoever knows her address can check that a badge is hers, and the badge tells
it to nobody. Her license is not in it: `licenseNumber` is for one that a credential confers, and ours confers none.
"Credits" in Open Badges are those of a university term, so every amount of hours says what it counts, in words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from app.awards.badges.rdf import CONTEXTS
from app.awards.facts import NOT_APPROVED, Facts
from app.content.course import HourType
from app.kit import time_zones

DEMONSTRATION = "Demonstration, not valid for credit"
CRITERIA = (
    "Completed every part of the course, met its requirements for passing or attendance, and filled in its evaluation."
)
HOUR_TYPES = [str(kind) for kind in HourType]

_ID = re.compile(r"https?://[^\s?#]+/v/([0-9A-HJKMNP-TV-Z]{20})\.credential\.json")
_HOURS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?")
_STATEMENT = re.compile(r"SHA-256 of the statement: ([0-9a-f]{64})")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def credential(
    facts: Facts, *, did: str, address: str, holder_email: str | None, salt: str, statement_sha256: str
) -> dict[str, Any]:
    """State a certificate's facts as a credential, not yet signed.

    The salt is published with it, so it must be the badge's own: never the one of the register's commitment.
    """
    issued_at = _instant(facts.issued_at)
    course = f"{address}/courses/{quote(facts.course_code, safe='')}?edition={facts.edition}"
    marked = f"{DEMONSTRATION}: {facts.course_title}" if facts.demonstration else facts.course_title
    return {
        "@context": list(CONTEXTS),
        "id": f"{address}/v/{facts.number}.credential.json",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _clean(marked),
        "description": _clean(_told(facts)),
        "issuer": {"id": did, "type": ["Profile"], "name": _clean(facts.provider_name), "url": address},
        "validFrom": issued_at,
        "awardedDate": issued_at,
        "credentialSubject": _subject(facts, course, holder=_holder(facts, holder_email, salt)),
        "evidence": [
            {
                "id": facts.verify_url,
                "type": ["Evidence"],
                "name": "The provider’s register of certificates",
                "narrative": f"SHA-256 of the statement: {statement_sha256}",
            }
        ],
    }


def hours_in_words(facts: Facts) -> str:
    """Say how many hours of what: “0.5 contact hours (60 minutes each): 0.5 ethics”."""
    parts = ", ".join(f"{_figures(Decimal(hours))} {_kind(kind)}" for kind, hours in _ordered(facts.credit_hours))
    unit = "contact hour (60 minutes)" if facts.total_hours == 1 else "contact hours (60 minutes each)"
    return f"{_figures(facts.total_hours)} {unit}" + (f": {parts}" if parts else "")


def recipient_hash(identity: str, salt: str) -> str:
    """Hash an e-mail address or a name as Open Badges ask for it."""
    return f"sha256${hashlib.sha256(f'{identity}{salt}'.encode()).hexdigest()}"


def facts_of(credential: object) -> dict[str, Any]:
    """Give the facts that a credential states, under the names of docs/api.md; what it does not state is left out.

    This reads, and believes: whether the statement is genuine is for `verify` to say.
    """
    subject = _part(credential, "credentialSubject")
    achievement = _part(subject, "achievement")
    found = {
        "number": _number(_text(credential, "id")),
        "course": _text(achievement, "name"),
        "code": _text(achievement, "humanCode"),
        "edition": _text(achievement, "version"),
        "hours": _amount(subject.get("creditsEarned")),
        "hours_by_type": _by_type(subject.get("result"), achievement.get("resultDescription")),
        "provider": _text(_part(credential, "issuer"), "name"),
        **_completion(_text(subject, "activityEndDate")),
    }
    return {name: value for name, value in found.items() if value is not None}


def statement_of(credential: object) -> str | None:
    """Give the SHA-256 of the statement in the register that a credential names."""
    evidence = credential.get("evidence") if isinstance(credential, dict) else None
    only = evidence[0] if isinstance(evidence, list) and len(evidence) == 1 else None
    named = _STATEMENT.fullmatch(_text(only, "narrative") or "")
    return named[1] if named else None


# --- writing -----------------------------------------------------------------------------------------------------


def _told(facts: Facts) -> str:
    """Say in one paragraph what a person asks of a certificate, but for its holder."""
    day = f"{time_zones.date_in_words(facts.completed_local)} ({facts.completed_on.isoformat()}), {facts.time_zone}"
    approvals = " ".join(facts.approval_statements) or f"{NOT_APPROVED}."
    return f"{hours_in_words(facts)}. Completed on {day}. {approvals}"


def _subject(facts: Facts, course: str, *, holder: dict[str, Any]) -> dict[str, Any]:
    by_type = [
        {"type": ["Result"], "resultDescription": f"{course}#hours-{kind}", "value": hours}
        for kind, hours in _ordered(facts.credit_hours)
    ]
    return {
        "type": ["AchievementSubject"],
        "identifier": [holder],
        "activityStartDate": _local(facts.began_at, facts.time_zone),
        "activityEndDate": _local(facts.completed_at, facts.time_zone),
        "creditsEarned": _json_number(facts.total_hours),
        "narrative": f"{hours_in_words(facts)}.",
        **({"result": by_type} if by_type else {}),
        "achievement": _achievement(facts, course),
    }


def _achievement(facts: Facts, course: str) -> dict[str, Any]:
    kinds = [kind for kind, _hours in _ordered(facts.credit_hours)]
    presented = "; ".join(", ".join(filter(None, (one.name, one.credentials))) for one in facts.presenters)
    told = f"Continuing education for social workers. Format: {facts.delivery.replace('-', ' ')}."
    described = [
        {
            "id": f"{course}#hours-{kind}",
            "type": ["ResultDescription"],
            "name": f"Contact hours (60 minutes each), {_kind(kind)}",
            "resultType": "ext:ContactHours",
        }
        for kind in kinds
    ]
    return {
        "id": course,
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": _clean(facts.course_title),
        "description": _clean(f"{told} Presented by {presented}." if presented else told),
        "criteria": {"narrative": CRITERIA},
        "creditsAvailable": _json_number(facts.total_hours),
        "humanCode": _clean(facts.course_code),
        "version": facts.edition,
        "inLanguage": "en",
        **({"tag": [_kind(kind) for kind in kinds], "resultDescription": described} if kinds else {}),
    }


def _holder(facts: Facts, email: str | None, salt: str) -> dict[str, Any]:
    kind, identity = ("emailAddress", email.strip().lower()) if email else ("name", facts.holder_name)
    hashed = recipient_hash(identity, salt)
    return {"type": "IdentityObject", "hashed": True, "identityHash": hashed, "identityType": kind, "salt": salt}


def _ordered(credit_hours: Mapping[str, str]) -> list[tuple[str, str]]:
    """Order hours as the house names their types."""
    ranks = {kind: rank for rank, kind in enumerate(HOUR_TYPES)}
    return sorted(credit_hours.items(), key=lambda item: (ranks.get(item[0], len(ranks)), item[0]))


def _kind(hour_type: str) -> str:
    return hour_type.replace("-", " ")


def _figures(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _json_number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _local(at: datetime, time_zone: str) -> str:
    """Write an instant with the offset of her clock: the day it is there is what boards go by."""
    return at.astimezone(ZoneInfo(time_zone)).isoformat(timespec="seconds")


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text)


# --- reading -----------------------------------------------------------------------------------------------------


def _part(whole: object, name: str) -> dict[str, Any]:
    part = whole.get(name) if isinstance(whole, dict) else None
    return part if isinstance(part, dict) else {}


def _text(whole: object, name: str) -> str | None:
    text = whole.get(name) if isinstance(whole, dict) else None
    return text if isinstance(text, str) else None


def _number(identity: str | None) -> str | None:
    named = _ID.fullmatch(identity or "")
    return named[1] if named else None


def _amount(number: object) -> str | None:
    """Read a JSON number of hours as decimal text."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    try:
        text = _figures(Decimal(repr(number)))
    except (InvalidOperation, ValueError):
        return None
    return text if _HOURS.fullmatch(text) else None


def _by_type(results: object, descriptions: object) -> dict[str, str] | None:
    """Read the hours of each type; all of them, or none when any of them is not as we write it."""
    described = {_text(one, "id") for one in _each(descriptions)}
    found: dict[str, str] = {}
    for result in _each(results):
        named, hours = _text(result, "resultDescription") or "", _text(result, "value") or ""
        kind = named.rpartition("#hours-")[2]
        if named not in described or kind not in HOUR_TYPES or kind in found or not _HOURS.fullmatch(hours):
            return None
        found[kind] = hours
    return found or None


def _each(items: object) -> Iterable[object]:
    return items if isinstance(items, list) else []


def _completion(ended_at: str | None) -> dict[str, str]:
    """Read the instant of completion, and the day that it was on her calendar."""
    try:
        at = datetime.fromisoformat(ended_at or "")
        instant = _instant(at)
    except (ValueError, OverflowError):  # no time, or one before the first year
        return {}
    if at.tzinfo is None or at.isoformat(timespec="seconds") != ended_at:
        return {}
    return {"completed_on": at.date().isoformat(), "completed_at": instant}
