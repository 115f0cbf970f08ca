"""Nothing that anybody types runs in a browser, wherever it is shown; and no text of the database is forgotten here."""

from __future__ import annotations

from collections import Counter

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser
from proofs import injections, typed_texts

pytest_plugins = ["travel"]


def test_every_text_of_the_database_is_tried_or_says_why_not() -> None:
    left_out = typed_texts.not_typed()
    assert typed_texts.columns() - typed_texts.typed() - set(left_out) == set(), "new: fill it, or say why not"
    assert (typed_texts.typed() | set(left_out)) - typed_texts.columns() == set(), "gone"
    assert [one for one, count in Counter([*typed_texts.typed(), *left_out]).items() if count > 1] == []


@pytest.mark.campaign
def test_no_payload_that_anybody_types_runs_on_any_page(house: FastAPI, chromium: Browser) -> None:
    chosen = injections.payloads()
    assert len(chosen) >= 500
    outcome = typed_texts.prove(house, chromium, "\n".join(chosen[::4]))
    assert outcome.failures == 0, outcome.told()
    assert outcome.pages > 60, outcome.told()
    assert outcome.shown > 30, outcome.told()


@pytest.mark.campaign
def test_control_without_escaping_some_run(house: FastAPI, chromium: Browser) -> None:
    with typed_texts.unescaped():
        outcome = typed_texts.prove(house, chromium, injections.payloads()[0])
    assert len(outcome.ran) > 10
