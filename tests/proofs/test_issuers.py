"""The short form of the proof that ten issuers who are killed leave one whole register; `./run campaign issuers`."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs import issuers
from proofs.issuers import ISSUERS, Outcome

SEED = 20_261_130

pytestmark = pytest.mark.campaign


def assert_whole(outcome: Outcome) -> None:
    assert outcome.failures == 0, outcome
    assert outcome.acknowledged > ISSUERS  # otherwise nothing was tried


@pytest.mark.parametrize("database", ["sqlite_url", "own_postgres_url"])
def test_ten_issuers_who_are_killed_thirty_times_leave_one_whole_register(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> None:
    assert_whole(issuers.run(request.getfixturevalue(database), tmp_path, kills=30, seed=SEED))


@pytest.mark.parametrize("database", ["sqlite_url", "own_postgres_url"])
def test_control_issuers_who_acknowledge_too_early_lose_acts(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> None:
    outcome = issuers.run(request.getfixturevalue(database), tmp_path, kills=5, seed=SEED, what=issuers.EARLY)
    assert outcome.missing > 0, outcome


def test_control_issuers_who_do_not_wait_for_each_other_fork_the_register(
    own_postgres_url: str, tmp_path: Path
) -> None:
    issuers.unconstrained(own_postgres_url)
    outcome = issuers.run(own_postgres_url, tmp_path, kills=5, seed=SEED, what=issuers.UNORDERED)
    assert outcome.gaps > 0, outcome
    assert outcome.findings > 0, outcome
