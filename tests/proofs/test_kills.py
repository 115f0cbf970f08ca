"""The short form of the kill proof; `./run campaign kills` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs import kills
from proofs.kills import Outcome

SEED = 20_261_120

pytestmark = pytest.mark.campaign


def assert_kept(outcome: Outcome) -> None:
    assert outcome.failures == 0, outcome
    assert outcome.acknowledged > outcome.kills  # otherwise nothing was tried
    assert outcome.sent_again > 0  # some kill came while an answer was on its way


def test_thirty_kills_lose_no_answer_that_was_said_to_be_saved(sqlite_url: str, tmp_path: Path) -> None:
    assert_kept(kills.run(sqlite_url, tmp_path, kills=30, seed=SEED))


def test_on_postgresql_five_kills_lose_none_either(own_postgres_url: str, tmp_path: Path) -> None:
    assert_kept(kills.run(own_postgres_url, tmp_path, kills=5, seed=SEED))


@pytest.mark.parametrize("database", ["sqlite_url", "own_postgres_url"])
def test_a_server_that_says_saved_before_it_is_gets_caught(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> None:
    outcome = kills.run(request.getfixturevalue(database), tmp_path, kills=3, seed=SEED, what=kills.HASTY)
    assert outcome.lost > 0, outcome
