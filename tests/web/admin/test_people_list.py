"""The list of people: found, sorted, and taken along as a table, on the record."""

from __future__ import annotations

import csv
import io

import cast as the_cast
import pytest
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from python_calamine import CalamineWorkbook
from sqlmodel import select

from app.audit import AuditLine
from app.identity import licenses, people

pytest_plugins = ["visitors", "colleagues"]

LIST = "/admin/people"


@pytest.fixture
def gus_browser(sign_in_as: SignIn) -> TestClient:
    """Gus’s browser: an auditor, who reads and changes nothing."""
    return sign_in_as("gus")


@pytest.fixture
def full(house: FastAPI) -> None:
    """Ana and Ben, with their names and a license."""
    with house.state.wiring.database.write() as db:
        ana, ben = (the_cast.join(db, name) for name in ("ana", "ben"))
        people.attest_legal_name(db, ana, "Ana Marie O’Neill", now=the_cast.NOON)
        people.attest_legal_name(db, ben, '=HYPERLINK("https://evil.example")', now=the_cast.NOON)
        licenses.confirm(db, ana, ("NY", "LCSW", "0123456"), now=the_cast.NOON)


def table(answer: Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text[:400]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def exported(house: FastAPI) -> list[AuditLine]:
    with house.state.wiring.database.read() as db:
        return list(db.exec(select(AuditLine).where(AuditLine.act == "list.exported")))


@pytest.mark.usefixtures("full")
def test_people_are_found_by_name_address_and_license(gus_browser: TestClient) -> None:
    for words in ("o’neill ana", "ANA@", "0123", "marie example.org"):
        page = gus_browser.get(LIST, params={"q": words}).text
        assert "Ana Marie O’Neill" in page, words
        assert "ben@example.org" not in page, words
    assert "Nobody found" in gus_browser.get(LIST, params={"q": "100%"}).text


@pytest.mark.usefixtures("full")
def test_an_auditor_takes_what_matches_along_and_it_is_written_down(house: FastAPI, gus_browser: TestClient) -> None:
    lines = table(gus_browser.post(f"{LIST}.csv", data={"role": "learner"}))
    assert [line[1] for line in lines[1:]] == ["ben@example.org", "ana@example.org"]
    assert lines[1][0] == '\'=HYPERLINK("https://evil.example")'
    assert lines[2][3] == "NY LCSW 0123456"
    (line,) = exported(house)
    assert (line.actor_label, line.subject, line.told) == (
        "gus@example.org",
        "people",
        {"as": "csv", "role": "learner"},
    )


@pytest.mark.usefixtures("full")
def test_only_what_is_selected_is_taken_along(house: FastAPI, gus_browser: TestClient) -> None:
    with house.state.wiring.database.read() as db:
        ana = people.known(db, "ana@example.org")
    answer = gus_browser.post(f"{LIST}.xlsx", data={"id": str(ana.id), "q": "nobody at all"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert [line[1] for line in book.get_sheet_by_index(0).to_python()[1:]] == ["ana@example.org"]
    assert exported(house)[0].told == {"as": "xlsx", "rows": [ana.id], "words": "nobody at all", "role": "auditor"}


@pytest.mark.parametrize("name", ["ana", "ines", "olu"])
def test_nobody_else_sees_it(house: FastAPI, sign_in_as: SignIn, name: str) -> None:
    browser = sign_in_as(name)
    assert browser.get(LIST).status_code == 403
    assert browser.post(f"{LIST}.csv").status_code == 403
    assert exported(house) == []
