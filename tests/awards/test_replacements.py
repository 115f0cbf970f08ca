"""Replacements: a wrong certificate leads to the right one and back, and of a whole chain of them one counts."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from cast import NOON, join
from hypothesis import given
from hypothesis import strategies as st
from registers import LATER, certify, make_certificates, make_issuer, revoke
from sqlalchemy import text
from sqlmodel import Session, col, select

from app import audit
from app.audit import AuditLine
from app.awards import auditing, certificates, erasures, replacements, standing, transcripts
from app.awards.certificates import AlreadyReplaced, AlreadyRevoked, Certificate
from app.awards.facts import LicenseFacts
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.replacements import Changes, ErasedCannotBeReplaced, NoReasonToReplace, NothingToChange
from app.awards.verdicts import Status
from app.identity.people import Person
from app.kit.database import Database, open_database
from app.kit.errors import Invalid, Refusal

RIGHT_HOURS = Changes(credit_hours={"ethics": "0.25", "clinical": "0.5"})


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


def correct(
    db: Session, number: str, changes: Changes, issuer: Issuer, *, reason: str = "Wrong.", now: datetime = LATER
) -> Certificate:
    found = certificates.by_number(db, number)
    return replacements.correct(db, found, changes, reason=reason, issuer=issuer, by=audit.OPERATOR, now=now)


def reissue(
    db: Session, number: str, issuer: Issuer, *, reason: str = "New keys.", now: datetime = LATER
) -> Certificate:
    found = certificates.by_number(db, number)
    return replacements.reissue(db, found, reason=reason, issuer=issuer, by=audit.OPERATOR, now=now)


# --- what a replacement is ---------------------------------------------------------------------------------------


def test_a_correction_says_what_is_right_and_otherwise_what_was_said(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    changes = Changes(
        "Ana María Example", LicenseFacts("NJ", "LCSW", "44"), NOON - timedelta(days=3), {"clinical": "1"}
    )
    with database.write() as db:
        new = correct(db, number, changes, issuer)
        old, now = certificates.by_number(db, number).facts, new.facts
        assert (now.holder_name, now.license, now.completed_at, now.credit_hours) == (
            changes.holder_name, changes.license, changes.completed_at, changes.credit_hours,
        )  # fmt: skip
        assert (now.number, now.issued_at, now.replaces, now.replaces_why) == (new.number, LATER, number, "corrected")
        assert now.verify_url == issuer.verify_url(new.number)
        for kept in ("course_title", "course_code", "edition", "delivery", "presenters", "began_at", "time_zone"):
            assert getattr(now, kept) == getattr(old, kept)
        assert (new.person_id, new.enrollment_id) == (
            certificates.by_number(db, number).person_id, certificates.by_number(db, number).enrollment_id,
        )  # fmt: skip
        assert old.credit_hours == {"ethics": "0.5"}  # the old one says what it said


def test_each_leads_to_the_other_and_the_register_tells_of_both(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        new = correct(db, number, RIGHT_HOURS, issuer).number
    with database.read() as db:
        old, right = (standing.of(db, certificates.by_number(db, one)) for one in (number, new))
        assert (old.status, old.replaced_by, old.why_replaced) == (Status.SUPERSEDED, new, "corrected")
        assert (right.status, right.replaces, right.why_replaced) == (Status.VALID, number, "corrected")
        told = log.entry(db, "supersede", number)
        assert told is not None
        assert told.said["by"] == new
        assert log.issued(db, new).said["replaces"] == {"number": number, "why": "corrected"}
        assert log.issued(db, new).seq < told.seq
        (line,) = db.exec(select(AuditLine).where(col(AuditLine.act) == "certificate.corrected")).all()
        assert (line.subject, line.told["by"], line.told["changed"]) == (number, new, ["credit_hours"])
        assert list(auditing.audit(db, issuer)) == []


def test_of_a_chain_of_corrections_each_leads_on_and_the_last_one_counts(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    chain = [number]
    for step, hours in enumerate(("1", "2", "3", "2"), start=1):
        with database.write() as db:
            at = NOON + timedelta(hours=step)
            chain.append(correct(db, chain[-1], Changes(credit_hours={"ethics": hours}), issuer, now=at).number)
    with database.write() as db:
        chain.append(reissue(db, chain[-1], issuer).number)
    with database.read() as db:
        person = join_of(db, chain[0])
        hers = certificates.of_person(db, person)
        assert [one.number for one in hers] == [chain[-1]]
        assert transcripts.of("Ana", hers).total_hours == Decimal(2)
        stands = [standing.of(db, certificates.by_number(db, one)) for one in chain]
        assert [one.replaced_by for one in stands] == [*chain[1:], ""]
        assert [one.replaces for one in stands] == ["", *chain[:-1]]
        assert [one.status for one in stands] == [Status.SUPERSEDED] * 5 + [Status.VALID]
        enrolled = certificates.by_number(db, number).enrollment_id
        assert enrolled is not None
        stands_now = certificates.of_enrollment(db, enrolled)
        assert stands_now is not None
        assert stands_now.number == chain[-1]
        assert list(auditing.audit(db, issuer, signatures=True)) == []


def join_of(db: Session, number: str) -> Person:
    return db.get_one(Person, certificates.by_number(db, number).person_id)


def test_a_revoked_correction_does_not_bring_back_what_it_replaced(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        new = correct(db, number, RIGHT_HOURS, issuer)
        revoke(db, new, issuer)
        assert standing.of(db, certificates.by_number(db, number)).status == Status.SUPERSEDED
        hers = certificates.of_person(db, join_of(db, number))
        assert [(one.number, one.revoked_at) for one in hers] == [(new.number, LATER)]
        assert transcripts.of("Ana", hers).total_hours == 0


# --- what is refused ---------------------------------------------------------------------------------------------

UNSOUND = {
    "no name": Changes(holder_name=" \t"),
    "the day after tomorrow": Changes(completed_at=LATER + timedelta(days=1)),
    "no hours at all": Changes(credit_hours={}),
    "hours of an unknown type": Changes(credit_hours={"fun": "1"}),
    "no number": Changes(credit_hours={"ethics": "one"}),
    "nothing": Changes(credit_hours={"ethics": "0"}),
    "less than nothing": Changes(credit_hours={"ethics": "-1"}),
    "more than anybody": Changes(credit_hours={"ethics": "101"}),
    "no finite number": Changes(credit_hours={"ethics": "NaN"}),
    "a number that only programmers read": Changes(credit_hours={"ethics": "1e1"}),
}


@pytest.mark.parametrize("what", UNSOUND)
def test_what_no_certificate_could_say_is_refused_by_its_field(db: Session, issuer: Issuer, what: str) -> None:
    number = certify(db, "ana", issuer).number
    with pytest.raises(Invalid) as refused:
        correct(db, number, UNSOUND[what], issuer)
    assert set(refused.value.fields) <= {"holder_name", "completed_on", "credit_hours"}
    assert log.entry(db, "supersede", number) is None


def test_a_correction_needs_something_to_correct_and_a_reason(db: Session, issuer: Issuer) -> None:
    number = certify(db, "ana", issuer).number
    same = Changes(holder_name=certificates.by_number(db, number).facts.holder_name)
    for changes in (Changes(), same):
        with pytest.raises(NothingToChange):
            correct(db, number, changes, issuer)
    for reason in ("", " \n"):
        with pytest.raises(NoReasonToReplace):
            correct(db, number, RIGHT_HOURS, issuer, reason=reason)
        with pytest.raises(NoReasonToReplace):
            reissue(db, number, issuer, reason=reason)


def test_only_what_stands_is_replaced(db: Session, issuer: Issuer) -> None:
    replaced, revoked, erased = (certify(db, who, issuer).number for who in ("ana", "ben", "ines"))
    new = reissue(db, replaced, issuer).facts.number_in_groups
    revoke(db, certificates.by_number(db, revoked), issuer)
    erasures.erase(db, certificates.by_number(db, erased), issuer=issuer, by=audit.OPERATOR, now=LATER)
    for number, refusal, words in (
        (replaced, AlreadyReplaced, new),
        (revoked, AlreadyRevoked, "revoked before"),
        (erased, ErasedCannotBeReplaced, "erased"),
    ):
        with pytest.raises(refusal, match=words):
            correct(db, number, RIGHT_HOURS, issuer)
        with pytest.raises(refusal, match=words):
            reissue(db, number, issuer)


# --- two at once -------------------------------------------------------------------------------------------------


def race(database: Database, number: str, issuer: Issuer, *, callers: int = 4) -> list[str | type[Refusal]]:
    """Correct a certificate by several at once; give the new numbers, or by what each was refused."""
    gate = threading.Barrier(callers, timeout=60)

    def call(place: int) -> str | type[Refusal]:
        gate.wait()
        try:
            with database.write() as db:
                return correct(db, number, Changes(credit_hours={"ethics": str(place + 1)}), issuer).number
        except Refusal as refused:
            return type(refused)

    with ThreadPoolExecutor(callers) as threads:
        return list(threads.map(call, range(callers)))


def test_of_many_who_correct_one_certificate_at_once_one_does(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    told = race(database, number, issuer)
    assert (len(told), told.count(AlreadyReplaced)) == (4, 3)
    with database.read() as db:
        assert len([one for one in log.of_kind(db, "supersede") if one.subject == number]) == 1
        assert len(certificates.of_person(db, join_of(db, number))) == 1
        assert list(auditing.audit(db, issuer)) == []


def test_without_holding_the_certificate_the_constraint_is_enough(
    postgres_database: Database, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "held", lambda _db, certificate: certificate)
    (number,) = make_certificates(postgres_database, issuer, ["ana"])
    assert sum(isinstance(one, str) for one in race(postgres_database, number, issuer)) == 1
    with postgres_database.read() as db:
        assert list(auditing.audit(db, issuer)) == []


def test_control_without_either_two_certificates_take_the_place_of_one(
    own_postgres_url: str, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(own_postgres_url)
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.writing.begin() as connection:
        connection.execute(text("ALTER TABLE certificate DROP CONSTRAINT uq_certificate_replaces"))
    both_have_looked = threading.Barrier(2, timeout=10)
    look = replacements.assert_replaceable

    def looked(db: Session, certificate: Certificate) -> None:
        look(db, certificate)
        both_have_looked.wait()

    monkeypatch.setattr(certificates, "held", lambda _db, certificate: certificate)
    monkeypatch.setattr(replacements, "assert_replaceable", looked)
    assert sum(isinstance(one, str) for one in race(database, number, issuer, callers=2)) == 2
    with database.read() as db:
        assert list(auditing.audit(db, issuer)) != []  # and even then the audit would say so
    database.close()


# --- what a correction changes -----------------------------------------------------------------------------------

WORDS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=20)
ASKED = st.builds(
    Changes,
    holder_name=st.none() | WORDS,
    license=st.none() | st.builds(LicenseFacts, state=WORDS, type=WORDS, number=WORDS),
    completed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    credit_hours=st.none() | st.dictionaries(WORDS, WORDS, max_size=3),
)


@given(ASKED)
def test_what_somebody_asks_for_is_kept_as_it_was_asked(changes: Changes) -> None:
    assert Changes.from_json(changes.to_json()) == changes


def test_a_second_person_decides_about_dates_and_hours_and_about_nothing_else(db: Session, issuer: Issuer) -> None:
    facts = certify(db, "ana", issuer).facts
    assert RIGHT_HOURS.needs_two(facts)
    assert Changes(completed_at=NOON - timedelta(days=1)).needs_two(facts)
    assert not Changes(holder_name="Another", license=LicenseFacts("NY", "LCSW", "1")).needs_two(facts)
    assert not Changes(completed_at=facts.completed_at, credit_hours=dict(facts.credit_hours)).needs_two(facts)


def test_everybody_who_asks_is_somebody(db: Session, issuer: Issuer) -> None:
    number = certify(db, "ana", issuer).number
    replacements.correct(
        db, certificates.by_number(db, number), RIGHT_HOURS, reason="Wrong.", issuer=issuer,
        by=join(db, "ada").actor, now=LATER,
    )  # fmt: skip
    (line,) = db.exec(select(AuditLine).where(col(AuditLine.act) == "certificate.corrected")).all()
    assert line.actor_id == join(db, "ada").id
