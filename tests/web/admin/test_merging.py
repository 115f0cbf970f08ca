"""Two accounts of one person are brought together in the browser: shown first, then merged for good, with a reason."""

from __future__ import annotations

import cast as the_cast
import pytest
import steps
from cast import EMAILS, NOON
from conftest import StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import read
from sqlmodel import select

from app import audit
from app.audit import AuditLine
from app.identity import people
from app.identity.people import Role
from app.learning import enrollments, progress
from app.library import editions

pytest_plugins = ["visitors", "colleagues"]

OLDER = "ana.older@example.org"
WHY = "She called from the number on her license."


@pytest.fixture
def at(house: FastAPI, number: str) -> str:
    """Where the older account of Ana's is merged: Ana herself has a certificate."""
    with house.state.wiring.database.write() as db:
        return f"/admin/people/{people.find_or_add(db, OLDER, now=NOON).id}/merge"


def lines(house: FastAPI) -> list[AuditLine]:
    with house.state.wiring.database.read() as db:
        return list(db.exec(select(AuditLine).where(AuditLine.act == "person.merged")))


def test_nothing_is_done_before_both_were_shown(house: FastAPI, ada_browser: TestClient, at: str) -> None:
    assert "which stays" in ada_browser.get(at).text
    page = ada_browser.get(f"{at}?into={EMAILS['ana']}").text
    for words in (OLDER, EMAILS["ana"], "Certificates", "Nothing takes this back"):
        assert words in page, words
    assert lines(house) == []


def test_both_addresses_lead_to_one_account_and_the_reason_is_on_record(
    house: FastAPI, ada_browser: TestClient, at: str
) -> None:
    answer = ada_browser.post(at, data={"into": EMAILS["ana"], "reason": WHY})
    with house.state.wiring.database.read() as db:
        ana, older = people.known(db, EMAILS["ana"]), people.known(db, OLDER)
    assert ana.id == older.id
    assert answer.headers["location"] == f"/admin/people/{ana.id}"
    assert OLDER in ada_browser.get(answer.headers["location"]).text
    (line,) = lines(house)
    assert line.told["reason"] == WHY
    assert ada_browser.get(at).status_code == 404, "the account that went is in use no more"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"into": EMAILS["ana"], "reason": " "}, "how you know"),
        ({"into": EMAILS["ana"], "reason": "x" * 501}, "at most 500"),
        ({"into": "nobody@example.org", "reason": WHY}, "No account has this address"),
        ({"into": "", "reason": WHY}, "No account has this address"),
        ({"into": OLDER, "reason": WHY}, "the very account"),
    ],
    ids=["no reason", "a long reason", "nobody", "nothing", "itself"],
)
def test_what_cannot_be_merged_says_why_and_keeps_what_was_typed(
    house: FastAPI, ada_browser: TestClient, at: str, sent: dict[str, str], told: str
) -> None:
    answer = ada_browser.post(at, data=sent)
    assert answer.status_code in {409, 422}
    assert told in answer.text
    assert sent["into"] in answer.text
    assert lines(house) == []


def test_an_account_of_the_staff_is_not_merged_away(house: FastAPI, ada_browser: TestClient, at: str) -> None:
    with house.state.wiring.database.write() as db:
        older = people.known(db, OLDER)
        people.give_role(db, older, Role.INSTRUCTOR, by=audit.OPERATOR, now=NOON)
    assert "one of the staff" in ada_browser.get(f"{at}?into={EMAILS['ana']}").text
    assert ada_browser.post(at, data={"into": EMAILS["ana"], "reason": WHY}).status_code == 409
    assert lines(house) == []


def test_a_course_that_both_take_says_which_one_goes_on(house: FastAPI, ada_browser: TestClient, at: str) -> None:
    with house.state.wiring.database.write() as db:
        edition = editions.current(db, steps.CODE)
        enrollments.begin(db, people.known(db, OLDER), edition, now=NOON)
        further = enrollments.begin(db, the_cast.join(db, "ana"), edition, now=NOON)
        progress.mark_done(db, further.id, edition.course.modules[0], now=NOON)
    page = ada_browser.get(f"{at}?into={EMAILS['ana']}").text
    assert f"under {EMAILS['ana']} has got further" in page


def test_a_proof_of_a_moment_ago_is_asked_for(
    house: FastAPI, at: str, ada_browser: TestClient, clock: StillClock
) -> None:
    clock.pass_time(minutes=16)
    answer = ada_browser.post(at, data={"into": EMAILS["ana"], "reason": WHY})
    assert answer.headers["location"].startswith("/sign-in/prove")
    assert lines(house) == []


def test_the_other_way_round_is_one_click_away(ada_browser: TestClient, at: str) -> None:
    links = read(ada_browser.get(f"{at}?into={EMAILS['ana']}")).links
    (other,) = [one for one in links if "into=ana.older%40example.org" in one]
    assert "This one goes" in ada_browser.get(other).text


def test_looks_from_before_the_merge_are_hers_to_see_afterwards(
    house: FastAPI, hers: TestClient, ada_browser: TestClient, at: str
) -> None:
    ada_browser.get(at.removesuffix("/merge"))
    assert hers.get("/account/looks").text.count("opened your record") == 0, "the control: it is another account"
    ada_browser.post(at, data={"into": EMAILS["ana"], "reason": WHY})
    assert hers.get("/account/looks").text.count("opened your record") == 1
