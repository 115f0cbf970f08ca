"""Nothing an author writes runs in a reader’s browser, in any text; `./run campaign injections` is the long form."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from proofs import injections

pytest_plugins = ["travel"]
pytestmark = pytest.mark.campaign


def test_no_payload_runs_in_any_text_without_any_policy(chromium: Browser) -> None:
    chosen = injections.payloads()[::11]

    outcome = injections.prove(chromium, chosen)

    assert outcome.failures == 0, outcome.told()
    assert len(chosen) > 45
    assert outcome.texts > 200
    assert outcome.shown == outcome.pages > 40  # it is there to be read, as text


def test_control_without_the_sanitizer_some_run(chromium: Browser) -> None:
    with injections.unguarded():
        outcome = injections.prove(chromium, injections.payloads()[:2])

    assert len(outcome.ran) > 10


def test_there_are_five_hundred_payloads() -> None:
    assert len(set(injections.payloads())) >= 500
