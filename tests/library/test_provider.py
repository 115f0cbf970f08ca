"""The provider: one, named by the operator on the record, and a stand-in before that."""

from __future__ import annotations

import json

import pytest
from cast import NOON
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app import audit
from app.audit import AuditLine
from app.library import provider
from app.library.provider import DEMONSTRATION_NAME, NoSuchField, Provider


def change(db: Session, **values: str) -> Provider:
    changed = provider.change(db, values, by=audit.OPERATOR, now=NOON)
    db.flush()
    return changed


def test_before_one_is_named_a_stand_in_says_that_it_is_one(db: Session) -> None:
    stand_in = provider.current(db)
    assert stand_in.name == DEMONSTRATION_NAME
    assert not stand_in.is_named


def test_a_provider_is_named_once_its_name_and_its_signer_are(db: Session) -> None:
    assert not change(db, name="Lakeside Institute").is_named
    assert change(db, signer_name="Pat Doe").is_named
    assert not change(db, signer_name=" ").is_named


def test_what_is_set_is_kept_and_what_is_not_stays(db: Session) -> None:
    change(db, name="  Lakeside Institute ", phone="555-0100")
    change(db, phone="555-0199")
    db.expire_all()
    kept = provider.current(db)
    assert (kept.name, kept.phone, kept.changed_at) == ("Lakeside Institute", "555-0199", NOON)


def test_a_change_stands_in_the_trail_with_what_was_before(db: Session) -> None:
    change(db, phone="555-0100")
    change(db, phone="555-0199")
    *_, line = db.exec(select(AuditLine).order_by(AuditLine.id)).all()
    assert (line.act, line.actor_label) == ("provider.changed", "operator")
    assert json.loads(line.detail) == {"before": {"phone": "555-0100"}, "after": {"phone": "555-0199"}}


@pytest.mark.parametrize("name", ["id", "changed_at", "colour", ""])
def test_a_field_the_provider_does_not_have_is_refused_with_those_it_has(db: Session, name: str) -> None:
    with pytest.raises(NoSuchField, match="signer_title"):
        change(db, **{name: "x"})


def test_there_is_one_provider(db: Session) -> None:
    db.add(Provider(id=2))
    with pytest.raises(IntegrityError, match="only_one"):
        db.flush()
