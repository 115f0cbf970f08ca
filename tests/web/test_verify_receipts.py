"""Receipts over the web: what the page gives back comes as a table and as a sealed document, without a script too."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import steps
from conftest import Pencil
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form
from httpx2 import Response
from scripted_checks import ScriptedChecks, allow, files

from app.awards import receipts
from app.awards.document.order import DossierOrder
from app.awards.drawing import FontsMissing, NotDrawn

pytest_plugins = ["officers", "visitors"]


@pytest.fixture(autouse=True)
def _keys_are_made(hers: TestClient) -> None:
    """The first certificate of a house makes its keys."""
    steps.earn(hers)


def page(officer: TestClient, *names: str) -> Response:
    return officer.post("/verify", files=files(*names))


def ask(officer: TestClient, page_: Response, kind: str) -> Response:
    sent = form(page_, "/verify/receipt.pdf").filled({})
    return officer.post(f"/verify/receipt.{kind}", data=sent, headers={"sec-fetch-site": "same-origin"})


def test_the_table_on_a_page_becomes_a_receipt(officer: TestClient) -> None:
    names = ["original.valid.pdf", "altered.valid.pdf", "not-ours.unknown.pdf"]
    answer = ask(officer, page(officer, *names), "csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="verification-receipt-2026-11-20-170000.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert set(names) <= {line.split(",")[0] for line in answer.text.splitlines()}
    assert answer.text.splitlines()[-1].startswith("signature,statement-2026-1a2b3c4d,")


def test_five_hundred_results_fit_on_a_receipt(officer: TestClient) -> None:
    found = page(officer, *(f"altered.valid.{one}.pdf" for one in range(500)))
    assert ask(officer, found, "csv").text.count("This file was altered") == 500


def test_the_sealed_document_holds_the_signed_table(
    house: FastAPI, officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[DossierOrder] = []

    def draw(_pencil: Pencil, order: DossierOrder, *, timeout: float) -> bytes:
        drawn.append(order)
        return b"%PDF"

    monkeypatch.setattr(Pencil, "draw_sealed", draw)
    answer = ask(officer, page(officer, "original.valid.pdf"), "pdf")
    assert (answer.content, answer.headers["content-type"]) == (b"%PDF", "application/pdf")
    (order,) = drawn
    (table,) = order.attached
    assert (table.name, table.media_type) == ("receipt.csv", "text/csv")
    assert table.content == ask(officer, page(officer, "original.valid.pdf"), "csv").content
    assert order.seal.key.startswith("seal-2026-")


def test_no_certificate_waits_behind_a_long_receipt(house: FastAPI, officer: TestClient) -> None:
    wired = house.state.wiring
    house.state.wiring = replace(wired, draws=None)  # whoever asked it for a receipt would fall on their face
    assert ask(officer, page(officer, "original.valid.pdf"), "pdf").status_code == 200
    house.state.wiring = replace(wired, draws_aside=None)
    assert ask(officer, page(officer, "original.valid.pdf"), "pdf").status_code == 500, "control"


def test_a_name_in_letters_that_no_font_has_is_no_reason_for_having_no_receipt(
    officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def draw(_pencil: Pencil, order: DossierOrder, *, timeout: float) -> bytes:
        asked.append(order.dossier.to_json())
        if "🦉" in asked[-1]:
            raise FontsMissing("🦉")
        return b"%PDF"

    monkeypatch.setattr(Pencil, "draw_sealed", draw)
    assert ask(officer, page(officer, "original.valid.🦉.pdf"), "pdf").content == b"%PDF"
    assert "original.valid.□.pdf" in asked[-1]


def test_what_was_changed_is_refused_in_words(officer: TestClient) -> None:
    found = page(officer, "altered.valid.pdf")
    (result,) = form(found, "/verify/receipt.pdf").filled({})["result"]
    forged = json.dumps(json.loads(result) | {"document": "original", "ok": True})
    for kind in ("csv", "pdf"):
        answer = officer.post(f"/verify/receipt.{kind}", data={"result": [result, forged]})
        assert answer.status_code == 409
        assert "was not found here, or was changed since" in answer.text


def test_there_is_no_receipt_of_nothing(officer: TestClient) -> None:
    answer = officer.post("/verify/receipt.csv", headers={"accept": "application/json"})
    assert (answer.status_code, "nothing to write a receipt of" in answer.json()["detail"]) == (422, True)


def test_where_the_key_is_missing_there_is_no_receipt_and_the_page_stays(
    house: FastAPI, officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = page(officer, "original.valid.pdf")
    monkeypatch.setattr(house.state.wiring.attests, "is_here", False)
    answer = ask(officer, found, "csv")
    assert answer.status_code == 503
    assert "What was found stands" in answer.text
    again = page(officer, "original.valid.pdf")
    assert "byte for byte" in again.text
    assert "result" not in form(again, "/verify/receipt.pdf").filled({})


def test_where_it_cannot_be_drawn_just_now_that_is_said(officer: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(_pencil: Pencil, _order: DossierOrder, *, timeout: float) -> bytes:
        raise NotDrawn

    found = page(officer, "original.valid.pdf")
    monkeypatch.setattr(Pencil, "draw_sealed", draw)
    assert ask(officer, found, "pdf").status_code == 503
    assert ask(officer, found, "csv").status_code == 200


def test_a_receipt_may_be_asked_for_by_whoever_has_used_up_her_checks_and_drawing_is_counted(
    house: FastAPI, officer: TestClient, checks: ScriptedChecks
) -> None:
    allow(house, burst=60)
    found = page(officer, "original.valid.pdf")
    assert ask(officer, found, "pdf").status_code == 200
    refused = ask(officer, found, "pdf")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "41")
    assert ask(officer, found, "csv").status_code == 200


def test_no_more_comes_back_than_a_receipt_holds(officer: TestClient) -> None:
    parts = [("result", (None, "x" * 1_000_000)) for _ in range(17)]
    assert officer.post("/verify/receipt.csv", files=parts).status_code == 413
    many = [("result", (None, "{}")) for _ in range(receipts.MOST + 1)]
    assert officer.post("/verify/receipt.csv", files=many).status_code == 413
    assert officer.post("/verify/receipt.csv", files=[("result", ("a.json", b"{}"))]).status_code == 422


def test_the_receipt_names_the_house_it_is_from(house: FastAPI, officer: TestClient) -> None:
    answer = ask(officer, page(officer, "original.valid.pdf"), "csv")
    assert "By,Continua Demonstration Provider,https://ce.example.org" in answer.text
    house.state.wiring = replace(house.state.wiring)
