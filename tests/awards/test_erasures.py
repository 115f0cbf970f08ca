"""Erasures: whose certificate it was can be found nowhere any more, and what it certifies is proven as before."""

from __future__ import annotations

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cast import NOON, join
from makers import evaluate, make_edition, make_enrollment, pass_exam, read_everything
from registers import LATER, make_issuer, sealed_pdf
from sqlalchemy import inspect, text
from sqlmodel import Session, select

from app import audit
from app.awards import (
    auditing,
    certificates,
    completion,
    erasures,
    keys,
    pdfs,
    replacements,
    second_looks,
    standing,
    statements,
)
from app.awards.certificates import AlreadyErased, Certificate
from app.awards.document.order import Order
from app.awards.facts import LicenseFacts
from app.awards.issuer import Issuer
from app.awards.pdfs import DrawingErased
from app.awards.proofs import Keys, Verdict, checking, files
from app.awards.register import log
from app.awards.replacements import Changes, ErasedCannotBeReplaced
from app.awards.verdicts import Status
from app.identity import licenses
from app.kit.database import Database
from app.library.editions import Edition

NAME, LICENSE, AGAIN = "Wilhelmina Unmistakable", "LIC-31415926", "Wilhelmina Corrected-Unmistakable"
# Rows about a person, letters to her and the trail of who did what are records of her whole file: issue 7 erases those.
OF_THE_PERSON = {"person", "license", "license_change", "mail", "audit_line"}


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


def certify(db: Session, issuer: Issuer) -> Certificate:
    """Issue a certificate with a name and a license that stand nowhere else."""
    person = join(db, "ana")
    enrollment = make_enrollment(db, person, db.exec(select(Edition)).first() or make_edition(db))
    read_everything(db, enrollment)
    pass_exam(db, enrollment)
    licenses.confirm(db, person, ("NY", "LCSW", LICENSE), now=NOON)
    evaluate(db, enrollment, person, name=NAME)
    certificate = completion.settle(db, enrollment, person, issuer=issuer, now=NOON)
    assert certificate is not None
    return certificate


def erase(db: Session, number: str, issuer: Issuer) -> list[Certificate]:
    found = certificates.by_number(db, number)
    return erasures.erase(db, found, issuer=issuer, by=audit.OPERATOR, now=LATER)


def live(database: Database, issuer: Issuer) -> list[str]:
    """A certificate that was drawn, corrected on request and issued anew; and another correction that waits."""
    with database.write() as db:
        first = certify(db, issuer).number
        pdfs.keep(db, certificates.by_number(db, first), sealed_pdf(db, first, issuer), paper="letter", now=NOON)
    with database.write() as db:
        changes = Changes(AGAIN, LicenseFacts("NJ", "LCSW", f"{LICENSE}-2"), credit_hours={"ethics": "0.25"})
        asked = second_looks.ask(
            db, certificates.by_number(db, first), changes, reason=f"{NAME} married.", by=join(db, "ada"), now=NOON
        )
        second = second_looks.accept(db, asked, issuer=issuer, by=join(db, "olu"), now=NOON).number
        pdfs.keep(db, certificates.by_number(db, second), sealed_pdf(db, second, issuer), paper="a4", now=NOON)
    with database.write() as db:
        by = {"issuer": issuer, "by": audit.OPERATOR, "now": NOON}
        third = replacements.reissue(db, certificates.by_number(db, second), reason="New keys.", **by).number
        again = Changes(f"{NAME}-Again", completed_at=NOON.replace(hour=12))
        second_looks.ask(
            db, certificates.by_number(db, third), again, reason="Once more.", by=join(db, "ada"), now=NOON
        )
    return [first, second, third]


def where(database: Database, *secrets: str) -> set[str]:
    """Say in which tables any of these words stands."""
    found = set()
    with database.read() as db:
        for table in inspect(db.get_bind()).get_table_names():
            for row in db.execute(text(f"SELECT * FROM {table}")):
                words = " ".join(one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in row)
                if any(secret in words for secret in secrets):
                    found.add(table)
    return found


def drawings(database: Database) -> list[bytes]:
    with database.read() as db:
        kept = db.execute(text("SELECT content FROM certificate_document WHERE content IS NOT NULL"))
        return [bytes(content) for content in kept.scalars()]


# --- gone --------------------------------------------------------------------------------------------------------


def test_name_and_license_stand_in_no_table_any_more_but_those_of_the_person(
    database: Database, issuer: Issuer
) -> None:
    numbers = live(database, issuer)
    before = where(database, NAME, LICENSE, AGAIN)
    assert {"certificate", "certificate_correction"} <= before, "the control"
    assert len(drawings(database)) == 2  # compressed, so that no search finds a name in them
    with database.write() as db:
        assert [one.number for one in erase(db, numbers[1], issuer)] == numbers  # all that replaced one another
    assert where(database, NAME, LICENSE, AGAIN) <= OF_THE_PERSON
    assert drawings(database) == []
    with database.read() as db:
        assert list(auditing.audit(db, issuer)) == []


def test_on_sqlite_the_letters_are_gone_from_the_file_itself(sqlite_database: Database, issuer: Issuer) -> None:
    """A row that is emptied leaves its letters in the file until their place is needed, unless told not to."""
    numbers = live(sqlite_database, issuer)
    secret = json.dumps({"holder": NAME}).encode()[1:-1].replace(b": ", b":")  # as it stood beside the statement
    file = Path(str(sqlite_database.writing.url.database))
    assert secret in on_disk(sqlite_database, file), "the control"
    with sqlite_database.write() as db:
        erase(db, numbers[0], issuer)
    assert secret not in on_disk(sqlite_database, file)


def on_disk(database: Database, file: Path) -> bytes:
    with database.writing.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes()


def test_from_what_is_left_nobody_can_find_out_a_name_by_guessing(database: Database, issuer: Issuer) -> None:
    """The commitment stays, and was made with 256 random bits that are gone with the name."""
    numbers = live(database, issuer)
    with database.write() as db:
        certificate = certificates.by_number(db, numbers[0])
        whose, salt, committed = certificate.personal, certificate.salt, certificate.said["commitment"]
        assert whose is not None
        assert salt is not None
        assert statements.commitment(whose.encode(), salt) == committed, "the control"
        erase(db, numbers[0], issuer)
        assert (certificate.personal, certificate.salt) == (None, None)
    assert salt.hex() not in where_hex(database)
    assert statements.commitment(whose.encode(), bytes(32)) != committed


def where_hex(database: Database) -> str:
    with database.read() as db:
        rows = [db.execute(text(f"SELECT * FROM {table}")).all() for table in inspect(db.get_bind()).get_table_names()]
    return " ".join(one.hex() if isinstance(one, bytes) else str(one) for table in rows for row in table for one in row)


# --- what stays --------------------------------------------------------------------------------------------------


def test_what_it_certified_its_number_and_its_status_stay(database: Database, issuer: Issuer) -> None:
    numbers = live(database, issuer)
    with database.write() as db:
        before = [certificates.by_number(db, number).statement for number in numbers]
        erase(db, numbers[2], issuer)
    with database.read() as db:
        after = [certificates.by_number(db, number) for number in numbers]
        assert [one.statement for one in after] == before
        assert [str(standing.of(db, one).status) for one in after] == ["superseded", "superseded", "valid"]
        assert after[2].facts.holder_name == statements.ERASED
        assert (after[2].facts.license, after[2].facts.course_code) == (None, "small-course")
        assert standing.of(db, after[0]).status == Status.SUPERSEDED
        told = [one.subject for one in log.of_kind(db, "erase")]
        assert told == numbers


def test_a_proof_that_was_handed_out_proves_as_before(database: Database, issuer: Issuer) -> None:
    numbers = live(database, issuer)
    with database.read() as db:
        held = [held_by(db, number, issuer) for number in numbers]
    with database.write() as db:
        erase(db, numbers[0], issuer)
    with database.read() as db:
        known = Keys.read(json.dumps(keys.published(db, now=LATER)).encode())
    for bundle, proof, pdf in held:
        shown = checking.check(bundle, proof, known)
        assert shown.verdict == Verdict.PROVEN
        assert shown.facts is not None
        assert NAME.split()[1] in shown.facts["holder"]
        assert files.check(pdf, known).holds


def held_by(db: Session, number: str, issuer: Issuer) -> tuple[bytes, bytes, bytes]:
    certificate, entry = certificates.by_number(db, number), log.issued(db, number)
    proof = log.proof(db, entry.seq).text().encode()
    return pdfs.proof_of(certificate, entry), proof, sealed_pdf(db, number, issuer)


def test_what_the_house_can_still_show_is_proven_and_names_nobody(database: Database, issuer: Issuer) -> None:
    (number, *_) = live(database, issuer)
    with database.write() as db:
        erase(db, number, issuer)
        bundle, proof, _pdf = held_by(db, number, issuer)
        known = Keys.read(json.dumps(keys.published(db, now=LATER)).encode())
    assert json.loads(bundle)["personal"] is None
    assert checking.check(bundle, proof, known).verdict == Verdict.UNNAMED


def test_the_pdf_is_gone_and_a_copy_in_her_hands_is_still_known(database: Database, issuer: Issuer) -> None:
    (number, *_) = live(database, issuer)
    with database.read() as db:
        kept = db.execute(text("SELECT content FROM certificate_document ORDER BY id")).scalars().first()
    assert kept is not None
    hers = bytes(kept)
    with database.write() as db:
        erase(db, number, issuer)
    with database.read() as db:
        drawing = pdfs.by_digest(db, hashlib.sha256(hers).hexdigest())
        assert drawing is not None
        assert drawing.content is None
        assert db.get_one(Certificate, drawing.certificate_id).number == number


# --- no way back -------------------------------------------------------------------------------------------------


class Slow:
    """Draws as slowly as it is told."""

    def __init__(self) -> None:
        self.drawing, self.go_on = threading.Event(), threading.Event()

    def draw(self, order: Order, **_how: Any) -> bytes:
        self.drawing.set()
        assert self.go_on.wait(20)
        return f"%PDF of {order.facts.holder_name}".encode()


def test_a_drawing_that_was_begun_before_is_not_kept_after(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        number = certify(db, issuer).number
    pencil = Slow()

    def draw() -> bytes:
        return pdfs.of(database, pencil, number, issuer=issuer, timeout=9, clock=lambda: LATER)  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as thread:
        drawn = thread.submit(draw)
        assert pencil.drawing.wait(20)
        with database.write() as db:
            erase(db, number, issuer)
        pencil.go_on.set()
        with pytest.raises(DrawingErased):
            drawn.result()
    assert where(database, NAME) <= OF_THE_PERSON
    with pytest.raises(DrawingErased):
        draw()


def test_control_one_that_was_not_erased_is_kept(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        number = certify(db, issuer).number
    pencil = Slow()
    pencil.go_on.set()
    pdfs.of(database, pencil, number, issuer=issuer, timeout=9, clock=lambda: LATER)  # type: ignore[arg-type]
    assert "certificate_document" in where(database, NAME)


def test_what_was_erased_is_erased_once_and_for_all(database: Database, issuer: Issuer) -> None:
    numbers = live(database, issuer)
    with database.write() as db:
        erase(db, numbers[0], issuer)
    for number in numbers:
        with database.write() as db, pytest.raises(AlreadyErased):
            erase(db, number, issuer)


def test_one_that_was_erased_alone_does_not_keep_the_others(database: Database, issuer: Issuer) -> None:
    numbers = live(database, issuer)
    with database.write() as db:
        old = certificates.by_number(db, numbers[0])
        certificates.erase(db, old, issuer=issuer, by=audit.OPERATOR, now=LATER)
        assert [one.number for one in erase(db, numbers[0], issuer)] == numbers[1:]


# --- together with others ----------------------------------------------------------------------------------------


def test_who_erases_and_who_corrects_at_once_do_not_wait_for_each_other(
    postgres_database: Database, issuer: Issuer
) -> None:
    """Whoever comes second is told that it is erased, or erases what was corrected: nobody is turned away unheard."""
    database = postgres_database
    for _ in range(6):
        with database.write() as db:
            number = certify(db, issuer).number
            wanted = Changes(credit_hours={"ethics": "0.25"})
            second_looks.ask(db, certificates.by_number(db, number), wanted, reason="x", by=join(db, "ada"), now=NOON)
        gate = threading.Barrier(2, timeout=30)

        def decide(number: str = number, gate: threading.Barrier = gate) -> None:
            with database.write() as db:
                (asked,) = (one for one, held in second_looks.all_waiting(db) if held.number == number)
                gate.wait()
                second_looks.accept(db, asked, issuer=issuer, by=join(db, "olu"), now=LATER)

        with ThreadPoolExecutor(1) as thread:
            deciding = thread.submit(decide)
            with database.write() as db:
                gate.wait()
                erase(db, number, issuer)
            with suppress(ErasedCannotBeReplaced):
                deciding.result()
        with database.read() as db:
            assert certificates.by_number(db, number).is_erased
    with database.read() as db:
        assert list(auditing.audit(db, issuer)) == []
