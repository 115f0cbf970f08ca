"""Scenarios on the page: one step at a time, by links alone, and nobody keeps what she chose."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from html import unescape

import pytest
import steps
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import read, send
from httpx2 import Response
from makers import make_course
from sqlalchemy import inspect, text

from app.content.course import Prose
from app.content.scenario import Choice, Scenario, Step

CANARY = "CHOSEN-AND-NOT-KEPT"
STORY = Scenario(
    id=f"story-{CANARY.lower()}",
    title="A call at night",
    intro_html="<p>It is late.</p>",
    steps=(
        Step(
            "call",
            "The call",
            "<p>The phone rings.</p>",
            (
                Choice("Answer it", "Answer it", "talk", "<p>Kind. Is it also wise?</p>"),
                Choice("Let it ring", "Let it ring", "morning"),
            ),
        ),
        Step("talk", "Talk", "<p>You speak for an hour.</p>", (Choice("Again", "Again", "call"),)),
        Step("morning", "Morning", "<p>The next day begins.</p>"),
    ),
)
MODULE = f"/courses/{steps.CODE}/modules/first"


@pytest.fixture
def ana(house: FastAPI, sign_in_as: SignIn) -> TestClient:
    course = make_course()
    first = replace(course.modules[0], blocks=(Prose('<p id="b1">Text.</p>'), STORY))
    steps.publish(house, replace(course, modules=(first, course.modules[1])))
    return sign_in_as("ana")


def here(page: Response) -> str:
    """Give what is shown of the step she is at, on the screen."""
    shown = page.text.split(f'id="{STORY.id}-here"')[1].split("</section>")[0]
    return unescape(re.sub(r'<(div|ul|p)[^>]*class="[^"]*print-only".*?</\1>', "", shown, flags=re.DOTALL))


def way_to(page: Response, words: str) -> str:
    """Give the address behind a link of the scenario."""
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page.text, re.DOTALL)
    return next(unescape(href) for href, inside in found if words in inside)


def go(client: TestClient, page: Response, words: str) -> Response:
    return client.get(way_to(page, words).split("#")[0])


def test_one_step_is_shown_and_each_choice_leads_on(ana: TestClient) -> None:
    page = ana.get(MODULE)
    assert "The phone rings." in here(page)
    assert "The next day begins." not in here(page)
    page = go(ana, page, "Answer it")
    assert "Kind. Is it also wise?" in here(page)
    assert "You speak for an hour." in here(page)
    assert "Your way so far" in page.text


def test_a_link_of_a_scenario_leads_to_its_own_place_on_the_page(ana: TestClient) -> None:
    page = ana.get(MODULE)
    href = way_to(page, "Let it ring")
    assert href.startswith(f"{MODULE}?scenario=")
    assert f'id="{href.split("#")[1]}"' in page.text


def test_an_ending_says_that_it_is_one_and_how_many_others_there_are(ana: TestClient) -> None:
    page = go(ana, ana.get(MODULE), "Let it ring")
    assert "This is an ending." in here(page)
    assert "It is the only one of this story." in here(page)
    assert "This is an ending." not in ana.get(MODULE).text


def test_back_one_step_and_start_again_lead_back(ana: TestClient) -> None:
    page = go(ana, go(ana, ana.get(MODULE), "Answer it"), "Again")
    assert "You speak for an hour." in here(go(ana, page, "Back one step"))
    again = go(ana, page, "Start again")
    assert "The phone rings." in here(again)
    assert "Start again" not in again.text


def test_a_way_of_another_scenario_is_none_of_this_one(ana: TestClient) -> None:
    assert "The phone rings." in here(ana.get(f"{MODULE}?scenario=another&way=2"))


def test_on_paper_every_step_stands_with_what_is_said_of_its_choices(ana: TestClient) -> None:
    page = ana.get(MODULE).text
    for words in ("The phone rings.", "You speak for an hour.", "The next day begins.", "Is it also wise?"):
        assert words in page
    assert "(leads to: Morning)" in page


def test_what_she_chose_is_kept_nowhere(house: FastAPI, ana: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page = go(ana, go(ana, ana.get(MODULE), "Answer it"), "Again")
    where = str(page.url)
    assert CANARY.lower() in where
    assert CANARY.lower() not in str(page.headers)
    ana.post(f"/courses/{steps.CODE}/place", data={"module": "first", "block": "b1"}, headers={"referer": where})
    send(ana, page, "/done")
    ana.post("/theme", data={"theme": "dark", "next": MODULE}, headers={"referer": where})
    kept = dump(house)
    assert "small-course" in kept, "the control: what is kept is looked at"
    assert CANARY.lower() not in kept
    # The client of the test logs what it asks for; the house does not.
    told = [one for one in caplog.records if CANARY.lower() in one.getMessage() and not one.name.startswith("httpx")]
    assert told == []


def test_forms_of_the_page_carry_no_choice_on(ana: TestClient) -> None:
    page = go(ana, ana.get(MODULE), "Answer it")
    fields = [value for form in read(page).forms for _, value in form.fields]
    actions = [form.action for form in read(page).forms]
    assert not [one for one in (*fields, *actions) if "way=" in one or "scenario=" in one]


def dump(house: FastAPI) -> str:
    """Give every row of the database but the texts of courses."""
    with house.state.wiring.database.reading.connect() as connection:
        tables = [name for name in inspect(connection).get_table_names() if name != "edition"]
        return "\n".join(
            str(tuple(row)) for name in tables for row in connection.execute(text(f"SELECT * FROM {name}"))
        )
