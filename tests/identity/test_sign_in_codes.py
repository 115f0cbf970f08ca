"""Sign-in codes: short-lived, few tries, one browser, and worth nothing to whoever reads the tables."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from cast import NOON
from conftest import Postbox, StillClock
from sqlalchemy import event, inspect, text
from sqlmodel import Session, col, select

from app.audit import AuditLine
from app.identity import codes, people, sign_in
from app.identity.codes import NO_LIVE_CODE, WRONG, CodeRefused, SignInCode, TooManyCodes
from app.identity.people import NotAnAddress, Person
from app.identity.sign_in import Device, Proof
from app.kit import mail
from app.kit.database import Database
from app.kit.jobs import Worker
from app.kit.mail import Mail

ANA = "ana@example.org"
LAPTOP, PHONE = "token-of-the-laptop", "token-of-the-phone"
CODE, NOT_THE_CODE = "271828", "314159"


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code that is drawn is the same one, so that a test can look for it."""
    monkeypatch.setattr(codes.secrets, "randbelow", lambda _limit: int(CODE))


def ask(db: Session, email: str = ANA, *, browser: str = LAPTOP, now: datetime = NOON) -> None:
    codes.ask_code(db, email, browser=browser, now=now)


def type_in(
    db: Session, code: str = CODE, email: str = ANA, *, browser: str = LAPTOP, now: datetime = NOON
) -> Person | CodeRefused:
    return codes.try_code(db, email, code, browser=browser, now=now)


def live(db: Session) -> list[SignInCode]:
    return list(db.exec(select(SignInCode).where(col(SignInCode.ended_at).is_(None))))


# --- the way in --------------------------------------------------------------------------------------------------


def test_the_code_that_was_sent_signs_her_in_and_says_so_in_the_trail(db: Session) -> None:
    ask(db)
    ana = type_in(db)
    assert isinstance(ana, Person)
    assert ana.email == ANA
    (line,) = db.exec(select(AuditLine)).all()
    assert (line.act, line.subject, line.actor_id) == ("person.signed_in", ANA, ana.id)


@pytest.mark.parametrize("typed", ["271 828", " 271828 ", "271-828", "271828\n"])
def test_a_code_may_be_typed_as_people_type_it(db: Session, typed: str) -> None:
    ask(db)
    assert isinstance(type_in(db, typed), Person)


def test_the_first_sign_in_makes_the_account_and_the_next_one_finds_it(db: Session) -> None:
    ask(db)
    first = type_in(db)
    ask(db, "  ANA@Example.ORG ")
    again = type_in(db, email="Ana@example.org")
    assert isinstance(first, Person)
    assert isinstance(again, Person)
    assert again.id == first.id
    assert again.email == ANA


def test_nobody_has_an_account_because_somebody_asked_for_a_code(db: Session) -> None:
    ask(db)
    type_in(db, NOT_THE_CODE)
    assert people.by_email(db, ANA) is None


def test_a_code_works_once(db: Session) -> None:
    ask(db)
    type_in(db)
    assert type_in(db) == CodeRefused(NO_LIVE_CODE)


# --- ten minutes, five tries, one browser, one code --------------------------------------------------------------


def test_a_code_lasts_ten_minutes_and_not_a_moment_longer(db: Session) -> None:
    ask(db)
    assert type_in(db, now=NOON + timedelta(minutes=10)) == CodeRefused(NO_LIVE_CODE)
    assert isinstance(type_in(db, now=NOON + timedelta(minutes=10, microseconds=-1)), Person)


def test_four_wrong_tries_leave_one(db: Session) -> None:
    ask(db)
    assert [type_in(db, NOT_THE_CODE) for _ in range(4)] == [CodeRefused(WRONG)] * 4
    assert isinstance(type_in(db), Person)


def test_after_five_wrong_tries_the_right_code_opens_nothing(db: Session) -> None:
    ask(db)
    refused = [type_in(db, NOT_THE_CODE) for _ in range(5)]
    assert refused == [CodeRefused(WRONG)] * 4 + [CodeRefused(NO_LIVE_CODE)]
    assert type_in(db) == CodeRefused(NO_LIVE_CODE)


def test_a_blank_is_a_try_like_any_other(db: Session) -> None:
    ask(db)
    for _ in range(5):
        type_in(db, "")
    assert type_in(db) == CodeRefused(NO_LIVE_CODE)


def test_another_browser_cannot_use_a_code_nor_spend_its_tries(db: Session) -> None:
    ask(db)
    assert [type_in(db, browser=PHONE) for _ in range(6)] == [CodeRefused(NO_LIVE_CODE)] * 6
    assert isinstance(type_in(db), Person)


def test_a_code_is_for_one_address(db: Session) -> None:
    ask(db)
    assert type_in(db, email="ben@example.org") == CodeRefused(NO_LIVE_CODE)


def test_the_newest_code_a_browser_asked_for_is_the_only_one_of_it_that_lives(db: Session) -> None:
    ask(db, browser=LAPTOP)
    ask(db, "ANA@example.org", browser=LAPTOP)
    assert len(live(db)) == 1


def test_whoever_asks_for_a_code_elsewhere_ends_none_of_hers(db: Session) -> None:
    ask(db, browser=LAPTOP)
    ask(db, "ANA@example.org", browser=PHONE)
    assert isinstance(type_in(db, browser=LAPTOP), Person)
    assert isinstance(type_in(db, browser=PHONE), Person)


def test_a_code_for_one_address_leaves_the_code_of_another_alive(db: Session) -> None:
    ask(db)
    ask(db, "ben@example.org")
    assert isinstance(type_in(db), Person)


# --- not too often -----------------------------------------------------------------------------------------------


def test_a_sixth_code_within_fifteen_minutes_is_refused_and_the_fifth_still_works(db: Session) -> None:
    for minute in range(5):
        ask(db, now=NOON + timedelta(minutes=minute))
    with pytest.raises(TooManyCodes):
        ask(db, "ANA@EXAMPLE.ORG", browser=PHONE, now=NOON + timedelta(minutes=5))
    assert isinstance(type_in(db, now=NOON + timedelta(minutes=5)), Person)


def test_whoever_uses_up_what_strangers_may_ask_for_keeps_her_from_nothing(db: Session) -> None:
    ana = people.find_or_add(db, ANA, now=NOON)
    sign_in.begin(db, ana, proof=Proof.CODE, now=NOON, device=Device(token=LAPTOP))
    for number in range(5):
        ask(db, browser=f"a stranger's browser {number}")
    with pytest.raises(TooManyCodes):
        ask(db, browser="the control: one stranger more")
    ask(db, browser=LAPTOP)
    assert isinstance(type_in(db, browser=LAPTOP), Person)


def test_a_browser_she_is_known_at_has_its_limit_too(db: Session) -> None:
    ana = people.find_or_add(db, ANA, now=NOON)
    sign_in.begin(db, ana, proof=Proof.CODE, now=NOON, device=Device(token=LAPTOP))
    for _ in range(5):
        ask(db)
    with pytest.raises(TooManyCodes):
        ask(db)


def test_a_code_for_another_purpose_opens_no_door(db: Session) -> None:
    codes.ask_code(db, ANA, browser=LAPTOP, now=NOON, purpose="address:1")
    assert type_in(db) == CodeRefused(NO_LIVE_CODE)
    assert codes.spend(db, ANA, CODE, browser=LAPTOP, now=NOON, purpose="address:1") == ANA


def test_after_fifteen_minutes_a_code_may_be_asked_for_again(db: Session) -> None:
    for _ in range(5):
        ask(db)
    ask(db, now=NOON + codes.WINDOW)


def test_used_codes_count_against_the_window_too(db: Session) -> None:
    for _ in range(5):
        ask(db)
        type_in(db)
    with pytest.raises(TooManyCodes):
        ask(db)


def test_codes_of_no_further_use_are_dropped_and_those_that_count_are_kept(db: Session) -> None:
    ask(db, now=NOON)
    ask(db, "ben@example.org", now=NOON + timedelta(minutes=20))
    codes.purge_codes(db, now=NOON + timedelta(minutes=26))
    assert [code.email for code in db.exec(select(SignInCode))] == ["ben@example.org"]


# --- what is told, and what is kept ------------------------------------------------------------------------------


def _statements_of(db: Session, verb: Callable[[], object]) -> list[str]:
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    engine = db.connection().engine
    event.listen(engine, "before_cursor_execute", listen)
    verb()
    db.flush()
    event.remove(engine, "before_cursor_execute", listen)
    return said


def test_asking_does_the_same_for_an_address_we_know_and_one_we_do_not(db: Session) -> None:
    people.find_or_add(db, ANA, now=NOON)
    known = _statements_of(db, lambda: ask(db, ANA))
    unknown = _statements_of(db, lambda: ask(db, "nobody@example.org"))
    assert known == unknown
    letters = db.exec(select(Mail)).all()
    assert letters[0].text == letters[1].text


def test_control_a_code_that_looked_the_account_up_first_would_be_found(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_as_ever = codes._is_known

    def ask_known_ones(db: Session, email: str, *, browser: str) -> bool:
        return people.by_email(db, email) is not None and ask_as_ever(db, email, browser=browser)

    monkeypatch.setattr(codes, "_is_known", ask_known_ones)
    people.find_or_add(db, ANA, now=NOON)
    known = _statements_of(db, lambda: ask(db, ANA))
    unknown = _statements_of(db, lambda: ask(db, "nobody@example.org"))
    assert known != unknown


def test_a_refused_code_does_the_same_for_an_address_we_know_and_one_we_do_not(db: Session) -> None:
    people.find_or_add(db, ANA, now=NOON)
    ask(db, ANA)
    ask(db, "nobody@example.org")
    known = _statements_of(db, lambda: type_in(db, NOT_THE_CODE, ANA))
    unknown = _statements_of(db, lambda: type_in(db, NOT_THE_CODE, "nobody@example.org"))
    assert known == unknown


def _everything_kept(database: Database) -> dict[str, str]:
    with database.reading.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: repr(connection.execute(text(f"SELECT * FROM {name}")).all()) for name in names}


def test_once_it_is_sent_a_code_stands_nowhere_in_the_tables(
    database: Database, postbox: Postbox, clock: StillClock
) -> None:
    with database.write() as db:
        ask(db)
    before = _everything_kept(database)
    assert [name for name, rows in before.items() if CODE in rows] == ["mail"]
    send = mail.sender(database, postbox, from_address=lambda: "ce@example.org", clock=clock)
    Worker(database, clock, {"mail": send}).run_once()
    assert CODE in postbox.messages[0].as_string()
    assert [name for name, rows in _everything_kept(database).items() if CODE in rows] == []


def test_what_is_kept_of_a_code_is_worth_nothing_without_the_browser_that_asked(db: Session) -> None:
    ask(db, browser=LAPTOP)
    ask(db, browser=PHONE)
    on_laptop, on_phone = (code.code_hash for code in db.exec(select(SignInCode).order_by(col(SignInCode.id))))
    guesses = {hashlib.sha256(guess.encode()).hexdigest() for guess in (CODE, f"{ANA}:{CODE}", f":{ANA}:{CODE}")}
    assert on_laptop != on_phone
    assert guesses.isdisjoint({on_laptop, on_phone})


@pytest.mark.parametrize("typed", ["", "ana", "ana@example", "a b@example.org", "ana@example.org\x00", "x" * 300])
def test_what_cannot_be_an_address_is_told_so_both_when_asking_and_when_typing(db: Session, typed: str) -> None:
    with pytest.raises(NotAnAddress):
        ask(db, typed)
    with pytest.raises(NotAnAddress):
        type_in(db, email=typed)


# --- at the same moment ------------------------------------------------------------------------------------------


def together(database: Database, times: int, act: Callable[[Session], object]) -> list[Any]:
    """Do an act many times at once, each in its own transaction; give what each gave or raised."""
    gate = threading.Barrier(times)

    def one(_turn: int) -> object:
        gate.wait()
        try:
            with database.write() as db:
                return act(db)
        except TooManyCodes as refused:
            return refused

    with ThreadPoolExecutor(times) as acts:
        return list(acts.map(one, range(times)))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One entry for each guess that was compared with a code."""
    looks: list[object] = []
    compare = codes.hmac.compare_digest

    def count(kept: str, given: str) -> bool:
        looks.append(given)
        return compare(kept, given)

    monkeypatch.setattr(codes.hmac, "compare_digest", count)
    return looks


def test_of_twenty_guesses_at_once_five_are_looked_at(database: Database, compared: list[object]) -> None:
    with database.write() as db:
        ask(db)
    told = together(database, 20, lambda db: type_in(db, NOT_THE_CODE))
    assert len(compared) == 5
    assert sorted(one.message for one in told) == sorted([WRONG] * 4 + [NO_LIVE_CODE] * 16)


def test_control_tries_counted_by_reading_and_writing_let_more_guesses_through(
    postgres_database: Database, compared: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_read = threading.Barrier(20)

    def read_then_write(db: Session, _email: str, **_more: object) -> SignInCode | None:
        code = db.exec(select(SignInCode)).one()
        everybody_has_read.wait()
        if code.tries >= codes.TRIES:
            return None
        code.tries += 1
        return code

    monkeypatch.setattr(codes, "_spend_try", read_then_write)
    with postgres_database.write() as db:
        ask(db)
    together(postgres_database, 20, lambda db: type_in(db, NOT_THE_CODE))
    assert len(compared) == 20


def test_of_eight_right_codes_at_once_one_signs_in(database: Database) -> None:
    with database.write() as db:
        ask(db)
    told = together(database, 8, type_in)
    assert sum(isinstance(one, Person) for one in told) == 1


def test_of_twelve_browsers_that_ask_at_once_five_are_answered(database: Database) -> None:
    told = together(database, 12, lambda db: ask(db, browser=sign_in.new_token()))
    assert sum(isinstance(one, TooManyCodes) for one in told) == 12 - codes.CODES_PER_WINDOW
    with database.read() as db:
        assert len(db.exec(select(Mail)).all()) == codes.CODES_PER_WINDOW


def test_control_without_the_address_held_more_codes_are_sent(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_has_counted = threading.Barrier(6)
    monkeypatch.setattr(codes, "_lock_address", lambda _db, _email: None)
    end_codes = codes._end_codes

    def end_together(db: Session, email: str, *, browser: str, now: datetime) -> None:
        end_codes(db, email, browser=browser, now=now)
        everybody_has_counted.wait()

    monkeypatch.setattr(codes, "_end_codes", end_together)
    together(postgres_database, 6, lambda db: ask(db, browser=sign_in.new_token()))
    with postgres_database.read() as db:
        assert len(live(db)) == 6
