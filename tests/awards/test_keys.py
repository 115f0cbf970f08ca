"""Keys: made once, told of in the register and nowhere else, and believed only as far as they were ours alone."""

from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cast import NOON
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from registers import LATER, certify, drop_triggers, make_certificates, make_entries, make_issuer, revoke
from sqlalchemy import inspect, text
from sqlmodel import Session, col, select

from app import audit
from app.audit import AuditLine
from app.awards import auditing, certificates, keys, losses, pdfs, statements, vouching
from app.awards.issuer import Issuer
from app.awards.keys import (
    ROOT,
    SEAL,
    STATEMENT,
    Key,
    KeyNotActive,
    LastOfItsUse,
    NoReasonForKey,
    NoSuchKey,
    NotYet,
)
from app.awards.proofs import checking
from app.awards.proofs.checking import Verdict
from app.awards.proofs.keys import Keys
from app.awards.register import log
from app.awards.register.log import Entry, RegisterTouched
from app.kit.database import Database
from app.kit.signing import Algorithm, KeptInFolder, KeptInMemory, KeyMissing, verifies

YEAR = timedelta(days=365)


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


def rotate(db: Session, issuer: Issuer, *, now: datetime = LATER) -> list[Key]:
    return keys.rotate(db, issuer, by=audit.OPERATOR, now=now)


def distrust(
    db: Session, key: Key, issuer: Issuer, *, since: datetime | None = None, now: datetime = LATER, why: str = "Lost."
) -> Key:
    return keys.revoke(db, key, reason=why, since=since, issuer=issuer, by=audit.OPERATOR, now=now)


def in_use(db: Session, use: str) -> Key:
    key = keys.active(db, use)
    assert key is not None
    return key


def told(db: Session, key: Key, act: str) -> Entry:
    """Give the entry that tells of what became of a key."""
    (entry,) = (one for one in log.of_kind(db, "key") if (one.subject, one.said["act"]) == (key.name, act))
    return entry


def memory(issuer: Issuer) -> Any:
    assert issuer.remembers is not None
    return issuer.remembers


def proven(db: Session, number: str, *, at_size: int | None = None, now: datetime = LATER) -> checking.Proven:
    """Check a certificate as its holder can, with the keys that are published now."""
    certificate, entry = certificates.by_number(db, number), log.issued(db, number)
    known = Keys.read(json.dumps(keys.published(db, now=now)).encode())
    proof = log.proof(db, entry.seq, at_size=at_size).text().encode()
    return checking.check(pdfs.proof_of(certificate, entry), proof, known)


# --- made once ---------------------------------------------------------------------------------------------------


def test_an_empty_house_makes_its_keys_when_it_first_needs_them(database: Database, issuer: Issuer) -> None:
    with database.read() as db:
        assert (keys.all_of(db), keys.active(db, STATEMENT)) == ([], None)
    make_certificates(database, issuer, ["ana"])
    with database.read() as db:
        known = keys.all_of(db)
        assert [key.use for key in known] == [STATEMENT, ROOT, SEAL]
        assert all(issuer.signer.holds(key.name) and key.is_active for key in known)
        first = db.get_one(Entry, 0)
        assert (first.kind, first.subject, first.key) == ("key", known[0].name, known[0].name)
        (line,) = db.exec(select(AuditLine).where(col(AuditLine.act) == "keys.made")).all()
        assert line.subject == known[0].name
    make_certificates(database, issuer, ["ben"])
    with database.read() as db:
        assert keys.all_of(db) == known


def test_of_many_that_open_an_empty_house_at_once_one_makes_the_keys(database: Database, tmp_path: Path) -> None:
    issuer = make_issuer(tmp_path, signer=KeptInFolder(tmp_path / "keys"))
    gate = threading.Barrier(6, timeout=60)

    def enter(_caller: int) -> str:
        gate.wait()
        with database.write() as db:
            return keys.in_use(db, issuer, now=NOON).name

    with ThreadPoolExecutor(6) as threads:
        used = set(threads.map(enter, range(6)))
    with database.read() as db:
        assert used == {in_use(db, STATEMENT).name}
        assert {path.stem for path in (tmp_path / "keys").iterdir()} == {key.name for key in keys.all_of(db)}
        assert list(auditing.audit(db, issuer)) == []


def test_a_house_whose_key_is_not_here_says_what_to_do_and_issues_nothing(
    database: Database, issuer: Issuer, tmp_path: Path
) -> None:
    make_certificates(database, issuer, ["ana"])
    robbed = make_issuer(tmp_path)  # the same house, and none of its keys
    with database.read() as db:
        before = log.size(db)
        with pytest.raises(KeyMissing, match=r"\./run keys rotate"):
            keys.assert_held(db, robbed)
        keys.assert_held(db, issuer)
    with pytest.raises(KeyMissing, match=r"Nothing you did is lost.*\./run keys rotate"), database.write() as db:
        certify(db, "ben", robbed)
    with database.read() as db:
        assert log.size(db) == before


# --- rotated -----------------------------------------------------------------------------------------------------


def test_this_years_keys_take_over_and_the_old_ones_are_retired(database: Database, issuer: Issuer) -> None:
    make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        old = {key.use: key for key in keys.all_of(db)}
        made = rotate(db, issuer)
        assert [key.use for key in made] == [STATEMENT, SEAL]
        for use in (STATEMENT, SEAL):
            assert keys.by_name(db, old[use].name).retired_at == LATER
            assert in_use(db, use).name != old[use].name
        assert in_use(db, ROOT) == old[ROOT]
        assert told(db, made[0], "new").key == old[STATEMENT].name  # the old one vouches for the new one
        assert told(db, old[STATEMENT], "retire").key == made[0].name  # and does not tell of its own end
        certify(db, "ben", issuer, now=LATER)
        assert {one.key for one in log.of_kind(db, "issue")} == {old[STATEMENT].name, made[0].name}
        assert list(auditing.audit(db, issuer)) == []


def test_a_rotation_names_the_keys_that_it_made_and_no_others(database: Database, issuer: Issuer) -> None:
    """Two in one second are two."""
    with database.write() as db:
        first, second = rotate(db, issuer), rotate(db, issuer)
        assert len(first) == 3  # the first ones of the house
        assert {key.name for key in second}.isdisjoint(key.name for key in first)


def test_what_was_signed_before_a_rotation_is_proven_after_it(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        for year in range(1, 4):
            rotate(db, issuer, now=NOON + year * YEAR)
        certify(db, "ben", issuer, now=NOON + 3 * YEAR)
    with database.read() as db:
        for size in range(log.issued(db, number).seq + 1, log.size(db) + 1):
            assert proven(db, number, at_size=size, now=NOON + 4 * YEAR).verdict == Verdict.PROVEN


def test_a_lost_key_is_replaced_by_one_that_stands_alone_and_is_remembered_outside(
    database: Database, issuer: Issuer, tmp_path: Path
) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    robbed = make_issuer(tmp_path)
    with database.write() as db:
        made = rotate(db, robbed)
        assert [key.use for key in made] == [STATEMENT, ROOT, SEAL]
        assert told(db, made[0], "new").key == made[0].name
        assert memory(robbed).vouched == {made[0].name}
        certify(db, "ben", robbed, now=LATER)
    with database.read() as db:
        assert proven(db, number).verdict == Verdict.PROVEN
        assert list(auditing.audit(db, robbed)) == []


def test_no_leaf_outlives_the_root_that_vouches_for_it(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, 1)
        for year in range(1, 26):
            rotate(db, issuer, now=NOON + year * YEAR)
        known = keys.all_of(db)
    roots = {key.name: x509.load_der_x509_certificate(key.certificate) for key in known if key.use == ROOT}
    assert len(roots) == 2
    for seal in (x509.load_der_x509_certificate(key.certificate) for key in known if key.use == SEAL):
        above = [root for root in roots.values() if _is_above(root, seal)]
        assert len(above) == 1
        assert above[0].not_valid_after_utc >= seal.not_valid_after_utc


def _is_above(root: x509.Certificate, leaf: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(root)
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        return False
    return True


def test_an_operator_is_told_of_keys_that_are_getting_old(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, 1)
        known = keys.all_of(db)
        assert keys.due(known, now=NOON + YEAR) == []
        assert len(keys.due(known, now=NOON + YEAR + timedelta(days=1))) == 2  # a root lives longer
        rotate(db, issuer, now=NOON + YEAR)
        assert keys.due(keys.all_of(db), now=NOON + YEAR + timedelta(days=1)) == []


# --- retired -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", [ROOT, SEAL, STATEMENT])
def test_nobody_retires_the_last_key_of_its_use(database: Database, issuer: Issuer, use: str) -> None:
    with database.write() as db:
        make_entries(db, issuer, 1)
        with pytest.raises(LastOfItsUse, match="keys rotate"):
            keys.retire(db, in_use(db, use), issuer=issuer, by=audit.OPERATOR, now=LATER)


def test_a_key_ends_once(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, 1)
        old = in_use(db, STATEMENT)
        rotate(db, issuer)
        with pytest.raises(KeyNotActive):
            keys.retire(db, old, issuer=issuer, by=audit.OPERATOR, now=LATER)
        distrust(db, old, issuer)
        with pytest.raises(KeyNotActive):
            distrust(db, old, issuer)


def test_a_key_that_never_was_is_not_found(database: Database) -> None:
    with database.read() as db, pytest.raises(NoSuchKey, match="keys list"):
        keys.by_name(db, "seal-2026-00000000")


# --- revoked -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", [ROOT, SEAL, STATEMENT])
def test_a_revoked_key_has_a_successor_and_says_nothing_of_its_own_end_or_of_its_heir(
    database: Database, issuer: Issuer, use: str
) -> None:
    make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        key = in_use(db, use)
        revoked = distrust(db, key, issuer, why="  A laptop\nwas stolen. ")
        assert (revoked.revoked_at, revoked.why) == (LATER, "A laptop was stolen.")
        assert in_use(db, use).name != key.name
        end = told(db, key, "revoke")
        assert revoked.trusted_size == end.seq
        assert key.name not in {end.key, told(db, in_use(db, STATEMENT), "new").key}
        seal, root = keys.sealing(db, issuer, now=LATER)
        assert _is_above(*map(x509.load_der_x509_certificate, (root.certificate, seal.certificate)))
        certify(db, "ben", issuer, now=LATER)
        assert list(auditing.audit(db, issuer)) == []


def test_a_key_is_revoked_with_a_reason_and_not_before_its_time(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, 1)
        key = in_use(db, SEAL)
        with pytest.raises(NoReasonForKey):
            distrust(db, key, issuer, why=" \n")
        with pytest.raises(NotYet):
            distrust(db, key, issuer, since=LATER + timedelta(seconds=1))
        assert keys.by_name(db, key.name).revoked_at is None


def test_of_a_revoked_key_counts_what_stood_in_the_register_before(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        key = in_use(db, STATEMENT)
        own = log.issued(db, number).seq + 1
        distrust(db, key, issuer)
        assert proven(db, number, at_size=log.size(db)).verdict == Verdict.PROVEN
        # Under the checkpoint that the same key signed, nobody can tell offline when it was made.
        assert proven(db, number, at_size=own).verdict == Verdict.KEY_REVOKED


def test_with_since_only_what_stood_there_before_that_instant(database: Database, issuer: Issuer) -> None:
    early, late = make_certificates(database, issuer, ["ana", "ben"])  # a minute apart
    with database.write() as db:
        key, since = in_use(db, STATEMENT), NOON + timedelta(seconds=30)
        assert distrust(db, key, issuer, since=since).distrusted_since == since
        assert proven(db, early, at_size=log.size(db)).verdict == Verdict.KEY_REVOKED
        found = [one.where for one in auditing.audit(db, issuer)]
        assert found == [f"certificate {certificates.by_number(db, late).facts.number_in_groups}"]
        revoke(db, certificates.by_number(db, late), issuer)
        assert list(auditing.audit(db, issuer)) == []


def test_a_certificate_drawn_after_its_key_was_revoked_carries_a_proof_that_counts(
    database: Database, issuer: Issuer
) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        distrust(db, in_use(db, STATEMENT), issuer)
        order = pdfs.ordered(db, certificates.by_number(db, number), issuer=issuer, now=LATER)
        known = Keys.read(json.dumps(keys.published(db, now=LATER)).encode())
        assert checking.check(order.statement, order.proof, known).verdict == Verdict.PROVEN


def test_a_key_that_a_distrusted_one_brought_in_here_stays_ours(
    database: Database, issuer: Issuer, tmp_path: Path
) -> None:
    """The laptop was stolen in June, this year's keys were made in November: they need not be made again."""
    make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        old = in_use(db, STATEMENT)
        rotate(db, issuer, now=NOON + timedelta(hours=1))
        distrust(db, old, issuer, since=NOON + timedelta(minutes=10))
        certify(db, "ben", issuer, now=LATER)
        assert list(auditing.audit(db, issuer)) == []
    # Whoever brought in a key of his own with the stolen one is not so lucky.
    memory(issuer).path.with_name("keys").write_text("", encoding="utf-8")
    with pytest.raises(RegisterTouched), database.write() as db:
        certify(db, "ines", issuer, now=LATER)


def test_a_key_cannot_be_revoked_while_somebody_is_about_to_sign_with_it(
    postgres_database: Database, issuer: Issuer
) -> None:
    """Else an honest certificate would come into the register after the end of the key that signed it."""
    make_certificates(postgres_database, issuer, ["ana"])
    begun = threading.Event()

    def revoke_it() -> int:
        with postgres_database.write() as db:
            begun.set()
            return distrust(db, in_use(db, STATEMENT), issuer).trusted_size or 0

    with ThreadPoolExecutor(1) as thread:
        with postgres_database.write() as db:
            hand = keys.hand(db, issuer, now=NOON)
            revoking = thread.submit(revoke_it)
            begun.wait(10)
            threading.Event().wait(0.3)
            assert not revoking.done()
            said = {"version": 1, "kind": "erase", "number": "1" * 20, "at": "2026-11-20T17:00:00Z"}
            entry = log.append(db, said, subject="1" * 20, hand=hand, now=NOON)
        assert entry.seq < revoking.result(timeout=10)


# --- what nobody else can bring in -------------------------------------------------------------------------------


def forged_entries(db: Session, thief: KeptInMemory, *, retired: bool) -> None:
    """Enter a key of somebody else's, and a certificate signed by it, as the application would."""
    key = thief.make(STATEMENT, Algorithm.ED25519, now=LATER)
    hand = replace(
        keys.hand(db, make_issuer(Path("/nonexistent"), signer=thief, remembers=None), now=LATER),
        key=key,
        sign=lambda message: thief.sign(key.name, message),
    )
    log.append(db, statements.of_key("new", key, STATEMENT, now=LATER), subject=key.name, hand=hand, now=LATER)
    hand = replace(hand, opens=lambda note: log.Checkpoint.read(log.notes.Note.read(note).text))
    said = {"version": 1, "kind": "erase", "number": "2" * 20, "at": "2026-11-21T17:00:00Z"}
    log.append(db, said, subject="2" * 20, hand=hand, now=LATER)
    if retired:  # so that the key in use is ours again
        log.append(db, statements.of_key("retire", key, STATEMENT, now=LATER), subject=key.name, hand=hand, now=LATER)


@pytest.mark.parametrize("retired", [False, True])
def test_somebody_who_can_write_into_the_database_cannot_bring_in_a_key_of_his_own(
    database: Database, issuer: Issuer, *, retired: bool
) -> None:
    make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        before = log.size(db)
        forged_entries(db, KeptInMemory(), retired=retired)
    with pytest.raises(RegisterTouched), database.write() as db:
        certify(db, "ben", issuer, now=LATER)
    with database.read() as db:
        losses.remember_newest(db, issuer)  # as every start does
        assert memory(issuer).size == before
        found = {one.where for one in auditing.audit(db, issuer)}
        assert f"register entry {before}" in found
        assert vouching.keyring(db, issuer).foreign[0] == before


def test_control_where_nothing_is_remembered_outside_his_key_is_taken_for_ours(
    database: Database, issuer: Issuer
) -> None:
    make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        forged_entries(db, KeptInMemory(), retired=False)
        assert len(vouching.keyring(db, issuer).reigns) == 1
        memory(issuer).path.unlink()
        assert len(vouching.keyring(db, issuer).reigns) == 2


def test_a_key_entry_in_words_that_nobody_wrote_is_not_ours(own_database: Database, issuer: Issuer) -> None:
    make_certificates(own_database, issuer, ["ana"])
    with own_database.writing.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("UPDATE register_entry SET statement = statement || 'x' WHERE seq = 0"))
    with own_database.read() as db:
        assert vouching.keyring(db, issuer).reigns == {}


# --- what everybody may know, and what nobody --------------------------------------------------------------------


def test_every_key_that_ever_was_is_published_with_what_became_of_it(database: Database, issuer: Issuer) -> None:
    make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        first = in_use(db, STATEMENT)
        rotate(db, issuer)
        distrust(db, in_use(db, SEAL), issuer, since=NOON)
    with database.read() as db:
        listed = keys.published(db, now=LATER)
        assert [one["key"] for one in listed["keys"]] == [key.name for key in keys.all_of(db)]
        assert len(listed["keys"]) == 3 + 2 + 2
        told_of_first = listed["keys"][0]
        assert base64.b64decode(told_of_first["public"]) == first.public.public
        assert (told_of_first["from"], told_of_first["retired"]) == ("2026-11-20T17:00:00Z", "2026-11-21T17:00:00Z")
        (revoked,) = (one for one in listed["keys"] if one["revoked"])
        assert (revoked["use"], revoked["distrusted_since"]) == ("seal", "2026-11-20T17:00:00Z")
        assert Keys.read(json.dumps(listed).encode()).checkpoint is not None


def test_keys_are_read_back_from_the_register_as_they_were_made(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, 1)
        for key in keys.all_of(db):
            assert verifies(key.public, issuer.signer.sign(key.name, b"message"), b"message")
            assert keys.by_name(db, key.name) == key


def test_no_private_key_is_in_the_database(database: Database, tmp_path: Path) -> None:
    issuer = make_issuer(tmp_path, signer=KeptInFolder(tmp_path / "keys"))
    make_certificates(database, issuer, ["ana"])
    with database.read() as db:
        dump, known = everything(db), keys.all_of(db)
    assert all(base64.b64encode(key.public.public) in dump for key in known), "the control"
    for key in known:
        issuer.signer.sign(key.name, b"so that it is read from its file")
    secrets = [_secret(private) for private in issuer.signer.read.keys.values()]  # type: ignore[attr-defined]
    assert len(secrets) == 3
    for secret in secrets:
        written = (secret, secret.hex().encode(), base64.b64encode(secret)[:40], repr(secret)[2:-1].encode())
        assert not any(one in dump for one in written)


def _secret(private: Any) -> bytes:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.private_numbers().private_value.to_bytes(32)
    raw: bytes = private.private_bytes_raw()
    return raw


def everything(db: Session) -> bytes:
    """Give every value in the database as bytes."""
    kept = b""
    for table in inspect(db.get_bind()).get_table_names():
        for row in db.execute(text(f"SELECT * FROM {table}")):
            kept += b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
    return kept
