"""The Studio is for those who write or review; a course is for its authors; everybody else is told nothing."""

from __future__ import annotations

import random

import pytest
import steps
import writing
from conftest import PUBLIC, SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import send
from ways import FORM, ODD_NUMBERS, PLACE, Route, counted, is_clear, routes
from writing import CODE, MODULE, TITLE, Writer

pytest_plugins = ["visitors", "writers"]

MOST = 12  # queries of one page
PLACES = {
    "draft_id": "1",
    "name": MODULE,
    "revision_id": "1",
    "person_id": "1",
    "key": "0" * 64,
    "code": CODE,
    "slug": "why-endings-matter",
    "attempt_id": "7",
    "rest": "account",
    "number": "1",
    "question_id": "1",
    "review_id": "1",
    "edition": "0" * 64,
    "form": "gift",
}
FOR_REVIEWERS = ("/preview", "/publish", "/review", "/editions")
UPLOADS = ("/media", "/upload", "/questions")  # these take files before they look for the course
STUDIO = sorted(routes(studio=True), key=lambda route: (route.path, route.method))
OF_COURSES = [route for route in STUDIO if "{draft_id}" in route.path]


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def ask(client: TestClient, route: Route) -> object:
    return client.request(route.method, route.at(PLACES), headers=writing.SAME | FORM)


def test_every_place_in_an_address_of_the_studio_is_known() -> None:
    assert {place for route in STUDIO for place in PLACE.findall(route.path)} <= set(PLACES)
    assert len(OF_COURSES) > 30


@pytest.mark.parametrize("route", STUDIO, ids=name)
def test_a_learner_has_no_business_in_the_studio(house: FastAPI, writer: Writer, his: TestClient, route: Route) -> None:
    answer = his.request(route.method, route.at(PLACES), headers=writing.SAME | FORM)
    assert answer.status_code in {403, 404}
    assert TITLE not in answer.text


@pytest.mark.parametrize("route", OF_COURSES, ids=name)
def test_a_course_of_others_is_not_found_by_another_author(writer: Writer, other: TestClient, route: Route) -> None:
    if any(part in route.path for part in FOR_REVIEWERS):
        pytest.skip("whoever may review may read it")
    answer = other.request(route.method, route.at(PLACES), headers=writing.SAME | FORM)
    expected = {404, 415} if route.method == "POST" and route.path.endswith(UPLOADS) else {404}
    assert answer.status_code in expected, answer.text[:300]
    assert TITLE not in answer.text


def test_a_file_for_a_course_of_others_is_not_taken(writer: Writer, other: TestClient, his: TestClient) -> None:
    theirs = Writer(other, writer.base)
    assert theirs.uploads(writing.picture(), "lamp.png", alt="A lamp").status_code == 404
    assert Writer(his, writer.base).uploads(writing.picture(), "lamp.png", alt="A lamp").status_code == 403
    assert writer.opens("/files/media/lamp.png").status_code == 404


def test_a_reviewer_reads_the_preview_and_writes_nothing(writer: Writer, reviewer: TestClient) -> None:
    assert reviewer.get("/author").status_code == 200
    assert "New course" not in reviewer.get("/author").text
    assert reviewer.get(f"{writer.base}/preview/").status_code == 200
    assert reviewer.get(writer.base).status_code == 403
    assert reviewer.get("/author/new").status_code == 403


def test_somebody_unknown_is_asked_to_sign_in(writer: Writer, stranger: TestClient) -> None:
    for route in STUDIO:
        answer = stranger.request(route.method, route.at(PLACES), headers=writing.SAME | FORM)
        assert answer.status_code == 303, name(route)
        assert answer.headers["location"].startswith("/sign-in?next=/"), name(route)


def test_the_way_to_the_studio_is_shown_to_those_who_may_go(
    sign_in_as: SignIn, his: TestClient, reviewer: TestClient
) -> None:
    assert 'href="/author"' in sign_in_as("ines").get("/").text
    assert 'href="/author"' in reviewer.get("/").text
    assert 'href="/author"' not in his.get("/").text


def test_a_colleague_is_added_by_her_address_and_the_last_author_stays(writer: Writer, other: TestClient) -> None:
    unknown = send(writer.browser, writer.opens("/authors"), "/authors", email="nobody@example.org")
    assert unknown.status_code == 422
    assert "no account here that may write courses" in unknown.text
    send(writer.browser, writer.opens("/authors"), "/authors", email="OLA@example.org")
    assert TITLE in other.get("/author").text
    page = writer.opens("/authors")
    assert page.text.count("/remove") == 2
    left = send(other, other.get(f"{writer.base}/authors"), "/remove")
    assert left.status_code == 303
    page = other.get(f"{writer.base}/authors")
    assert "/remove" not in page.text, "the last author stays"
    assert writer.opens().status_code == 404


def test_a_number_that_no_row_can_have_is_not_found(writer: Writer) -> None:
    for route in OF_COURSES:
        for odd in ODD_NUMBERS[::4]:
            address = route.at(PLACES | {"draft_id": odd})
            answer = writer.browser.request(route.method, address, headers=FORM)
            assert is_clear(answer), address
            assert answer.status_code in {404, 415}, f"{route.method} {address}: {answer.status_code}"


def test_random_bytes_are_no_fault(writer: Writer) -> None:
    chance = random.Random(20261120)  # noqa: S311 - the same bytes each time
    posts = [route for route in STUDIO if route.method == "POST" and "discard" not in route.path]
    for _ in range(150):
        route = chance.choice(posts)
        body = bytes(
            chance.choice(b"kind=name&title%0123456789abcdef-\x00\xff[]{}") for _ in range(chance.randrange(400))
        )
        kind = chance.choice(["application/x-www-form-urlencoded", "multipart/form-data; boundary=a"])
        answer = writer.browser.request("POST", route.at(PLACES), content=body, headers={"content-type": kind})
        assert is_clear(answer)


def test_another_sites_page_acts_for_nobody(writer: Writer) -> None:
    for route in STUDIO:
        if route.method != "GET":
            answer = writer.browser.request(
                route.method, route.at(PLACES), headers=FORM | {"sec-fetch-site": "cross-site"}
            )
            assert answer.status_code == 403, name(route)


def test_no_page_of_the_studio_runs_more_than_twelve_queries(house: FastAPI, writer: Writer) -> None:
    for number in range(5):
        writer.saves(f"{writer.text_of()[0]}\nOnce more, {number}.\n")
        send(writer.browser, writer.opens("/add"), "/add", title=f"One more {number}")
        writer.uploads(writing.picture(40 + number), f"lamp-{number}.png", alt="A lamp")
    steps.publish(house)
    ran = {}
    for route in STUDIO:
        if route.method == "GET" and "{key}" not in route.path:
            with counted(house) as statements:
                address = route.at(PLACES)
                writer.browser.get(f"{PUBLIC}{address}")
            ran[address] = len(statements)
    assert {address: count for address, count in ran.items() if count > MOST} == {}
    assert max(ran.values()) > 1, "the control: queries are counted"
