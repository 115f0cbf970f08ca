"""Time on the page: counted for her alone, told as a board would see it; the exam opens when it is enough."""

from __future__ import annotations

import pytest
import steps
from conftest import SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, form, send
from httpx2 import Response
from makers import make_course
from sqlmodel import select

from app.learning.beats import SeatClock, Sitting
from app.learning.readers import Reader

pytest_plugins = ["visitors"]

TIME = f"/courses/{steps.CODE}/time"
FIRST = f"/courses/{steps.CODE}/modules/first"
SECOND = f"/courses/{steps.CODE}/modules/second"
DOOR = f"/courses/{steps.CODE}/exam"


def opened(client: TestClient, module: str = FIRST) -> str:
    """Open a module; give the sealed moment that its page carries."""
    return dict(form(client.get(module), "/done").fields)["opened"]


def beat(client: TestClient, stamp: str, seconds: object = 30, *, key: str = "", module: str = "first") -> Response:
    said = {"module": module, "seconds": str(seconds), "opened": stamp, "key": key}
    return client.post(TIME, data=said, headers={"sec-fetch-site": "same-origin"})


def begin(client: TestClient, clock: StillClock, *, seconds: int = 0) -> str:
    """Mark the first module as a page with its script does, and open it again."""
    page = client.get(FIRST)
    clock.pass_time(seconds=seconds)
    follow(client, send(client, page, "/done", seconds=str(seconds), key="with-the-mark"))
    return opened(client)


def reads(client: TestClient, clock: StillClock, minutes: int, *, module: str = "first") -> None:
    """Read with the page's script running."""
    stamp = opened(client, f"/courses/{steps.CODE}/modules/{module}")
    for number in range(2 * minutes):
        clock.pass_time(seconds=30)
        assert beat(client, stamp, key=f"{stamp}-{number}", module=module).status_code == 204


def told(client: TestClient) -> str:
    """Give what the page says in all."""
    return client.get(TIME).text.split('<p class="lead">')[1].split("</p>")[0]


# --- counting ----------------------------------------------------------------------------------------------------


def test_she_sees_the_time_she_spent(hers: TestClient, clock: StillClock) -> None:
    begin(hers, clock)
    reads(hers, clock, 12)
    page = hers.get(TIME).text
    assert "<strong>12 minutes</strong> in all" in page
    assert "November 20, 2026" in page
    assert "what a board would see" in page


def test_the_time_before_her_first_mark_comes_with_it(hers: TestClient, clock: StillClock) -> None:
    begin(hers, clock, seconds=600)
    assert "10 minutes" in told(hers)


def test_what_a_page_says_counts_only_as_far_as_time_passed(hers: TestClient, clock: StillClock) -> None:
    stamp = begin(hers, clock)
    clock.pass_time(minutes=2)
    beat(hers, stamp, 1_800)
    beat(hers, stamp, 1_800)
    assert "2 minutes" in told(hers)


@pytest.mark.parametrize("stamp", ["", "1700000000", "1700000000.0123456789abcdef0123456789abcdef"])
def test_a_forged_opening_opens_no_past(hers: TestClient, clock: StillClock, stamp: str) -> None:
    begin(hers, clock)
    clock.pass_time(hours=3)
    beat(hers, stamp, 10_000)
    assert "30 minutes" in told(hers), "a stretch without a network, and no more"
    fresh = hers.get(SECOND)
    clock.pass_time(hours=3)
    send(hers, fresh, "/done", opened=stamp)
    assert "30 minutes" in told(hers)


@pytest.mark.parametrize("seconds", ["-5", "x", "1e9", "٣", "", "9" * 400, "NaN"])
def test_odd_seconds_count_nothing_and_break_nothing(hers: TestClient, clock: StillClock, seconds: str) -> None:
    stamp = begin(hers, clock)
    assert beat(hers, stamp, seconds).status_code == 204
    assert "none yet" in told(hers)


def test_a_beat_for_a_module_that_is_not_there_is_refused(hers: TestClient, clock: StillClock) -> None:
    assert beat(hers, begin(hers, clock), module="no-such").status_code == 404


def test_nobody_else_counts_for_her(hers: TestClient, his: TestClient, stranger: TestClient, clock: StillClock) -> None:
    stamp = begin(hers, clock)
    clock.pass_time(minutes=5)
    for other in (his, stranger):
        assert beat(other, stamp).status_code == 204
    assert "none yet" in told(hers)
    assert his.get(TIME).status_code == 404


def test_after_the_certificate_nothing_is_added(hers: TestClient, clock: StillClock) -> None:
    stamp = begin(hers, clock)
    number = steps.earn(hers)
    clock.pass_time(minutes=5)
    beat(hers, stamp)
    assert "none yet" in told(hers)
    assert 'name="opened"' not in hers.get(FIRST).text
    assert 'href="/enrollments/1/time"' in hers.get(f"/certificates/{number}").text
    assert hers.get("/enrollments/1/time").status_code == 200


# --- without a script --------------------------------------------------------------------------------------------


def test_without_a_script_the_time_to_the_mark_counts_up_to_a_limit_that_the_page_names(
    hers: TestClient, clock: StillClock
) -> None:
    page = hers.get(FIRST)  # 2,500 words: 15 minutes
    assert "up to 23 minutes" in page.text
    clock.pass_time(minutes=9)
    page = follow(hers, send(hers, page, "/done"))
    assert "9 minutes" in told(hers)
    clock.pass_time(hours=5)
    send(hers, page, "/done")
    assert "32 minutes" in told(hers)


# --- without an account ------------------------------------------------------------------------------------------


def test_whoever_only_looks_leaves_no_row(house: FastAPI, stranger: TestClient, clock: StillClock) -> None:
    stamp = opened(stranger)
    clock.pass_time(minutes=5)
    beat(stranger, stamp)
    with house.state.wiring.database.read() as db:
        assert [db.exec(select(table)).all() for table in (Reader, SeatClock, Sitting)] == [[], [], []]


def test_a_readers_time_goes_with_her_when_she_signs_in(
    house: FastAPI, stranger: TestClient, postbox, clock: StillClock
) -> None:
    begin(stranger, clock, seconds=300)
    reads(stranger, clock, 4)
    assert "9 minutes" in told(stranger)
    asks = follow(stranger, steps.sign_in(stranger, house, postbox, "ana"))
    follow(stranger, send(stranger, asks, "/sign-in/reading", mine="yes"))
    assert "9 minutes" in told(stranger)


# --- what a course asks for --------------------------------------------------------------------------------------


@pytest.fixture
def asking(house: FastAPI, sign_in_as: SignIn) -> TestClient:
    """Ana, before a course that asks for twenty minutes."""
    steps.publish(house, make_course(minimum_minutes=20))
    return sign_in_as("ana")


def test_the_exam_stays_shut_until_the_time_is_enough(asking: TestClient, clock: StillClock) -> None:
    begin(asking, clock, seconds=300)
    reads(asking, clock, 7, module="second")
    door = follow(asking, send(asking, asking.get(SECOND), "/done", seconds="0", key="last"))
    assert "This course asks for 20 minutes with the text before its exam. 8 are left." in door.text
    assert "Two open tabs count once." in door.text
    refused = asking.post(DOOR, headers={"sec-fetch-site": "same-origin"})
    assert refused.status_code == 409
    assert "after 8 more minutes" in refused.text
    assert "Spend 8 more minutes with the text" in asking.get(f"/courses/{steps.CODE}").text
    reads(asking, clock, 8)
    door = asking.get(DOOR)
    assert "are left" not in door.text
    assert "You have them." in asking.get(TIME).text
    assert follow(asking, send(asking, door, "/exam")).status_code == 200


def test_before_she_begins_it_says_what_the_course_asks_for(asking: TestClient) -> None:
    assert "which opens after 20 minutes with the text" in asking.get(f"/courses/{steps.CODE}").text
    assert "The exam opens after 20 minutes with the text" in asking.get(DOOR).text


def test_a_course_that_asks_for_none_opens_its_exam_at_once(hers: TestClient) -> None:
    steps.start_exam(hers)
    assert "with the text, in as many visits" not in hers.get(DOOR).text
