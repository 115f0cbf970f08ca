"""A roster in the browser: sent, looked at, taken in by the office alone, and read by an auditor."""

from __future__ import annotations

from conftest import SignIn
from fastapi import FastAPI
from makers import make_edition

from app.identity import people

LIST = "/admin/rosters"
TABLE = b"E-mail,Legal name,Course code,Role\nzoe@example.org,Zoe Li,small-course,admin\nwrong,Nobody,,\n"


def test_a_roster_is_sent_looked_at_and_taken_in(house: FastAPI, sign_in_as: SignIn) -> None:
    with house.state.wiring.database.write() as db:
        make_edition(db)
    ada, gus = sign_in_as("ada"), sign_in_as("gus")
    refused = ada.post(LIST, files={"file": ("a.pdf", b"%PDF-1.7", "text/csv")})
    assert (refused.status_code, "This is a PDF" in refused.text) == (415, True)
    assert gus.post(LIST, files={"file": ("a.csv", TABLE, "text/csv")}).status_code == 403
    place = ada.post(LIST, files={"file": ("a.csv", TABLE, "text/csv")}).headers["location"]
    page = ada.get(place).text
    for told in ("Nothing is written yet", "Enrolled in small-course", "1 row is left out", "is no e-mail address"):
        assert told in page
    assert "take-in" not in gus.get(place).text
    with house.state.wiring.database.read() as db:
        assert people.by_email(db, "zoe@example.org") is None
    digest = page.split('name="digest" value="')[1].split('"')[0]
    assert gus.post(f"{place}/take-in", data={"digest": digest}).status_code == 403
    assert ada.post(f"{place}/take-in", data={"digest": digest, "letters": "yes"}).status_code == 303
    assert "It added: 1 account, 1 name and 1 enrollment." in gus.get(place).text
    with house.state.wiring.database.read() as db:
        assert people.known(db, "zoe@example.org").role == "learner"
    assert "Left out" in gus.get(f"{place}.csv").text
    assert "Taken in: 1 account" in gus.get(LIST).text
