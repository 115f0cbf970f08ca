"""The PDF over the web: the bytes that were drawn, or a page that says why there are none while all else works."""

from __future__ import annotations

import hashlib

import pytest
import steps
from conftest import PUBLIC, Pencil
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.awards.drawing import FontsMissing, NotDrawn, PangoMissing
from app.awards.pdfs import CertificateDocument

pytest_plugins = ["visitors"]


def break_the_pencil(monkeypatch: pytest.MonkeyPatch, refusal: Exception) -> None:
    def cannot(_self: Pencil, _order: object, **_how: object) -> bytes:
        raise refusal

    monkeypatch.setattr(Pencil, "draw", cannot)


def test_the_pdf_is_served_as_it_is_kept_with_its_sha(house: FastAPI, hers: TestClient) -> None:
    number = steps.earn(hers)
    served = hers.get(f"/certificates/{number}.pdf").content
    with house.state.wiring.database.read() as db:
        kept = db.exec(select(CertificateDocument)).one()
    assert served == kept.content == f"%PDF-1.7 a pencil drawing of {number} on letter".encode()
    assert kept.sha256 == hashlib.sha256(served).hexdigest()


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (PangoMissing(), "installs Pango, the library that sets type"),
        (FontsMissing("ᠠ"), "installs a font for these letters: ᠠ"),
        (NotDrawn(), "could not be drawn just now. Try again in a minute."),
    ],
)
def test_without_a_drawing_the_site_works_and_says_so_where_the_pdf_would_be(
    hers: TestClient, stranger: TestClient, monkeypatch: pytest.MonkeyPatch, refusal: Exception, sentence: str
) -> None:
    break_the_pencil(monkeypatch, refusal)
    number = steps.earn(hers)
    page = hers.get(f"/certificates/{number}.pdf")
    assert page.status_code == 503
    assert sentence in page.text
    assert "What you earned is valid and on screen" in page.text
    problem = hers.get(f"/certificates/{number}.pdf", headers={"accept": "application/json"})
    assert sentence in problem.json()["detail"]
    for address in (f"/certificates/{number}", f"/v/{number}", f"/v/{number}.json", "/account", "/account/records"):
        assert hers.get(address).status_code == 200, address


def test_a_pdf_that_was_refused_is_drawn_once_it_can_be(hers: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    number = steps.earn(hers)
    with monkeypatch.context() as broken:
        break_the_pencil(broken, PangoMissing())
        assert hers.get(f"/certificates/{number}.pdf").status_code == 503
    assert hers.get(f"/certificates/{number}.pdf").status_code == 200


def test_a_fault_in_the_drawing_is_a_fault_of_the_pdf_alone(
    house: FastAPI, hers: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_the_pencil(monkeypatch, RuntimeError("paint on the floor"))
    number = steps.earn(hers)
    careless = TestClient(house, base_url=PUBLIC, cookies=dict(hers.cookies), raise_server_exceptions=False)
    answer = careless.get(f"/certificates/{number}.pdf")
    assert answer.status_code == 500
    assert "paint" not in answer.text
    assert hers.get(f"/certificates/{number}").status_code == 200
    careless.close()


def test_the_transcript_is_a_pdf_that_nobody_keeps(hers: TestClient) -> None:
    steps.earn(hers)
    answer = hers.get("/account/transcript.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.content == b"%PDF-1.7 a pencil transcript of 1 entries"
