"""One-time links: each signs one person in, once, within a day; the database holds nothing that would."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cast import NOON, join
from conftest import StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.audit import AuditLine
from app.identity import links
from app.identity.links import LinkUsed, OneTimeLink
from app.identity.people import Person
from app.identity.sign_in import Proof
from app.kit.database import Database

SECOND = timedelta(seconds=1)


def test_a_link_gives_the_person_it_was_made_for(db: Session, ana: Person, ben: Person) -> None:
    for person in (ana, ben):
        assert links.use(db, links.make(db, person, now=NOON), now=NOON) == (person, Proof.LINK)


def test_a_link_works_once(db: Session, ana: Person) -> None:
    token = links.make(db, ana, now=NOON)
    links.use(db, token, now=NOON)
    with pytest.raises(LinkUsed):
        links.use(db, token, now=NOON + SECOND)


def test_a_link_works_for_a_day_and_not_a_second_longer(db: Session, ana: Person) -> None:
    in_time, too_late = (links.make(db, ana, now=NOON) for _ in range(2))
    assert links.use(db, in_time, now=NOON + links.LASTS - SECOND) == (ana, Proof.LINK)
    with pytest.raises(LinkUsed):
        links.use(db, too_late, now=NOON + links.LASTS)


def test_using_one_link_leaves_the_others_good(db: Session, ana: Person) -> None:
    first, second = (links.make(db, ana, now=NOON) for _ in range(2))
    assert first != second
    links.use(db, first, now=NOON)
    assert links.use(db, second, now=NOON) == (ana, Proof.LINK)


@pytest.mark.parametrize("token", ["", "a", "' OR 1=1 --", "é" * 43, "\x00", "x" * 10_000])
def test_what_was_never_a_link_opens_nothing(db: Session, ana: Person, token: str) -> None:
    links.make(db, ana, now=NOON)
    with pytest.raises(LinkUsed):
        links.use(db, token, now=NOON)


def test_the_table_holds_no_token(db: Session, ana: Person) -> None:
    token = links.make(db, ana, now=NOON)
    db.flush()
    kept = db.exec(select(OneTimeLink)).one()
    assert token not in kept.model_dump_json()
    assert kept.token_hash == hashlib.sha256(token.encode()).hexdigest()
    with pytest.raises(LinkUsed):
        links.use(db, kept.token_hash, now=NOON)


def test_making_and_using_a_link_is_on_the_record_without_its_token(db: Session, ana: Person) -> None:
    token = links.make(db, ana, now=NOON)
    links.use(db, token, now=NOON)
    db.flush()
    trail = db.exec(select(AuditLine)).all()
    assert [entry.act for entry in trail] == ["person.link_made", "person.signed_in"]
    assert not any(token in repr(entry) for entry in trail)


def test_of_two_who_use_a_link_at_once_one_gets_in(database: Database) -> None:
    with database.write() as db:
        token = links.make(db, join(db, "ana"), now=NOON)

    def enter(_turn: int) -> bool:
        try:
            with database.write() as db:
                links.use(db, token, now=NOON)
        except LinkUsed:
            return False
        return True

    with ThreadPoolExecutor(max_workers=4) as crowd:
        assert sorted(crowd.map(enter, range(4))) == [False, False, False, True]


# --- in a browser ------------------------------------------------------------------------------------------------


@pytest.fixture
def link(house: FastAPI) -> str:
    """The address of a link for Ana."""
    with house.state.wiring.database.write() as db:
        return f"/sign-in/link/{links.make(db, join(db, 'ana'), now=NOON)}"


def test_a_link_signs_the_browser_in_that_opens_it(browser: TestClient, link: str) -> None:
    answer = browser.get(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "ana@example.org" in browser.get("/account").text


def test_a_link_that_was_used_is_gone_and_says_what_to_do(house: FastAPI, browser: TestClient, link: str) -> None:
    browser.get(link)
    browser.cookies.clear()
    answer = browser.get(link)
    assert answer.status_code == 410
    assert "A sign-in link works once, for a day." in answer.text
    assert browser.get("/account").status_code == 303, "nobody is signed in"


def test_a_link_of_yesterday_is_gone(browser: TestClient, link: str, clock: StillClock) -> None:
    clock.pass_time(days=1)
    assert browser.get(link).status_code == 410


def test_a_token_nobody_made_is_gone_in_the_same_words(browser: TestClient, link: str, clock: StillClock) -> None:
    clock.pass_time(days=1)
    old, unknown = browser.get(link), browser.get(f"/sign-in/link/{'x' * 43}")
    assert unknown.status_code == 410
    assert "A sign-in link works once, for a day." in unknown.text
    assert ("person" in old.text) == ("person" in unknown.text)
