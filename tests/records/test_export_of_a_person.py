"""Exports: everything that is kept of her, in every column of every table; and nothing of anybody else's."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from canaries import fill, marks, person
from cast import NOON, join
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import send
from makers import make_certificate, make_course, make_edition
from sqlalchemy import Table
from sqlmodel import SQLModel, select

from app.identity.people import Person
from app.kit.database import Database
from app.records import export, hers
from app.records.hers import Scope
from app.records.holdings import BY_TABLE

PLACE = "/account/privacy"
TABLES = [table for table in SQLModel.metadata.sorted_tables if BY_TABLE[table.name].hers]


def gathered(database: Database, who: str) -> str:
    """Give all rows that an export would hold, as text: without the papers, whose marks are no facts."""
    with database.read() as db:
        whose = hers.scope(db, db.exec(select(Person).where(Person.id == person(who))).one())
        parts = [export._part(db, one, whose) for one in BY_TABLE.values() if one.hers]
    return json.dumps([part.rows for part in parts], ensure_ascii=False)


@pytest.fixture
def filled(sqlite_database: Database) -> Database:
    fill(sqlite_database)
    return sqlite_database


def test_every_mark_of_hers_is_in_her_export_and_none_of_his(filled: Database) -> None:
    hers_, his = gathered(filled, "ana"), gathered(filled, "ben")
    wanted = {
        mark: column
        for table in TABLES
        for column, mark in marks("ana", table)
        if column.name not in {*BY_TABLE[table.name].hidden, "content"}
    }
    assert len(wanted) > 60, "the control: the tables are filled"
    assert [str(column) for mark, column in wanted.items() if mark not in hers_] == []
    assert "CANARY-ben" not in hers_
    assert "ben@example.org" not in hers_
    assert "CANARY-ana" not in his


def test_what_proves_a_browser_is_not_handed_out(filled: Database) -> None:
    told = gathered(filled, "ana")
    hidden = [
        mark for table in TABLES for column, mark in marks("ana", table) if column.name in BY_TABLE[table.name].hidden
    ]
    assert len(hidden) > 5
    assert [mark for mark in hidden if mark in told] == []


def test_control_a_table_that_is_not_looked_through_is_missed(filled: Database) -> None:
    del_license = [table for table in TABLES if table.name != "license"]
    told = json.dumps(_rows(filled, del_license), default=str)
    assert "CANARY-ana-license-number" not in told


def _rows(database: Database, tables: list[Table]) -> list[Any]:
    with database.read() as db:
        return [hers.rows(db, table.name, Scope((1,), ("ana@example.org",))) for table in tables]


# --- as she gets it ------------------------------------------------------------------------------------------------


def take_along(client: TestClient) -> zipfile.ZipFile:
    answer = send(client, client.get(PLACE), f"{PLACE}/export")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_she_gets_data_papers_and_a_page_in_one_click(sign_in_as: SignIn, house: FastAPI) -> None:
    with house.state.wiring.database.write() as db:
        edition = make_edition(db, make_course())
        number = make_certificate(db, join(db, "ana"), edition=edition).number
        other = make_certificate(db, join(db, "ben"), edition=edition, name="Ben Carter").number
    packed = take_along(sign_in_as("ana"))
    assert packed.testzip() is None
    names = {"index.html", "data.json", "transcript.pdf", f"certificates/{number}.json", f"certificates/{number}.pdf"}
    assert set(packed.namelist()) == names
    data = json.loads(packed.read("data.json"))
    assert data["about"] == {"name": "Ana Marie O’Neill", "email": "ana@example.org"}
    assert data["tables"]["certificate"]["rows"][0]["number"] == number
    assert len(data["tables"]["answer_event"]["rows"]) == 3
    page = packed.read("index.html").decode()
    assert f'href="certificates/{number}.pdf"' in page
    assert "http" not in page.replace("https://ce.example.org", "").partition("<table")[0]
    everything = b"".join(packed.read(name) for name in packed.namelist())
    assert other.encode() not in everything
    assert b"Ben Carter" not in everything
    assert json.loads(packed.read(f"certificates/{number}.json"))["personal"]


def test_nobody_exports_without_a_sign_in(browser: TestClient) -> None:
    answer = browser.post(f"{PLACE}/export", headers={"Origin": "https://ce.example.org"})
    assert answer.status_code in {303, 401}
    assert answer.headers.get("content-type") != "application/zip"


def test_what_was_kept_is_as_of_one_moment(house: FastAPI) -> None:
    with house.state.wiring.database.write() as db:
        join(db, "ana")
    with house.state.wiring.database.read() as db:
        made = export.gather(db, db.exec(select(Person)).one(), now=NOON)
    assert made.papers == ()
    assert [one.table for one in made.parts if one.rows] == ["person"]
