"""A person’s page in the office: all that is hers, each act and each refusal on the record."""

from __future__ import annotations

import cast as the_cast
import pytest
import staff
from cast import EMAILS, NOON
from conftest import SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import read
from sqlmodel import select

from app import audit
from app.audit import AuditLine
from app.identity import grievances, licenses, people, requests, sign_in
from app.identity.people import Person, Role

pytest_plugins = ["visitors", "colleagues"]

ACTS = {
    "/role": {"role": "instructor"},
    "/name": {"legal_name": "Ana Neill", "reason": "She married."},
    "/end-sign-ins": {},
    "/invite": {},
}


def person(house: FastAPI, name: str) -> Person:
    """Read the account of one of the cast, whatever became of it."""
    with house.state.wiring.database.read() as db:
        return db.exec(select(Person).where(Person.email == EMAILS[name])).one()


def at(house: FastAPI, name: str, below: str = "") -> str:
    return f"/admin/people/{person(house, name).id}{below}"


def lines(house: FastAPI, act: str) -> list[AuditLine]:
    with house.state.wiring.database.read() as db:
        return list(db.exec(select(AuditLine).where(AuditLine.act == act)))


def live(house: FastAPI, name: str) -> int:
    with house.state.wiring.database.read() as db:
        return len(sign_in.all_of(db, person(house, name), now=NOON))


@pytest.fixture
def gus_browser(sign_in_as: SignIn) -> TestClient:
    """Gus’s browser: an auditor."""
    return sign_in_as("gus")


# --- the page -------------------------------------------------------------------------------------------------------


def test_all_that_is_hers_is_on_it(house: FastAPI, number: str, ada_browser: TestClient) -> None:
    with house.state.wiring.database.write() as db:
        ana = the_cast.join(db, "ana")
        licenses.confirm(db, ana, ("NJ", "LCSW", "44SC1"), now=NOON)
        requests.ask(db, ana, "More time, please.", provider_email="", now=NOON)
        grievances.send(db, "Too slow.", email="", name="", person=ana, provider_email="", now=NOON)
    page = ada_browser.get(at(house, "ana")).text
    for words in ("ana@example.org", "NJ LCSW 44SC1", "Completed", "1 browser", "Accommodation 1", "Grievance 1"):
        assert words in page, words
    assert {staff.at(number), "/admin/requests/accommodation/1", "/admin/requests/grievance/1"} <= set(
        read(ada_browser.get(at(house, "ana"))).links
    )
    assert "Added: NJ LCSW 44SC1" in page


def test_a_name_that_the_office_entered_is_told_from_one_she_attested(house: FastAPI, ada_browser: TestClient) -> None:
    with house.state.wiring.database.write() as db:
        people.enter_legal_name(db, the_cast.join(db, "ana"), "Ana Neill")
        people.attest_legal_name(db, the_cast.join(db, "ben"), "Ben Cho", now=NOON)
    assert "entered by the office" in ada_browser.get(at(house, "ana")).text
    assert "entered by the office" not in ada_browser.get(at(house, "ben")).text, "the control: it is his own word"


def test_each_look_is_written_down_and_told_to_her(house: FastAPI, hers: TestClient, gus_browser: TestClient) -> None:
    assert "opened your record" not in hers.get("/account/looks").text
    gus_browser.get(at(house, "ana"))
    (line,) = lines(house, audit.looks.OPENED)
    assert (line.actor_label, line.subject, line.told["role"]) == (EMAILS["gus"], EMAILS["ana"], "auditor")
    assert "opened your record" in hers.get("/account/looks").text


def test_the_list_leads_to_it(house: FastAPI, hers: TestClient, gus_browser: TestClient) -> None:
    assert hers.get("/account").status_code == 200
    assert at(house, "ana") in read(gus_browser.get("/admin/people")).links


def test_nobody_there_and_somebody_erased_are_answered_alike(
    house: FastAPI, hers: TestClient, ada_browser: TestClient
) -> None:
    place = at(house, "ana")
    assert ada_browser.get(place).status_code == 200, "the control"
    with house.state.wiring.database.write() as db:
        people.forget(db, the_cast.join(db, "ana"))
    for address in (place, "/admin/people/987654", "/admin/people/0", "/admin/people/nobody"):
        assert ada_browser.get(address).status_code == 404, address
    for below, form in ACTS.items():
        assert ada_browser.post(place + below, data=form).status_code == 404, below
    assert hers.get("/").status_code == 200


# --- who may -------------------------------------------------------------------------------------------------------


def test_an_auditor_sees_and_cannot_act(
    house: FastAPI, hers: TestClient, gus_browser: TestClient, ada_browser: TestClient
) -> None:
    place = at(house, "ana")
    assert [one.action for one in read(gus_browser.get(place)).forms if place in one.action] == []
    assert sorted(one.action for one in read(ada_browser.get(place)).forms if place in one.action) == sorted(
        place + below for below in ACTS
    ), "the control: an administrator is offered each of them"
    for below, form in ACTS.items():
        assert gus_browser.post(place + below, data=form).status_code == 403, below
    her = person(house, "ana")
    assert (her.role, her.legal_name, live(house, "ana")) == (Role.LEARNER, None, 1)
    assert staff.letters(house, "ana") == []
    assert hers.get("/account").status_code == 200


@pytest.mark.parametrize("name", ["ben", "ines", "olu"])
def test_nobody_else_gets_in(house: FastAPI, hers: TestClient, sign_in_as: SignIn, name: str) -> None:
    browser, place = sign_in_as(name), at(house, "ana")
    assert browser.get(place).status_code == 403
    assert {browser.post(place + below, data=form).status_code for below, form in ACTS.items()} == {403}
    assert lines(house, audit.looks.OPENED) == []


def test_a_role_takes_a_fresh_proof(
    house: FastAPI, hers: TestClient, ada_browser: TestClient, clock: StillClock
) -> None:
    clock.pass_time(minutes=16)
    for below in ("/role", "/invite"):
        answer = ada_browser.post(at(house, "ana", below), data=ACTS[below])
        assert answer.headers["location"].startswith("/sign-in/prove"), below
    assert person(house, "ana").role == Role.LEARNER


# --- acts ----------------------------------------------------------------------------------------------------------


def test_a_role_counts_from_her_next_request_on(house: FastAPI, hers: TestClient, ada_browser: TestClient) -> None:
    assert hers.get("/author").status_code == 403
    assert ada_browser.post(at(house, "ana", "/role"), data={"role": "instructor"}).status_code == 303
    assert hers.get("/author").status_code == 200
    assert ada_browser.post(at(house, "ana", "/role"), data={"role": "learner"}).status_code == 303
    assert hers.get("/author").status_code == 403
    assert [line.told for line in lines(house, "person.role")] == [
        {"from": "learner", "to": "instructor"},
        {"from": "instructor", "to": "learner"},
    ]


def test_a_role_that_is_none_and_the_one_she_has_change_nothing(
    house: FastAPI, hers: TestClient, ada_browser: TestClient
) -> None:
    refused = ada_browser.post(at(house, "ana", "/role"), data={"role": "queen"})
    assert refused.status_code == 422
    assert "Choose what the account is for" in refused.text
    assert ada_browser.post(at(house, "ana", "/role"), data={"role": "learner"}).status_code == 303
    assert lines(house, "person.role") == []
    assert hers.get("/author").status_code == 403


def test_the_last_administrator_keeps_her_role_until_there_is_another(house: FastAPI, ada_browser: TestClient) -> None:
    refused = ada_browser.post(at(house, "ada", "/role"), data={"role": "learner"})
    assert refused.status_code == 409
    assert "This is the only administrator" in refused.text
    assert person(house, "ada").role == Role.ADMIN
    with house.state.wiring.database.write() as db:
        people.give_role(db, the_cast.join(db, "ben"), Role.ADMIN, by=audit.OPERATOR, now=NOON)
    assert ada_browser.post(at(house, "ada", "/role"), data={"role": "learner"}).status_code == 303
    assert ada_browser.get("/admin").status_code == 403


def test_a_name_is_corrected_with_a_reason_and_not_without(
    house: FastAPI, hers: TestClient, ada_browser: TestClient
) -> None:
    place = at(house, "ana", "/name")
    for form, words in (
        ({"legal_name": "Ana Neill", "reason": " "}, "Say why"),
        ({"legal_name": " ", "reason": "She married."}, "Enter your name"),
        ({"legal_name": "Ana Neill", "reason": "x" * 501}, "at most 500"),
    ):
        refused = ada_browser.post(place, data=form)
        assert refused.status_code == 422, form
        assert words in refused.text
    assert person(house, "ana").legal_name is None
    assert ada_browser.post(place, data=ACTS["/name"]).status_code == 303
    assert person(house, "ana").attested_name == "Ana Neill"
    (line,) = lines(house, "person.legal_name")
    assert (line.actor_label, line.told["reason"]) == (EMAILS["ada"], "She married.")
    assert hers.get("/account").status_code == 200


def test_her_sign_ins_end_and_nobody_elses(
    house: FastAPI, hers: TestClient, his: TestClient, ada_browser: TestClient
) -> None:
    assert ada_browser.post(at(house, "ana", "/end-sign-ins")).status_code == 303
    assert hers.get("/account").status_code == 303
    assert his.get("/account").status_code == 200, "the control: Ben was not meant"
    (line,) = lines(house, "person.signed_out_everywhere")
    assert (line.actor_label, line.subject) == (EMAILS["ada"], EMAILS["ana"])
    assert "signed in nowhere" in ada_browser.get(at(house, "ana")).text


def test_a_learner_is_invited_again_and_the_staff_is_not(
    house: FastAPI, hers: TestClient, ada_browser: TestClient
) -> None:
    assert ada_browser.post(at(house, "ana", "/invite")).status_code == 303
    assert len(staff.letters(house, "ana")) == 1
    assert ada_browser.post(at(house, "ada", "/invite")).status_code == 409
    assert staff.letters(house, "ada") == []
    assert hers.get("/account").status_code == 200
