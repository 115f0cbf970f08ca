"""The first administrator: one live link, once, for a day, and only while there is none."""

from __future__ import annotations

from datetime import timedelta

import cast as the_cast
import pytest
from cast import NOON
from sqlmodel import Session

from app.identity import first_run
from app.identity.first_run import FirstLinkGone
from app.identity.people import Person, Role
from app.kit.errors import Invalid


def become(db: Session, token: str, **more: str) -> Person:
    asked = {"email": "maria@example.org", "name": "Maria Ortiz"} | more
    return first_run.become_admin(db, token, **asked, now=NOON)


def link(db: Session) -> str:
    token = first_run.link(db, now=NOON)
    assert token is not None
    return token


def test_whoever_holds_the_link_becomes_the_administrator_once(db: Session) -> None:
    token = link(db)
    maria = become(db, token)
    assert (maria.role, maria.legal_name) == (Role.ADMIN, "Maria Ortiz")
    with pytest.raises(FirstLinkGone):
        become(db, token, email="other@example.org")


def test_only_the_newest_link_works(db: Session) -> None:
    older, newer = link(db), link(db)
    with pytest.raises(FirstLinkGone):
        become(db, older)
    assert become(db, newer).role == Role.ADMIN


def test_a_link_lasts_a_day(db: Session) -> None:
    token = link(db)
    first_run.check(db, token, now=NOON + timedelta(hours=23))
    with pytest.raises(FirstLinkGone):
        first_run.check(db, token, now=NOON + timedelta(days=1))


def test_a_house_with_an_administrator_makes_no_link_and_honors_none(db: Session) -> None:
    token = link(db)
    the_cast.join(db, "ada")
    assert first_run.link(db, now=NOON) is None
    with pytest.raises(FirstLinkGone):
        become(db, token)


def test_what_was_mistyped_uses_nothing_up(db: Session) -> None:
    token = link(db)
    with pytest.raises(Invalid):
        become(db, token, email="maria")
    with pytest.raises(Invalid):
        become(db, token, name=" ")
    assert become(db, token).role == Role.ADMIN


def test_a_made_up_link_is_none(db: Session) -> None:
    link(db)
    with pytest.raises(FirstLinkGone):
        become(db, "made-up")
