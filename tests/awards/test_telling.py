"""One word for two axes: whatever keeps a paper from counting names it, and what does not count never reads as good."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from scripted_checks import FACTS, ScriptedChecks

from app.awards import telling
from app.awards.telling import Outcome
from app.awards.verdicts import Document, Status

GOOD = {Outcome.ORIGINAL, Outcome.SAME_FACTS}


def found(document: Document, status: Status, *, demonstration: bool = False) -> dict[str, Any]:
    checks = ScriptedChecks(facts=replace(FACTS, demonstration=demonstration))
    (result,) = checks.file(filename=f"{document}.{status}.pdf", content=b"")
    return result.plain()


@pytest.mark.parametrize(("document", "status"), list(product(Document, Status)))
def test_only_what_is_ok_has_a_good_name(document: Document, status: Status) -> None:
    told = found(document, status)
    assert (telling.of(told) in GOOD) == told["ok"]
    assert telling.document(told)
    assert telling.status(told)


def test_what_asks_most_for_attention_gives_the_name() -> None:
    assert telling.of(found(Document.ALTERED, Status.REVOKED)) == Outcome.ALTERED
    assert telling.of(found(Document.ORIGINAL, Status.REVOKED)) == Outcome.REVOKED
    assert telling.of(found(Document.PICTURE, Status.SUPERSEDED)) == Outcome.SUPERSEDED
    assert telling.of(found(Document.PICTURE, Status.VALID)) == Outcome.PICTURE
    assert telling.of(found(Document.ORIGINAL, Status.UNKNOWN)) == Outcome.UNKNOWN, "ours, record lost"


@pytest.mark.parametrize("document", [Document.ORIGINAL, Document.SAME_FACTS])
def test_a_demonstration_is_never_counted_among_what_counts(document: Document) -> None:
    told = found(document, Status.VALID, demonstration=True)
    assert telling.of(told) == Outcome.DEMONSTRATION
    assert telling.status(told) == "Valid, demonstration"


def test_counts_begin_with_what_asks_for_attention() -> None:
    several = [Outcome.ORIGINAL] * 1_188 + [Outcome.REVOKED] + [Outcome.ALTERED] * 2
    assert telling.counted(several) == "2 altered · 1 revoked · 1,188 original"
    assert telling.counted([]) == ""


def test_every_fact_has_a_name_and_words() -> None:
    told = found(Document.ORIGINAL, Status.VALID)
    named = dict(telling.facts(told))
    assert set(told["facts"]) - {"status", "demonstration"} == set(telling.FIELDS)
    assert all(lines and all(lines) for lines in named.values())
    assert telling.lines("approvals", []) == ("Not approved by any board",)
    assert telling.lines("license", "") == ("None on the certificate",)
    assert telling.lines("presenters", []) == ("—",)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_can_be_counted(outcome: Outcome) -> None:
    assert telling.COUNTED[outcome]
