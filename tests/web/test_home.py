"""Home says what to do next, exactly; to somebody new it says what this is; and a result leads to one next step."""

from __future__ import annotations

import re
from html import unescape

import pytest
import steps
from conftest import SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, read, send
from httpx2 import Response
from makers import make_course

pytest_plugins = ["visitors"]

FIRST, SECOND = (f"/courses/{steps.CODE}/modules/{slug}" for slug in ("first", "second"))


def heading(page: Response) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return unescape(found[1])


def next_step(client: TestClient) -> tuple[str, str]:
    """Give what home tells her to do, and where its button leads."""
    page = client.get("/")
    card = page.text.partition('class="next')[2].partition("</section>")[0]
    return heading(page), read(card).links[0]


def test_somebody_new_is_told_what_this_is_and_how_it_goes(stranger: TestClient) -> None:
    page = stranger.get("/")
    assert heading(page) == "Continuing education for social workers"
    assert re.findall(r"<strong>(.*?)</strong>", page.text) == ["Read", "Take the exam", "Get your certificate"]
    assert "Go on" not in page.text


def test_an_empty_shelf_is_no_promise(house: FastAPI, browser: TestClient) -> None:
    page = browser.get("/")
    assert "No courses on offer yet" in page.text
    assert "Take the exam" not in page.text


def test_a_reader_without_an_account_is_led_to_the_module_that_is_not_read(stranger: TestClient) -> None:
    send(stranger, stranger.get(FIRST), f"{FIRST}/done")
    assert next_step(stranger) == ("Go on: read “Second”", SECOND)


def test_every_step_to_the_certificate_is_named_in_its_turn(hers: TestClient) -> None:
    door = steps.read_course(hers)
    assert next_step(hers) == ("Go on: take the exam", f"/courses/{steps.CODE}/exam")
    exam = follow(hers, send(hers, door, f"/courses/{steps.CODE}/exam"))
    assert next_step(hers) == ("Go on: finish the exam", exam.url.path)
    steps.submit(hers, steps.answer_all(hers, exam, steps.WRONG))
    assert next_step(hers) == ("Go on: try the exam again", f"/courses/{steps.CODE}/exam")
    result = steps.submit(hers, steps.answer_all(hers, steps.start_exam(hers), steps.RIGHT))
    evaluation = steps.evaluation_page(hers, result)
    assert next_step(hers) == ("Go on: fill in the evaluation", evaluation.url.path)
    steps.evaluate(hers, evaluation)
    assert heading(hers.get("/")) == "Courses"
    assert "/account/records" in read(hers.get("/")).links


def test_whoever_used_every_attempt_is_led_to_somebody_who_can_help(house: FastAPI, sign_in_as: SignIn) -> None:
    steps.publish(house, attempts=1)
    hers = sign_in_as("ana")
    result = steps.submit(hers, steps.answer_all(hers, steps.start_exam(hers), steps.WRONG))
    assert "You have used every attempt at the exam." in unescape(result.text)
    assert "try the exam again" not in result.text.lower()
    assert "/policies" in read(result).links
    assert next_step(hers)[1] == result.url.path


def test_what_she_was_at_last_comes_first(house: FastAPI, hers: TestClient, clock: StillClock) -> None:
    other = f"/courses/{steps.publish(house, make_course('another-course')).code}/modules"
    for module in (FIRST, f"{other}/first", SECOND):
        clock.pass_time(minutes=5)
        send(hers, hers.get(module), f"{module}/done")
    assert next_step(hers) == ("Go on: take the exam", f"/courses/{steps.CODE}/exam")
    assert f"{other}/second" in read(hers.get("/")).links


@pytest.mark.parametrize(("address", "way_on"), [("/nowhere", "/"), ("/v/00000000000000000000", "/verify")])
def test_a_page_that_is_not_there_leads_on_and_troubles_nobody_with_numbers(
    stranger: TestClient, address: str, way_on: str
) -> None:
    page = stranger.get(address)
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert read(main).links == [way_on]
    assert page.headers["x-request-id"] not in page.text
