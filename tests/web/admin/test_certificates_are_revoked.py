"""Revoking: one person, a reason, in the open and for good."""

from __future__ import annotations

from html import unescape

import pytest
import staff
import steps
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, form, read, send
from httpx2 import Response
from staff import at, certificate

from app.awards.verdicts import REASONS

pytest_plugins = ["visitors", "colleagues"]

REASON = "Issued to the wrong person: the account was shared."


def revoke(browser: TestClient, number: str, **changed: str) -> Response:
    sent = {"why": "not-earned", "reason": REASON, "sure": "yes"} | changed
    return send(browser, browser.get(at(number, "/revoke")), "/revoke", **sent)


def test_one_person_revokes_with_a_reason(
    house: FastAPI, ada_browser: TestClient, number: str, stranger: TestClient
) -> None:
    page = follow(ada_browser, revoke(ada_browser, number))
    assert f"Revoked on November 20, 2026: {REASON}" in unescape(page.text)
    assert REASONS["not-earned"] in unescape(page.text)
    assert [link for link in read(page).links if link.startswith(at(number, "/"))] == [], "nothing is left to be done"
    kept = certificate(house, number)
    assert (kept.revoked_by, kept.revocation_class) == ("ada@example.org", "not-earned")
    (line,) = (line for line in staff.trail(house, number) if line.act == "certificate.revoked")
    assert (line.actor_label, line.told) == ("ada@example.org", {"class": "not-earned", "reason": REASON})
    public = stranger.get(f"/v/{number}")
    assert public.status_code == 200
    assert REASON in unescape(public.text)
    assert "ada@example.org" not in public.text, "who did it is not for strangers"


def test_every_kind_of_reason_is_offered(ada_browser: TestClient, number: str) -> None:
    assert form(ada_browser.get(at(number, "/revoke")), "/revoke").offered["why"] == set(REASONS)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"reason": " "}, "reason", "Say why the certificate is revoked"),
        ({"reason": "x" * 501}, "reason", "Write at most 500 letters."),
    ],
)
def test_a_revocation_that_is_not_whole_comes_back_as_it_was_typed(
    house: FastAPI, ada_browser: TestClient, number: str, changed: dict[str, str], field: str, sentence: str
) -> None:
    answer = revoke(ada_browser, number, **changed)
    assert answer.status_code == 422
    assert unescape(answer.text).count(sentence) == 2
    held = form(answer, "/revoke").filled({})
    assert (held["why"], held["sure"], held["reason"]) == (["not-earned"], ["yes"], [changed["reason"]])
    assert certificate(house, number).revoked_at is None, field


@pytest.mark.parametrize("missing", ["why", "reason", "sure"])
def test_everything_that_is_asked_is_needed(house: FastAPI, ada_browser: TestClient, number: str, missing: str) -> None:
    sent = {"why": "other", "reason": REASON, "sure": "yes"}
    del sent[missing]
    answer = ada_browser.post(at(number, "/revoke"), data=sent, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 422
    assert f'href="#field-{missing}"' in answer.text
    assert certificate(house, number).revoked_at is None


def test_a_kind_that_is_none_is_refused(house: FastAPI, ada_browser: TestClient, number: str) -> None:
    sent = {"why": "spite", "reason": REASON, "sure": "yes"}
    answer = ada_browser.post(at(number, "/revoke"), data=sent, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 422
    assert "Choose of which kind the reason is." in answer.text
    assert certificate(house, number).revoked_at is None


def test_nothing_is_revoked_twice_or_after_it_was_replaced(
    house: FastAPI, ada_browser: TestClient, number: str
) -> None:
    page = ada_browser.get(at(number, "/revoke"))
    new = staff.number_in(send(ada_browser, ada_browser.get(at(number, "/reissue")), "/reissue", reason="New keys."))
    for answer in (ada_browser.get(at(number, "/revoke")), send(ada_browser, page, "/revoke", **_whole())):
        assert answer.status_code == 409
        assert "Another certificate replaced this one" in answer.text
    page = ada_browser.get(at(new, "/revoke"))
    revoke(ada_browser, new)
    for answer in (ada_browser.get(at(new, "/revoke")), send(ada_browser, page, "/revoke", **_whole())):
        assert answer.status_code == 409
        assert "was revoked before" in answer.text
    assert certificate(house, new).revocation_reason == REASON, "the first reason stands"


def _whole() -> dict[str, str]:
    return {"why": "other", "reason": "Something else.", "sure": "yes"}


def test_an_erased_certificate_can_be_revoked_and_nobody_is_written_to(
    house: FastAPI, ada_browser: TestClient, number: str
) -> None:
    staff.erase(house, number)
    before = len(staff.letters(house, "ana"))
    assert revoke(ada_browser, number).status_code == 303
    assert len(staff.letters(house, "ana")) == before
    assert steps.NAME not in ada_browser.get(at(number)).text
