"""Answers are kept on the device until the server has them: a killed tab, a lost acknowledgement, a second tab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from open_houses import OpenHouse
from playwright.sync_api import Page, Route, expect
from sqlmodel import Session, col, select
from walkers import Picks, Walk, Walker, right_answers

from app.assessment.answer_events import AnswerEvent
from app.kit.database import open_database

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

GONE = "ERR_INTERNET_DISCONNECTED"
NOT_SAVED = "Not saved yet. We keep trying."
TEN = 10
KEPT = """async () => {
  const database = await new Promise((resolve, reject) => {
    const asking = indexedDB.open("continua-answers", 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore("answers", { keyPath: "key" });
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
  });
  const found = await new Promise((resolve) => {
    const asking = database.transaction("answers").objectStore("answers").getAll();
    asking.onsuccess = () => resolve(asking.result);
  });
  database.close();
  return found.sort((one, other) => one.sequence - other.sequence).map((entry) => [entry.question, entry.person]);
}"""


def ten_picks(ana: Walker) -> Picks:
    """Choose ten questions in an order that is not that of the page: the order of arrival must be hers."""
    picks = right_answers(ana.course)
    return {question: picks[question] for question in sorted(picks)[:TEN]}


def answers_offline(ana: Walker, picks: Picks) -> None:
    ana.page.wait_for_load_state("load")
    ana.page.context.set_offline(True)
    for question, numbers in picks.items():
        ana.chooses(question, *numbers)
        expect(ana.page.locator(f"#q-{question} .saved")).to_have_text(NOT_SAVED)


def kept_on(page: Page) -> list[list[str]]:
    """Give what the device keeps: questions with whose they are, in order."""
    found: list[list[str]] = page.evaluate(KEPT)
    return found


@contextmanager
def records(house: OpenHouse) -> Iterator[Session]:
    database = open_database(house.database_url)
    try:
        with database.read() as db:
            yield db
    finally:
        database.close()


def newest_of_each(house: OpenHouse) -> list[str]:
    """Give the questions that were answered, in the order in which their last answers came."""
    with records(house) as db:
        events = db.exec(select(AnswerEvent).order_by(col(AnswerEvent.id))).all()
    assert len({event.key for event in events}) == len(events)
    last = {event.question_id: event.id for event in events}
    return sorted(last, key=lambda question: last[question])


def another_page(ana: Walker) -> Page:
    """Open another tab of hers."""
    page = ana.page.context.new_page()
    page.on("pageerror", lambda error: ana.complaints.append(str(error)))
    return page


# --- a tab that is killed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("comes_back_to", ["the exam", "another page"])
def test_ten_answers_given_offline_outlive_their_tab_and_are_there_in_order_once(
    open_house: OpenHouse, walk: Walk, comes_back_to: str
) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    picks, exam = ten_picks(ana), ana.page.url
    assert len(picks) == TEN
    answers_offline(ana, picks)
    ana.page.close()  # as the system kills a tab: nothing of it runs any more
    ana.page = another_page(ana)
    ana.page.context.set_offline(False)
    if comes_back_to == "another page":
        ana.goes_to("/account")
        expect(ana.page.locator("#toast")).to_have_text("Saved 10 answers that this device had kept.")
    else:
        ana.page.goto(exam)
        for question in picks:
            ana.sees_saved(question)
    assert kept_on(ana.page) == []
    assert newest_of_each(open_house) == list(picks)
    with records(open_house) as db:
        boxes = sum(max(1, len(numbers)) for numbers in picks.values())
        assert TEN <= len(db.exec(select(AnswerEvent)).all()) <= boxes
    ana.page.goto(exam)
    assert {question: numbers for question, numbers in ana.chosen().items() if numbers} == picks
    ana.was_told(GONE)


# --- an acknowledgement that is lost -------------------------------------------------------------------------------


def test_an_answer_whose_acknowledgement_was_lost_is_there_once(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    question, numbers = next(iter(right_answers(ana.course).items()))
    lost = 0

    def lose_the_first(route: Route) -> None:
        nonlocal lost
        if lost:
            route.continue_()
            return
        lost += 1
        assert route.fetch().ok  # the server has it; she will not hear of it
        route.abort()

    ana.page.route(re.compile(r"/answers$"), lose_the_first)
    ana.chooses(question, numbers[0])
    ana.sees_saved(question)
    assert lost == 1
    with records(open_house) as db:
        assert len(db.exec(select(AnswerEvent)).all()) == 1
    ana.was_told("ERR_FAILED")


# --- two tabs ------------------------------------------------------------------------------------------------------


def test_two_tabs_share_what_waits_and_neither_sends_it_twice(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    sent: list[str] = []
    first, second = list(right_answers(ana.course).items())[:2]
    other = another_page(ana)
    other.goto(ana.page.url)
    ana.page.context.on("request", lambda one: sent.append(one.post_data or "") if one.method == "POST" else None)
    ana.page.wait_for_load_state("load")
    ana.page.context.set_offline(True)
    ana.chooses(first[0], first[1][0])
    expect(ana.page.locator(f"#q-{first[0]} .saved")).to_have_text(NOT_SAVED)
    hers, ana.page = ana.page, other
    ana.chooses(second[0], second[1][0])
    expect(ana.page.locator(f"#q-{second[0]} .saved")).to_have_text(NOT_SAVED)
    sent.clear()
    ana.page.context.set_offline(False)
    ana.sees_saved(second[0])
    ana.page = hers
    ana.sees_saved(first[0])
    assert kept_on(ana.page) == []
    with records(open_house) as db:
        assert sorted(event.question_id for event in db.exec(select(AnswerEvent))) == sorted([first[0], second[0]])
    assert len(sent) == 2
    ana.was_told(GONE)


# --- whose they are ------------------------------------------------------------------------------------------------


def test_what_is_kept_is_hers_alone_and_gone_when_she_signs_out(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    question, numbers = next(iter(right_answers(ana.course).items()))
    account = another_page(ana)
    account.goto(f"{open_house.address}/account")
    answers_offline(ana, {question: numbers[:1]})
    assert [kept[0] for kept in kept_on(ana.page)] == [question]
    ana.page.close()
    ana.page = account
    ana.page.context.set_offline(False)
    open_house.die()
    ana.presses("Sign out")
    expect(ana.page.locator("#toast")).to_contain_text("1 answer on this device is not saved yet.")
    open_house.open()
    ana.presses("Sign out")
    expect(ana.page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert kept_on(ana.page) == []
    ana.complaints.clear()


def test_what_somebody_else_left_is_not_sent_but_removed(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    question, numbers = next(iter(right_answers(ana.course).items()))
    answers_offline(ana, {question: numbers[:1]})
    ana.page.close()
    ana.page = another_page(ana)
    sent: list[str] = []
    ana.page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    ana.page.context.clear_cookies()
    ana.page.context.set_offline(False)
    ana.name = "ben"
    ana.goes_to("/sign-in?next=/account")
    ana.signs_in()
    ana.reads("Your account")
    expect.soft(ana.page.locator("#toast")).to_have_text("")
    ana.page.wait_for_function(f"async () => (await ({KEPT})()).length === 0")
    assert [url for url in sent if url.endswith("/answers")] == []
    ana.complaints[:] = [one for one in ana.complaints if GONE not in one]  # a closing page may not tell of it


def test_submitting_clears_the_device(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    ana.answers(right_answers(ana.course))
    ana.submits()
    assert kept_on(ana.page) == []
