"""The trail in the office: found by words, acts and days, taken along, and read by an auditor too."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import cast as the_cast
import pytest
from cast import NOON
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from app import audit
from app.audit import OPERATOR

pytest_plugins = ["visitors", "colleagues"]

TRAIL = "/admin/trail"


@pytest.fixture
def gus_browser(sign_in_as: SignIn) -> TestClient:
    """Gus's browser: an auditor."""
    return sign_in_as("gus")


@pytest.fixture(autouse=True)
def lines(house: FastAPI) -> None:
    """Three lines: two today, one of another act and another day, whose words begin as a formula does."""
    with house.state.wiring.database.write() as db:
        audit.come_from(db, "192.0.2.7")
        for subject in ("first thing", "second thing"):
            audit.record(db, actor=OPERATOR, act="thing.done", subject=subject, now=NOON, detail={"why": "so"})
        ben = the_cast.join(db, "ben")
        later = NOON + timedelta(days=3)
        audit.record(db, actor=ben.actor, act="thing.left", subject="=1+1", now=later)


def shown(browser: TestClient, **asked: str) -> str:
    page = browser.get(TRAIL, params=asked)
    assert page.status_code == 200, page.text[:300]
    return page.text


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ({"q": "second"}, "second thing", "first thing"),
        ({"q": "ben@example"}, "=1+1", "first thing"),
        ({"act": "thing.left"}, "=1+1", "second thing"),
        ({"q": "2026-11-20"}, "first thing", "=1+1"),
        ({"q": "2026-11-21.."}, "=1+1", "first thing"),
        ({"q": "2026-11-20..2026-11-22 first"}, "first thing", "second thing"),
    ],
)
def test_lines_are_found(gus_browser: TestClient, asked: dict[str, str], there: str, gone: str) -> None:
    page = shown(gus_browser, **asked)
    assert there in page
    assert gone not in page
    assert there in shown(gus_browser)  # the control: all of them are there
    assert gone in shown(gus_browser)


def test_the_address_that_an_act_came_from_is_shown_beside_it(ada_browser: TestClient) -> None:
    assert "192.0.2.7" in shown(ada_browser, q="first")


def test_the_trail_is_taken_along_without_a_formula_and_that_is_a_line(gus_browser: TestClient, house: FastAPI) -> None:
    answer = gus_browser.post(f"{TRAIL}.csv", data={"q": "2026-11-23"})
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert head[0] == "Place"
    assert [row[4] for row in rows] == ["'=1+1"]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(gus_browser.post(f"{TRAIL}.xlsx").content)).get_sheet_by_index(0)
    assert len(sheet.to_python()) >= 4
    with house.state.wiring.database.read() as db:
        taken = audit.of_subject(db, "trail", act="list.exported")
    assert [one.told["as"] for one in taken] == ["csv", "xlsx"]


def test_an_act_on_the_web_knows_the_address_it_came_from(house: FastAPI, gus_browser: TestClient) -> None:
    gus_browser.post(f"{TRAIL}.csv")
    with house.state.wiring.database.read() as db:
        assert audit.of_subject(db, "trail", act="list.exported")[-1].network == "testclient"


def test_only_who_may_read_every_record_reads_it(his: TestClient, olu_browser: TestClient) -> None:
    assert his.get(TRAIL).status_code == 403
    assert olu_browser.get(TRAIL).status_code == 403


def test_a_long_change_is_shown_in_short_and_taken_along_whole(house: FastAPI, gus_browser: TestClient) -> None:
    policy = "We answer.\r\n\r\n" + "Every word of it. " * 40
    detail = {"before": {"policy": "", "phone": "1"}, "after": {"policy": policy, "phone": "2"}}
    with house.state.wiring.database.write() as db:
        audit.record(db, actor=OPERATOR, act="provider.changed", subject="Us", now=NOON, detail=detail)
    page = gus_browser.get(TRAIL, params={"q": "Us"}).text
    assert "policy: empty → We answer. Every word of it." in page
    assert "phone: 1 → 2" in page
    assert page.count("Every word of it") < 5
    taken = gus_browser.post(f"{TRAIL}.csv", data={"q": "Us"}).text
    assert taken.count("Every word of it") == 40
