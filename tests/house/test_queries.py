"""No page runs more than 12 queries, however much she has done and however much is on the shelf."""

from __future__ import annotations

from dataclasses import replace

import cast as the_cast
import pytest
import steps
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, send
from makers import make_course, make_question
from sqlalchemy import text
from sqlmodel import Session
from test_routes import routes
from ways import STAFF, counted

from app.identity.passkeys import Passkey

pytest_plugins = ["visitors"]

MOST = 12
MANY = 6  # courses, certificates, attempts: enough that a query for each would be too many
NOT_PAGES = {
    *("/media/{name}", "/static/{digest}/{name:path}", "/sign-in/link/{token}"),
    *("/logo/{digest}.png", "/setup/{token}", "/invitation/{token}"),
    "/v/{number}.credential.json",  # of a drawing, and a pencil draws no badge
}


@pytest.fixture
def busy_house(house: FastAPI, hers: TestClient) -> dict[str, str]:
    """A house in which Ana has done a lot; give the places in addresses that are hers."""
    for number in range(MANY):
        questions = tuple(replace(make_question(one), id=f"question-{one}") for one in range(1, 16))
        steps.publish(house, make_course(f"course-{number}", questions=questions if number else ()))
    number = steps.earn(hers)
    for one in range(1, MANY):
        hers.post(f"/courses/course-{one}/modules/first/done")
        hers.post(f"/courses/{steps.CODE}/again")
        steps.earn(hers)
    exam = steps.start_exam(hers, "course-1")
    for _ in range(MANY):
        steps.submit(hers, follow(hers, send(hers, exam, "/answers", then="review")))
        exam = follow(hers, send(hers, hers.get("/courses/course-1/exam"), "/exam"))
    return {
        "code": "course-1",
        "slug": "second",
        "attempt_id": exam.url.path.rsplit("/", 1)[-1],
        "enrollment_id": "2",
        "license_id": "1",
        "number": number,
        "passkey_id": str(_passkey(house)),
    }


def _passkey(house: FastAPI) -> int:
    with house.state.wiring.database.write() as db:
        ana = the_cast.join(db, "ana")
        passkey = Passkey(person_id=ana.id, credential_id="a", public_key=b"", name="Her phone", added_at=the_cast.NOON)
        db.add(passkey)
        db.flush()
        return passkey.id


def test_no_page_runs_more_than_twelve_queries(house: FastAPI, hers: TestClient, busy_house: dict[str, str]) -> None:
    ran = {}
    for route in routes():
        if "GET" not in route.methods or route.path in NOT_PAGES or route.path.startswith(STAFF):
            continue  # the pages of the staff are counted in tests/web/author and admin
        for attempt in (busy_house["attempt_id"], "1"):
            with counted(house) as statements:
                address = route.path.format(**{**busy_house, "attempt_id": attempt})
                answer = hers.get(address)
            assert answer.status_code in {200, 303}, address
            ran[address] = statements
    assert {address: statements for address, statements in ran.items() if len(statements) > MOST} == {}
    assert max(map(len, ran.values())) > 1, "the control: queries are counted"


def test_the_page_of_a_refusal_runs_few_queries_too(house: FastAPI, hers: TestClient) -> None:
    with counted(house) as statements:
        assert hers.get("/attempts/12345").status_code == 404
    assert 0 < len(statements) <= MOST


def test_a_query_for_each_row_would_be_found(house: FastAPI) -> None:
    with counted(house) as statements, house.state.wiring.database.read() as db:
        _one_each(db)
    assert len(statements) > MOST


def _one_each(db: Session) -> None:
    for number in range(MOST + 1):
        db.execute(text("SELECT :number"), {"number": number})
