"""Second looks: what changes whether hours count takes two people, who are two, and decide once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cast import join
from registers import LATER, certify, make_certificates, make_issuer, revoke
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from app import audit
from app.audit import AuditLine
from app.awards import auditing, certificates, erasures, second_looks
from app.awards.certificates import AlreadyReplaced, AlreadyRevoked, Certificate
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.replacements import Changes, ErasedCannotBeReplaced, NoReasonToReplace, NothingToChange
from app.awards.second_looks import AsksAlready, CorrectionRequest, DecidedAlready, NoSuchRequest, SamePerson
from app.kit.database import Database
from app.kit.errors import Invalid, Refusal

HOURS = Changes(credit_hours={"ethics": "0.25"})


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


def ask(
    db: Session, number: str, who: str = "ada", changes: Changes = HOURS, reason: str = "Wrong."
) -> CorrectionRequest:
    certificate = certificates.by_number(db, number)
    return second_looks.ask(db, certificate, changes, reason=reason, by=join(db, who), now=LATER)


def accept(db: Session, request: CorrectionRequest, issuer: Issuer, who: str = "olu") -> Certificate:
    return second_looks.accept(db, request, issuer=issuer, by=join(db, who), now=LATER + timedelta(hours=1))


def decline(db: Session, request: CorrectionRequest, who: str = "olu") -> CorrectionRequest:
    return second_looks.decline(db, request, by=join(db, who), now=LATER + timedelta(hours=1))


# --- asked and decided -------------------------------------------------------------------------------------------


def test_nothing_changes_until_a_second_person_agrees_and_then_it_does_at_once(
    database: Database, issuer: Issuer
) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        request = ask(db, number, reason="  Counted\ntwice. ")
        assert (request.reason, request.wanted, request.decided_at) == ("Counted twice.", HOURS, None)
        assert [(asked.id, one.number) for asked, one in second_looks.all_waiting(db)] == [(request.id, number)]
    with database.read() as db:
        assert certificates.successor(db, certificates.by_number(db, number)) is None
    with database.write() as db:
        new = accept(db, second_looks.of(db, number, request.id), issuer)
        assert (new.facts.credit_hours, new.facts.replaces) == ({"ethics": "0.25"}, number)
        assert second_looks.all_waiting(db) == []
        decided = second_looks.of(db, number, request.id)
        assert (decided.accepted, decided.decided_by) == (True, join(db, "olu").id)
        acts = [line.act for line in audit.of_subject(db, number) if "correct" in line.act]
        assert acts == ["certificate.correction-asked", "certificate.corrected"]
    with database.read() as db:
        assert list(auditing.audit(db, issuer)) == []


def test_what_was_declined_stays_on_record_and_may_be_asked_again(db: Session, issuer: Issuer) -> None:
    number = certify(db, "ana", issuer).number
    request = decline(db, ask(db, number))
    assert (request.accepted, second_looks.waiting(db, certificates.by_number(db, number))) == (False, None)
    assert audit.of_subject(db, number, act="certificate.correction-declined")[0].told == {"request": request.id}
    again = ask(db, number)
    assert again.id != request.id
    assert accept(db, again, issuer).facts.replaces == number


@pytest.mark.parametrize("decide", [accept, decline], ids=["accept", "decline"])
def test_nobody_decides_what_she_asked_for_herself(db: Session, issuer: Issuer, decide: Callable[..., object]) -> None:
    number = certify(db, "ana", issuer).number
    request = ask(db, number, "ada")
    with pytest.raises(SamePerson, match="somebody else"):
        decide(db, request, *([issuer] if decide is accept else []), who="ada")
    assert second_looks.of(db, number, request.id).decided_at is None
    change = "decided_at = asked_at, decided_by = asked_by, accepted = (1 = 1)"
    with pytest.raises(DBAPIError, match="two"), db.begin_nested():
        db.execute(text(f"UPDATE certificate_correction SET {change}"))  # nor does the database let her


def test_what_was_decided_is_decided(db: Session, issuer: Issuer) -> None:
    number = certify(db, "ana", issuer).number
    request = decline(db, ask(db, number))
    for decide in (lambda: accept(db, request, issuer, "ines"), lambda: decline(db, request, "ines")):
        with pytest.raises(DecidedAlready):
            decide()


def test_a_request_is_found_under_its_own_certificate_alone(db: Session, issuer: Issuer) -> None:
    ana, ben = (certify(db, who, issuer).number for who in ("ana", "ben"))
    request = ask(db, ana)
    assert second_looks.of(db, ana, request.id).id == request.id
    for number, wanted in ((ben, request.id), (ana, request.id + 1)):
        with pytest.raises(NoSuchRequest):
            second_looks.of(db, number, wanted)


# --- what is not even asked --------------------------------------------------------------------------------------


def test_what_could_never_be_made_is_not_asked_for(db: Session, issuer: Issuer) -> None:
    number = certify(db, "ana", issuer).number
    for changes, refusal in (
        (Changes(), NothingToChange),
        (Changes(credit_hours={"ethics": "0.5"}), NothingToChange),
        (Changes(credit_hours={"fun": "1"}), Invalid),
        (Changes(completed_at=LATER + timedelta(days=1)), Invalid),
    ):
        with pytest.raises(refusal):
            ask(db, number, changes=changes)
    with pytest.raises(NoReasonToReplace):
        ask(db, number, reason=" ")
    revoked, replaced, erased = (certify(db, who, issuer).number for who in ("ben", "ines", "olu"))
    revoke(db, certificates.by_number(db, revoked), issuer)
    accept(db, ask(db, replaced), issuer)
    erasures.erase(db, certificates.by_number(db, erased), issuer=issuer, by=audit.OPERATOR, now=LATER)
    for one, refusal in ((revoked, AlreadyRevoked), (replaced, AlreadyReplaced), (erased, ErasedCannotBeReplaced)):
        with pytest.raises(refusal):
            ask(db, one, changes=Changes(credit_hours={"ethics": "7"}))
    assert second_looks.all_waiting(db) == []


def test_what_was_revoked_meanwhile_is_not_corrected_and_the_request_stays_open(
    database: Database, issuer: Issuer
) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        request = ask(db, number).id
        revoke(db, certificates.by_number(db, number), issuer)
    with pytest.raises(AlreadyRevoked), database.write() as db:
        accept(db, second_looks.of(db, number, request), issuer)
    with database.write() as db:
        assert second_looks.of(db, number, request).decided_at is None
        decline(db, second_looks.of(db, number, request))


# --- at once -----------------------------------------------------------------------------------------------------


def at_once(callers: int, act: Callable[[int], object]) -> list[object]:
    """Let several act at the same moment; give what each was told, a refusal by its kind."""
    gate = threading.Barrier(callers, timeout=60)

    def call(place: int) -> object:
        gate.wait()
        try:
            return act(place)
        except Refusal as refused:
            return type(refused)

    with ThreadPoolExecutor(callers) as threads:
        return list(threads.map(call, range(callers)))


def test_of_many_who_ask_at_once_one_is_heard_and_the_others_are_told(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        for who in ("ada", "olu", "ines", "ben"):
            join(db, who)

    def act(place: int) -> object:
        with database.write() as db:
            return ask(db, number, ("ada", "olu", "ines", "ben")[place]).id

    told = at_once(4, act)
    assert told.count(AsksAlready) == 3
    with database.read() as db:
        assert len(second_looks.all_waiting(db)) == 1


def test_of_two_who_decide_at_once_one_does(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        request = ask(db, number).id
        join(db, "olu"), join(db, "ines")

    def act(place: int) -> object:
        with database.write() as db:
            asked = second_looks.of(db, number, request)
            return accept(db, asked, issuer, "olu").number if place else decline(db, asked, "ines").id

    told = at_once(2, act)
    assert told.count(DecidedAlready) == 1
    with database.read() as db:
        decided = second_looks.of(db, number, request)
        assert (log.entry(db, "supersede", number) is not None) == decided.accepted
        lines = db.exec(select(AuditLine).where(col(AuditLine.subject) == number)).all()
        assert sum(line.act in {"certificate.correction-declined", "certificate.corrected"} for line in lines) == 1


# --- what the database refuses -----------------------------------------------------------------------------------

REFUSED = {
    "DELETE FROM certificate_correction": "never deleted",
    "UPDATE certificate_correction SET asked_by = asked_by + 1": "rewritten",
    "UPDATE certificate_correction SET asked_at = '2020-01-01 00:00:00'": "rewritten",
    "UPDATE certificate_correction SET changes = '{}'": "rewritten",
    "UPDATE certificate_correction SET reason = 'another'": "rewritten",
    "UPDATE certificate_correction SET accepted = (1 = 1)": "a decision is never changed",
    "UPDATE certificate_correction SET decided_at = NULL, decided_by = NULL, accepted = NULL": "never changed",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_who_asked_for_what_and_who_decided_stands(db: Session, issuer: Issuer, statement: str) -> None:
    decline(db, ask(db, certify(db, "ana", issuer).number))
    with pytest.raises(DBAPIError, match=REFUSED[statement]), db.begin_nested():
        db.execute(text(statement))


def test_what_names_the_holder_can_be_emptied_and_nothing_else(db: Session, issuer: Issuer) -> None:
    certificate = certify(db, "ana", issuer)
    asked = Changes(holder_name="Ana Unmistakable", credit_hours={"ethics": "1"})
    request = ask(db, certificate.number, changes=asked, reason="Ana Unmistakable wrote.")
    second_looks.forget(db, certificate)
    db.flush()
    db.refresh(request)
    assert (request.changes, request.reason, request.wanted) == ("", "", Changes())
    assert (request.asked_at, request.asked_by) == (LATER, join(db, "ada").id)
    assert second_looks.waiting(db, certificate) is not None
    decline(db, request)
