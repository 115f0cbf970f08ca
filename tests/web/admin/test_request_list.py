"""All requests in one list: both kinds, found by who asked, narrowed, and taken along without anybody's words."""

from __future__ import annotations

from datetime import timedelta

import cast as the_cast
import pytest
from cast import NOON
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.identity import grievances, request_rolls, requests
from app.kit.listing import Sought

pytest_plugins = ["visitors", "colleagues"]
ALL = "/admin/requests/all"


@pytest.fixture(autouse=True)
def asked(house: FastAPI) -> None:
    """Ana asks for more time, Ben complains twice, and one of the three is answered."""
    with house.state.wiring.database.write() as db:
        ana, ben, ada = (the_cast.join(db, name) for name in ("ana", "ben", "ada"))
        requests.ask(db, ana, "A private matter.", provider_email="", now=NOON)
        for day in range(2):
            sent = {"email": ben.email, "name": "=Ben", "person": ben, "provider_email": ""}
            grievances.send(db, "Too slow.", **sent, now=NOON + timedelta(days=day))
        (first, *_) = grievances.waiting(db)
        grievances.answer(db, first, "Mended.", by=ada.actor, now=NOON + timedelta(days=1))


def found(house: FastAPI, **sought: object) -> list[str]:
    with house.state.wiring.database.read() as db:
        page = request_rolls.page(db, Sought(**sought), 1, now=NOON)  # type: ignore[arg-type]
        return [f"{one.kind} {one.id}" for one in page.rows]


def test_both_kinds_stand_in_one_list_newest_first(house: FastAPI, ada_browser: TestClient) -> None:
    assert sorted(found(house)) == ["accommodation 1", "grievance 1", "grievance 2"]
    assert found(house, descending=True)[0] == "grievance 2"
    page = ada_browser.get(ALL).text
    assert "3 requests" in page
    assert "/admin/requests/grievance/2" in page
    assert "Answered in time" in page


@pytest.mark.parametrize(
    ("query", "number"),
    [("q=ana", 1), ("kind=grievance", 2), ("state=waiting", 2), ("kind=grievance&state=answered", 1), ("q=nobody", 0)],
)
def test_it_is_searched_and_narrowed(ada_browser: TestClient, query: str, number: int) -> None:
    page = ada_browser.get(f"{ALL}?{query}").text
    assert (f"{number} request" in page) is (number > 0)
    assert ("None answers to this" in page) is (number == 0)


def test_what_is_chosen_is_taken_along_and_nobodys_words(house: FastAPI, ada_browser: TestClient) -> None:
    everything = ada_browser.post(f"{ALL}.csv").text
    assert len(everything.splitlines()) == 4
    assert "A private matter" not in everything
    assert ",=Ben" not in everything, "no formula"
    with house.state.wiring.database.read() as db:
        rows = {f"{one.kind} {one.id}": one for one in request_rolls.everything(db, Sought(), now=NOON)}
    chosen = request_rolls.row_number(rows["grievance 1"])
    taken = ada_browser.post(f"{ALL}.csv", data={"id": str(chosen)}).text.splitlines()
    assert len(taken) == 2
    assert taken[1].startswith("Grievance,1,")
    assert ada_browser.post(f"{ALL}.xlsx").content.startswith(b"PK")


def test_whose_request_it_is_sees_that_it_was_taken_along(
    hers: TestClient, ada_browser: TestClient, house: FastAPI
) -> None:
    with house.state.wiring.database.read() as db:
        rows = {one.who: request_rolls.row_number(one) for one in request_rolls.everything(db, Sought(), now=NOON)}
    ada_browser.post(f"{ALL}.csv", data={"id": str(rows["=Ben"])})
    assert "list of requests" not in hers.get("/account/looks").text, "the control: it was Ben's alone"
    ada_browser.post(f"{ALL}.csv")
    assert "list of requests" in hers.get("/account/looks").text
