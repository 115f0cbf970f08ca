"""Invitations: one letter, one link, once, for seven days, and what the account is for afterwards."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from cast import NOON, join
from sqlmodel import Session, select

from app import audit
from app.identity import invitations, people
from app.identity.invitations import InvitationGone, RoleAlready
from app.identity.people import LastAdmin, Role
from app.kit.mail import Mail

ADDRESS = "https://ce.example.org"


def invite(db: Session, role: Role, email: str = "new@example.org") -> str:
    """Invite somebody; give the token in the letter."""
    invitations.invite(db, email, role, provider="Lakeside", address=ADDRESS, by=audit.OPERATOR, now=NOON)
    letter = db.exec(select(Mail).order_by(Mail.id.desc())).first()  # type: ignore[attr-defined]
    assert letter is not None
    assert letter.recipient == email
    found = re.search(rf"{ADDRESS}/invitation/(\S+)", letter.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("role", list(Role))
def test_the_account_is_for_what_she_was_invited_to_once_she_accepts(db: Session, role: Role) -> None:
    token = invite(db, role)
    assert people.by_email(db, "new@example.org") is None, "nothing happens before"
    assert invitations.accept(db, token, now=NOON).role == role
    with pytest.raises(InvitationGone):
        invitations.accept(db, token, now=NOON)


def test_an_account_that_is_there_is_upgraded(db: Session) -> None:
    ana = join(db, "ana")
    assert invitations.accept(db, invite(db, Role.REVIEWER, ana.email), now=NOON).id == ana.id
    assert ana.role == Role.REVIEWER


def test_an_invitation_to_study_takes_nothing_away(db: Session) -> None:
    ines = join(db, "ines")
    assert invitations.accept(db, invite(db, Role.LEARNER, ines.email), now=NOON).role == Role.INSTRUCTOR


def test_an_invitation_takes_the_house_from_nobody(db: Session) -> None:
    ada = join(db, "ada")
    token = invite(db, Role.AUDITOR, ada.email)
    with pytest.raises(LastAdmin):
        invitations.accept(db, token, now=NOON)


def test_it_lasts_seven_days_and_a_newer_one_takes_its_place(db: Session) -> None:
    older, newer = invite(db, Role.OFFICER), invite(db, Role.OFFICER)
    with pytest.raises(InvitationGone):
        invitations.good(db, older, now=NOON)
    invitations.good(db, newer, now=NOON + timedelta(days=6, hours=23))
    with pytest.raises(InvitationGone):
        invitations.accept(db, newer, now=NOON + timedelta(days=7))


def test_nobody_is_invited_to_what_she_is(db: Session) -> None:
    with pytest.raises(RoleAlready):
        invite(db, Role.ADMIN, join(db, "ada").email)


def test_the_words_of_the_letter_do_not_stay(db: Session) -> None:
    invite(db, Role.ADMIN)
    letter = db.exec(select(Mail)).one()
    assert letter.is_secret, "once it has left, its link is nobody's who reads the outbox"
