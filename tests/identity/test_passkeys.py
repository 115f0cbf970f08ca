"""Passkeys: what a device signed opens the door; what it did not sign here, now, for us, and verified, does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from cast import NOON
from devices import Phone
from sqlmodel import Session, select

from app.audit import AuditLine
from app.identity import passkeys
from app.identity.passkeys import NoSuchPasskey, Passkey, PasskeyRefused, PasskeysUnusable, TooManyPasskeys
from app.identity.people import Person

SITE = "https://ce.example.org"
LAPTOP = "token-of-the-laptop"


def add(db: Session, person: Person, phone: Phone, *, name: str = "My phone") -> Passkey:
    options = passkeys.options_to_add(db, person, address=SITE, site="House", browser=LAPTOP, now=NOON)
    return passkeys.add(db, person, phone.make(options), name=name, address=SITE, browser=LAPTOP, now=NOON)


def prove(db: Session, phone: Phone, *, after: timedelta = timedelta(0), browser: str = LAPTOP) -> Person:
    options = passkeys.options_to_prove(db, address=SITE, browser=LAPTOP, now=NOON)
    return passkeys.prove(db, phone.prove(options), address=SITE, browser=browser, now=NOON + after)


def test_a_passkey_signs_in_who_added_it_and_nobody_has_to_say_who(db: Session, ana: Person, ben: Person) -> None:
    hers, his = Phone(), Phone()
    add(db, ana, hers)
    add(db, ben, his)
    assert prove(db, hers) == ana
    assert prove(db, his) == ben
    assert [line.act for line in db.exec(select(AuditLine))] == ["person.passkey_added"] * 2


def test_it_can_be_found_by_the_device_alone_and_asks_for_a_finger(db: Session, ana: Person) -> None:
    options = passkeys.options_to_add(db, ana, address=SITE, site="House", browser=LAPTOP, now=NOON)
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    asked = passkeys.options_to_prove(db, address=SITE, browser=LAPTOP, now=NOON)
    assert (asked["userVerification"], asked.get("allowCredentials", [])) == ("required", [])


LIES: dict[str, Callable[[Phone], None]] = {
    "a page of another site": lambda phone: setattr(phone, "origin", "https://ce.example.org.evil.example"),
    "another port": lambda phone: setattr(phone, "origin", "https://ce.example.org:8443"),
    "a key for another site": lambda phone: setattr(phone, "rp_id", "example.org"),
    "nobody touched it": lambda phone: setattr(phone, "verifies", False),
    "another key": lambda phone: setattr(phone, "key", Phone().key),
    "a passkey nobody added": lambda phone: setattr(phone, "credential_id", b"somebody else's"),
}


@pytest.mark.parametrize("lie", list(LIES))
def test_what_was_not_signed_for_us_opens_nothing(db: Session, ana: Person, lie: str) -> None:
    phone = Phone()
    add(db, ana, phone)
    assert prove(db, phone) == ana, "the control"
    LIES[lie](phone)
    with pytest.raises(PasskeyRefused):
        prove(db, phone)


@pytest.mark.parametrize("lie", ["a page of another site", "a key for another site", "nobody touched it"])
def test_what_was_not_made_for_us_is_not_kept(db: Session, ana: Person, lie: str) -> None:
    phone = Phone()
    LIES[lie](phone)
    with pytest.raises(PasskeyRefused):
        add(db, ana, phone)
    assert passkeys.all_of(db, ana) == []


def test_a_passkey_whose_count_does_not_go_up_was_copied_and_opens_nothing(db: Session, ana: Person) -> None:
    phone = Phone()
    add(db, ana, phone)
    prove(db, phone)
    phone.count = 0
    with pytest.raises(PasskeyRefused):
        prove(db, phone)
    phone.count = 5
    assert prove(db, phone) == ana


def test_a_passkey_that_counts_nothing_works_each_time(db: Session, ana: Person) -> None:
    phone = Phone(counts=False)
    add(db, ana, phone)
    assert [prove(db, phone), prove(db, phone)] == [ana, ana]


def test_what_was_signed_once_opens_nothing_again(db: Session, ana: Person) -> None:
    phone = Phone(counts=False)
    add(db, ana, phone)
    signed = phone.prove(passkeys.options_to_prove(db, address=SITE, browser=LAPTOP, now=NOON))
    assert passkeys.prove(db, signed, address=SITE, browser=LAPTOP, now=NOON) == ana
    with pytest.raises(PasskeyRefused):
        passkeys.prove(db, signed, address=SITE, browser=LAPTOP, now=NOON)


def test_a_challenge_is_good_for_five_minutes_and_in_the_browser_that_asked(db: Session, ana: Person) -> None:
    phone = Phone()
    add(db, ana, phone)
    with pytest.raises(PasskeyRefused):
        prove(db, phone, browser="token-of-another")
    with pytest.raises(PasskeyRefused):
        prove(db, phone, after=passkeys.CHALLENGE_LASTS)
    assert prove(db, phone, after=passkeys.CHALLENGE_LASTS - timedelta(seconds=1)) == ana


def test_a_passkey_of_somebody_else_proves_nothing_for_her(db: Session, ana: Person, ben: Person) -> None:
    his = Phone()
    add(db, ben, his)
    options = passkeys.options_to_prove(db, address=SITE, browser=LAPTOP, now=NOON, of=ana)
    with pytest.raises(PasskeyRefused):
        passkeys.prove(db, his.prove(options), address=SITE, browser=LAPTOP, now=NOON, of=ana)


def test_what_was_signed_to_sign_in_adds_no_passkey(db: Session, ana: Person) -> None:
    phone = Phone()
    options = passkeys.options_to_prove(db, address=SITE, browser=LAPTOP, now=NOON)
    made = phone.make({**options, "user": {"id": "YQ"}})
    with pytest.raises(PasskeyRefused):
        passkeys.add(db, ana, made, name="", address=SITE, browser=LAPTOP, now=NOON)


@pytest.mark.parametrize(
    "sent", ["", "{}", "[]", "null", "1", '{"response": {"clientDataJSON": "e30"}}', '{"response": []}', "\0", "é" * 99]
)
def test_what_no_device_says_is_refused_and_is_no_fault(db: Session, ana: Person, sent: str) -> None:
    with pytest.raises(PasskeyRefused):
        passkeys.prove(db, sent, address=SITE, browser=LAPTOP, now=NOON)
    with pytest.raises(PasskeyRefused):
        passkeys.add(db, ana, sent, name="x", address=SITE, browser=LAPTOP, now=NOON)


def test_one_that_was_removed_opens_nothing(db: Session, ana: Person, ben: Person) -> None:
    phone = Phone()
    kept = add(db, ana, phone)
    with pytest.raises(NoSuchPasskey):
        passkeys.of(db, ben, kept.id)
    passkeys.remove(db, ana, passkeys.of(db, ana, kept.id), now=NOON)
    db.flush()
    with pytest.raises(PasskeyRefused):
        prove(db, phone)


def test_a_name_is_one_line_and_never_empty(db: Session, ana: Person) -> None:
    kept = add(db, ana, Phone(), name=" My\tphone \u202e ")
    assert kept.name == "Myphone"
    passkeys.rename(db, kept, "")
    assert kept.name == "Passkey"
    passkeys.rename(db, kept, "x" * 100)
    assert len(kept.name) == passkeys.NAME_LONGEST


def test_there_is_room_for_twenty(db: Session, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "MOST", 2)
    add(db, ana, Phone())
    add(db, ana, Phone())
    with pytest.raises(TooManyPasskeys):
        add(db, ana, Phone())


@pytest.mark.parametrize(
    ("address", "works"),
    [
        (SITE, True),
        ("http://localhost:8000", True),
        ("http://ce.example.org", False),
        ("http://127.0.0.1:8000", False),
        ("https://[::1]", False),
    ],
)
def test_browsers_keep_passkeys_for_names_alone(db: Session, ana: Person, address: str, works: bool) -> None:  # noqa: FBT001
    assert passkeys.usable(address) == works
    if not works:
        with pytest.raises(PasskeysUnusable):
            passkeys.options_to_prove(db, address=address, browser=LAPTOP, now=NOON)
