"""The trail: written with the act, by an id and a label that no erasure can reach, and never changed."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from cast import NOON
from sqlmodel import Session, SQLModel, select

from app import audit
from app.audit import HOUSE, OPERATOR, AuditLine
from app.identity.people import Person
from app.kit.database import Database


def test_a_line_says_who_did_what_to_which_record_and_when(db: Session, ana: Person) -> None:
    audit.record(db, actor=ana.actor, act="thing.done", subject="0001", now=NOON, detail={"why": "“so”", "on": NOON})
    line = db.exec(select(AuditLine)).one()
    assert (line.at, line.actor_id, line.actor_label) == (NOON, ana.id, ana.email)
    assert (line.act, line.subject) == ("thing.done", "0001")
    assert json.loads(line.detail) == {"why": "“so”", "on": str(NOON)}


def test_any_fact_can_stand_in_a_line(db: Session) -> None:
    facts = {"hours": Decimal("0.5"), "day": date(2026, 11, 20), "nothing": None, "list": [1, 2]}
    audit.record(db, actor=HOUSE, act="thing.done", subject="x", now=NOON, detail=facts)
    kept = json.loads(db.exec(select(AuditLine)).one().detail)
    assert kept == {"hours": "0.5", "day": "2026-11-20", "nothing": None, "list": [1, 2]}


def test_the_operator_and_the_house_are_nobodys_account(db: Session) -> None:
    for actor in (OPERATOR, HOUSE):
        audit.record(db, actor=actor, act="thing.done", subject="x", now=NOON)
    assert [line.actor_id for line in db.exec(select(AuditLine))] == [None, None]


def test_an_act_that_fails_leaves_no_line(database: Database) -> None:
    with database.write() as db:
        audit.record(db, actor=OPERATOR, act="thing.done", subject="x", now=NOON)
        db.rollback()
    with database.read() as db:
        assert db.exec(select(AuditLine)).first() is None


def test_no_foreign_key_ties_the_trail_to_what_may_be_erased() -> None:
    assert not SQLModel.metadata.tables["audit_line"].foreign_keys
