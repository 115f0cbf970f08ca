"""The files within a PDF held against the record: the signed statement, the badge, the proof.

One that is byte for byte the original's needs no further look. Another is read: where it states other facts, they
differ; where it states the same ones, it still has to be signed by us.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.awards import badges, numbers, proofs, statements
from app.awards.document.order import CREDENTIAL, PROOF, STATEMENT
from app.awards.facts import Facts
from app.awards.proofs import Keys, Verdict
from app.awards.proofs.keys import STATEMENT as KEY_USE
from app.awards.reading.findings import Doubt
from app.awards.reading.structure import Attachment
from app.awards.verdicts import Status, told

Difference = tuple[str, str, str]

OURS = (STATEMENT, CREDENTIAL, PROOF)
# What a check says of facts that are ours. That a key was revoked since is told by the record, not by the file.
_SIGNED = {Verdict.PROVEN, Verdict.SIGNED_ONLY, Verdict.UNNAMED, Verdict.KEY_REVOKED}
_LISTED_APART = " · "


def numbers_in(attachments: Iterable[Attachment]) -> tuple[str, ...]:
    """Give the certificate numbers that attachments are about, whether or not what they say is true."""
    found: dict[str, None] = {}
    for one in attachments:
        said = _said(one)
        number = said.get("number") if one.name == STATEMENT else None
        if one.name == CREDENTIAL:
            number = badges.facts_of(_json(one.content)).get("number")
        if isinstance(number, str) and numbers.is_well_formed(number):
            found[number] = None
    return tuple(found)


def statement(attachments: Iterable[Attachment]) -> bytes | None:
    """Give the signed statement among attachments."""
    return next((one.content for one in attachments if one.name == STATEMENT and one.content), None)


def proof(attachments: Iterable[Attachment]) -> bytes | None:
    """Give the register's proof among attachments."""
    return next((one.content for one in attachments if one.name == PROOF and one.content), None)


def compared(
    attachments: Sequence[Attachment], ours: Sequence[Attachment], *, facts: Facts, keys: Keys | None
) -> tuple[list[Difference], list[tuple[Doubt, str]]]:
    """Hold what is attached against the record, and against what is attached to the original."""
    original = {(one.name, one.content) for one in ours}
    differences: list[Difference] = []
    doubts: list[tuple[Doubt, str]] = []
    for one in attachments:
        if (one.name, one.content) in original:
            continue
        if one.name not in OURS:
            doubts.append((Doubt.FILES, one.name))
            continue
        differs = list(_differences(one, facts))
        differences += differs
        if not differs and not _is_ours(one, attachments, keys):
            doubts.append((Doubt.ATTACHED, one.name))
    return differences, doubts


def _differences(one: Attachment, facts: Facts) -> Iterator[Difference]:
    """Give the facts in which an attachment says something else than the record."""
    record = told(facts, Status.VALID, license_shown=_license(facts))
    for field, paper in _facts(one).items():
        if field in record and paper != record[field]:
            yield field, _words(paper), _words(record[field])


def _facts(one: Attachment) -> Mapping[str, Any]:
    if one.name == CREDENTIAL:
        return badges.facts_of(_json(one.content))
    bundle = _json(one.content)
    if one.name != STATEMENT or not isinstance(bundle, dict):
        return {}
    try:
        whose = bundle.get("personal")
        said = statements.facts(bundle["statement"], whose)
        found = told(said, Status.VALID, license_shown=_license(said))
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
        return {}
    unknown = {"status"} if whose else {"status", "holder", "license"}
    return {field: value for field, value in found.items() if field not in unknown}


def _is_ours(one: Attachment, attachments: Sequence[Attachment], keys: Keys | None) -> bool:
    """Say whether an attachment that states the record's facts was signed by us.

    A certificate that was drawn again, on other paper, carries the proof of a later day, so bytes may well differ.
    """
    if keys is None or one.content is None:
        return False
    if one.name == CREDENTIAL:
        issuer = _issuer(one)
        methods = {f"{issuer}#{key.name}": key.public for key in keys.by_name.values() if key.use == KEY_USE}
        return badges.verify(_json(one.content), methods).proven
    signed = statement(attachments)
    if signed is None:
        return False
    verdict = proofs.check(signed, proof(attachments), keys).verdict
    return verdict in _SIGNED if one.name == STATEMENT else verdict is Verdict.PROVEN


def _issuer(one: Attachment) -> str:
    credential = _json(one.content)
    issuer = credential.get("issuer") if isinstance(credential, dict) else None
    named = issuer.get("id") if isinstance(issuer, dict) else None
    return named if isinstance(named, str) else ""


def _said(one: Attachment) -> Mapping[str, Any]:
    bundle = _json(one.content)
    said = bundle.get("statement") if isinstance(bundle, dict) else None
    return said if isinstance(said, dict) else {}


def _json(content: bytes | None) -> Any:
    try:
        return json.loads(content or b"")
    except (ValueError, RecursionError):
        return None


def _license(facts: Facts) -> str:
    named = facts.license
    return f"{named.state} {named.type}, number {named.number}" if named else ""


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{hours} {kind}" for kind, hours in value.items())
    if isinstance(value, list | tuple):
        return _LISTED_APART.join(map(str, value))
    return str(value)
