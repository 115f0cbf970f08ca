"""Certificates in the tables: never deleted, never rewritten, revoked once and in the open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from cast import NOON, join
from makers import ISSUER, make_certificate, make_edition
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from app import audit
from app.assessment.answer_events import AnswerEvent
from app.audit import AuditLine
from app.awards import certificates, numbers, statements, verification
from app.awards.certificates import AlreadyRevoked, Certificate, NoReason, NoSuchCertificate
from app.awards.facts import LicenseFacts
from app.awards.pdfs import CertificateDocument
from app.awards.verification import Status
from app.identity.people import Person
from app.kit.database import Database

REASON = "Issued to the wrong person."


@pytest.fixture
def certificate(db: Session, ana: Person) -> Certificate:
    issued = make_certificate(db, ana)
    db.add(
        CertificateDocument(
            certificate_id=issued.id, paper="letter", sealed=True, content=b"%PDF", sha256="0" * 64, drawn_at=NOON
        )
    )
    db.flush()
    return issued


def refused(db: Session, statement: str, *, because: str) -> None:
    """Try a statement that must fail, in a savepoint of its own, so that the next one can be tried."""
    with pytest.raises(DBAPIError, match=because), db.begin_nested():
        db.execute(text(statement))


# --- kept as they are --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        "certificate",
        "certificate_document",
        "register_entry",
        "register_node",
        "register_checkpoint",
        "answer_event",
        "audit_line",
        "edition",
    ],
)
def test_what_is_proof_cannot_be_deleted(db: Session, certificate: Certificate, table: str) -> None:
    refused(db, f"DELETE FROM {table}", because="never deleted")
    assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0


COLUMNS = [
    *(("certificate", name) for name in Certificate.model_fields if not name.startswith("revo")),
    *(("certificate_document", name) for name in CertificateDocument.model_fields),
    *(("answer_event", name) for name in AnswerEvent.model_fields),
    *(("audit_line", name) for name in AuditLine.model_fields),
]
CHANGED = {
    "id": "id + 1000", "certificate_id": "certificate_id + 1000", "attempt_id": "attempt_id + 1000",
    "enrollment_id": "enrollment_id + 1000", "person_id": "person_id + 1000", "edition_id": "edition_id + 1000",
    "replaces": "1", "sealed": "not sealed", "replaces_why": "'other'", "salt": "'forged'",
    "network": "'forged'", "network_salt": "'forged'",
    "actor_id": "coalesce(actor_id, 0) + 1", "sequence": "sequence + 1", "content": "'forged'",
    "completed_at": "'2020-01-01 00:00:00'", "issued_at": "'2020-01-01 00:00:00'", "at": "'2020-01-01 00:00:00'",
    "drawn_at": "'2020-01-01 00:00:00'", "received_at": "'2020-01-01 00:00:00'",
}  # fmt: skip


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_what_is_proof_cannot_be_rewritten(db: Session, certificate: Certificate, table: str, column: str) -> None:
    value = CHANGED.get(column, f"{column} || 'x'")
    refused(db, f"UPDATE {table} SET {column} = {value}", because="never (deleted or )?rewritten")


def test_an_edition_cannot_be_rewritten(db: Session, certificate: Certificate) -> None:
    for column in ("title", "compiled", "source", "content_hash", "course_code"):
        refused(db, f"UPDATE edition SET {column} = 'x'", because="never (deleted or )?rewritten")


REPLACE = (
    "INSERT OR REPLACE INTO certificate ({columns}, statement) SELECT {columns}, 'forged' FROM certificate"
).format(columns=", ".join(name for name in Certificate.model_fields if name != "statement"))


def test_a_certificate_cannot_be_replaced_by_inserting_over_it(sqlite_database: Database) -> None:
    """SQLite alone has this door: INSERT OR REPLACE deletes first, and skips triggers unless told otherwise."""
    with sqlite_database.write() as db:
        make_certificate(db, join(db, "ana"))
        refused(db, REPLACE, because="never deleted")


def test_control_without_recursive_triggers_it_could_be(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        make_certificate(db, join(db, "ana"))
    with sqlite_database.writing.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # a pragma is deaf inside a transaction
        connection.exec_driver_sql("PRAGMA recursive_triggers = OFF")
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(REPLACE)
        assert connection.exec_driver_sql("SELECT statement FROM certificate").scalar_one() == "forged"


def test_nothing_that_a_certificate_stands_on_can_be_taken_from_under_it(
    db: Session, ana: Person, certificate: Certificate
) -> None:
    """Nothing cascades: who, what and in which edition stay for as long as the certificate does."""
    for table in ("enrollment", "person", "edition"):
        refused(db, f"DELETE FROM {table}", because="(?i)foreign key|never deleted|restrict")
    assert certificates.by_number(db, certificate.number).id == certificate.id


def test_a_certificate_does_not_go_with_the_rest_of_a_person(
    db: Session, ana: Person, certificate: Certificate
) -> None:
    db.delete(ana)
    with pytest.raises(IntegrityError):
        db.flush()


def test_what_a_certificate_says_is_read_back_as_it_was_issued(db: Session, certificate: Certificate) -> None:
    said = certificate.facts
    db.expire_all()
    again = certificates.by_number(db, certificate.number).facts
    assert again == said
    assert json.loads(said.to_json())["completed_at"] == "2026-11-20T17:00:00+00:00"


# --- found -------------------------------------------------------------------------------------------------------


def spellings(number: str) -> Iterator[str]:
    groups = numbers.in_groups(number)
    yield from (number, groups, groups.lower(), f"  {groups} ", groups.replace("-", " "), groups.replace("-", "–"))
    yield groups.replace("0", "O").replace("1", "l")


def test_a_certificate_is_found_however_its_number_is_typed(db: Session, certificate: Certificate) -> None:
    for typed in spellings(certificate.number):
        assert certificates.by_number(db, typed).id == certificate.id


@pytest.mark.parametrize(
    "typed", ["", "0" * 19, "0" * 21, "x" * 10_000, "\x00" * 20, "\ud800" * 20, "' OR 1=1 --", "Ω"]
)
def test_a_number_that_was_never_issued_is_not_found(db: Session, certificate: Certificate, typed: str) -> None:
    with pytest.raises(NoSuchCertificate):
        certificates.by_number(db, typed)


def test_a_number_with_one_slip_is_not_found(db: Session, certificate: Certificate) -> None:
    first = certificate.number[0]
    slipped = ("3" if first != "3" else "4") + certificate.number[1:]
    assert not numbers.is_well_formed(slipped)
    with pytest.raises(NoSuchCertificate):
        certificates.by_number(db, slipped)


def test_a_certificate_of_somebody_else_is_not_hers(
    db: Session, ana: Person, ben: Person, certificate: Certificate
) -> None:
    assert certificates.hers(db, ana, certificate.number).id == certificate.id
    with pytest.raises(NoSuchCertificate):
        certificates.hers(db, ben, certificate.number)
    assert certificates.of_person(db, ben) == []


def test_all_she_holds_is_listed_newest_first(db: Session, ana: Person) -> None:
    edition = make_edition(db)
    issued = [make_certificate(db, ana, edition=edition, now=NOON + timedelta(days=day)) for day in (0, 400, 800)]
    assert [one.number for one in certificates.of_person(db, ana)] == [one.number for one in reversed(issued)]


def test_an_enrollment_has_one_first_certificate_in_the_tables_too(db: Session, certificate: Certificate) -> None:
    twin = Certificate(**certificate.model_dump(exclude={"id", "number"}), number=numbers.new())
    db.add(twin)
    with pytest.raises(IntegrityError):
        db.flush()


def test_a_corrected_certificate_is_a_new_row_that_names_the_old_one(db: Session, certificate: Certificate) -> None:
    values = certificate.model_dump(exclude={"id", "number", "replaces", "replaces_why"})
    db.add(Certificate(**values, number=numbers.new(), replaces=certificate.id, replaces_why="corrected"))
    db.flush()
    now = certificates.of_enrollment(db, certificate.enrollment_id)
    assert now is not None
    assert now.replaces == certificate.id


# --- revoked -----------------------------------------------------------------------------------------------------


def revoke(db: Session, certificate: Certificate, reason: str = REASON) -> Certificate:
    revoked = certificates.revoke(
        db, certificate, reason=reason, issuer=ISSUER, by=audit.OPERATOR, now=NOON + timedelta(days=1)
    )
    db.flush()
    return revoked


def test_a_revoked_certificate_says_so_with_when_and_why_and_by_whom(db: Session, certificate: Certificate) -> None:
    revoke(db, certificate, f"  {REASON}\n ")
    kept = certificates.by_number(db, certificate.number)
    assert (kept.revoked_at, kept.revocation_reason, kept.revoked_by) == (NOON + timedelta(days=1), REASON, "operator")
    verdict = verification.of(kept)
    assert (verdict.status, verdict.revoked_at) == (Status.REVOKED, kept.revoked_at)
    assert verdict.revocation_reason == REASON


def test_a_revoked_certificate_says_otherwise_what_it_said(db: Session, certificate: Certificate) -> None:
    before = certificate.statement
    assert verification.of(certificate).status == Status.VALID
    revoke(db, certificate)
    db.expire_all()
    assert certificates.by_number(db, certificate.number).statement == before


def test_a_revocation_stands_in_the_trail(db: Session, certificate: Certificate) -> None:
    revoke(db, certificate)
    (line,) = db.exec(select(AuditLine).where(AuditLine.act == "certificate.revoked")).all()
    assert (line.subject, line.actor_label) == (certificate.number, "operator")
    assert json.loads(line.detail) == {"reason": REASON, "class": "other"}


def test_a_certificate_is_revoked_once(db: Session, certificate: Certificate) -> None:
    revoke(db, certificate)
    with pytest.raises(AlreadyRevoked, match=numbers.in_groups(certificate.number)):
        revoke(db, certificate, "Another reason.")
    assert certificates.by_number(db, certificate.number).revocation_reason == REASON


@pytest.mark.parametrize("reason", ["", "  \n\t "])
def test_nothing_is_revoked_without_a_reason(db: Session, certificate: Certificate, reason: str) -> None:
    with pytest.raises(NoReason):
        revoke(db, certificate, reason)
    assert certificate.revoked_at is None


def test_no_row_is_revoked_without_a_reason(db: Session, certificate: Certificate) -> None:
    refused(db, "UPDATE certificate SET revoked_at = issued_at", because="revocation")


# --- what a number proves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "ending", "matches", "differs"),
    [
        ("081-234", "34", ["081234", "081 234", "081-234"], ["", "34", "081235", "081-2345"]),
        ("44SC0 1a2b", "2B", ["44sc01A2B", "44SC0-1A2B"], ["44SC01A2"]),
    ],
)
def test_a_license_shows_its_end_and_is_compared_with_one_in_hand(
    db: Session, certificate: Certificate, number: str, ending: str, matches: list[str], differs: list[str]
) -> None:
    facts = replace(certificate.facts, license=LicenseFacts("NY", "LCSW", number))
    whose = statements.personal(facts)
    verdict = verification.of(Certificate(**{**certificate.model_dump(), "personal": whose.text, "salt": whose.salt}))
    assert verdict.license_ending == ending
    assert all(map(verdict.license_matches, matches))
    assert not any(map(verdict.license_matches, differs))


def test_where_no_license_is_named_none_matches(certificate: Certificate) -> None:
    verdict = verification.of(certificate)
    assert verdict.license_ending is None
    assert not verdict.license_matches("")


UNDONE = "revoked_at = NULL, revoked_by = NULL, revocation_reason = NULL"


@pytest.mark.parametrize("change", [UNDONE, "revoked_by = 'x'"])
def test_the_database_lets_nobody_undo_or_reword_a_revocation(
    db: Session, certificate: Certificate, change: str
) -> None:
    revoke(db, certificate)
    db.flush()
    with pytest.raises(DBAPIError, match="a revocation is never changed"), db.begin_nested():
        db.execute(text(f"UPDATE certificate SET {change}"))


def test_control_a_certificate_that_stands_can_be_revoked(db: Session, certificate: Certificate) -> None:
    revoke(db, certificate)
    db.flush()
    assert db.execute(text("SELECT count(*) FROM certificate WHERE revoked_at IS NOT NULL")).scalar_one() == 1
