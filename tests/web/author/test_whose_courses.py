"""The Studio is for those who write or review; a course is for its authors; everybody else is told nothing."""

from __future__ import annotations

import random
import re

import cast as the_cast
import steps
import writing
from conftest import PUBLIC, SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import send
from httpx2 import Response
from ways import FORM, ODD_NUMBERS, PLACE, Route, counted, is_clear, routes
from writing import CODE, MODULE, TITLE, Writer

from app.identity.people import Role
from app.library import authors

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
    "ruling_id": "1",
}
# Whoever may review reads these and signs; what is acted on at such an address is an author's all the same.
FOR_REVIEWERS = (
    "GET /author",
    "GET /author/courses/{draft_id}/publish",
    "POST /author/courses/{draft_id}/review/sign",
    "GET /author/courses/{draft_id}/editions",
    "GET /author/courses/{draft_id}/editions/diff",
)
PREVIEW = "/author/courses/{draft_id}/preview/"
UPLOADS = ("/media", "/upload", "/questions")  # these take files before they look for the course
STUDIO = sorted(routes(within="/author"), key=lambda route: (route.path, route.method))
OF_COURSES = [route for route in STUDIO if "{draft_id}" in route.path]
HER_OWN = {"/author/evaluations", "/author/evaluations/instructor.csv"}  # each tells of her own courses alone
OF_SHELF = [route for route in STUDIO if route.path.startswith("/author/shelf/")]


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def is_for_reviewers(route: Route) -> bool:
    return name(route) in FOR_REVIEWERS or route.path.startswith(PREVIEW)


def ask(client: TestClient, route: Route, **places: str) -> Response:
    return client.request(route.method, route.at(PLACES | places), headers=writing.SAME | FORM)


def test_every_place_in_an_address_of_the_studio_is_known() -> None:
    assert {place for route in STUDIO for place in PLACE.findall(route.path)} <= set(PLACES)
    assert len(OF_COURSES) > 30
    assert len(OF_SHELF) > 3
    assert set(FOR_REVIEWERS) <= set(map(name, STUDIO)), "nothing on the list is gone"
    known = {"/author", "/author/new", "/author/open", "/author/upload", "/author/upload/{key}"}
    others = [route for route in STUDIO if route not in OF_COURSES and route not in OF_SHELF]
    assert {route.path for route in others} - known <= HER_OWN, "a room of a new kind needs a law of its own"


def test_a_learner_has_no_business_in_the_studio(writer: Writer, his: TestClient) -> None:
    for route in STUDIO:
        answer = ask(his, route)
        assert answer.status_code in {403, 404}, name(route)
        assert TITLE not in answer.text, name(route)
    assert writer.opens().status_code == 200, "nothing was discarded"


def test_a_course_of_others_is_not_found_by_another_author(writer: Writer, other: TestClient) -> None:
    for route in OF_COURSES:
        if is_for_reviewers(route):
            continue  # whoever may review may read it
        answer = ask(other, route)
        expected = {404, 415} if route.method == "POST" and route.path.endswith(UPLOADS) else {404}
        assert answer.status_code in expected, f"{name(route)}: {answer.text[:300]}"
        assert TITLE not in answer.text, name(route)
    assert writer.opens().status_code == 200, "nothing was discarded"


def test_what_came_of_a_course_is_for_its_authors_alone(
    house: FastAPI, writer: Writer, other: TestClient, reviewer: TestClient
) -> None:
    course = steps.publish(house)
    for route in OF_SHELF:
        for browser in (other, reviewer, writer.browser):
            answer = ask(browser, route, code=course.code)
            assert answer.status_code == 403, f"{name(route)}: {answer.text[:300]}"
            assert course.title not in answer.text, name(route)
    with house.state.wiring.database.write() as db:
        authors.begin(db, course.code, the_cast.join(db, "ines"), now=the_cast.NOON)
    for route in OF_SHELF:
        assert ask(writer.browser, route, code=course.code).status_code != 403, f"the control: {name(route)} is hers"


def test_a_reviewer_reads_what_is_listed_and_no_more(writer: Writer, reviewer: TestClient) -> None:
    for route in STUDIO:
        answer = ask(reviewer, route)
        if not is_for_reviewers(route):
            assert answer.status_code in {403, 404}, f"{name(route)}: {answer.text[:300]}"
            assert TITLE not in answer.text, name(route)
    assert writer.opens().status_code == 200, "nothing was discarded"


def test_whoever_is_taken_off_a_course_is_out_at_her_next_step(writer: Writer, other: TestClient) -> None:
    send(writer.browser, writer.opens("/authors"), "/authors", email="ola@example.org")
    theirs = Writer(other, writer.base)
    text, version = theirs.text_of()
    before = writer.text_of()
    ola = re.findall(r"/authors/[0-9]+/remove", writer.opens("/authors").text)[-1]
    assert writer.browser.post(f"{writer.base}{ola}", headers=writing.SAME).status_code == 303
    assert theirs.saves(f"{text}\nOnce more.\n", over=version).status_code == 404
    assert theirs.types(f"{text}\nOnce more.\n", over=version).status_code == 404
    assert theirs.uploads(writing.picture(), "lamp.png", alt="A lamp").status_code == 404
    assert theirs.opens("/download").status_code == 404
    assert writer.text_of() == before


def test_a_reviewer_who_is_one_no_more_signs_nothing(house: FastAPI, writer: Writer, reviewer: TestClient) -> None:
    page = reviewer.get(f"{writer.base}/publish")
    with house.state.wiring.database.write() as db:
        writing.account(db, "rhea@example.org", Role.LEARNER)
    refused = send(reviewer, page, "/review/sign", name="Rhea Long", license="NY LCSW 1", note="")
    assert refused.status_code == 403
    assert "Rhea Long" not in writer.opens("/publish").text


def test_what_an_author_is_shown_is_kept_by_no_one_else(writer: Writer) -> None:
    for route in OF_COURSES:
        if route.method == "GET":
            answer = ask(writer.browser, route)
            kept = answer.headers["cache-control"]
            assert "private" in kept or "no-store" in kept, f"{name(route)}: {kept}"
            assert answer.headers["x-content-type-options"] == "nosniff"


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
