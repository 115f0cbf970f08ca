"""The first run in the browser: a link, the first administrator, the provider; and nobody in a course before that."""

from __future__ import annotations

import re
from collections.abc import Iterator

import cast as the_cast
import pytest
from conftest import PUBLIC, Pencil, Postbox, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from makers import SIGNER, make_edition

from app.cli import serve
from app.identity import people
from app.identity.people import Role
from app.library import profile, provider
from app.main import create_app
from app.settings import Settings

SAME = {"sec-fetch-site": "same-origin"}
SHE = {"email": "maria@example.org", "legal_name": "Maria Ortiz"}
PROFILE = {
    "name": "Riverside Center",
    "address": "12 Harbor Street, Albany, NY 12207",
    "phone": "518-555-0142",
    "email": "ce@example.org",
    "signer_name": "Maria Ortiz, LCSW",
    "signer_title": "Director",
} | profile.BEGINNINGS


@pytest.fixture
def house(settings: Settings, clock: StillClock, postbox: Postbox) -> Iterator[FastAPI]:
    """A house that others can reach, on its first day."""
    app = create_app(settings, clock=clock, mailer=postbox, draws=Pencil(), signer=SIGNER, opens_when_named=True)
    with app.state.wiring.database.write() as db:
        make_edition(db)
    yield app
    app.state.wiring.database.close()


def link(house: FastAPI) -> str:
    """Read the link in what a start prints, as a path."""
    found = re.search(rf"{PUBLIC}(/setup/\S+)", "\n".join(serve.first_steps(house.state.wiring)))
    assert found is not None
    return found[1]


def test_from_the_printed_link_to_an_open_house(house: FastAPI, browser: TestClient) -> None:
    path = link(house)
    assert "Become the administrator" in browser.get(path).text
    assert browser.get(path).status_code == 200, "to open it uses nothing up"
    done = browser.post(path, data=SHE, headers=SAME)
    assert (done.status_code, done.headers["location"]) == (303, "/admin/provider?first=yes")
    form = browser.get(done.headers["location"])
    assert "five working days" in form.text, "policies to begin with"
    assert browser.get("/courses/small-course").status_code == 503
    done = browser.post("/admin/provider", data=PROFILE | {"first": "yes"}, headers=SAME)
    assert done.headers["location"] == "/admin/provider/next"
    assert "Your site is set up" in browser.get("/admin/provider/next").text
    assert browser.get("/courses/small-course").status_code == 200
    assert serve.first_steps(house.state.wiring) == []


def test_the_link_works_once(house: FastAPI, browser: TestClient) -> None:
    path = link(house)
    browser.post(path, data=SHE, headers=SAME)
    assert browser.get(path).status_code == 410
    assert browser.post(path, data=SHE | {"email": "eve@example.org"}, headers=SAME).status_code == 410
    with house.state.wiring.database.read() as db:
        assert people.by_email(db, "eve@example.org") is None


def test_what_was_mistyped_comes_back_as_typed(house: FastAPI, browser: TestClient) -> None:
    path = link(house)
    answer = browser.post(path, data=SHE | {"email": "maria"}, headers=SAME)
    assert answer.status_code == 422
    assert 'value="Maria Ortiz"' in answer.text
    assert browser.post(path, data=SHE, headers=SAME).status_code == 303


def test_before_the_provider_is_named_nobody_is_in_a_course(house: FastAPI, browser: TestClient) -> None:
    for path in ("/courses/small-course", "/courses/small-course/exam", "/enrollments/1", "/certificates/x"):
        answer = browser.get(path)
        assert answer.status_code == 503, path
        assert "This site opens soon" in answer.text
    for path in ("/", "/policies", "/sign-in", "/verify", "/health"):
        assert browser.get(path).status_code == 200, path


def test_a_house_that_is_named_at_the_command_line_opens_at_once(house: FastAPI, browser: TestClient) -> None:
    with house.state.wiring.database.write() as db:
        provider.change(db, PROFILE, by=the_cast.join(db, "ada").actor, now=the_cast.NOON)
    assert browser.get("/courses/small-course").status_code == 200


def test_the_first_administrator_may_run_the_office_at_once(house: FastAPI, browser: TestClient) -> None:
    browser.post(link(house), data=SHE, headers=SAME)
    with house.state.wiring.database.read() as db:
        assert people.known(db, SHE["email"]).role == Role.ADMIN
    assert browser.get("/admin").status_code == 200
