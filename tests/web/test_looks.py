"""She sees who looked at her records: by role, with the date and the form, and no name."""

from __future__ import annotations

import re

import cast as the_cast
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import audit

pytest_plugins = ["visitors", "colleagues"]

LOOKS = "/account/looks"


def sentences(browser: TestClient) -> list[str]:
    """Read the looks on her page, each in one line."""
    found = re.findall(r"<p><strong>(.*?)</strong> (.*?)</p>", browser.get(LOOKS).text)
    return [f"{who} {what}" for who, what in found]


def test_before_anybody_looked_it_says_so(hers: TestClient) -> None:
    assert "Nobody has looked" in hers.get(LOOKS).text


def test_each_look_of_the_staff_stands_on_her_page(
    hers: TestClient, number: str, olu_browser: TestClient, ada_browser: TestClient
) -> None:
    olu_browser.get(f"/v/{number}/evidence")
    olu_browser.get(f"/v/{number}/evidence.pdf")
    ada_browser.get(f"/admin/certificates/{number}")
    assert sentences(hers) == [
        "An administrator of Continua Demonstration Provider opened your record.",
        "A licensing officer looked at what led to your certificate, as a PDF.",
        "A licensing officer looked at what led to your certificate.",
    ]
    page = hers.get(LOOKS).text
    assert f'href="/certificates/{number}"' in page
    assert "olu@example.org" not in page
    assert "ada@example.org" not in page


def test_nobody_else_sees_them(hers: TestClient, his: TestClient, number: str, olu_browser: TestClient) -> None:
    olu_browser.get(f"/v/{number}/evidence")
    assert sentences(hers)
    assert sentences(his) == []


def test_her_own_look_is_none(hers: TestClient, number: str) -> None:
    hers.get(f"/certificates/{number}/evidence")
    assert sentences(hers) == []


@pytest.mark.parametrize("chosen", [True, False])
def test_a_list_that_was_taken_along_is_told_to_whom_it_had(
    hers: TestClient, his: TestClient, ada_browser: TestClient, house: FastAPI, *, chosen: bool
) -> None:
    with house.state.wiring.database.write() as db:
        ana = the_cast.join(db, "ana").id
    ada_browser.post("/admin/people.csv", data={"id": str(ana)} if chosen else {})
    told = (
        "An administrator of Continua Demonstration Provider took along a list of people that you are in or may be in"
    )
    assert sentences(hers) == [f"{told}, as a spreadsheet (CSV)."]
    assert sentences(his) == ([] if chosen else sentences(hers))


def test_a_look_knows_whose_record_it_was(house: FastAPI, number: str, olu_browser: TestClient) -> None:
    olu_browser.get(f"/v/{number}/evidence")
    with house.state.wiring.database.read() as db:
        (look,) = audit.looks_at(db, the_cast.join(db, "ana").id)
    assert (look.role, look.form, look.subject) == ("officer", "page", number)
