"""Accommodations: asked in her words, granted on the record, told by mail, and never rewritten."""

from __future__ import annotations

import json

import pytest
from cast import NOON
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select
from typer.testing import CliRunner

from app import audit
from app.audit import AuditLine
from app.cli import office
from app.cli.commands import app
from app.identity import people, requests
from app.identity.people import NoSuchPerson, Person
from app.identity.requests import MOST_OPEN, NothingAsked, TimeFactor, TooManyAsked
from app.kit.errors import Invalid
from app.kit.mail import Mail
from app.settings import Settings

NEEDS = "I read with a screen reader. Twice the time would let me finish."


def ask(db: Session, person: Person, words: str = NEEDS, to: str = "ce@example.org") -> None:
    requests.ask(db, person, words, provider_email=to, now=NOON)


def grant(db: Session, person: Person, factor: TimeFactor, *, one: bool = False, note: str = "") -> None:
    requests.grant(db, person, factor, one_at_a_time=one, note=note, by=audit.OPERATOR, now=NOON)


@pytest.mark.parametrize(
    ("factor", "limit", "hers"),
    [
        (TimeFactor.USUAL, 60, 60),
        (TimeFactor.QUARTER_MORE, 60, 75),
        (TimeFactor.QUARTER_MORE, 45, 57),  # 56¼: never a minute less than was granted
        (TimeFactor.HALF_MORE, 45, 68),
        (TimeFactor.DOUBLE, 45, 90),
        (TimeFactor.UNTIMED, 45, None),
        (TimeFactor.DOUBLE, None, None),
    ],
)
def test_more_time_is_a_share_of_the_limit_rounded_up(factor: TimeFactor, limit: int | None, hers: int | None) -> None:
    assert factor.of(limit) == hers


def test_a_request_is_kept_in_her_words_and_the_letter_does_not_repeat_them(db: Session, ana: Person) -> None:
    ask(db, ana)
    (kept,) = requests.of(db, ana)
    assert (kept.needs, kept.answered_at) == (NEEDS, None)
    letter = db.exec(select(Mail)).one()
    assert letter.recipient == "ce@example.org"
    assert ana.email in letter.text
    assert "screen reader" not in letter.text + letter.html
    assert "screen reader" not in " ".join(line.detail for line in db.exec(select(AuditLine)))


def test_without_an_address_of_the_provider_the_request_waits_for_the_operator_all_the_same(
    db: Session, ana: Person
) -> None:
    ask(db, ana, to="")
    assert [(person.email, request.needs) for person, request in requests.waiting(db)] == [(ana.email, NEEDS)]


@pytest.mark.parametrize("words", ["", "  \n ", "x" * (requests.LONGEST_REQUEST + 1)])
def test_a_request_says_something_and_ends_somewhere(db: Session, ana: Person, words: str) -> None:
    with pytest.raises(Invalid):
        ask(db, ana, words)


def test_more_requests_wait_until_the_first_are_answered(db: Session, ana: Person) -> None:
    for _ in range(MOST_OPEN):
        ask(db, ana)
    with pytest.raises(TooManyAsked, match="five working days"):
        ask(db, ana)
    grant(db, ana, TimeFactor.DOUBLE)
    ask(db, ana)


def test_a_grant_answers_what_she_asked_and_tells_her(db: Session, ana: Person, ben: Person) -> None:
    ask(db, ana)
    grant(db, ana, TimeFactor.HALF_MORE, one=True, note="Call us if you need more.")
    (request,) = requests.of(db, ana)
    assert request.answered_at == NOON
    assert request.answer == ("Granted: half as much time again, and one question at a time. Call us if you need more.")
    letter = db.exec(select(Mail).where(Mail.recipient == ana.email)).one()
    assert "half as much time again, and one question at a time" in letter.text
    terms = requests.granted(db, ana.id)
    assert terms is not None
    assert (terms.factor, terms.one_at_a_time, terms.granted_by) == (TimeFactor.HALF_MORE, True, "operator")
    assert requests.granted(db, ben.id) is None
    line = db.exec(select(AuditLine).where(AuditLine.act == "accommodation.granted")).one()
    assert (line.subject, json.loads(line.detail)) == (ana.email, {"one_at_a_time": True, "time": "1.5"})


def test_the_newest_grant_holds_and_the_older_ones_stay_on_the_record(db: Session, ana: Person) -> None:
    for factor in (TimeFactor.DOUBLE, TimeFactor.UNTIMED, TimeFactor.USUAL):
        grant(db, ana, factor)
    terms = requests.granted(db, ana.id)
    assert terms is not None
    assert terms.factor is TimeFactor.USUAL
    assert db.execute(text("SELECT count(*) FROM accommodation")).scalar_one() == 3


@pytest.mark.parametrize("act", ["UPDATE accommodation SET time_factor = '1'", "DELETE FROM accommodation"])
def test_the_database_rewrites_no_grant(db: Session, ana: Person, act: str) -> None:
    grant(db, ana, TimeFactor.DOUBLE)
    with pytest.raises(DBAPIError, match="never deleted or rewritten"), db.begin_nested():
        db.execute(text(act))


def test_a_no_has_a_reason_and_answers_a_request(db: Session, ana: Person) -> None:
    with pytest.raises(NothingAsked):
        requests.decline(db, ana, reason="…", by=audit.OPERATOR, now=NOON)
    ask(db, ana)
    with pytest.raises(Invalid):
        requests.decline(db, ana, reason=" ", by=audit.OPERATOR, now=NOON)
    requests.decline(db, ana, reason="This exam has no time limit.", by=audit.OPERATOR, now=NOON)
    assert requests.of(db, ana)[0].answer == "Not granted. This exam has no time limit."
    assert not requests.waiting(db)


def test_the_operator_reads_and_answers_requests(
    settings: Settings, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTINUA_DATA", str(settings.data))
    monkeypatch.setenv("CONTINUA_DATABASE_URL", settings.database)
    monkeypatch.chdir(settings.data)
    run = CliRunner().invoke
    run(app, ["people", "add", "ana@example.org"])
    granted = run(app, ["people", "accommodate", "ana@example.org", "--time", "1.25", "--one-at-a-time"])
    assert granted.output == "ana@example.org: a quarter more time, and one question at a time.\n"
    assert run(app, ["people", "requests"]).output == ""
    assert isinstance(run(app, ["people", "decline", "ana@example.org", "--reason", "…"]).exception, NothingAsked)
    assert isinstance(run(app, ["people", "accommodate", "ben@example.org", "--time", "2"]).exception, NoSuchPerson)
    with pytest.raises(NoSuchPerson):
        people.known(db, "nobody@example.org")


def test_a_request_gives_the_operators_terminal_no_orders() -> None:
    assert office.harmless("More time\x1b]0;owned\x07\r\x9b2J,\nplease") == "More time�]0;owned���2J,\nplease"
