"""An exam with a clock, one question at a time, answers checked on the way: by keyboard alone, open to everyone."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import cast as the_cast
import pytest
from inspectors import Inspector
from makers import read_everything
from open_houses import SHIPPED, OpenHouse
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select
from walkers import Walk, Walker, right_answers, wrong_answers

from app import audit
from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.content import reader
from app.content.course import Course
from app.identity import requests, sign_in
from app.identity.requests import TimeFactor
from app.identity.sign_in import Proof
from app.kit.clock import system_clock
from app.kit.database import open_database
from app.learning import enrollments
from app.library import editions

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

MOST_TABS = 200
GONE = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def strict_house(sqlite_url: str, tmp_path: Path) -> Iterator[OpenHouse]:
    """A house whose one course has a time limit, and answers that are checked one by one."""
    shutil.copytree(SHIPPED, tmp_path / "courses" / SHIPPED.name)
    exam = tmp_path / "courses" / SHIPPED.name / "exam.md"
    strict = exam.read_text().replace("feedback: after-pass", "feedback: after-each\ntime_limit: 40", 1)
    exam.write_text(strict)
    house = OpenHouse(tmp_path, sqlite_url, free_port())
    try:
        house.open()
        yield house
    finally:
        house.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def strict_course(house: OpenHouse) -> Course:
    (folder,) = (house.folder / "courses").iterdir()
    course = reader.read(folder, today=date(2026, 11, 20)).course
    assert course is not None
    return course


def sits_down(walk: Walk, house: OpenHouse, *, factor: TimeFactor = TimeFactor.USUAL, one: bool = False) -> Walker:
    """Let Ana come with everything read, and her exam started on these terms."""
    ana = walk("ana", house)
    ana.course = strict_course(house)
    now = system_clock()
    database = open_database(house.database_url)
    with database.write() as db:
        person = the_cast.join(db, "ana", now=now)
        requests.grant(db, person, factor, one_at_a_time=one, note="", by=audit.OPERATOR, now=now)
        enrollment = enrollments.begin(db, person, editions.current(db, ana.course.code), now=now)
        read_everything(db, enrollment, now=now)
        attempts.start(db, enrollment, now=now)
        token = sign_in.begin(db, person, proof=Proof.PASSKEY, now=now)
    database.close()
    ana.page.context.add_cookies([{"name": "continua", "value": token, "url": house.address}])
    return ana


def let_it_end_in(house: OpenHouse, **time: float) -> None:
    """Set the end of the attempt this far from now."""
    database = open_database(house.database_url)
    with database.write() as db:
        attempt = db.exec(select(Attempt)).one()
        attempt.ends_at = system_clock() + timedelta(**time)
        db.add(attempt)
    database.close()


def press_to(page: Page, target: Locator) -> None:
    """Go to something by Tab alone."""
    wanted = target.element_handle()
    for _ in range(MOST_TABS):
        if page.evaluate("(wanted) => document.activeElement === wanted", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def record(house: OpenHouse) -> Attempt:
    database = open_database(house.database_url)
    with database.read() as db:
        found = db.exec(select(Attempt)).one()
    database.close()
    return found


# --- the clock -----------------------------------------------------------------------------------------------------


def test_the_time_is_shown_folded_away_said_aloud_and_ends_by_itself(strict_house: OpenHouse, walk: Walk) -> None:
    ana = sits_down(walk, strict_house, factor=TimeFactor.HALF_MORE)
    inspector = Inspector(ana)
    ana.goes_to(f"/courses/{ana.course.code}/exam")
    inspector("door with time")
    expect(ana.page.get_by_role("main")).to_contain_text("You have 60 minutes from the moment you start: half as much")
    ana.goes_to("/attempts/1")
    clock = ana.page.locator("#clock")
    expect(clock).to_contain_text("60 minutes, until")
    inspector("exam with clock")
    press_to(ana.page, clock.locator("summary"))
    ana.page.keyboard.press("Enter")
    expect(clock.locator("strong")).to_be_hidden()
    inspector("exam, clock folded away")
    let_it_end_in(strict_house, seconds=63)
    ana.page.reload()
    expect(clock.locator("strong")).to_be_hidden()
    expect(ana.page.locator("#toast")).to_have_text("1 minute left. What you answer is saved as you go.")
    inspector("exam, one minute left")
    question, picks = next(iter(right_answers(ana.course).items()))
    let_it_end_in(strict_house, seconds=6)
    ana.page.reload()
    ana.chooses(question, picks[0])
    expect(ana.page).to_have_url(re.compile(r"/attempts/1/result$"))
    assert record(strict_house).submitted_at is not None
    assert inspector.findings == []


def test_a_closed_laptop_is_graded_all_the_same(strict_house: OpenHouse, walk: Walk) -> None:
    ana = sits_down(walk, strict_house)
    ana.goes_to("/attempts/1")
    ana.answers({question: picks[:1] for question, picks in list(right_answers(ana.course).items())[:1]})
    ana.goes_to("/account")
    let_it_end_in(strict_house, minutes=-2, seconds=-1)
    ana.goes_to("/attempts/1")
    inspector = Inspector(ana)
    if ana.page.get_by_role("button", name="See your result").count():
        inspector("time is up")
        ana.presses("See your result")
    expect(ana.page).to_have_url(re.compile(r"/attempts/1/result$"))
    inspector("result after the time")
    assert record(strict_house).ran_out
    assert inspector.findings == []


# --- one at a time -------------------------------------------------------------------------------------------------


def test_one_at_a_time_by_keyboard_alone_and_without_the_network(strict_house: OpenHouse, walk: Walk) -> None:
    ana = sits_down(walk, strict_house, factor=TimeFactor.UNTIMED, one=True)
    page = ana.page
    ana.goes_to("/attempts/1")
    inspector = Inspector(ana)
    inspector("one at a time")
    steps = page.locator("[data-step]")
    visible = page.locator("[data-step]:not([hidden])")
    assert steps.count() == len(right_answers(ana.course))
    page.wait_for_load_state("load")
    page.context.set_offline(True)
    for number in (1, 2, 3):
        expect(visible).to_have_attribute("data-step", str(number))
        press_to(page, visible.locator("input:not([type=hidden])").first)
        page.keyboard.press("1")
        expect(visible.locator(".saved").first).to_contain_text("Not saved yet")
        press_to(page, visible.get_by_role("button", name="Next question"))
        page.keyboard.press("Enter")
    inspector("one at a time, offline")
    expect(page).to_have_url(re.compile(r"/attempts/1\?at=4$"))
    page.context.set_offline(False)
    expect(page.locator(".outline [data-count]").last).to_have_text("3")
    press_to(page, visible.get_by_role("button", name="Previous"))
    page.keyboard.press("Enter")
    expect(visible.locator(".saved").first).to_contain_text(re.compile(r"Saved \d"))
    page.reload()
    expect(visible).to_have_attribute("data-step", "3")
    ana.presses("Show all questions")
    expect(steps).to_have_count(0)
    ana.was_told(GONE)
    assert inspector.findings == []


# --- checked on the way --------------------------------------------------------------------------------------------


def test_an_answer_is_checked_by_keyboard_and_the_other_tab_cannot_change_it(
    strict_house: OpenHouse, walk: Walk
) -> None:
    ana = sits_down(walk, strict_house)
    page = ana.page
    question, wrong = next((one, picks) for one, picks in wrong_answers(ana.course).items() if picks)
    ana.goes_to("/attempts/1")
    other = page.context.new_page()
    other.goto(page.url)
    page.bring_to_front()
    ana.chooses(question, *wrong)
    ana.sees_saved(question)
    section = page.locator(f"#q-{question}")
    press_to(page, section.get_by_role("button", name="Check this answer"))
    page.keyboard.press("Enter")
    expect(section.locator(".notice")).to_be_focused()
    expect(section).to_contain_text("Not right")
    expect(section.locator("input")).to_have_count(0)
    inspector = Inspector(ana)
    inspector("an answer checked")
    blank = page.locator(".question[data-question]").first
    blank.get_by_role("button", name="Check this answer").click()
    expect(page.locator(".error-summary")).to_contain_text("Answer this question first.")
    inspector("nothing to check")
    ana.page = other
    ana.chooses(question, *right_answers(ana.course)[question])
    expect(other.locator(f"#q-{question} .saved")).to_contain_text("so it can no longer change")
    ana.complaints.clear()
    assert inspector.findings == []


# --- asking for it -------------------------------------------------------------------------------------------------


def test_asking_for_an_accommodation_is_open_to_everyone(strict_house: OpenHouse, walk: Walk) -> None:
    ana = sits_down(walk, strict_house, factor=TimeFactor.DOUBLE)
    ana.goes_to(f"/courses/{ana.course.code}/exam")
    ana.follows("Ask for more time, or for something else you need")
    inspector = Inspector(ana)
    inspector("accommodations")
    ana.page.get_by_label("What would help you?").fill("A screen reader reads slowly.\nTwice the time, please.")
    ana.presses("Send the request")
    expect(ana.page.get_by_role("main")).to_contain_text("Not answered yet.")
    inspector("accommodations, asked")
    assert inspector.findings == []
