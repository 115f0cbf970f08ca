"""The house answers at its own address, to requests of a sane length, and as often as people ask."""

from __future__ import annotations

from pathlib import Path

import pytest
import steps
from conftest import PUBLIC, Pencil, Postbox
from fastapi import FastAPI
from fastapi.testclient import TestClient
from makers import SIGNER
from ways import is_clear
from workers import work_off

from app.main import create_app
from app.settings import Settings
from app.web import costs, hosts
from app.web.costs import Dear, Measured
from app.web.hosts import KnownHost

pytest_plugins = ["visitors"]

FOREIGN_HOSTS = (
    "evil.example",
    "ce.example.org.evil.example",
    "ce.example.org:8443",
    "ce.example.org@evil.example",
    "evil.example#ce.example.org",
    "ce.example.org, evil.example",
    "127.0.0.1:8000",
    "[::1]",
    "localhost",
    "",
    " ",
    "ce.example.org/",
    "x" * 300,
)


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_no_page_is_answered_under_another_name(stranger: TestClient, host: str) -> None:
    for address in ("/", "/sign-in", "/verify", "/api/v1/openapi.json", "/static/1/css/site.css"):
        refused = stranger.get(address, headers={"host": host})
        assert refused.status_code == 421, f"{host} {address}"
        assert is_clear(refused)
        assert "evil" not in refused.text
        assert "content-security-policy" in refused.headers
    asked = stranger.post("/sign-in", data={"email": "ana@example.org"}, headers={"host": host})
    assert asked.status_code == 421


@pytest.mark.parametrize("host", ["ce.example.org", "CE.example.org", "ce.example.org.", "ce.example.org:443"])
def test_its_own_name_is_known_however_it_is_written(stranger: TestClient, host: str) -> None:
    assert stranger.get("/verify", headers={"host": host}).status_code == 200


def test_whoever_watches_over_the_machine_may_ask_from_it_whether_the_house_is_open(stranger: TestClient) -> None:
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert stranger.get("/health", headers={"host": host}).status_code == 200
    assert stranger.get("/health", headers={"host": "evil.example"}).status_code == 421


def test_control_without_the_check_a_page_comes_under_any_name(
    stranger: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KnownHost, "_answers_for", lambda *_asked: True)
    assert stranger.get("/verify", headers={"host": "evil.example"}).status_code == 200


def test_a_forged_host_is_in_no_letter(house: FastAPI, stranger: TestClient, postbox: Postbox) -> None:
    for header in ("x-forwarded-host", "forwarded", "x-host", "x-forwarded-server", "x-original-url"):
        stranger.post("/sign-in", data={"email": "ana@example.org"}, headers={header: "evil.example"})
    work_off(house.state.wiring)
    assert postbox.messages
    assert not any("evil.example" in message.as_string() for message in postbox.messages)


@pytest.mark.parametrize(
    ("host", "answered"),
    [("127.0.0.1:8000", 200), ("localhost:3000", 200), ("[::1]:8000", 200), ("rebound.example:8000", 421)],
)
def test_a_demonstration_answers_to_every_name_of_this_machine_and_to_none_of_others(
    settings: Settings, postbox: Postbox, host: str, answered: int
) -> None:
    app = create_app(settings.model_copy(update={"public_url": ""}), mailer=postbox, draws=Pencil(), signer=SIGNER)
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    assert client.get("/verify", headers={"host": host}).status_code == answered
    client.close()
    app.state.wiring.database.close()


def test_a_demonstration_that_others_may_reach_is_named_by_a_number(tmp_path: Path) -> None:
    here = Settings(_env_file=None, host="0.0.0.0", data=tmp_path)  # type: ignore[call-arg] # noqa: S104
    door = KnownHost(app=None, settings=here)  # type: ignore[arg-type]
    assert door._answers_for("192.168.1.20:8000", "/")
    assert not door._answers_for("rebound.example:8000", "/")


def test_a_name_with_letters_of_all_the_world_is_met_in_its_ascii_form() -> None:
    assert hosts.of_address("https://bücher.example") == ("xn--bcher-kva.example", 443)
    assert hosts.of_address("http://[::1]:8000") == ("[::1]", 8000)


# --- length ------------------------------------------------------------------------------------------------------


def test_an_endless_address_and_endless_headers_are_refused_before_anything_is_read(stranger: TestClient) -> None:
    long, many = "a" * (costs.LONGEST_ADDRESS + 1), {f"x-{number}": "1" for number in range(costs.MOST_HEADERS)}
    refused = {
        414: stranger.get(f"/verify?number={long}"),
        431: stranger.get("/verify", headers={"cookie": "a" * costs.LONGEST_HEAD}),
    }
    assert {status: answer.status_code for status, answer in refused.items()} == {414: 414, 431: 431}
    assert stranger.get("/verify", headers=many).status_code == 431
    assert all(is_clear(answer) for answer in refused.values())


def test_a_long_answer_to_a_check_still_travels(stranger: TestClient) -> None:
    address = f"/courses/{steps.CODE}/modules/first"
    assert stranger.get(address, params={"check": "a" * 20_000}).status_code == 200


# --- cost --------------------------------------------------------------------------------------------------------

DRAWINGS = next(one for one in costs.DEAR if one.name == "drawing")


def test_each_browser_has_its_own_measure_and_an_address_one_for_all(house: FastAPI, stranger: TestClient) -> None:
    app = Measured(house, (Dear("drawing", DRAWINGS.methods, DRAWINGS.path, 2),))
    took, waits = [], []
    for browser in ("a", "a", "a", "b", "b", "b"):
        client = TestClient(app, base_url=PUBLIC, follow_redirects=False)
        client.cookies.set("__Host-continua", browser)
        try:
            took.append(client.get("/account/transcript.pdf").status_code)
        except costs.TooDear as refused:
            took.append(429)
            waits.append(refused.retry_after)
    assert all(0 < seconds <= 60 for seconds in waits)
    assert took == [303, 303, 429, 303, 303, 429]


def test_who_drops_her_cookies_wins_nothing(house: FastAPI, stranger: TestClient) -> None:
    app = Measured(house, (Dear("drawing", DRAWINGS.methods, DRAWINGS.path, 2),))
    answered = 0
    for number in range(40):
        client = TestClient(app, base_url=PUBLIC, follow_redirects=False)
        client.cookies.set("__Host-continua", str(number))
        try:
            client.get("/account/transcript.pdf")
            answered += 1
        except costs.TooDear:
            pass
    assert answered == 2 * costs.SHARING


def test_what_is_refused_for_its_cost_is_told_with_its_wait(stranger: TestClient) -> None:
    answers = [stranger.post("/sign-in", data={"email": "not an address"}) for _ in range(62)]
    last = answers[-1]
    assert last.status_code == 429
    assert 0 < int(last.headers["retry-after"]) <= 60
    assert "Wait" in last.text
    assert is_clear(last)
    assert stranger.get("/verify").status_code == 200, "all else stays open"


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/sign-in", "signing in"),
        ("POST", "/sign-in/code", "signing in"),
        ("GET", "/certificates/0000.pdf", "drawing"),
        ("GET", "/v/0000/evidence.pdf", "drawing"),
        ("GET", "/author/shelf/one/evaluations.csv", "exporting"),
        ("GET", "/author/courses/1/evidence.zip", "exporting"),
        ("GET", "/author/courses/1/download", "exporting"),
        ("GET", "/author/courses/1/preview/page/courses/one", "previewing"),
        ("POST", "/author/upload", "uploading"),
        ("POST", "/verify/receipt.pdf", ""),  # counted where its rows are
        ("GET", "/", ""),
        ("GET", "/static/1/fonts/a.woff2", ""),
        ("POST", "/attempts/1/answers", ""),  # saving an answer is never made to wait
    ],
)
def test_what_is_dear_is_known_by_its_address(method: str, path: str, kind: str) -> None:
    assert Measured(app=None)._kind({"path": path, "method": method}) == kind  # type: ignore[arg-type]


def test_whom_to_tell_of_a_weakness_stands_where_it_is_looked_for(stranger: TestClient) -> None:
    answer = stranger.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.text.strip().splitlines())
    assert lines["Canonical"] == f"{PUBLIC}/.well-known/security.txt"
    assert lines["Expires"] == "2027-05-19T00:00:00Z"
    assert lines["Contact"].startswith((PUBLIC, "mailto:"))
