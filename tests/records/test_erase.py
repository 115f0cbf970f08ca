"""Erasures of accounts: who she was is gone, what boards may ask for is there, and each certificate can be checked."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from canaries import fill, marks, person
from cast import EMAILS, NOON, join
from conftest import Postbox, SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import send
from makers import ISSUER, make_certificate, make_course, make_edition
from sqlalchemy import func, insert, select, text
from sqlmodel import SQLModel, col
from workers import work_off

from app import audit
from app.awards import auditing, certificates, standing
from app.awards.certificates import Certificate
from app.awards.verdicts import Status
from app.identity import licenses
from app.identity.people import Person
from app.kit.database import Database
from app.kit.mail import Mail
from app.records import erase, retention
from app.records.erase import Erasure, NotHerAddress, StillOnStaff
from app.records.holdings import BY_TABLE, Fate
from app.request import Wiring

PLACE = "/account/privacy/erase"
YEARS = 7
# Columns of tables whose rows stay: what they hold is a place, a code, a number, or what the register says.
LEFT = {Fate.APART, Fate.STAYS, Fate.STAFF, Fate.NONE}
EMPTIED = {
    "person": {"email", "email_key", "legal_name", "time_zone"},
    "license_change": {"told"},
    "grievance": {"email", "email_key", "name", "words", "answer"},
    "audit_line": {"actor_label", "detail", "network", "salt", "network_salt"},
}


def where(database: Database, *words: str) -> set[str]:
    """Say in which columns any of these words stands."""
    found = set()
    with database.read() as db:
        for table in SQLModel.metadata.sorted_tables:
            for row in db.execute(select(table)).mappings():
                told = {
                    name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    for name, value in row.items()
                }
                found |= {
                    f"{table.name}.{name}" for name, value in told.items() if any(word in value for word in words)
                }
    return found


# --- every table ---------------------------------------------------------------------------------------------------


@pytest.fixture
def erased(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with a mark of everybody in every column, and Ana's account erased in it."""
    fill(sqlite_database)
    monkeypatch.setattr(erase, "_empty_answers", lambda *_: None)  # marks are no editions: see the tests after
    monkeypatch.setattr(audit.forgetting.writing, "write_waiting", lambda *_: None)
    with sqlite_database.write() as db:
        erase.erase(db, db.get_one(Person, person("ana")), years=YEARS, now=NOON)
    return sqlite_database


def test_no_table_of_the_account_keeps_a_row_or_a_mark_of_hers(erased: Database) -> None:
    marked = where(erased, "CANARY-ana", EMAILS["ana"])
    for table in SQLModel.metadata.sorted_tables:
        fate = BY_TABLE[table.name].fate
        kept = {one for one in marked if one.startswith(f"{table.name}.")}
        if fate == Fate.GOES and table.name != "mail":
            assert kept == set(), table.name
        gone = {f"{table.name}.{column}" for column in EMPTIED.get(table.name, ())}
        assert kept & gone == set(), table.name
        assert fate in LEFT | {Fate.GOES, Fate.EMPTIED}
    assert "mail.recipient" in marked, "the last letter, until it has left"
    assert {"certificate.personal", "enrollment.course_code"} <= marked, "the control: what boards may ask for stays"


def test_nothing_of_anybody_else_is_touched(erased: Database) -> None:
    marked = where(erased, "CANARY-ben")
    wanted = {
        f"{table.name}.{column.name}" for table in SQLModel.metadata.sorted_tables for column, _ in marks("ben", table)
    }
    assert wanted - marked == set()


# --- a person ------------------------------------------------------------------------------------------------------


@pytest.fixture
def wired(house: FastAPI) -> Wiring:
    wiring: Wiring = house.state.wiring
    return wiring


@pytest.fixture
def number(wired: Wiring) -> str:
    """Ana's certificate, with her license on it."""
    with wired.database.write() as db:
        ana = join(db, "ana")
        licenses.confirm(db, ana, ("NY", "LCSW", "081234"), now=NOON)
        return make_certificate(db, ana, edition=make_edition(db, make_course())).number


def erase_hers(client: TestClient, typed: str = EMAILS["ana"]) -> object:
    return send(client, client.get(PLACE), PLACE, email=typed)


def words(answer: object) -> str:
    return " ".join(unescape(answer.text).split())  # type: ignore[attr-defined]


def test_the_page_says_what_goes_and_what_stays_and_asks_for_her_address(
    sign_in_as: SignIn, wired: Wiring, number: str
) -> None:
    hers = sign_in_as("ana")
    page = hers.get(PLACE)
    for told in ("What goes at once", "What stays, and why", "Your 1 certificate", "for 7 years after each course"):
        assert told in words(page), told
    answer = erase_hers(hers, "somebody@example.org")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "Type the e-mail address you sign in with" in words(answer)
    with wired.database.read() as db:
        assert certificates.holder_of(db, certificates.by_number(db, number)) is not None


def test_her_account_is_gone_and_her_certificate_is_checked_as_before(
    sign_in_as: SignIn, wired: Wiring, number: str, browser: TestClient
) -> None:
    hers = sign_in_as("ana")
    before = browser.get(f"/v/{number}.json").json()
    answer = erase_hers(hers, " ANA@example.org ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/erased")  # type: ignore[attr-defined]
    assert "You are signed out everywhere" in words(hers.get("/erased"))
    assert hers.get("/account").status_code in {303, 401}
    after = browser.get(f"/v/{number}.json").json()
    assert after["status"] == before["status"] == "valid"
    assert after["facts"] == before["facts"]
    found = where(wired.database, EMAILS["ana"], "Ana Marie")
    assert {one for one in found if not one.startswith(("mail.", "certificate"))} == set()
    assert where(wired.database, "081234") <= {"certificate.personal", "certificate_document.content"}
    with wired.database.read() as db:
        found = list(auditing.audit(db, wired.issuer))
    assert [one for one in found if "drawing" not in one.where] == []  # a pencil seals nothing


def test_she_gets_a_last_letter_and_its_address_is_forgotten_the_day_after(
    sign_in_as: SignIn, wired: Wiring, number: str, postbox: Postbox, clock: StillClock
) -> None:
    assert number
    erase_hers(sign_in_as("ana"))
    work_off(wired)
    (last,) = [one for one in postbox.messages if one["Subject"] == "Your account was erased"]
    assert last["To"] == EMAILS["ana"]
    assert not [one for one in postbox.messages if "certificate" in one["Subject"]], (
        "older letters do not leave any more"
    )
    clock.pass_time(days=1)
    with wired.database.write() as db:
        retention.enforce(db, issuer=ISSUER, years=YEARS, now=clock())
    assert where(wired.database, EMAILS["ana"]) == set()


def test_she_can_sign_up_anew_and_has_nothing_of_before(sign_in_as: SignIn, wired: Wiring, number: str) -> None:
    erase_hers(sign_in_as("ana"))
    anew = sign_in_as("ana")
    assert number not in anew.get("/account").text
    assert anew.get(f"/certificates/{number}").status_code == 404
    with wired.database.read() as db:
        assert len(db.execute(select(Person)).scalars().all()) == 2


def test_after_the_retention_time_name_and_license_go_and_the_number_stays_valid(
    sign_in_as: SignIn, wired: Wiring, number: str, clock: StillClock, browser: TestClient
) -> None:
    erase_hers(sign_in_as("ana"))
    for days, is_erased in ((7 * 365 - 30, False), (60, True)):
        clock.pass_time(days=days)
        with wired.database.write() as db:
            retention.enforce(db, issuer=ISSUER, years=YEARS, now=clock())
            certificate = certificates.by_number(db, number)
            assert certificate.is_erased == is_erased
            assert standing.of(db, certificate).status == Status.VALID
    assert where(wired.database, "Ana Marie", "081234") == set()
    assert browser.get(f"/v/{number}.json").json()["status"] == "valid"
    with wired.database.read() as db:
        (kept,) = db.execute(select(Erasure)).scalars().all()
        assert kept.purged_at == clock()
        (line,) = audit.of_subject(db, f"person {kept.person_id}", act="person.purged")
        assert line.told == {"certificates": 1}


def test_a_roster_that_names_her_is_emptied_and_another_one_is_not(wired: Wiring) -> None:
    with wired.database.write() as db:
        ana = join(db, "ana")
        for who in ("ANA@example.org", "ben@example.org"):
            row = {
                "file_name": "a.csv",
                "sha256": who,
                "sent_by": "ada",
                "sent_at": NOON,
                "told": f'["{who}"]',
                "counts": "",
            }
            db.execute(insert(SQLModel.metadata.tables["roster"]).values(row))
        erase.erase(db, ana, years=YEARS, now=NOON)
    assert where(wired.database, "ANA@", "ana@") == {"mail.recipient", "roster.sha256"}
    assert where(wired.database, "ben@") == {"roster.told", "roster.sha256"}


def test_the_staff_is_asked_to_hand_over_first(wired: Wiring) -> None:
    with wired.database.write() as db:
        ada = join(db, "ada")
        with pytest.raises(StillOnStaff):
            erase.assert_meant(ada, ada.email)
        with pytest.raises(StillOnStaff):
            erase.erase(db, ada, years=YEARS, now=NOON)


def test_only_her_own_address_confirms(wired: Wiring) -> None:
    with wired.database.write() as db:
        ana = join(db, "ana")
        with pytest.raises(NotHerAddress):
            erase.assert_meant(ana, EMAILS["ben"])
        with pytest.raises(NotHerAddress):
            erase.assert_meant(ana, "")


def test_an_erasure_works_on_both_kinds_of_database(database: Database) -> None:
    with database.write() as db:
        ana = join(db, "ana")
        licenses.confirm(db, ana, ("NY", "LCSW", "081234"), now=NOON)
        number = make_certificate(db, ana, edition=make_edition(db, make_course())).number
    with database.write() as db:
        erase.erase(db, db.execute(select(Person)).scalars().one(), years=YEARS, now=NOON)
    with database.write() as db:
        assert db.execute(select(func.count()).select_from(Mail)).scalar_one() == 1
        assert retention.purge(db, issuer=ISSUER, years=YEARS, now=NOON + timedelta(days=7 * 366)) == 1
    with database.read() as db:
        found = db.execute(select(Certificate).where(col(Certificate.number) == number)).scalars().one()
        assert found.is_erased
        assert db.execute(text("SELECT count(*) FROM license")).scalar_one() == 0
