"""Nothing that anybody types runs, wherever it is shown; and no text of the database is forgotten here.

`./run campaign typed-texts` is the long form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser
from proofs import injections, letters, papers, scripts_anywhere, sheets, typed_texts
from proofs.answers import MARKS
from proofs.scripts_anywhere import NOWHERE, Trials

pytest_plugins = ["travel"]
campaign = pytest.mark.campaign
SIDE_BY_SIDE = 3


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path) -> Iterator[FastAPI]:
    """A house in which nobody is asked to wait."""
    with scripts_anywhere.opened(sqlite_url, tmp_path) as house:
        yield house


@pytest.fixture(scope="module")
def trials() -> Trials:
    """What is tried; which pages tell most is found once."""
    return Trials(every=9)


def test_every_text_of_the_database_is_tried_or_says_why_not() -> None:
    left_out = typed_texts.not_typed()
    assert typed_texts.columns() - typed_texts.typed() - set(left_out) == set(), "new: fill it, or say why not"
    assert (typed_texts.typed() | set(left_out)) - typed_texts.columns() == set(), "gone"
    assert [one for one, count in Counter([*typed_texts.typed(), *left_out]).items() if count > 1] == []


@campaign
def test_no_payload_runs_on_a_page_in_a_letter_or_in_a_file(home: FastAPI, chromium: Browser, trials: Trials) -> None:
    chosen = injections.payloads()[:: len(injections.payloads()) // SIDE_BY_SIDE][:SIDE_BY_SIDE]
    tried = (trials.pages, scripts_anywhere.mail, scripts_anywhere.tables, scripts_anywhere.pdfs)
    outcome = scripts_anywhere.prove(home, chromium, [chosen], *tried)
    assert outcome.failures == 0, outcome.told()
    assert outcome.opened > 200, outcome.told()
    assert outcome.seen | NOWHERE.keys() == set(MARKS.values()), "each text is shown, or it is said where it is not"
    assert outcome.counted["legible"] == outcome.counted["PDFs"] == 4, outcome.told()
    assert outcome.counted["parts of letters, text/html"] > len(letters.names()), outcome.told()


@campaign
def test_no_payload_comes_back_to_run(home: FastAPI, chromium: Browser, trials: Trials) -> None:
    chosen = injections.payloads()[5:500:200]
    outcome = scripts_anywhere.prove(home, chromium, [chosen], trials.addresses, trials.forms)
    assert outcome.failures == 0, outcome.told()
    assert outcome.counted["forms"] > 3, outcome.told()
    wanted = {"400", "403", "404", "405", "413", "414", "415", "421", "422", "429", "431", "500", "503"}
    assert wanted <= outcome.statuses.keys(), outcome.told()


@campaign
def test_control_without_escaping_some_run_on_each(home: FastAPI, chromium: Browser, trials: Trials) -> None:
    with scripts_anywhere.unescaped():
        for tried in (trials.pages, scripts_anywhere.mail):
            outcome = scripts_anywhere.prove(home, chromium, [injections.payloads()[:1]], tried)
            assert len(outcome.ran) > 10, tried


@campaign
def test_control_a_table_that_guards_no_cell_holds_programs(home: FastAPI, chromium: Browser) -> None:
    with sheets.unguarded():
        outcome = scripts_anywhere.prove(home, chromium, [sheets.FORMULAS[:1]], scripts_anywhere.tables)
    assert len(outcome.wrong) > 50


@campaign
def test_control_a_paper_that_escapes_nothing_leads_to_a_script(home: FastAPI, chromium: Browser) -> None:
    with papers.unescaped():
        outcome = scripts_anywhere.prove(home, chromium, [[scripts_anywhere.LINK]], scripts_anywhere.pdfs)
    assert any("javascript:" in one for one in outcome.wrong)
