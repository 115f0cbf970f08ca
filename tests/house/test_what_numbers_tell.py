"""What the numbers in a form tell: where things stand on her page, and nothing of how their author ordered them.

An ordering is written in its right order, and a meaning stands beside its term: under the author's own
numbers, the names of the fields would be the key. And what was not answered, or answered wrongly, earns nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import cast as the_cast
import pytest
import steps
from conftest import PUBLIC, Pencil, Postbox, StillClock
from fastapi.testclient import TestClient
from forms import form, read
from makers import make_course, make_question

from app.content.course import Course, Feedback, Kind, Option, Pair, Question
from app.identity import sign_in
from app.identity.sign_in import Proof
from app.main import create_app
from app.settings import Settings


def ordered(*words: str) -> Question:
    items = tuple(Option(text=word, html=word) for word in words)
    return replace(make_question(1), kind=Kind.ORDERING, options=(), items=items)


def matched(*pairs: tuple[str, str]) -> Question:
    both = tuple(Pair(term=term, term_html=term, meaning=meaning, meaning_html=meaning) for term, meaning in pairs)
    return replace(make_question(2), kind=Kind.MATCHING, options=(), pairs=both)


SEQUENCE = ("First thing", "Second thing", "Third thing", "Fourth thing")
TERMS = (("Term A", "Meaning A"), ("Term B", "Meaning B"), ("Term C", "Meaning C"), ("", "Meaning D"))
FIELDS = re.compile(r'<label for="field-(?P<name>[^"]+)">(?P<words>[^<]+)</label>')
VALUES = re.compile(r'<option value="(\d+)"[^>]*>(Meaning \w)</option>')


@contextmanager
def signed_in(settings: Settings, course: Course | None = None, **exam: Any) -> Iterator[TestClient]:
    """Open a house with a course, and give Ana's browser."""
    house = create_app(settings, clock=StillClock(), mailer=Postbox(), draws=Pencil())
    steps.publish(house, course, **exam)
    with house.state.wiring.database.write() as db:
        token = sign_in.begin(db, the_cast.join(db, "ana"), proof=Proof.PASSKEY, now=the_cast.NOON)
    with TestClient(house, base_url=PUBLIC, follow_redirects=False) as browser:
        browser.cookies.set("__Host-continua", token)
        yield browser


@pytest.fixture
def sorting(settings: Settings) -> Iterator[TestClient]:
    """Ana in an exam where something is put in order and something is matched."""
    with signed_in(settings, make_course(questions=(ordered(*SEQUENCE), matched(*TERMS)))) as browser:
        steps.start_exam(browser)
        yield browser


def test_what_is_put_in_order_travels_under_its_place_on_the_page(sorting: TestClient) -> None:
    fields = [found for found in FIELDS.finditer(sorting.get("/attempts/1").text) if found["words"] in SEQUENCE]
    assert [found["name"] for found in fields] == [f"q.question-1.{place}" for place in (1, 2, 3, 4)]
    assert [found["words"] for found in fields] != list(SEQUENCE), "and the page is not in the right order"


def test_what_is_matched_travels_under_its_place_in_the_list(sorting: TestClient) -> None:
    offered = VALUES.findall(sorting.get("/attempts/1").text)
    assert [value for value, _ in offered] == ["1", "2", "3", "4"] * 3, "counted from the top, for each term"


def test_right_orders_and_matches_are_graded_as_right_and_come_back_as_given(sorting: TestClient) -> None:
    page = sorting.get("/attempts/1")
    names = {found["words"]: found["name"] for found in FIELDS.finditer(page.text)}
    meanings = {words: value for value, words in VALUES.findall(page.text)}
    places = {names[word]: str(place) for place, word in enumerate(SEQUENCE, 1)}
    picks = {names[term]: meanings[meaning] for term, meaning in TERMS if term}
    sorting.post("/attempts/1/answers", data=places | picks)
    kept = form(sorting.get("/attempts/1"), "/answers").filled({})
    assert {name: kept[name] for name in places | picks} == {name: [pick] for name, pick in (places | picks).items()}
    for question, given in (("question-1", places), ("question-2", picks)):
        noted = re.findall(r'"(\d)": (\d)', kept[f"was.{question}"][0])
        assert noted == sorted((name[-1], pick) for name, pick in given.items()), "by no other numbers than the page's"
    sorting.post("/attempts/1/submit")
    assert "You passed with 100%" in sorting.get("/attempts/1/result").text


@pytest.mark.parametrize("pick", [None, steps.WRONG])
@pytest.mark.parametrize("feedback", Feedback)
def test_a_blank_exam_and_an_all_wrong_one_score_nothing(
    settings: Settings, feedback: Feedback, pick: str | None
) -> None:
    with signed_in(settings, feedback=feedback) as browser:
        result = steps.submit(browser, steps.answer_all(browser, steps.start_exam(browser), pick))
    assert "You need 80%. You have 0%." in result.text
    assert "0 of 3 points" in result.text
    assert not any(link.startswith("/certificates/") for link in read(result).links)


def test_a_right_exam_scores_all_there_is(settings: Settings) -> None:
    """The control: the same walk with the right options."""
    with signed_in(settings) as browser:
        result = steps.submit(browser, steps.answer_all(browser, steps.start_exam(browser), steps.RIGHT))
    assert "You passed with 100%" in result.text
