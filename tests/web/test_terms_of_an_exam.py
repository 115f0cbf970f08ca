"""An exam on her terms: its time, one question at a time, checked answers and accommodations, all without a script."""

from __future__ import annotations

import re

import pytest
import steps
from cast import EMAILS
from conftest import StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, send
from sqlmodel import select

from app import audit
from app.assessment.attempts import GRACE, Attempt
from app.content.course import Feedback
from app.identity import people, requests
from app.identity.requests import TimeFactor

pytest_plugins = ["visitors"]

LIMIT = 40


def grant(house: FastAPI, factor: TimeFactor, *, one: bool = False) -> None:
    wiring = house.state.wiring
    with wiring.database.write() as db:
        ana = people.find_or_add(db, EMAILS["ana"], now=wiring.clock())
        requests.grant(db, ana, factor, one_at_a_time=one, note="", by=audit.OPERATOR, now=wiring.clock())


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# --- the rules that hold for her -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "factor", "told"),
    [
        (None, None, "There is no time limit. Every answer is saved"),
        (None, TimeFactor.DOUBLE, "There is no time limit. Every answer is saved"),
        (LIMIT, None, "You have 40 minutes from the moment you start. The time runs on while you are away."),
        (LIMIT, TimeFactor.HALF_MORE, "You have 60 minutes from the moment you start: half as much time again"),
        (LIMIT, TimeFactor.UNTIMED, "There is no time limit for you, as was granted to you."),
    ],
)
def test_the_page_before_the_exam_tells_the_rules_that_hold_for_her(
    house: FastAPI, hers: TestClient, limit: int | None, factor: TimeFactor | None, told: str
) -> None:
    if limit:
        steps.publish(house, time_limit=limit)
    if factor:
        grant(house, factor, one=True)
    door = words(steps.read_course(hers).text)
    assert told in door
    assert ("it opens one at a time" in door) == (factor is not None)


def test_an_exam_under_way_tells_the_rules_it_was_started_with(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house, time_limit=LIMIT)
    page = steps.start_exam(hers)
    grant(house, TimeFactor.UNTIMED)
    for text in (page.text, hers.get("/attempts/1").text, hers.get(f"/courses/{steps.CODE}/exam").text):
        assert "You have 40 minutes from the moment you start" in words(text)


# --- the time ------------------------------------------------------------------------------------------------------


def test_the_time_left_stands_there_and_can_be_folded_away(house: FastAPI, hers: TestClient, clock: StillClock) -> None:
    steps.publish(house, time_limit=LIMIT)
    steps.start_exam(hers)
    clock.pass_time(minutes=12.5)
    for address in ("/attempts/1", "/attempts/1/review"):
        assert "28 minutes" in words(hers.get(address).text)
    assert "<details open>" in hers.get("/attempts/1").text


def test_without_a_limit_no_clock_is_shown(hers: TestClient) -> None:
    assert "Time left" not in steps.start_exam(hers).text


def test_when_the_time_is_up_what_was_saved_is_one_button_from_its_result(
    house: FastAPI, hers: TestClient, clock: StillClock
) -> None:
    steps.publish(house, time_limit=LIMIT)
    steps.answer_all(hers, steps.start_exam(hers), steps.RIGHT)
    clock.now += GRACE
    clock.pass_time(minutes=LIMIT)
    for address in ("/attempts/1", "/attempts/1/review"):
        over = hers.get(address)
        assert "Everything that was saved is kept and counts." in words(over.text)
    result = steps.submit(hers, over)
    assert "You passed with 100%." in result.text
    assert "Your time ended, and what you had saved was submitted for you." in words(result.text)


def test_a_page_that_is_sent_after_the_end_submits_what_was_saved_before(
    house: FastAPI, hers: TestClient, clock: StillClock
) -> None:
    steps.publish(house, time_limit=LIMIT)
    page = steps.start_exam(hers)
    clock.now += GRACE
    clock.pass_time(minutes=LIMIT)
    answered = send(hers, page, "/answers", then="review")
    assert answered.headers["location"] == "/attempts/1/result"
    with house.state.wiring.database.read() as db:
        assert db.exec(select(Attempt)).one().ran_out


# --- one at a time -------------------------------------------------------------------------------------------------


def shown(page: str) -> list[str]:
    return re.findall(r'<div data-step="(\d+)">', page)


def test_whoever_wishes_takes_the_questions_one_at_a_time(hers: TestClient) -> None:
    page = steps.start_exam(hers)
    assert shown(page.text) == []
    page = follow(hers, send(hers, page, "/answers", then="one"))
    assert shown(page.text) == ["1"]
    pick = steps.value_of(page, 1, steps.RIGHT)
    page = follow(hers, send(hers, page, "/answers", then="2", **{"q__question-1": pick}))
    assert shown(page.text) == ["2"]
    assert shown(hers.get("/attempts/1").text) == ["2"], "the first without an answer"
    assert shown(hers.get("/attempts/1?at=99").text) == ["2"]
    review = hers.get("/attempts/1/review").text
    assert 'href="/attempts/1?at=3#q-question-3"' in review
    page = follow(hers, send(hers, page, "/answers", then="all"))
    assert shown(page.text) == []
    assert page.text.count("checked") >= 1


def test_where_it_was_granted_the_exam_opens_one_at_a_time(house: FastAPI, hers: TestClient) -> None:
    grant(house, TimeFactor.USUAL, one=True)
    assert shown(steps.start_exam(hers).text) == ["1"]


# --- checked answers -----------------------------------------------------------------------------------------------


def test_an_answer_is_checked_and_stays_as_it_was(house: FastAPI, hers: TestClient) -> None:
    steps.publish(house, feedback=Feedback.AFTER_EACH)
    page = steps.start_exam(hers)
    assert page.text.count("Check this answer") == 3
    blank = send(hers, page, "/answers", check="question-2")
    assert blank.status_code == 422
    assert "Answer this question first. Then it can be checked." in blank.text
    pick = steps.value_of(page, 1, steps.WRONG)
    checked = send(hers, page, "/answers", check="question-1", **{"q__question-1": pick})
    assert checked.headers["location"] == "/attempts/1#q-question-1"
    page = hers.get("/attempts/1")
    assert page.text.count("Check this answer") == 2
    assert "Not right" in page.text
    assert "Right, and not chosen" in page.text


# --- asking for something ------------------------------------------------------------------------------------------


def test_she_asks_in_her_words_and_reads_the_answer_there(house: FastAPI, hers: TestClient, his: TestClient) -> None:
    page = hers.get("/account/accommodations")
    assert "answers within five working days" in words(page.text)
    empty = send(hers, page, "/accommodations", needs=" ")
    assert empty.status_code == 422
    asked = follow(hers, send(hers, page, "/accommodations", needs="Twice the time, please."))
    assert "Twice the time, please." in asked.text
    assert "Not answered yet." in asked.text
    grant(house, TimeFactor.DOUBLE)
    assert "Granted: double the time." in words(hers.get("/account/accommodations").text)
    assert "Twice the time" not in his.get("/account/accommodations").text
