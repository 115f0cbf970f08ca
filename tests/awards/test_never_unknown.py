"""No sequence of acts ever makes an issued number unknown: its page is there, and says how the certificate stands.

Acts are whatever somebody may do through the house, and whatever somebody with the database in hand may try to delete
or rewrite: courses, people, enrollments, the certificate itself.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import cast as the_cast
import hypothesis
import pytest
from cast import NOON
from conftest import PUBLIC
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from makers import ISSUER, make_certificate, make_course, make_edition
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app import audit
from app.audit import AuditLine
from app.awards import certificates, erasures, replacements, second_looks, standing
from app.awards.certificates import Certificate
from app.awards.facts import LicenseFacts
from app.awards.replacements import Changes
from app.awards.verdicts import REASONS, Status
from app.identity import people
from app.kit.database import Database
from app.kit.errors import Refusal
from app.learning import enrollments
from app.library import publication
from app.records import erase, merge, retention
from app.records.erase import Erasure
from app.request import Wiring
from app.settings import Settings

EXAMPLES, STEPS = 8, 20
WANTED = (
    Changes(holder_name="Ana María O’Neill"),
    Changes(license=LicenseFacts("NJ", "LSW", "77-100")),
    Changes(completed_at=NOON - timedelta(days=2)),
    Changes(credit_hours={"ethics": "1", "general": "0.5"}),
)
# What somebody may try with the database in hand. Some of it is refused by a trigger, some by a key; some goes through.
ATTEMPTS = (
    "DELETE FROM certificate WHERE id = :id",
    "DELETE FROM certificate",
    "UPDATE certificate SET number = '00000000000000000000' WHERE id = :id",
    "UPDATE certificate SET statement = '{}' WHERE id = :id",
    "UPDATE certificate SET revoked_at = NULL, revocation_reason = NULL WHERE id = :id",
    "UPDATE certificate SET replaces = NULL, replaces_why = NULL WHERE id = :id",
    "DELETE FROM enrollment WHERE id = (SELECT enrollment_id FROM certificate WHERE id = :id)",
    "DELETE FROM person WHERE id = (SELECT person_id FROM certificate WHERE id = :id)",
    "DELETE FROM edition WHERE id = (SELECT edition_id FROM certificate WHERE id = :id)",
    "DELETE FROM offering",
    "DELETE FROM attempt",
    "DELETE FROM evaluation",
    "DELETE FROM license",
    "DELETE FROM certificate_correction",
    "DELETE FROM certificate_document",
    "DELETE FROM register_entry",
    "UPDATE register_entry SET kind = 'gap'",
    "DELETE FROM audit_line",
)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of a house with a public address, on either kind of database."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data=tmp_path,
        database_url=database_url,
        public_url=PUBLIC,
        smtp_url="smtp://127.0.0.1:9",
        courses=tmp_path / "courses",
    )


@pytest.fixture
def wiring(house: FastAPI) -> Wiring:
    wired: Wiring = house.state.wiring
    return wired


def certify(db: Session, nth: int, *, now: datetime) -> str:
    """Let somebody complete a course of her own; give the number."""
    person = people.find_or_add(db, f"learner-{nth}@example.org", now=now)
    edition = make_edition(db, make_course(f"course-{nth}"), now=now)
    return make_certificate(db, person, edition=edition, name=f"Learner {nth}", now=now).number


def unknown(wired: Wiring, numbers: list[str]) -> list[str]:
    """Give the numbers of which the house does not say any more how they stand."""
    return [number for number in numbers if wired.checks.number(number).status == Status.UNKNOWN]


def pages_gone(house: FastAPI, numbers: list[str]) -> list[str]:
    """Give the numbers whose page is not there any more."""
    browser = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    answers = {number: browser.get(f"/v/{number}.json") for number in numbers}
    return [
        number
        for number, answer in answers.items()
        if answer.status_code != 200 or answer.json()["status"] == "unknown"
    ]


class Acts(RuleBasedStateMachine):
    """A house in which certificates are issued, and everything is done to them that can be done or tried."""

    house: FastAPI
    issued: list[str]  # every number there ever was, in all runs over one database

    def __init__(self) -> None:
        super().__init__()
        self.wired: Wiring = self.house.state.wiring
        self.database: Database = self.wired.database
        self.now = NOON

    def act(self, what: Callable[[Session], object]) -> None:
        """Do something; a refusal is an answer as well."""
        self.now += timedelta(minutes=1)
        with suppress(Refusal), self.database.write() as db:
            what(db)
        with self.database.read() as db:
            found = db.exec(select(Certificate.number)).all()
        self.issued.extend(number for number in found if number not in self.issued)

    def one(self, draw: st.DataObject) -> str:
        return draw.draw(st.sampled_from(self.issued))

    @rule()
    def issue(self) -> None:
        self.act(lambda db: certify(db, len(self.issued), now=self.now))

    @precondition(lambda self: self.issued)
    @rule(draw=st.data(), why=st.sampled_from(sorted(REASONS)))
    def revoke(self, draw: st.DataObject, why: str) -> None:
        number = self.one(draw)
        self.act(
            lambda db: certificates.revoke(
                db,
                certificates.by_number(db, number),
                why=why,
                reason="A reason.",
                issuer=ISSUER,
                by=audit.OPERATOR,
                now=self.now,
            )
        )

    @precondition(lambda self: self.issued)
    @rule(draw=st.data(), changes=st.sampled_from(WANTED))
    def correct(self, draw: st.DataObject, changes: Changes) -> None:
        number = self.one(draw)
        self.act(
            lambda db: replacements.correct(
                db,
                certificates.by_number(db, number),
                changes,
                reason="A reason.",
                issuer=ISSUER,
                by=audit.OPERATOR,
                now=self.now,
            )
        )

    @precondition(lambda self: self.issued)
    @rule(draw=st.data())
    def reissue(self, draw: st.DataObject) -> None:
        number = self.one(draw)
        self.act(
            lambda db: replacements.reissue(
                db,
                certificates.by_number(db, number),
                reason="A reason.",
                issuer=ISSUER,
                by=audit.OPERATOR,
                now=self.now,
            )
        )

    @precondition(lambda self: self.issued)
    @rule(draw=st.data())
    def erase(self, draw: st.DataObject) -> None:
        number = self.one(draw)
        self.act(
            lambda db: erasures.erase(
                db, certificates.by_number(db, number), issuer=ISSUER, by=audit.OPERATOR, now=self.now
            )
        )

    @precondition(lambda self: self.issued)
    @rule(draw=st.data())
    def erase_the_account(self, draw: st.DataObject) -> None:
        number = self.one(draw)

        def gone(db: Session) -> None:
            holder = certificates.holder_of(db, certificates.by_number(db, number))
            if holder is not None:
                erase.erase(db, holder, years=7, now=self.now)

        self.act(gone)

    @precondition(lambda self: self.issued)
    @rule(draw=st.data())
    def merge_the_account(self, draw: st.DataObject) -> None:
        number, into = self.one(draw), self.one(draw)

        def merged(db: Session) -> None:
            goes, stays = (certificates.holder_of(db, certificates.by_number(db, one)) for one in (number, into))
            if goes is not None and stays is not None:
                merge.merge(db, goes, stays, reason="A reason.", by=audit.OPERATOR, now=self.now)

        self.act(merged)

    @precondition(lambda self: self.issued)
    @rule(draw=st.data(), name=st.sampled_from(["Ana María O’Neill", "李雷", "Learner Renamed"]))
    def change_the_name(self, draw: st.DataObject, name: str) -> None:
        number = self.one(draw)

        def renamed(db: Session) -> None:
            if holder := certificates.holder_of(db, certificates.by_number(db, number)):
                people.correct_legal_name(db, holder, name, reason="A reason.", by=audit.OPERATOR, now=self.now)

        self.act(renamed)

    @rule()
    def end_what_was_kept_for_its_time(self) -> None:
        self.act(lambda db: retention.purge(db, issuer=ISSUER, years=1, now=self.now + timedelta(days=400)))

    @precondition(lambda self: self.issued)
    @rule(draw=st.data(), changes=st.sampled_from(WANTED), how=st.sampled_from(["accept", "decline", "wait"]))
    def ask_two(self, draw: st.DataObject, changes: Changes, how: str) -> None:
        number = self.one(draw)

        def asked(db: Session) -> None:
            ada, ines = the_cast.join(db, "ada"), the_cast.join(db, "ines")
            found = certificates.by_number(db, number)
            request = second_looks.ask(db, found, changes, reason="A reason.", by=ada, now=self.now)
            if how == "accept":
                second_looks.accept(db, request, issuer=ISSUER, by=ines, now=self.now)
            elif how == "decline":
                second_looks.decline(db, request, by=ines, now=self.now)

        self.act(asked)

    @precondition(lambda self: self.issued)
    @rule(draw=st.data())
    def retire_the_course(self, draw: st.DataObject) -> None:
        number = self.one(draw)

        def retire(db: Session) -> None:
            code = certificates.by_number(db, number).facts.course_code
            publication.retire(db, code, by=audit.OPERATOR, reason="A reason.", now=self.now)

        self.act(retire)

    @rule()
    def tidy_up(self) -> None:
        self.act(lambda db: enrollments.purge_readers(db, now=self.now + timedelta(days=400)))

    @precondition(lambda self: self.issued)
    @rule(draw=st.data(), attempt=st.sampled_from(ATTEMPTS))
    def try_with_the_database_in_hand(self, draw: st.DataObject, attempt: str) -> None:
        number = self.one(draw)
        with suppress(DBAPIError), self.database.write() as db:
            found = certificates.by_number(db, number)
            db.execute(text(attempt), {"id": found.id} if ":id" in attempt else {})

    @invariant()
    def every_number_has_a_standing(self) -> None:
        with self.database.read() as db:
            for number in self.issued:
                assert standing.of(db, certificates.by_number(db, number)).status != Status.UNKNOWN

    def teardown(self) -> None:
        newest = self.issued[-8:]
        assert unknown(self.wired, newest) == pages_gone(self.house, newest) == []


def test_no_sequence_of_acts_makes_an_issued_number_unknown(house: FastAPI) -> None:
    machine = type("ActsHere", (Acts,), {"house": house, "issued": []})
    settings = hypothesis.settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        suppress_health_check=list(hypothesis.HealthCheck),
        database=None,
        derandomize=True,
    )
    run_state_machine_as_test(machine, settings=settings)
    wired: Wiring = house.state.wiring
    assert pages_gone(house, machine.issued) == []
    with wired.database.read() as db:
        rows = db.exec(select(Certificate)).all()
        stands = {standing.of(db, one).status for one in rows}
    assert {one.number for one in rows} == set(machine.issued), "every one of them was looked at"
    assert stands == {Status.VALID, Status.SUPERSEDED, Status.REVOKED}, "it came to every state there is"
    assert any(one.is_erased for one in rows)
    with wired.database.read() as db:
        assert db.exec(select(Erasure)).first(), "an account was erased"
        acts = set(db.exec(select(AuditLine.act)).all())
    assert {"person.merged", "person.legal_name"} <= acts, "accounts were merged, and names changed"


@pytest.mark.parametrize(
    "attempt", [one for one in ATTEMPTS if "certificate" in one.split(" WHERE")[0] or "regis" in one]
)
def test_what_would_take_a_number_away_is_refused_by_the_database(house: FastAPI, wiring: Wiring, attempt: str) -> None:
    with wiring.database.write() as db:
        number = certify(db, 1, now=NOON)
    with wiring.database.write() as db:
        found = certificates.by_number(db, number)
        second_looks.ask(db, found, WANTED[2], reason="A reason.", by=the_cast.join(db, "ada"), now=NOON)
        db.execute(
            text(
                "INSERT INTO certificate_document (certificate_id, paper, sealed, content, sha256, drawn_at) "
                "VALUES (:id, 'letter', true, NULL, 'x', '2026-11-20 17:00:00')"
            ),
            {"id": found.id},
        )
    is_refused = "replaces" not in attempt and "revoked_at" not in attempt
    with pytest.raises(DBAPIError) if is_refused else suppress(DBAPIError), wiring.database.write() as db:
        db.execute(text(attempt), {"id": certificates.by_number(db, number).id} if ":id" in attempt else {})
    assert unknown(wiring, [number]) == pages_gone(house, [number]) == []


def test_a_number_that_was_taken_away_would_be_found(house: FastAPI, wiring: Wiring) -> None:
    with wiring.database.write() as db:
        kept, taken = certify(db, 1, now=NOON), certify(db, 2, now=NOON)
    with wiring.database.writing.connect() as connection:
        if wiring.database.is_sqlite:
            connection.exec_driver_sql("DROP TRIGGER certificate_keep")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        connection.execute(text("DELETE FROM certificate WHERE number = :number"), {"number": taken})
        connection.commit()
        if not wiring.database.is_sqlite:
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
            connection.commit()
    assert unknown(wiring, [kept, taken]) == pages_gone(house, [kept, taken]) == [taken]
