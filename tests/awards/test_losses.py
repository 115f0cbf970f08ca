"""A database put back from an old backup: noticed, opened only on purpose, and mended from sealed files."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cast import NOON, join
from conftest import create_database, drop_database, named
from issuer import Key as Pair
from issuer import seal_key
from registers import LATER, certify, drop_triggers, make_issuer, revoke, sealed_pdf
from sealed import sealed
from sqlalchemy import text
from sqlmodel import Session

from app import audit
from app.awards import auditing, certificates, keys, losses, pdfs, replacements
from app.awards.certificates import AlreadyReplaced, NoSuchCertificate
from app.awards.issuer import Issuer
from app.awards.losses import (
    NoReasonForLoss,
    NothingLost,
    NothingWasLost,
    NotReadmitted,
    OlderIsLost,
    OnRecordAlready,
    RolledBack,
)
from app.awards.proofs import files
from app.awards.register import log
from app.awards.register.log import RegisterTouched
from app.awards.replacements import Changes
from app.identity import people
from app.kit.database import Database, open_database
from app.kit.errors import Unavailable
from app.kit.signing import KeptInFolder, KeptInMemory

BackUp = Callable[[], Database]
WHY = "The disk failed."


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


@pytest.fixture
def live(own_database: Database, issuer: Issuer) -> Database:
    """A house with one certificate, Ana's."""
    with own_database.write() as db:
        certify(db, "ana", issuer)
    return own_database


@pytest.fixture
def back_up(own_database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BackUp]:
    """Copy the database as it is, and give the copy, opened: what a restored backup is."""
    with ExitStack() as opened:

        def copy() -> Database:
            own_database.close()  # PostgreSQL copies no database that somebody looks at
            url = own_database.writing.url
            if own_database.is_sqlite:
                path = tmp_path / f"{uuid.uuid4().hex}.db"
                shutil.copy(str(url.database), path)
                made = open_database(f"sqlite:///{path}")
            else:
                name = f"backup_{uuid.uuid4().hex[:8]}"
                address = request.getfixturevalue("postgres")
                create_database(address, name, template=str(url.database))
                opened.callback(drop_database, address, name)
                made = open_database(named(address, name))
            opened.callback(made.close)
            return made

        yield copy


def accept(database: Database, issuer: Issuer, *, reason: str = WHY) -> log.Entry:
    """Do what `continua restore --accept-loss` does."""
    with database.write() as db:
        entry = losses.accept(db, issuer, reason=reason, by=audit.OPERATOR, now=LATER)
        newest = log.newest(db)
    assert issuer.remembers is not None
    assert newest is not None
    issuer.remembers.replace(newest.note)
    return entry


def readmit(database: Database, issuer: Issuer, content: bytes, **how: Any) -> str:
    """Do what `continua certificates readmit` does; give the number."""
    with database.write() as db:
        holder = join(db, how.pop("to")) if "to" in how else None
        proven = losses.proven(db, content, now=LATER)
        by = {"issuer": issuer, "by": audit.OPERATOR, "now": LATER}
        certificate = losses.readmit(db, proven, holder=holder, **by, **how)
        pdfs.keep(db, certificate, content, paper="letter", now=LATER)
        return certificate.number


def findings(database: Database, issuer: Issuer) -> list[auditing.Finding]:
    with database.read() as db:
        return list(auditing.audit(db, issuer, signatures=True))


def issue_and_seal(database: Database, issuer: Issuer, who: str) -> tuple[str, bytes]:
    """Issue a certificate, and give its number and the file its holder takes home."""
    with database.write() as db:
        number = certify(db, who, issuer).number
        return number, sealed_pdf(db, number, issuer)


# --- noticed -----------------------------------------------------------------------------------------------------


def test_a_database_that_continues_what_is_remembered_is_opened(live: Database, issuer: Issuer) -> None:
    with live.write() as db:
        losses.assert_continues(db, issuer)
        certify(db, "ben", issuer)
        losses.assert_continues(db, issuer)  # larger than what is remembered: not committed yet
    with live.read() as db:
        losses.assert_continues(db, issuer)


def test_an_older_one_is_refused_and_what_to_do_is_told(live: Database, issuer: Issuer, back_up: BackUp) -> None:
    old = back_up()
    with live.write() as db:
        certify(db, "ben", issuer)
        certify(db, "ines", issuer)
    with old.read() as db, pytest.raises(RolledBack, match=r"of 6 entries, 2 entries are missing.*--accept-loss"):
        losses.assert_continues(db, issuer)
    with old.write() as db, pytest.raises(RegisterTouched):
        certify(db, "olu", issuer)  # whoever had it open meanwhile does not go on either


def test_one_that_went_another_way_is_refused_however_far_it_went(
    live: Database, issuer: Issuer, back_up: BackUp
) -> None:
    old = back_up()
    with live.write() as db:
        certify(db, "ben", issuer)
    with old.write() as db:
        for who in ("ines", "olu", "ada"):
            certify(db, who, replace(issuer, remembers=None))
    with old.read() as db, pytest.raises(RolledBack, match="its entries are other ones"):
        losses.assert_continues(db, issuer)


def test_one_that_lacks_subtrees_is_refused(live: Database, issuer: Issuer) -> None:
    with live.writing.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("DELETE FROM register_node WHERE level = 2"))
    with live.read() as db, pytest.raises(RolledBack):
        losses.assert_continues(db, issuer)


def test_where_nothing_is_remembered_a_database_is_taken_as_it_comes_and_remembered(
    live: Database, issuer: Issuer, tmp_path: Path
) -> None:
    moved = make_issuer(tmp_path / "another-machine", signer=issuer.signer)
    with live.read() as db:
        losses.assert_continues(db, moved)
        losses.remember_newest(db, moved)
        assert moved.remembers is not None
        assert moved.remembers.size == log.size(db)


@pytest.mark.parametrize("words", ["", "garbage", "\x00\x01"])
def test_a_memory_that_cannot_be_read_is_not_taken_for_none(live: Database, issuer: Issuer, words: str) -> None:
    assert issuer.remembers is not None
    issuer.remembers.path.write_text(words, encoding="utf-8")
    with live.read() as db, pytest.raises(Unavailable, match="register/checkpoint"):
        losses.assert_continues(db, issuer)


# --- accepted ----------------------------------------------------------------------------------------------------


def test_an_accepted_loss_stands_in_the_register_and_the_house_goes_on(
    live: Database, issuer: Issuer, back_up: BackUp
) -> None:
    old = back_up()
    with live.write() as db:
        certify(db, "ben", issuer)
        lost = log.newest(db)
        assert lost is not None
        root = log.root(db, lost.size)
    entry = accept(old, issuer, reason="  The disk\nfailed. ")
    said = entry.said
    assert (said["kind"], said["size"], said["why"]) == ("gap", lost.size, "The disk failed.")
    assert said["root"] == base64.b64encode(root).decode()
    with old.write() as db:
        losses.assert_continues(db, issuer)
        certify(db, "ines", issuer, now=LATER)
        assert [one.seq for one in losses.gaps(db)] == [entry.seq]
    assert findings(old, issuer) == []


def test_nothing_is_accepted_without_a_word_or_where_nothing_was_lost(
    live: Database, issuer: Issuer, back_up: BackUp
) -> None:
    old = back_up()
    with live.write() as db:
        certify(db, "ben", issuer)
    with pytest.raises(NoReasonForLoss):
        accept(old, issuer, reason=" ")
    with pytest.raises(NothingLost):
        accept(live, issuer)
    accept(old, issuer)
    with pytest.raises(NothingLost):
        accept(old, issuer)


def test_a_loss_can_be_accepted_where_the_key_of_then_is_not_here_any_more(
    live: Database, issuer: Issuer, back_up: BackUp
) -> None:
    """Keys were rotated after the backup, and the old ones moved off the machine: the house must still be opened."""
    old = back_up()
    signer = issuer.signer
    assert isinstance(signer, KeptInMemory)
    first = set(signer.keys)
    with live.write() as db:
        keys.rotate(db, issuer, by=audit.OPERATOR, now=NOON)
    for name in first:
        del signer.keys[name]
    accept(old, issuer)
    with old.write() as db:
        certify(db, "ben", issuer, now=LATER)
    assert findings(old, issuer) == []


def test_keys_of_the_lost_time_are_known_again_so_that_what_they_signed_is(
    live: Database, issuer: Issuer, back_up: BackUp
) -> None:
    old = back_up()
    with live.write() as db:
        made = keys.rotate(db, issuer, by=audit.OPERATOR, now=NOON)
    number, content = issue_and_seal(live, issuer, "ben")
    accept(old, issuer)
    with old.read() as db:
        known = {key.name: key for key in keys.all_of(db)}
        assert all(known[key.name].retired_at == LATER for key in made)
    assert readmit(old, issuer, content) == number
    assert findings(old, issuer) == []


def test_what_lies_beside_the_keys_is_not_taken_for_one(tmp_path: Path) -> None:
    signer = KeptInFolder(tmp_path / "keys")
    made = signer.make(keys.SEAL, keys.ALGORITHMS[keys.SEAL], now=NOON)
    stray = tmp_path / "keys" / "tls.pem"
    stray.write_bytes((tmp_path / "keys" / f"{made.name}.pem").read_bytes())
    stray.chmod(0o600)
    assert [key.name for key in signer.public_halves()] == [made.name]


# --- taken back --------------------------------------------------------------------------------------------------


@pytest.fixture
def lost(live: Database, issuer: Issuer, back_up: BackUp) -> tuple[Database, str, bytes]:
    """A house that lost Ben's certificate and has accepted it; the number, and the file that Ben has."""
    old = back_up()
    number, content = issue_and_seal(live, issuer, "ben")
    accept(old, issuer)
    return old, number, content


Lost = tuple[Database, str, bytes]


def test_a_lost_certificate_is_taken_back_as_it_was_and_its_file_is_the_original_again(
    lost: Lost, live: Database, issuer: Issuer
) -> None:
    database, number, content = lost
    with database.read() as db, pytest.raises(NoSuchCertificate):
        certificates.by_number(db, number)
    assert readmit(database, issuer, content, to="ben") == number
    with database.read() as db, live.read() as before:
        again, was = (certificates.by_number(each, number) for each in (db, before))
        assert (again.statement, again.personal, again.salt) == (was.statement, was.personal, was.salt)
        assert (again.facts, again.enrollment_id) == (was.facts, None)
        assert certificates.of_person(db, join_known(db, "ben")) == [again]
        drawing = pdfs.by_digest(db, hashlib.sha256(content).hexdigest())
        assert drawing is not None
        assert (drawing.certificate_id, drawing.content, drawing.sealed) == (again.id, content, True)
        told = [one.kind for one in log.of_kind(db, "readmit", "issue") if one.subject == number]
        assert told == ["readmit", "issue"]
        leaf = log.of_kind(db, "readmit")[0].said["leaf"]
        assert leaf == log.tree.leaf_hash(was.statement.encode()).hex()
    assert findings(database, issuer) == []


def join_known(db: Session, who: str) -> Any:
    return people.known(db, f"{who}@example.org")


def test_one_that_was_taken_back_can_be_revoked_and_erased_like_any_other(lost: Lost, issuer: Issuer) -> None:
    database, number, content = lost
    readmit(database, issuer, content)
    with database.write() as db:
        revoke(db, certificates.by_number(db, number), issuer)
        certificates.erase(db, certificates.by_number(db, number), issuer=issuer, by=audit.OPERATOR, now=LATER)
        pdfs.forget(db, certificates.by_number(db, number))
    assert findings(database, issuer) == []


def test_what_is_on_record_is_not_taken_back(lost: Lost, live: Database, issuer: Issuer) -> None:
    database, _number, content = lost
    with pytest.raises(NothingWasLost):
        readmit(live, issuer, content)
    readmit(database, issuer, content)
    with pytest.raises(OnRecordAlready):
        readmit(database, issuer, content)


def test_a_record_that_somebody_took_out_is_not_taken_for_a_loss(lost: Lost, issuer: Issuer) -> None:
    database, number, content = lost
    readmit(database, issuer, content)
    with database.writing.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("DELETE FROM certificate_document"))
        connection.execute(text("DELETE FROM certificate WHERE number = :number"), {"number": number})
    with pytest.raises(RegisterTouched):
        readmit(database, issuer, content)


# --- files that prove too little ---------------------------------------------------------------------------------


def unsealed(content: bytes, issuer: Issuer) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        saved = io.BytesIO()
        pdf.save(saved)
    return saved.getvalue()


def sealed_by_another(content: bytes, issuer: Issuer) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        held = {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
        fresh = pikepdf.new()
        fresh.add_blank_page()
        for name, inside in held.items():
            fresh.attachments[name] = pikepdf.AttachedFileSpec(fresh, inside, filename=name)
        saved = io.BytesIO()
        fresh.save(saved)
    return sealed(saved.getvalue(), seal_key(7))


def without_a_name(content: bytes, issuer: Issuer) -> bytes:
    """Our own seal over a file whose holder was left out: nobody could say whose it is."""
    told = json.loads(files.certificate_in(content)) | {"personal": None, "salt": None}
    fresh = pikepdf.new()
    fresh.add_blank_page()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        proof = pdf.attachments["certificate.tlog-proof"].get_file().read_bytes()
    words = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    for name, inside in {"certificate.json": words, "certificate.tlog-proof": proof}.items():
        fresh.attachments[name] = pikepdf.AttachedFileSpec(fresh, inside, filename=name)
    saved = io.BytesIO()
    fresh.save(saved)
    signer = issuer.signer
    assert isinstance(signer, KeptInMemory)
    name = next(name for name in signer.keys if name.startswith("seal"))
    return sealed(saved.getvalue(), Pair(name, signer.keys[name]))


SPOILED: dict[str, Callable[[bytes, Issuer], bytes]] = {
    "saved again": unsealed,
    "sealed by another": sealed_by_another,
    "without a name": without_a_name,
    "with a byte behind it": lambda content, _issuer: content + b"\n",
    "one letter changed": lambda content, _issuer: content.replace(b"Ben", b"Bob").replace(b"/Catalog", b"/Catalof", 1),
    "no PDF": lambda _content, _issuer: b"a letter",
    "nothing": lambda _content, _issuer: b"",
    "the signed facts alone": lambda content, _issuer: files.certificate_in(content),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_file_that_proves_too_little_is_not_taken_back_and_the_reason_is_told(
    lost: Lost, issuer: Issuer, how: str
) -> None:
    database, _number, content = lost
    with pytest.raises(NotReadmitted, match=r"^This file cannot be taken back\..*unchanged since.*\. \w"):
        readmit(database, issuer, SPOILED[how](content, issuer))


@pytest.mark.parametrize("use", [keys.STATEMENT, keys.SEAL])
def test_what_a_revoked_key_signed_is_not_taken_back(lost: Lost, issuer: Issuer, use: str) -> None:
    """Whoever has the key may have made the file yesterday: no register says that it was there before."""
    database, _number, content = lost
    with database.write() as db:
        key = keys.active(db, use)
        assert key is not None
        keys.revoke(db, key, reason="Stolen.", since=None, issuer=issuer, by=audit.OPERATOR, now=LATER)
    with pytest.raises(NotReadmitted, match="revoked"):
        readmit(database, issuer, content)


def test_a_file_of_another_house_is_not_taken_back(
    lost: Lost, issuer: Issuer, sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "another.db")
    another = open_database(f"sqlite:///{tmp_path / 'another.db'}")
    _number, content = issue_and_seal(another, make_issuer(tmp_path / "another"), "ana")
    another.close()
    with pytest.raises(NotReadmitted):
        readmit(lost[0], issuer, content)


# --- what replaced what ------------------------------------------------------------------------------------------


def correct(database: Database, issuer: Issuer, number: str, hours: str) -> tuple[str, bytes]:
    """Correct a certificate, and give the number and the file of the new one."""
    with database.write() as db:
        changes, certificate = Changes(credit_hours={"ethics": hours}), certificates.by_number(db, number)
        by = {"issuer": issuer, "by": audit.OPERATOR, "now": NOON + timedelta(hours=1)}
        new = replacements.correct(db, certificate, changes, reason="Wrong.", **by)
        return new.number, sealed_pdf(db, new.number, issuer)


def hours(database: Database, who: str) -> list[str]:
    with database.read() as db:
        person = join_known(db, who)
        return [str(one.facts.total_hours) for one in certificates.of_person(db, person)]


def ana_number(database: Database) -> str:
    with database.read() as db:
        (one,) = certificates.of_person(db, join_known(db, "ana"))
        return one.number


def test_one_that_replaced_another_takes_its_place_again_and_hours_count_once(
    live: Database, issuer: Issuer, back_up: BackUp
) -> None:
    old, first = back_up(), ana_number(live)
    new, content = correct(live, issuer, first, "0.25")
    accept(old, issuer)
    assert hours(old, "ana") == ["0.5"]  # as it was before the correction
    assert readmit(old, issuer, content) == new
    assert hours(old, "ana") == ["0.25"]
    with old.read() as db:
        before, after = certificates.by_number(db, first), certificates.by_number(db, new)
        assert (after.replaces, after.enrollment_id) == (before.id, before.enrollment_id)
        told = log.entry(db, "supersede", first)
        assert told is not None
        assert told.said["by"] == new
    assert findings(old, issuer) == []


def test_where_both_are_lost_they_come_back_in_order(live: Database, issuer: Issuer, back_up: BackUp) -> None:
    old = back_up()
    first, first_file = issue_and_seal(live, issuer, "ben")
    _new, content = correct(live, issuer, first, "0.25")
    accept(old, issuer)
    with pytest.raises(OlderIsLost, match="--alone"):
        readmit(old, issuer, content, to="ben")
    readmit(old, issuer, first_file, to="ben")
    readmit(old, issuer, content)
    assert hours(old, "ben") == ["0.25"]
    assert findings(old, issuer) == []


def test_one_taken_back_alone_bars_the_other_for_good(live: Database, issuer: Issuer, back_up: BackUp) -> None:
    old = back_up()
    first, first_file = issue_and_seal(live, issuer, "ben")
    _new, content = correct(live, issuer, first, "0.25")
    accept(old, issuer)
    readmit(old, issuer, content, to="ben", alone=True)
    with pytest.raises(AlreadyReplaced):
        readmit(old, issuer, first_file, to="ben")
    assert hours(old, "ben") == ["0.25"]
    assert findings(old, issuer) == []


def test_one_whose_place_was_taken_meanwhile_stays_away(live: Database, issuer: Issuer, back_up: BackUp) -> None:
    """It was corrected once in the lost time, and once again after: of the two only one can count."""
    old, first = back_up(), ana_number(live)
    _new, content = correct(live, issuer, first, "0.25")
    accept(old, issuer)
    again, _file = correct(old, issuer, first, "0.75")
    with pytest.raises(AlreadyReplaced, match=certificates_in_groups(again)):
        readmit(old, issuer, content)
    assert hours(old, "ana") == ["0.75"]


def certificates_in_groups(number: str) -> str:
    return "-".join(number[start : start + 4] for start in range(0, 20, 4))
