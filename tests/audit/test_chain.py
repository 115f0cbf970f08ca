"""The trail as a chain: places without gaps, whatever acts at once; and what it forgets in the open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from cast import NOON, join
from makers import ISSUER
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app import audit
from app.audit import HOUSE, OPERATOR, AuditLine
from app.audit.links import BEFORE_THE_FIRST, Link
from app.awards import anchors, keys
from app.awards.register import log
from app.kit.database import Database


def write(database: Database, *subjects: str, network: str | None = None) -> None:
    """Let one act write a line about each of these."""
    with database.write() as db:
        audit.come_from(db, network)
        for subject in subjects:
            audit.record(db, actor=OPERATOR, act="thing.done", subject=subject, now=NOON, detail={"of": subject})


def places(database: Database) -> list[int]:
    with database.read() as db:
        return list(db.exec(select(Link.seq).order_by(Link.seq)))


def found(database: Database) -> list[str]:
    with database.read() as db:
        return [f"{one.seq}: {one.what}" for one in audit.check(db)]


# --- places --------------------------------------------------------------------------------------------------------


def test_each_line_has_its_place_and_hangs_on_the_one_before(database: Database) -> None:
    write(database, "one", "two")
    write(database, "three")
    with database.read() as db:
        links = db.exec(select(Link).order_by(Link.seq)).all()
        lines = db.exec(select(AuditLine).order_by(AuditLine.id)).all()
    assert [one.seq for one in links] == [1, 2, 3]
    assert [one.line for one in links] == [one.id for one in lines]
    assert len({one.hash for one in links} | {BEFORE_THE_FIRST}) == 4
    assert found(database) == []


def test_an_act_that_is_given_up_takes_no_place(database: Database) -> None:
    with database.write() as db:
        audit.record(db, actor=OPERATOR, act="thing.done", subject="never", now=NOON)
        assert len(db.exec(select(AuditLine)).all()) == 1  # it stands there for the act itself
        db.rollback()
    write(database, "one")
    assert places(database) == [1]
    assert found(database) == []


def test_what_is_said_before_a_part_that_is_given_up_stays_said(database: Database) -> None:
    with database.write() as db:
        audit.record(db, actor=OPERATOR, act="thing.done", subject="before", now=NOON)
        part = db.begin_nested()
        audit.record(db, actor=OPERATOR, act="thing.done", subject="within", now=NOON)
        assert len(db.exec(select(AuditLine)).all()) == 2
        part.rollback()
        with db.begin_nested():
            audit.record(db, actor=OPERATOR, act="thing.done", subject="kept", now=NOON)
    with database.read() as db:
        assert [one.subject for one in db.exec(select(AuditLine).order_by(AuditLine.id))] == ["before", "kept"]
    assert found(database) == []


def test_the_trail_takes_its_place_last_so_that_no_two_acts_wait_for_each_other(postgres_database: Database) -> None:
    """Acts that hold the register and acts that do not, in either order, at once: none is refused as a deadlock."""
    with postgres_database.write() as db:
        keys.hand(db, ISSUER, now=NOON)
        person = join(db, "ana").id
    failed: list[BaseException] = []

    def trail_first(db: Session, nth: int) -> None:
        audit.record(db, actor=OPERATOR, act="thing.done", subject=f"first {nth}", now=NOON)
        db.flush()
        log.hold(db)

    def register_first(db: Session, nth: int) -> None:
        log.hold(db)
        audit.record(db, actor=OPERATOR, act="thing.done", subject=f"second {nth}", now=NOON)

    def row_between(db: Session, nth: int) -> None:
        audit.record(db, actor=OPERATOR, act="thing.done", subject=f"third {nth}", now=NOON)
        db.execute(text("UPDATE person SET email = email WHERE id = :id"), {"id": person})

    def act(way: Callable[[Session, int], None]) -> None:
        try:
            for nth in range(15):
                with postgres_database.write() as db:
                    way(db, nth)
        except BaseException as wrong:  # noqa: BLE001 - whatever it is, the test says so
            failed.append(wrong)

    threads = [threading.Thread(target=act, args=(way,)) for way in (trail_first, register_first, row_between) * 2]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    written = places(postgres_database)
    assert written == list(range(1, len(written) + 1))
    assert len(written) >= 90
    assert found(postgres_database) == []


# --- what is forgotten ---------------------------------------------------------------------------------------------


def test_networks_are_forgotten_after_their_time_and_the_chain_stands(database: Database) -> None:
    write(database, "old", network="192.0.2.7")
    later = NOON + audit.NETWORK_KEPT + timedelta(seconds=1)
    with database.write() as db:
        audit.come_from(db, "192.0.2.8")
        audit.record(db, actor=OPERATOR, act="thing.done", subject="new", now=later)
    with database.write() as db:
        assert audit.forget_networks(db, before=later - audit.NETWORK_KEPT, now=later) == 1
    with database.write() as db:
        assert audit.forget_networks(db, before=later - audit.NETWORK_KEPT, now=later) == 0
    with database.read() as db:
        kept = [one.network for one in db.exec(select(AuditLine).order_by(AuditLine.id))]
    assert kept == [None, "192.0.2.8", None]
    assert places(database) == [1, 2, 3]  # that something was forgotten is itself told, once
    assert found(database) == []


def test_a_person_is_forgotten_and_every_place_of_hers_stands(database: Database) -> None:
    with database.write() as db:
        ana, ben = join(db, "ana"), join(db, "ben")
        audit.record(db, actor=ana.actor, act="person.signed_in", subject=ana.email, now=NOON)
        audit.record(db, actor=OPERATOR, act="person.role", subject=ana.email, now=NOON, about=ana.id)
        audit.record(db, actor=ana.actor, act="thing.done", subject="0001", now=NOON, detail={"why": "Ana asked"})
        audit.record(db, actor=ben.actor, act="person.signed_in", subject=ben.email, now=NOON)
    with database.write() as db:
        assert audit.forget_person(db, join(db, "ana").id, by=HOUSE, now=NOON) == 3
    with database.read() as db:
        lines = db.exec(select(AuditLine).order_by(AuditLine.id)).all()
    told = "".join(one.actor_label + one.subject + one.detail for one in lines).lower()
    assert "ana" not in told
    assert "ben@example.org" in told
    assert [one.subject for one in lines[:3]] == ["", "", "0001"]
    assert found(database) == []


# --- what the database refuses -------------------------------------------------------------------------------------

REFUSED = (
    "UPDATE audit_link SET hash = told",
    "DELETE FROM audit_link",
    "DELETE FROM audit_line",
    "UPDATE audit_line SET act = 'nothing'",
    "UPDATE audit_line SET detail = 'other'",
    "UPDATE audit_line SET salt = NULL, actor_label = 'somebody else', subject = '', detail = '{}'",
    "UPDATE audit_line SET network = '198.51.100.1'",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_lets_nothing_be_changed(database: Database, statement: str) -> None:
    write(database, "one", network="192.0.2.7")
    with pytest.raises(DBAPIError, match="never deleted"), database.writing.begin() as connection:
        connection.execute(text(statement))


def test_control_it_lets_be_erased_what_may_be(database: Database) -> None:
    write(database, "one", network="192.0.2.7")
    erase = "UPDATE audit_line SET salt = NULL, actor_label = '', subject = '', detail = '{}', network = NULL"
    with database.writing.begin() as connection:
        assert connection.execute(text(f"{erase}, network_salt = NULL")).rowcount == 1


# --- the anchor in the register ------------------------------------------------------------------------------------


def test_the_register_says_each_day_how_the_trail_stands_and_says_it_once(database: Database) -> None:
    with database.write() as db:
        keys.hand(db, ISSUER, now=NOON)
        audit.record(db, actor=OPERATOR, act="thing.done", subject="one", now=NOON)
    with database.write() as db:
        entry = anchors.anchor(db, ISSUER, now=NOON)
        assert entry is not None
        assert entry.said["size"] == audit.head(db)[0]
        assert anchors.anchor(db, ISSUER, now=NOON) is None
    with database.read() as db:
        assert list(anchors.broken(db)) == []
