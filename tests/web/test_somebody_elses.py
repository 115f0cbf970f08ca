"""Whatever is Ana's is 404 to everybody else, in the very words of what was never there.

The addresses come from the routes themselves: one with a place that is not named here fails the first test.
"""

from __future__ import annotations

import re

import cast as the_cast
import pytest
import steps
from conftest import PUBLIC
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import col, select
from ways import PLACE, Route, routes

from app.identity.passkeys import Passkey
from app.identity.sign_in import SignIn

pytest_plugins = ["visitors"]

PERSONAL = {"attempt_id", "enrollment_id", "license_id", "number", "passkey_id", "sign_in_id"}
NOBODYS = {"code", "slug", "digest", "name", "token"}
PUBLIC_BY_NUMBER = {
    *("/v/{number}", "/v/{number}.json", "/v/{number}.tlog-proof", "/v/{number}.credential.json"),
    "/api/v1/certificates/{number}",
}
NEVER_WAS = {place: "00000000000000000000" if place == "number" else "9876" for place in PERSONAL}


def personal() -> list[Route]:
    """Give the ways to what belongs to one person."""
    found = [route for route in routes() if set(PLACE.findall(route.path)) & PERSONAL]
    return [route for route in found if route.path not in PUBLIC_BY_NUMBER]


@pytest.fixture
def of_ana(house: FastAPI, hers: TestClient) -> dict[str, str]:
    """Take Ana all the way, and name everything she has then."""
    number = steps.earn(hers)
    with house.state.wiring.database.write() as db:
        ana = the_cast.join(db, "ana")
        passkey = Passkey(person_id=ana.id, credential_id="a", public_key=b"", name="Hers", added_at=the_cast.NOON)
        db.add(passkey)
        db.flush()
        signed_in = db.exec(select(SignIn).where(col(SignIn.person_id) == ana.id)).first()
        rows = {"passkey_id": str(passkey.id), "sign_in_id": str(signed_in.id if signed_in else "")}
    return {"attempt_id": "1", "enrollment_id": "1", "license_id": "1", "number": number, **rows}


def ask(client: TestClient, route: Route, places: dict[str, str]) -> Response:
    """Go one way, with a form where a form is expected."""
    headers = {"sec-fetch-site": "same-origin"}
    if route.method == "GET":
        return client.get(route.at(places), headers=headers)
    sent = {"renews_on": "2027-06-30", "question": "question-1", "sequence": "1", "key": "key-number-1"}
    return client.request(route.method, route.at(places), data=sent, headers=headers)


def without_ids(answer: Response) -> str:
    return re.sub(
        r"\b[0-9a-f]{16}\b|/(attempts|enrollments|licenses|passkeys|sign-ins)/\d+|[0-9A-Z]{20}", "…", answer.text
    )


def test_every_place_in_an_address_is_known_to_be_somebodys_or_nobodys() -> None:
    places = {place for route in routes() for place in PLACE.findall(route.path)}
    assert places == PERSONAL | NOBODYS


def test_there_are_ways_to_what_is_hers() -> None:
    assert len(personal()) >= 10


@pytest.mark.parametrize("route", personal(), ids=lambda route: f"{route.method} {route.path}")
def test_somebody_elses_is_not_found_in_the_words_of_what_never_was(
    hers: TestClient, his: TestClient, of_ana: dict[str, str], route: Route
) -> None:
    refused, never = ask(his, route, of_ana), ask(his, route, NEVER_WAS)
    assert refused.status_code == never.status_code == 404
    assert without_ids(refused) == without_ids(never)
    assert steps.NAME not in refused.text
    assert ask(hers, route, of_ana).status_code in {200, 303, 409, 422}, "the control: it is there, for her"


@pytest.mark.parametrize("route", personal(), ids=lambda route: f"{route.method} {route.path}")
def test_somebody_unknown_is_asked_to_sign_in(
    house: FastAPI, of_ana: dict[str, str], stranger: TestClient, route: Route
) -> None:
    answer = ask(stranger, route, of_ana)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=/")
    assert steps.NAME not in answer.text


def test_what_she_has_begun_is_not_found_by_others_while_it_is_open(hers: TestClient, his: TestClient) -> None:
    steps.start_exam(hers)
    sent = {"question": "question-1", "q.question-1": "1", "sequence": "1", "key": "key-number-1"}
    assert his.get("/attempts/1").status_code == 404
    assert his.post("/attempts/1/answers", data=sent).status_code == 404
    assert his.post("/attempts/1/submit").status_code == 404
    assert "3 questions have no answer yet" in hers.get("/attempts/1/review").text


def test_the_account_and_the_records_of_another_person_hold_nothing_of_hers(
    his: TestClient, of_ana: dict[str, str]
) -> None:
    for address in ("/account", "/account/records", "/account/transcript.pdf", "/account/renewals.ics", "/"):
        page = his.get(address)
        assert page.status_code == 200
        assert of_ana["number"] not in page.text
        assert steps.NAME not in page.text


def test_an_enrollment_of_a_reader_without_an_account_is_nobodys(
    house: FastAPI, stranger: TestClient, hers: TestClient
) -> None:
    steps.read_course(stranger)
    assert hers.get("/enrollments/1/evaluation").status_code == 404


def test_a_forged_token_opens_nothing(house: FastAPI, of_ana: dict[str, str]) -> None:
    for token in ("", "x", "0" * 43, "'; DROP TABLE person --", "\x7f", "é" * 20):
        with TestClient(house, base_url=PUBLIC, follow_redirects=False) as client:
            answer = client.get("/account", headers={"cookie": f"__Host-continua={token}".encode("latin-1")})
        assert answer.status_code == 303, token
        assert answer.headers["location"] == "/sign-in?next=/account"
