"""The short form of the power-cut proof; `./run campaign power-cuts` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs import power_cuts

SEED = 20_261_120
CUTS = 200

pytestmark = pytest.mark.campaign


def test_no_power_cut_loses_an_answer_that_was_said_to_be_saved(sqlite_url: str, tmp_path: Path) -> None:
    outcome = power_cuts.run(sqlite_url, tmp_path, cuts=CUTS, seed=SEED)
    assert outcome.failures == 0, outcome
    assert outcome.acknowledged == power_cuts.ANSWERS
    assert outcome.syncs >= outcome.acknowledged  # each commit waited for the disk


def test_with_synchronous_normal_the_same_cuts_lose_answers(sqlite_url: str, tmp_path: Path) -> None:
    outcome = power_cuts.run(sqlite_url, tmp_path, cuts=CUTS, seed=SEED, what=power_cuts.NORMAL)
    assert outcome.lost > 0, outcome
    assert outcome.unsound == 0, outcome  # what is left is sound: it is late, not damaged
