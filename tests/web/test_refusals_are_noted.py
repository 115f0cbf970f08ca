"""Who tries what is not hers, or more than is allowed, is noted in the log: by number, and by no name or address."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from conftest import SignIn
from fastapi.testclient import TestClient

from app.kit import logs

pytest_plugins = ["visitors"]


@pytest.fixture
def noted(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What was noted, as it comes."""
    caplog.set_level(logging.INFO, logger=logs.OURS)
    found: list[dict[str, Any]] = []

    def keep(line: logging.LogRecord) -> bool:
        if hasattr(line, logs.PARTS):
            found.append(vars(line)[logs.PARTS])
        return True

    caplog.handler.addFilter(keep)
    return found


def test_a_page_of_the_office_that_is_not_hers(hers: TestClient, noted: list[dict[str, Any]]) -> None:
    assert hers.get("/admin/people/1?q=somebody@example.org").status_code == 403
    (line,) = noted
    assert (line["refusal"], line["status"], line["role"]) == ("NotYourRole", 403, "learner")
    assert line["route"] == "/admin/people/{person_id}"
    assert isinstance(line["person"], int)
    assert "@" not in str(line)


def test_a_form_of_another_site(hers: TestClient, noted: list[dict[str, Any]]) -> None:
    assert hers.post("/theme", data={"theme": "dark"}, headers={"origin": "https://evil.example"}).status_code == 403
    assert [line["refusal"] for line in noted] == ["ForeignOrigin"]


def test_more_than_is_taken(hers: TestClient, noted: list[dict[str, Any]]) -> None:
    assert hers.post("/theme", content=b"x" * 1_100_000).status_code == 413
    assert [line["refusal"] for line in noted] == ["TooLarge"]


def test_a_name_that_is_not_ours(hers: TestClient, noted: list[dict[str, Any]]) -> None:
    assert hers.get("/", headers={"host": "evil.example"}).status_code == 421
    assert [line["status"] for line in noted] == [421]


def test_what_anybody_does_by_mistake_is_not_noted(
    stranger: TestClient, sign_in_as: SignIn, noted: list[dict[str, Any]]
) -> None:
    assert stranger.get("/account").status_code == 303
    assert sign_in_as("ben").get("/no-such-page").status_code == 404
    assert noted == []
