"""People: one account however her address is spelled; a legal name that is set once and can be printed."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses

import pytest
from cast import NOON, join
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app import audit
from app.audit import AuditLine
from app.identity import people
from app.identity.people import NotAnAddress, Person, Role
from app.kit.database import Database
from app.kit.errors import Invalid

# --- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["ana@example.org", "ANA@EXAMPLE.ORG", " Ana@Example.org\n", "ａｎａ@example.org"])
def test_two_spellings_of_an_address_meet_in_one_account(db: Session, typed: str) -> None:
    ana = people.find_or_add(db, "ana@example.org", now=NOON)
    again = people.find_or_add(db, typed, now=NOON)
    found = people.by_email(db, typed)
    assert again.id == ana.id
    assert found is not None
    assert found.id == ana.id


def test_an_account_keeps_its_address_as_it_was_first_typed(db: Session) -> None:
    assert people.find_or_add(db, "Ana@Example.org", now=NOON).email == "Ana@Example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "ana+ce@example.org",
        "o_neill-99@mail.example.co.uk",
        "a@b.co",
        "x!#$%&*/=?^`{|}~@example.org",
        "A" * 64 + "@b.co",
    ],
)
def test_an_address_that_mail_reaches_is_accepted(typed: str) -> None:
    assert people.address(f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ana",
        "@example.org",
        "ana@",
        "ana@example",
        "ana@example.o",
        "ana@@example.org",
        "ana@ben@example.org",
        "ana @example.org",
        "ana@example..org",
        ".ana@example.org",
        "ana.@example.org",
        "a..na@example.org",
        "ana@-example.org",
        "ana@[127.0.0.1]",
        "ana@127.0.0.1",
        "Ana <ana@example.org>",
        "ana@example.org, ben@example.org",
        "ana(x)@example.org",
        '"ana"@example.org',
        "ana@example.org\r\nBcc: ben@example.org",
        "an\x00a@example.org",
        "an\u200ba@example.org",
        "an\ud800a@example.org",
        "a" * 65 + "@example.org",
        "ana@" + "a" * 64 + ".org",
        "ana@" + "example." * 40 + "org",
    ],
)
def test_what_mail_would_not_reach_is_refused_under_its_field(typed: str) -> None:
    with pytest.raises(NotAnAddress) as refused:
        people.address(typed)
    assert set(refused.value.fields) == {"email"}


def test_addresses_that_mail_tells_apart_never_meet_in_one_account() -> None:
    """Whoever owns straße.de must not be sent a code that opens the account of somebody at strasse.de."""
    assert people.key("ana@straße.example") == people.key("ana@strasse.example")
    with pytest.raises(NotAnAddress):
        people.address("ana@straße.example")


LETTERS = "aZ09.-_+!%`" * 4 + "@()<>[]\"',;:\\ \t\r\n\x00éßＡ"  # mostly what an address may hold


@settings(max_examples=200)
@given(
    st.builds("{}@{}.org".format, st.text(LETTERS, min_size=1, max_size=20), st.text("aZ09.-", min_size=1, max_size=20))
)
def test_a_letter_to_an_accepted_address_goes_to_that_address_and_no_other(typed: str) -> None:
    try:
        address = people.address(typed)
    except NotAnAddress:
        return
    message = EmailMessage(policy=SMTP)
    message["To"] = address
    assert getaddresses([str(message["To"])]) == [("", address)]
    assert f"To: {address}".encode() in message.as_bytes().replace(b"\r\n ", b" ")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_address_or_is_told_so(typed: str) -> None:
    try:
        assert people.key(people.address(typed)) == people.key(typed)
    except NotAnAddress:
        return


def test_of_eight_first_sign_ins_at_once_one_makes_the_account(database: Database) -> None:
    def enter(_turn: int) -> int:
        with database.write() as db:
            return people.find_or_add(db, "ana@example.org", now=NOON).id

    with ThreadPoolExecutor(8) as acts:
        assert len(set(acts.map(enter, range(8)))) == 1


# --- legal names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ana   Marie\tO’Neill ", "Ana Marie O’Neill"),
        ("Łukasz Żółć", "Łukasz Żółć"),
        ("Nguye\u0302\u0303n Thi\u0323", "Nguyễn Thị"),
        ("毛泽 女士", "毛泽 女士"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("O'Brien-Smith, Jr.", "O'Brien-Smith, Jr."),
        ("<b>Ana</b>", "<b>Ana</b>"),
        ("J. R.", "J. R."),
    ],
)
def test_a_name_is_kept_as_it_is_written_in_any_script(typed: str, name: str) -> None:
    assert people.legal_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["", " \t ", "A\x00na", "A\u202ena", "Ana\u2066", "Ana\ud800", "Ana\ue000", "\u200d", "\u200b\u200b", "…", "123"],
)
def test_a_name_that_cannot_be_printed_or_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        people.legal_name(typed)
    assert set(refused.value.fields) == {"legal_name"}


def test_a_name_has_at_most_120_letters() -> None:
    assert people.legal_name("x" * 120)
    with pytest.raises(Invalid, match="another look"):
        people.legal_name("x" * 121)


def test_a_legal_name_is_set_once_with_the_time_it_was_attested_and_on_the_record(db: Session, ana: Person) -> None:
    people.attest_legal_name(db, ana, "Ana Marie O’Neill", now=NOON)
    people.attest_legal_name(db, ana, "Somebody Else", now=NOON + timedelta(hours=1))
    assert (ana.legal_name, ana.legal_name_attested_at) == ("Ana Marie O’Neill", NOON)
    (line,) = db.exec(select(AuditLine).where(AuditLine.act == "person.legal_name")).all()
    assert json.loads(line.detail) == {"name": "Ana Marie O’Neill"}


def test_of_two_names_attested_at_once_the_first_stands(postgres_database: Database) -> None:
    """Two tabs, two names: each act has read the account before either has written. SQLite's writers take turns."""
    with postgres_database.write() as db:
        ana_id = join(db, "ana").id
    both_have_read = threading.Barrier(2)

    def attest(name: str) -> None:
        with postgres_database.write() as db:
            ana = db.get_one(Person, ana_id)
            assert ana.legal_name is None
            both_have_read.wait()
            people.attest_legal_name(db, ana, name, now=NOON)

    with ThreadPoolExecutor(2) as acts:
        list(acts.map(attest, ["Ana O’Neill", "Anna O’Neil"]))
    with postgres_database.read() as db:
        (line,) = db.exec(select(AuditLine).where(AuditLine.act == "person.legal_name")).all()
        assert json.loads(line.detail) == {"name": db.get_one(Person, ana_id).legal_name}


# --- roles and zones ---------------------------------------------------------------------------------------------


def test_a_new_account_is_a_learners(db: Session) -> None:
    assert people.find_or_add(db, "ana@example.org", now=NOON).role == Role.LEARNER


def test_a_role_is_given_on_the_record(db: Session, ana: Person) -> None:
    people.give_role(db, ana, Role.OFFICER, by=audit.OPERATOR, now=NOON)
    (line,) = db.exec(select(AuditLine).where(AuditLine.act == "person.role")).all()
    assert ana.role == Role.OFFICER
    assert (line.actor_label, line.subject) == ("operator", ana.email)
    assert json.loads(line.detail) == {"from": "learner", "to": "officer"}


def test_a_person_is_called_by_her_name_once_it_is_known(ana: Person) -> None:
    assert ana.label == "ana@example.org"
    ana.legal_name = "Ana Marie O’Neill"
    assert ana.label == "Ana Marie O’Neill"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "EST", "../etc/passwd", "america/new_york"])
def test_a_time_zone_that_is_not_on_the_list_is_refused(db: Session, ana: Person, zone: str) -> None:
    with pytest.raises(Invalid):
        people.choose_time_zone(db, ana, zone)
    assert ana.time_zone is None


@pytest.mark.parametrize(
    "other", ["ana+ce@example.org", "a.na@example.org", "ana@mail.example.org", "anna@example.org"]
)
def test_what_may_be_another_mailbox_is_another_person(other: str) -> None:
    """Where dots and what follows a plus do not count is each mail server's own affair: nobody else may guess at it."""
    assert people.key(other) != people.key("ana@example.org")
    assert people.key(" ANA@Example.ORG ") == people.key("ana@example.org"), "the control: case and spaces do not count"
