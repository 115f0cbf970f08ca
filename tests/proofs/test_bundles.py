"""The short form of the proof that no forged bundle is believed; `./run campaign bundles` is the long one."""

from __future__ import annotations

import pytest
from proofs import bundles

SEED = 20_261_130

pytestmark = pytest.mark.campaign


@pytest.mark.parametrize("part", range(2))
def test_twenty_thousand_forged_bundles_are_never_believed(part: int) -> None:
    outcome = bundles.prove(10_000, seed=SEED + 10_000 * part)

    assert outcome.failures == 0, outcome.told()
    assert outcome.checked == 10_000
    assert outcome.changed > 9_000
    assert len(outcome.reasons) > 12, "they are forged in many ways"
    assert outcome.verdicts["proven"] > 100, "and some are left as they were"


@pytest.mark.parametrize("what", bundles.CONTROLS)
def test_control_forged_bundles_are_believed_when(what: str) -> None:
    with bundles.CONTROLS[what]():
        outcome = bundles.prove(1000, seed=SEED)

    assert outcome.failures > 5
