"""The short form of the proof that attempts follow their model; `./run campaign sittings` is the long one."""

from __future__ import annotations

from unittest import mock

import pytest
from proofs import sittings

pytestmark = pytest.mark.campaign

STORIES = 20


def test_attempts_follow_the_model_through_any_story_of_two_tabs_and_two_processes(database_url: str) -> None:
    assert sittings.run(database_url, stories=STORIES) > STORIES


def test_where_the_answer_counts_that_arrived_last_the_model_notices(sqlite_url: str) -> None:
    with mock.patch.object(*sittings.COUNTS_BY_ARRIVAL), pytest.raises(AssertionError):
        sittings.run(sqlite_url, stories=100, own_process=False)


def test_where_a_checked_answer_may_change_the_model_notices(sqlite_url: str) -> None:
    unlocked = mock.patch("app.assessment.answer_events.assert_open", return_value=None)
    with unlocked, pytest.raises(AssertionError):
        sittings.run(sqlite_url, stories=100, own_process=False)
