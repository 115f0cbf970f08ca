"""Badges to show to validators: of certificates of all sorts, and copies with one thing changed in each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from awards.sample_facts import ANA, FULLEST

from app.awards import badges, did, numbers
from app.awards.badges import claims
from app.awards.facts import Facts, LicenseFacts, Presenter

ADDRESS = "https://ce.example.org"
DID = did.did_web(ADDRESS)
METHODS = tuple(did.method(DID, f"statement-{year}") for year in (2026, 2027, 2028))

_LETTERS = "aeinorst LMNQ'\"“”’\\<>&#*_–…ñøßłЖ中文😀𝔄\u00a0\u0301"
_ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/St_Johns", "Asia/Kolkata", "UTC")


def credential(chance: random.Random) -> dict[str, Any]:
    """State some certificate or other as a credential."""
    email = chance.choice((None, f"{chance.randrange(10**6)}@Example.org"))
    return badges.credential(
        facts(chance),
        did=DID,
        address=ADDRESS,
        holder_email=email,
        salt=f"{chance.getrandbits(128):032x}",
        statement_sha256=f"{chance.getrandbits(256):064x}",
    )


def facts(chance: random.Random) -> Facts:
    """Draw a certificate: long and short, with odd letters in its texts, hours of any type, times of any zone."""
    number = "".join(chance.choice(numbers.ALPHABET) for _ in range(numbers.LENGTH - 1))
    number += numbers.check_symbol(number)
    kinds = chance.sample(claims.HOUR_TYPES, chance.randint(1, len(claims.HOUR_TYPES)))
    ended_at = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(3 * 365 * 86_400))  # all past
    return replace(
        chance.choice((ANA, FULLEST)),
        number=number,
        holder_name=text(chance),
        license=chance.choice((None, LicenseFacts("NY", "LCSW", "081-234"))),
        course_title=text(chance),
        course_code=f"{chance.choice(('SM', 'ET', 'AI'))}-{chance.randrange(1000)}",
        edition=f"{chance.getrandbits(256):064x}",
        delivery=chance.choice(("reading", "recorded", "live-webinar", "in-person")),
        presenters=tuple(Presenter(text(chance), chance.choice(("", "LCSW"))) for _ in range(chance.randrange(3))),
        credit_hours={kind: chance.choice(("0.25", "0.5", "1", "1.75", "12.50", "0.1", "33.3")) for kind in kinds},
        began_at=ended_at - timedelta(seconds=chance.randrange(10**6)),
        completed_at=ended_at,
        issued_at=ended_at,
        time_zone=chance.choice(_ZONES),
        provider_name=text(chance),
        approval_statements=tuple(text(chance) for _ in range(chance.randrange(3))),
        verify_url=f"{ADDRESS}/v/{numbers.in_groups(number)}",
        demonstration=chance.random() < 0.2,
    )


def text(chance: random.Random) -> str:
    """Draw a text of odd letters that is not blank."""
    return "x" + "".join(chance.choice(_LETTERS) for _ in range(chance.randint(3, 60)))


# --- changed copies ----------------------------------------------------------------------------------------------


def spoil(badge: dict[str, Any], chance: random.Random) -> tuple[str, dict[str, Any]]:
    """Copy a badge and change one thing in it; say how."""
    how, change = chance.choice(list(CHANGES.items()))
    copy = deepcopy(badge)
    change(copy, chance)
    if copy == badge:
        raise AssertionError(f"not changed by: {how}")
    return how, copy


def _leaves(part: Any, kind: type) -> Iterator[tuple[Any, Any]]:
    """Give what holds each leaf of a kind, and its place there; contexts and the proof are left alone."""
    for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(inner, dict | list) and step not in {"@context", "proof"}:
            yield from _leaves(inner, kind)
        elif isinstance(inner, kind):
            yield part, step


def _letter(badge: dict[str, Any], chance: random.Random) -> None:
    holder, step = chance.choice(list(_leaves(badge, str)))
    place = chance.randrange(len(holder[step]))
    other = chance.choice([letter for letter in "abc0123" if letter != holder[step][place]])
    holder[step] = holder[step][:place] + other + holder[step][place + 1 :]


def _removed(badge: dict[str, Any], chance: random.Random) -> None:
    holder, step = chance.choice(list(_leaves(badge, str)))
    del holder[step]


def _hours(badge: dict[str, Any], chance: random.Random) -> None:
    part = chance.choice((badge["credentialSubject"], badge["credentialSubject"]["achievement"]))
    step = "creditsEarned" if "creditsEarned" in part else "creditsAvailable"
    part[step] += chance.choice((0.5, 1, 10, -0.05))


def _hours_of_a_type(badge: dict[str, Any], chance: random.Random) -> None:
    chance.choice(badge["credentialSubject"]["result"])["value"] = "40"


def _truth(badge: dict[str, Any], _chance: random.Random) -> None:
    badge["credentialSubject"]["identifier"][0]["hashed"] = False


def _a_day_later(badge: dict[str, Any], chance: random.Random) -> None:
    term = chance.choice(("activityStartDate", "activityEndDate"))
    ended_at = datetime.fromisoformat(badge["credentialSubject"][term])
    badge["credentialSubject"][term] = (ended_at + timedelta(days=1)).isoformat()


def _known_term(badge: dict[str, Any], chance: random.Random) -> None:
    badge["credentialSubject"][chance.choice(("role", "term", "licenseNumber"))] = "added"


def _unknown_term(badge: dict[str, Any], chance: random.Random) -> None:
    part = chance.choice((badge, badge["credentialSubject"], badge["issuer"], badge["evidence"][0]))
    part["unheardOf"] = "added"


def _holder(badge: dict[str, Any], chance: random.Random) -> None:
    (holder,) = badge["credentialSubject"]["identifier"]
    holder["identityHash"] = badges.recipient_hash(f"{chance.randrange(10**6)}@example.org", holder["salt"])


def _proof_term(badge: dict[str, Any], chance: random.Random) -> None:
    changes = {
        "created": "2030-01-01T00:00:00Z",
        "proofPurpose": "authentication",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": did.method(DID, "statement-1999"),
        "type": "Ed25519Signature2020",
    }
    term = chance.choice(list(changes))
    badge["proof"][0][term] = changes[term]


def _signature(badge: dict[str, Any], chance: random.Random) -> None:
    value = badge["proof"][0]["proofValue"]
    place = chance.randrange(1, len(value))
    other = chance.choice([letter for letter in "23456789ABC" if letter != value[place]])
    badge["proof"][0]["proofValue"] = value[:place] + other + value[place + 1 :]


def _key(badge: dict[str, Any], chance: random.Random) -> None:
    (proof,) = badge["proof"]
    proof["verificationMethod"] = chance.choice([one for one in METHODS if one != proof["verificationMethod"]])


CHANGES: dict[str, Callable[[dict[str, Any], random.Random], None]] = {
    "a letter": _letter,
    "a text removed": _removed,
    "hours": _hours,
    "hours of a type": _hours_of_a_type,
    "hashed or not": _truth,
    "a day later": _a_day_later,
    "a term added": _known_term,
    "a term without meaning added": _unknown_term,
    "another holder": _holder,
    "a term of the proof": _proof_term,
    "the signature": _signature,
    "another of our keys": _key,
}
