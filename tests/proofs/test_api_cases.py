"""Nothing that is sent to the API or to a page breaks it; `./run campaign api` is the long form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from proofs import api_cases

pytestmark = pytest.mark.campaign
SEED = 20_261_130

Browsers = dict[str, TestClient]


@pytest.fixture
def browsers(sqlite_url: str, tmp_path: Path) -> Iterator[Browsers]:
    """A browser for each role before an open house."""
    with api_cases.opened(sqlite_url, tmp_path) as (_house, them):
        yield them


def test_of_a_thousand_cases_of_the_api_none_breaks_it_or_its_description(browsers: Browsers) -> None:
    outcome = api_cases.prove(browsers, api_cases.of_api(browsers["nobody"]), n=1_400, seed_=SEED)
    assert outcome.failures == 0, outcome.told()
    assert outcome.cases >= 1_000, outcome.told()
    assert set(outcome.senders) == set(api_cases.ROLES)
    assert {"200", "422"} <= outcome.statuses.keys(), "good ones and bad ones were answered"


def test_of_a_thousand_cases_of_all_pages_none_breaks_one(browsers: Browsers) -> None:
    outcome = api_cases.prove(browsers, api_cases.of_pages(), n=1_000, seed_=SEED)
    assert outcome.failures == 0, outcome.told()
    assert outcome.cases >= 1_000, outcome.told()
    assert {"200", "303", "403", "404"} <= outcome.statuses.keys(), outcome.told()


def test_control_a_planted_fault_is_found_by_the_same_run(browsers: Browsers) -> None:
    with api_cases.planted_fault():
        outcome = api_cases.prove(browsers, api_cases.of_api(browsers["nobody"]), n=100, seed_=SEED)
    assert any("→ 500" in one for one in outcome.broken), outcome.told()


def test_control_an_answer_of_another_shape_is_found_by_the_same_run(browsers: Browsers) -> None:
    with api_cases.planted_shape():
        outcome = api_cases.prove(browsers, api_cases.of_api(browsers["nobody"]), n=60, seed_=SEED)
    assert outcome.failures, outcome.told()
    assert not any("→ 500" in one for one in outcome.broken)
