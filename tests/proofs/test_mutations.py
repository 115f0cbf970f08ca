"""The short form of the proof that no file makes the reader raise; `./run campaign mutations` is the long one."""

from __future__ import annotations

import pytest
from proofs import mutations

SEED = 20_261_120

pytestmark = pytest.mark.campaign


@pytest.mark.parametrize("part", range(2))
def test_a_thousand_mutated_courses_give_a_course_or_sentences_with_places(part: int) -> None:
    outcome = mutations.prove(500, seed=SEED + 500 * part)

    assert outcome.failures == 0, outcome.told()
    assert outcome.read == 500
    assert 50 < outcome.sound < 450  # some are spoiled for good, and some only look odd
    assert len(outcome.rules) > 20


def test_control_a_reader_that_trusts_its_settings_is_found() -> None:
    with mutations.trusting():
        outcome = mutations.prove(60, seed=SEED)

    assert outcome.raised.total() > 0


def test_control_places_outside_their_file_are_found() -> None:
    with mutations.careless():
        outcome = mutations.prove(60, seed=SEED)

    assert len(outcome.misplaced) > 0
