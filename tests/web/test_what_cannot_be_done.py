"""What cannot be done is said: with the right status, in words, as a page for people or a problem for machines."""

from __future__ import annotations

import pytest
import steps
from conftest import PUBLIC
from fastapi import FastAPI
from fastapi.testclient import TestClient
from test_hostile_input import ALL_ROUTES, FORM, FORM_ADDRESSES, JSON, SAFE, is_clear
from test_somebody_elses import PLACE, Route

pytest_plugins = ["visitors"]


@pytest.mark.parametrize("route", [one for one in ALL_ROUTES if one.method not in SAFE], ids=lambda one: one.path)
def test_a_huge_body_is_refused_by_its_size(hers: TestClient, route: Route) -> None:
    address = route.at(dict.fromkeys(PLACE.findall(route.path), "1"))
    for body in (b"a=" + b"x" * 2_000_000, (b"x" * 65_536 for _ in range(32))):
        answer = hers.request(route.method, address, content=body, headers=FORM | JSON)
        assert answer.status_code == 413
        assert answer.json()["status"] == 413
    page = hers.request(route.method, address, content=b"x" * 2_000_000, headers=FORM)
    assert "That is too large" in page.text


@pytest.mark.parametrize("declared", ["-1", "many", "9" * 40])
def test_a_declared_length_that_is_none_is_no_fault(hers: TestClient, declared: str) -> None:
    answer = hers.post("/theme", content=b"theme=dark", headers=FORM | {"content-length": declared})
    assert is_clear(answer)


def test_a_method_that_an_address_does_not_take_is_said_so(hers: TestClient) -> None:
    places = dict.fromkeys((place for route in ALL_ROUTES for place in PLACE.findall(route.path)), "1")
    beside = {f"/account/{place}" for place in ("licenses/new", "security/passkeys/new", "security/passkeys/options")}
    taken = {(route.method, route.at(places)) for route in ALL_ROUTES}
    for address in {route.at(places) for route in ALL_ROUTES}:
        allowed = {method for method, at in taken if at == address}
        for method in {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} - allowed:
            answer = hers.request(method, address, headers=JSON)
            if address in beside:
                continue  # its last word stands where others have a number
            assert (answer.status_code, is_clear(answer)) == (405, True), f"{method} {address}"
            assert set(answer.headers["allow"].split(", ")) <= allowed


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "", "\xff", "multipart/mixed"])
def test_what_is_no_form_is_refused_as_that(hers: TestClient, kind: str) -> None:
    for address in FORM_ADDRESSES:
        sent = {"content-type": kind.encode("latin-1")} | JSON
        answer = hers.post(address, content=b'{"email": "ana@example.org"}', headers=sent)
        assert answer.status_code == 415, address
        assert answer.json()["title"] == "We could not read that"
        page = hers.post(address, content=b"{}", headers=sent | {"accept": "text/html"})
        assert "We could not read that" in page.text


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "punycode", "utf-16", "idna"])
def test_letters_come_as_utf_8_or_not_at_all(hers: TestClient, charset: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="theme"\r\n\r\ndark\r\n--x--'
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert hers.post("/theme", content=body, headers={"content-type": kind}).status_code == 415
    assert (
        hers.post("/theme", content=body, headers={"content-type": kind.replace(charset, "UTF-8")}).status_code == 303
    )


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/nowhere.json",
        "/v/ABC",
        "/v/00000000000000000000",
        "/courses/nothing",
        f"/courses/{steps.CODE}/modules/nothing",
        "/certificates/00000000000000000000.pdf",
        "/attempts/99",
        "/%2Fevil.example",
        "/sign-in/link/forged",
        "/docs",
        "/openapi.json",
        "/.env",
        "/.git/config",
    ],
)
def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_machines(hers: TestClient, address: str) -> None:
    page, problem = hers.get(address, headers={"accept": "text/html,*/*"}), hers.get(address, headers=JSON)
    assert page.status_code == problem.status_code
    assert page.status_code in {404, 410}
    assert is_clear(page)
    told = problem.json()
    assert problem.headers["content-type"] == "application/problem+json"
    assert set(told) >= {"type", "title", "status", "detail", "instance"}
    assert told["status"] == problem.status_code


def test_a_fault_of_ours_is_told_with_an_id_and_nothing_else(
    house: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_db: object) -> None:
        raise RuntimeError("a secret of the machine room")

    monkeypatch.setattr("app.library.editions.on_offer", broken)
    client = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    page, problem = client.get("/"), client.get("/", headers=JSON)
    assert page.status_code == problem.status_code == 500
    for answer in (page, problem):
        assert "secret" not in answer.text
        assert answer.headers["content-security-policy"]
    assert page.headers["x-request-id"] in page.text
    assert page.headers["x-request-id"] in caplog.text
