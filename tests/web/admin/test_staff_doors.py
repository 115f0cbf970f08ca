"""What is for staff is for those whose account is for it: everybody else is told nothing, and changes nothing."""

from __future__ import annotations

import random

import cast as the_cast
import pytest
import staff
import steps
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import read
from httpx2 import Response
from ways import FORM, ODD_NUMBERS, PLACE, Route, counted, is_clear, routes

from app.identity.people import Role

pytest_plugins = ["visitors", "colleagues"]

MOST = 12  # queries of one page
SAME = {"sec-fetch-site": "same-origin"}
ADMIN = sorted(
    (route for route in routes(within="/admin") if route.path.startswith(staff.LIST)),
    key=lambda route: (route.path, route.method),
)
EVIDENCE = sorted(routes(within="/v/{number}/evidence"), key=lambda route: (route.path, route.method))
UNKNOWN = "00000000000000000000"
ACTS = {
    "why": "error",
    "reason": "An error.",
    "sure": "yes",
    "holder_name": "Somebody Else",
    "license_state": "NY",
    "license_type": "LCSW",
    "license_number": "1",
    "completed_on": "2026-11-20",
    "hours-ethics": "1",
}


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def ask(client: TestClient, route: Route, number: str, request_id: str = "1") -> Response:
    address = route.at({"number": number, "request_id": request_id})
    if route.method == "GET":
        return client.get(address, headers=SAME)
    return client.post(address, data=ACTS, headers=SAME)


def join_as(house: FastAPI, sign_in_as: SignIn, role: Role) -> TestClient:
    """Give Ben's browser, once his account is for something."""
    browser = sign_in_as("ben")
    with house.state.wiring.database.write() as db:
        ben = the_cast.join(db, "ben")
        ben.role = role
        db.add(ben)
    return browser


def test_there_are_ways_for_the_staff_and_their_places_are_known() -> None:
    assert len(ADMIN) >= 10
    assert {name(route) for route in EVIDENCE} == {"GET /v/{number}/evidence", "GET /v/{number}/evidence.pdf"}
    assert {place for route in ADMIN + EVIDENCE for place in PLACE.findall(route.path)} == {"number", "request_id"}


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ADMIN, Role.AUDITOR}])
def test_nobody_but_an_administrator_gets_in(
    house: FastAPI, sign_in_as: SignIn, number: str, ada_browser: TestClient, role: Role
) -> None:
    browser = join_as(house, sign_in_as, role)
    for route in ADMIN:
        refused, never = ask(browser, route, number), ask(browser, route, UNKNOWN)
        assert refused.status_code == never.status_code == 403, name(route)
        assert "Your account may not" in refused.text
        assert steps.NAME not in refused.text, name(route)
    assert staff.count(house) == 1
    assert staff.certificate(house, number).revoked_at is None
    for route in ADMIN:
        assert "Your account may not" not in ask(ada_browser, route, number).text, f"the control: {name(route)} is hers"


def test_an_auditor_reads_and_is_offered_nothing_to_do(
    house: FastAPI, sign_in_as: SignIn, number: str, second: TestClient, ada_browser: TestClient
) -> None:
    gus = sign_in_as("gus")
    asked = ask(ada_browser, Route("POST", staff.at("{number}", "/correct")), number)
    assert asked.status_code == 303
    assert "/accept" in second.get(staff.at(number)).text, "the control: a correction waits"
    assert steps.NAME in gus.get(staff.LIST).text
    page = gus.get(staff.at(number))
    assert "A correction waits for a second person" in page.text
    assert [one.action for one in read(page).forms if "admin" in one.action] == []
    assert [link for link in read(page).links if link.startswith(staff.at(number, "/"))] == []
    for route in ADMIN:
        reads = (route.method == "GET" and route.path in {staff.LIST, staff.at("{number}")}) or "." in route.path
        assert (ask(gus, route, number).status_code == 403) != reads, name(route)
    assert staff.count(house) == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ADMIN, Role.OFFICER, Role.AUDITOR}])
def test_nobody_but_the_staff_sees_what_led_to_somebody_elses(
    house: FastAPI, sign_in_as: SignIn, number: str, olu_browser: TestClient, role: Role
) -> None:
    browser = join_as(house, sign_in_as, role)
    for route in EVIDENCE:
        refused, never = ask(browser, route, number), ask(browser, route, UNKNOWN)
        assert refused.status_code == never.status_code == 403, name(route)
        assert steps.NAME not in refused.text
        assert ask(olu_browser, route, number).status_code == 200, f"the control: {name(route)} is his"
        assert ask(olu_browser, route, UNKNOWN).status_code == 404
    assert {line.actor_label for line in staff.trail(house, number) if "evidence" in line.act} == {"olu@example.org"}


@pytest.mark.parametrize("route", ADMIN + EVIDENCE, ids=name)
def test_somebody_unknown_is_asked_to_sign_in(number: str, stranger: TestClient, route: Route) -> None:
    answer = ask(stranger, route, number)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/")


def test_a_role_that_was_taken_is_gone_on_the_next_request(
    house: FastAPI, number: str, second: TestClient, ada_browser: TestClient
) -> None:
    assert second.get(staff.LIST).status_code == 200
    with house.state.wiring.database.write() as db:
        the_cast.join(db, "ines")  # an instructor again
    assert second.get(staff.LIST).status_code == 403
    assert second.get(f"/v/{number}/evidence").status_code == 403
    assert ada_browser.get(staff.LIST).status_code == 200


def test_the_menu_shows_the_way_to_those_who_may_go_it(
    number: str, hers: TestClient, ada_browser: TestClient, olu_browser: TestClient
) -> None:
    link = 'href="/admin"'
    assert link in ada_browser.get("/").text
    assert link not in hers.get("/").text
    assert link not in olu_browser.get("/").text
    assert f'href="{staff.LIST}"' in ada_browser.get("/admin").text


def test_the_page_of_a_number_leads_the_staff_to_what_led_to_it(
    number: str, hers: TestClient, stranger: TestClient, ada_browser: TestClient, olu_browser: TestClient
) -> None:
    link = f'href="/v/{number}/evidence"'
    for browser in (ada_browser, olu_browser):
        assert link in browser.get(f"/v/{number}").text
    for browser in (hers, stranger):
        assert link not in browser.get(f"/v/{number}").text


def test_a_certificate_that_is_none_is_not_found(ada_browser: TestClient, number: str) -> None:
    for route in ADMIN:
        if not PLACE.search(route.path):
            continue
        for odd in (UNKNOWN, "nothing", number[:-1], "%00", "..%2f"):
            answer = ask(ada_browser, route, odd)
            assert (answer.status_code, is_clear(answer)) == (404, True), f"{name(route)} {odd}"


def test_a_number_that_no_row_can_have_is_not_found(ada_browser: TestClient, number: str) -> None:
    for route in (one for one in ADMIN if "request_id" in one.path):
        for odd in (*ODD_NUMBERS, "9876"):
            answer = ask(ada_browser, route, number, odd)
            assert (answer.status_code, is_clear(answer)) == (404, True), f"{name(route)} {odd[:20]}"


def test_a_form_of_another_site_changes_nothing(house: FastAPI, ada_browser: TestClient, number: str) -> None:
    for route in (one for one in ADMIN if one.method == "POST"):
        address = route.at({"number": number, "request_id": "1"})
        answer = ada_browser.post(
            address, data=ACTS, headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
        )
        assert answer.status_code == 403, name(route)
    assert staff.certificate(house, number).revoked_at is None
    assert staff.count(house) == 1


def test_random_bytes_are_no_fault(ada_browser: TestClient, number: str) -> None:
    chance = random.Random(20261120)  # noqa: S311 - the same bytes each time
    posts = [route for route in ADMIN if route.method == "POST"]
    for _ in range(120):
        route = chance.choice(posts)
        body = bytes(chance.choice(b"whyreason=&sure%0123456789-\x00\xff[]{}") for _ in range(chance.randrange(300)))
        answer = ada_browser.post(route.at({"number": number, "request_id": "1"}), content=body, headers=FORM | SAME)
        assert is_clear(answer)


def test_no_page_runs_more_than_twelve_queries(
    house: FastAPI, number: str, ada_browser: TestClient, olu_browser: TestClient, hers: TestClient
) -> None:
    answer = ask(ada_browser, Route("POST", staff.at("{number}", "/correct")), number)
    assert answer.status_code == 303
    assert "A second person has to decide" in ada_browser.get(staff.at(number)).text
    ran = {}
    for route in (one for one in ADMIN + EVIDENCE if one.method == "GET"):
        browser = olu_browser if route in EVIDENCE else ada_browser
        with counted(house) as statements:
            ask(browser, route, number)
        ran[name(route)] = len(statements)
    with counted(house) as statements:
        hers.get(f"/certificates/{number}")
    ran["hers"] = len(statements)
    looks = {name(route) for route in EVIDENCE}  # a look takes its place in the trail
    most = {what: MOST + 2 * (what in looks) for what in ran}
    assert {what: queries for what, queries in ran.items() if queries > most[what]} == {}, ran
    assert max(ran.values()) > 3, "the control: queries are counted"
