"""What is secret is in no line of the log, and what is typed writes no line of its own."""

from __future__ import annotations

import logging

import pytest
import steps
from conftest import Postbox
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.settings import Settings

pytest_plugins = ["visitors"]

PASSWORD = "canary-of-a-password"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail server takes a password."""
    return settings.model_copy(update={"smtp_url": f"smtp://continua:{PASSWORD}@127.0.0.1:9"})


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody logs, down to the last detail."""
    caplog.set_level(logging.DEBUG)
    return caplog


def secrets_of(client: TestClient, postbox: Postbox) -> list[str]:
    """Give what nobody may read in a log: tokens, codes, answers, a license, a password."""
    bodies = [message.get_body(("plain",)).get_content() for message in postbox.messages]  # type: ignore[union-attr]
    shown = [word for body in bodies for word in body.split() if word.isdigit() and len(word) == 6]
    return [*(cookie.value for cookie in client.cookies.jar if cookie.value), *shown, PASSWORD, "081234-1"]


def walk(house: FastAPI, client: TestClient, postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Go the whole way, with wrong codes, foreign forms and a fault on it; give what is secret."""
    steps.sign_in(client, house, postbox, "ana")
    number = steps.earn(client)
    held = secrets_of(client, postbox)
    client.post("/sign-in/code", data={"email": "ana@example.org", "code": "000000"})
    client.post("/theme", data={"theme": "dark"}, headers={"origin": "https://evil.example"})
    client.get("/sign-in/link/canary-of-a-link")
    monkeypatch.setattr("app.library.editions.on_offer", lambda _db: 1 / 0)
    assert client.get("/").status_code == 500
    assert client.get(f"/v/{number}").status_code == 200
    return [*held, "canary-of-a-link"]


def test_no_secret_of_a_whole_journey_is_in_the_log(
    house: FastAPI,
    stranger: TestClient,
    postbox: Postbox,
    lines: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = walk(house, stranger, postbox, monkeypatch)
    ours = [line for line in lines.text.splitlines() if "httpx" not in line]  # the browser of this test keeps a log too
    assert len(held) > 4
    assert any("failed" in line for line in ours), "the fault is there"
    assert [word for word in held if any(word in line for line in ours)] == []


def test_control_a_secret_that_was_logged_would_be_found(
    house: FastAPI,
    stranger: TestClient,
    postbox: Postbox,
    lines: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = walk(house, stranger, postbox, monkeypatch)
    logging.getLogger("continua").warning("signed in with %s", held[0])
    assert held[0] in lines.text


def test_what_is_typed_writes_no_line_of_the_log(
    house: FastAPI, stranger: TestClient, lines: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.library.editions.on_offer", lambda _db: 1 / 0)
    for address in ("/?q=a%0d%0aCRITICAL+forged", "/courses/a%0aCRITICAL%20forged"):
        stranger.get(address, headers={"user-agent": "x\tCRITICAL forged"})
    ours = [line for line in lines.text.splitlines() if "httpx" not in line]
    assert not any(line.startswith("CRITICAL") for line in ours)
