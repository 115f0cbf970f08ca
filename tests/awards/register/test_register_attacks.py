"""Whoever owns the database changes what he likes in it: each change is found, and the row is named.

The triggers are dropped, and everything is recomputed that can be without our keys. The register is then held against
its signatures, against the file outside of the database, and against certificates that holders have in hand.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cast import NOON
from conftest import create_database, named
from makers import make_edition
from registers import LATER, certify, drop_triggers, make_issuer, revoke, sealed_pdf
from sqlalchemy import Connection, text
from sqlmodel import Session, col, select

from app import audit
from app.awards import auditing, certificates, erasures, keys, losses, pdfs, replacements, statements
from app.awards.auditing import Finding
from app.awards.issuer import Issuer
from app.awards.losses import RolledBack
from app.awards.register import log, tree
from app.awards.register.log import Entry
from app.awards.register.notes import Proof
from app.awards.replacements import Changes
from app.kit.database import Database, open_database
from app.kit.signing import KeptInMemory

ANA, BEN, INES, OLU, ADA = "ana", "ben", "ines", "olu", "ada"


@dataclass(frozen=True)
class Victim:
    """A house in which all sorts of things happened, as it was before anybody touched it."""

    issuer: Issuer
    url: str
    numbers: dict[str, str]  # by whom it was issued to; “new” replaced Ada's
    held: dict[str, tuple[Proof, bytes]]  # what each holder's certificate proves: the proof in it, and its leaf


@dataclass
class Crime:
    """A copy of the house with its triggers dropped, and whoever owns its database at work."""

    victim: Victim
    connection: Connection

    def sql(self, statement: str, **values: object) -> None:
        done = self.connection.execute(text(statement), self.victim.numbers | values)
        assert done.rowcount, f"nothing was touched: {statement}"

    def one(self, question: str, **values: object) -> object:
        return self.connection.execute(text(question), self.victim.numbers | values).scalar_one()

    def seq(self, whose: str) -> int:
        return int(str(self.one("SELECT seq FROM register_entry WHERE kind = 'issue' AND subject = :n",
                                n=self.victim.numbers[whose])))  # fmt: skip

    def recompute(self) -> None:
        """Make every subtree, and the root in every checkpoint, fit the entries as they are now: all but signatures."""
        words = self.connection.execute(text("SELECT statement FROM register_entry ORDER BY seq")).scalars().all()
        self.connection.execute(text("DELETE FROM register_node"))
        nodes: dict[tuple[int, int], bytes] = {}
        for seq, said in enumerate(words):
            for level, place, made in tree.completed_by(seq, tree.leaf_hash(said.encode()), lambda *at: nodes[at]):
                nodes[level, place] = made
            self._rewrite(seq + 1, tree.root(seq + 1, lambda *at: nodes[at]))
        for (level, place), made in nodes.items():
            self.sql("INSERT INTO register_node VALUES (:level, :place, :made)", level=level, place=place, made=made)

    def _rewrite(self, size: int, root: bytes) -> None:
        note = str(self.one("SELECT note FROM register_checkpoint WHERE size = :size", size=size)).split("\n")
        note[2] = base64.b64encode(root).decode()
        self.sql("UPDATE register_checkpoint SET note = :note WHERE size = :size", note="\n".join(note), size=size)


# --- the house ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def victim(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Victim:
    folder = tmp_path_factory.mktemp("victim")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'continua.db'}"
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "continua.db")
    else:
        address = request.getfixturevalue("postgres")
        create_database(address, "victim", template="template_house")
        url = named(address, "victim")
    issuer, database = make_issuer(folder), open_database(url)
    numbers = live(database, issuer)
    with database.read() as db:
        held = {who: _held(db, number) for who, number in numbers.items()}
    database.close()
    return Victim(issuer, url, numbers, held)


def live(database: Database, issuer: Issuer) -> dict[str, str]:
    """Issue, revoke, correct, erase and draw."""
    numbers: dict[str, str] = {}
    for place, who in enumerate((ANA, BEN, INES, OLU, ADA)):
        with database.write() as db:
            numbers[who] = certify(db, who, issuer, now=NOON + timedelta(minutes=place)).number
            _draw(db, numbers[who], issuer)
    with database.write() as db:
        revoke(db, certificates.by_number(db, numbers[INES]), issuer, now=NOON + timedelta(hours=1))
    with database.write() as db:
        by = {"issuer": issuer, "by": audit.OPERATOR, "now": NOON + timedelta(hours=2)}
        erasures.erase(db, certificates.by_number(db, numbers[OLU]), **by)
        changes = Changes(credit_hours={"ethics": "0.25"})
        new = replacements.correct(db, certificates.by_number(db, numbers[ADA]), changes, reason="Too many.", **by)
        numbers["new"] = new.number
    return numbers


def _draw(db: Session, number: str, issuer: Issuer) -> None:
    content = sealed_pdf(db, number, issuer)
    pdfs.keep(db, certificates.by_number(db, number), content, paper="letter", now=NOON)


def _held(db: Session, number: str) -> tuple[Proof, bytes]:
    entry = log.issued(db, number)
    return log.proof(db, entry.seq), tree.leaf_hash(entry.statement.encode())


@pytest.fixture
def crime(victim: Victim) -> Iterator[Session]:
    """The house, for one crime: nothing of it stays."""
    database = open_database(victim.url)
    with database.writing.connect() as connection, connection.begin() as whole:
        with Session(connection, join_transaction_mode="create_savepoint") as db:
            yield db
        whole.rollback()
    database.close()


def commit(victim: Victim, db: Session, crime: Callable[[Crime], None]) -> list[Finding]:
    """Let somebody do what he likes, and say what the audit finds of it, but for the triggers he dropped."""
    drop_triggers(db.connection())
    crime(Crime(victim, db.connection()))
    found = list(auditing.audit(db, victim.issuer))
    assert [one for one in found if one.where.startswith("table ")], "dropped triggers are a finding of their own"
    return [one for one in found if not one.where.startswith("table ")]


def seen_by(victim: Victim, db: Session) -> set[str]:
    """Say whose certificates show that something is not as it was."""
    return {who for who, (proof, leaf) in victim.held.items() if list(auditing.against(db, proof, leaf))}


# --- what he may do ----------------------------------------------------------------------------------------------

HOURS = ('replace(statement, \'"total":"0.5"\', \'"total":"5.0"\')', "subject = :ana AND kind = 'issue'")


def more_hours_in_the_register(he: Crime) -> None:
    he.sql(f"UPDATE register_entry SET statement = {HOURS[0]} WHERE {HOURS[1]}")


def more_hours_on_the_certificate(he: Crime) -> None:
    he.sql(f"UPDATE certificate SET statement = {HOURS[0]} WHERE number = :ana")


def more_hours_in_both(he: Crime) -> None:
    more_hours_in_the_register(he)
    more_hours_on_the_certificate(he)


def more_hours_and_everything_recomputed(he: Crime) -> None:
    more_hours_in_both(he)
    he.recompute()


def another_name(he: Crime) -> None:
    he.sql("UPDATE certificate SET personal = replace(personal, 'Ana', 'Bob') WHERE number = :ana")


def another_salt(he: Crime) -> None:
    he.sql("UPDATE certificate SET salt = :salt WHERE number = :ana", salt=bytes(32))


def another_name_and_everything_recomputed(he: Crime) -> None:
    whose = statements.Personal('{"holder":"Bob","license":null}', bytes(32))
    said = json.loads(str(he.one("SELECT statement FROM certificate WHERE number = :ana")))
    words = statements.canonical(said | {"commitment": whose.commitment}).decode()
    he.sql("UPDATE certificate SET personal = :whose, salt = :salt, statement = :words WHERE number = :ana",
           whose=whose.text, salt=whose.salt, words=words)  # fmt: skip
    he.sql(f"UPDATE register_entry SET statement = :words WHERE {HOURS[1]}", words=words)
    he.recompute()


def two_holders_swapped(he: Crime) -> None:
    for column in ("personal", "salt"):
        pair = [he.one(f"SELECT {column} FROM certificate WHERE number = :{who}") for who in (ANA, BEN)]
        for who, value in zip((BEN, ANA), pair, strict=True):
            he.sql(f"UPDATE certificate SET {column} = :value WHERE number = :{who}", value=value)


def two_numbers_swapped(he: Crime) -> None:
    he.sql("UPDATE certificate SET number = 'x' || substr(number, 2) WHERE number = :ana")
    he.sql("UPDATE certificate SET number = :ana WHERE number = :ben")
    he.sql("UPDATE certificate SET number = :ben WHERE number LIKE 'x%'")


def another_day(column: str) -> Callable[[Crime], None]:
    def crime(he: Crime) -> None:
        he.sql(f"UPDATE certificate SET {column} = '2020-01-01 00:00:00' WHERE number = :ana")

    return crime


def an_entry_back_dated(he: Crime) -> None:
    he.sql(f"UPDATE register_entry SET at = '2020-01-01 00:00:00' WHERE {HOURS[1]}")


def an_entry_and_its_checkpoint_back_dated(he: Crime) -> None:
    an_entry_back_dated(he)
    he.sql("UPDATE register_checkpoint SET at = '2020-01-01 00:00:00' WHERE size = :size", size=he.seq(ANA) + 1)


def a_revocation_back_dated_in_the_register(he: Crime) -> None:
    he.sql("UPDATE register_entry SET at = '2026-11-20 17:00:00' WHERE kind = 'revoke'")


def an_entry_deleted(he: Crime) -> None:
    he.sql(f"DELETE FROM register_entry WHERE {HOURS[1]}")


def a_certificate_deleted(he: Crime) -> None:
    he.sql("DELETE FROM certificate_document WHERE certificate_id = (SELECT id FROM certificate WHERE number = :ana)")
    he.sql("DELETE FROM certificate WHERE number = :ana")


def a_certificate_deleted_with_its_entry_subtrees_and_checkpoint(he: Crime) -> None:
    seq = he.seq(ANA)
    a_certificate_deleted(he)
    an_entry_deleted(he)
    he.sql("DELETE FROM register_node WHERE level = 0 AND place = :seq", seq=seq)
    he.sql("DELETE FROM register_checkpoint WHERE size = :size", size=seq + 1)


def the_last_entries_cut_off(he: Crime) -> None:
    seq = he.seq(ADA)
    he.sql("DELETE FROM certificate WHERE number = :new")
    for condition in (f"(place + 1) * (1 << level) > {seq}",):
        he.sql(f"DELETE FROM register_node WHERE {condition}")
    he.sql("DELETE FROM register_entry WHERE seq >= :seq", seq=seq)
    he.sql("DELETE FROM register_checkpoint WHERE size > :seq", seq=seq)
    he.sql("UPDATE certificate SET revoked_at = NULL, revocation_reason = NULL, revocation_class = NULL "
           "WHERE number = :ines")  # fmt: skip
    he.sql("DELETE FROM certificate_document WHERE certificate_id IN (SELECT id FROM certificate WHERE number IN "
           "(:ada, :olu))")  # fmt: skip
    he.sql("DELETE FROM certificate WHERE number IN (:ada, :olu)")
    he.sql("DELETE FROM register_entry WHERE kind = 'issue' AND subject = :olu")


def two_entries_swapped(he: Crime) -> None:
    first, second = he.seq(ANA), he.seq(BEN)
    for table, column, where in (("register_entry", "seq", "seq"), ("register_node", "place", "level = 0 AND place")):
        he.sql(f"UPDATE {table} SET {column} = 1000 WHERE {where} = :first", first=first)
        he.sql(f"UPDATE {table} SET {column} = :first WHERE {where} = :second", first=first, second=second)
        he.sql(f"UPDATE {table} SET {column} = :second WHERE {where} = 1000", second=second)


def two_entries_swapped_and_everything_recomputed(he: Crime) -> None:
    two_entries_swapped(he)
    he.recompute()


def an_entry_put_behind_the_last(he: Crime) -> None:
    size = int(str(he.one("SELECT max(size) FROM register_checkpoint")))
    he.sql("INSERT INTO register_entry SELECT :seq, 'erase', 'x', statement, key, signature, at FROM register_entry "
           "WHERE seq = 3", seq=size)  # fmt: skip


def a_certificate_out_of_nothing(he: Crime) -> None:
    kept = "statement, personal, salt, completed_at, issued_at"
    he.sql(f"INSERT INTO certificate (number, {kept}) SELECT :made_up, {kept} FROM certificate WHERE number = :ana",
           made_up="0" * 20)  # fmt: skip


def a_certificate_out_of_nothing_with_an_entry(he: Crime) -> None:
    size = int(str(he.one("SELECT max(size) FROM register_checkpoint")))
    words = str(he.one("SELECT statement FROM certificate WHERE number = :ana"))
    words = words.replace(he.victim.numbers[ANA], "0" * 20)
    kept = "personal, salt, completed_at, issued_at"
    he.sql(f"INSERT INTO certificate (number, statement, {kept}) SELECT :made_up, :words, {kept} FROM certificate "
           "WHERE number = :ana", made_up="0" * 20, words=words)  # fmt: skip
    he.sql("INSERT INTO register_entry SELECT :seq, kind, :made_up, :words, key, signature, at FROM register_entry "
           f"WHERE {HOURS[1]}", seq=size, made_up="0" * 20, words=words)  # fmt: skip
    he.sql("INSERT INTO register_checkpoint SELECT :size, :note, at FROM register_checkpoint WHERE size = :last",
           size=size + 1, last=size,
           note=str(he.one("SELECT note FROM register_checkpoint WHERE size = :last", last=size))
           .replace(f"\n{size}\n", f"\n{size + 1}\n"))  # fmt: skip
    he.recompute()


UNREVOKED = "revoked_at = NULL, revoked_by = NULL, revocation_class = NULL, revocation_reason = NULL"


def a_revocation_undone(he: Crime) -> None:
    he.sql(f"UPDATE certificate SET {UNREVOKED} WHERE number = :ines")


def a_revocation_undone_in_the_register_too(he: Crime) -> None:
    a_revocation_undone(he)
    he.sql("DELETE FROM register_entry WHERE kind = 'revoke'")


def a_revocation_back_dated(he: Crime) -> None:
    he.sql("UPDATE certificate SET revoked_at = '2020-01-01 00:00:00' WHERE number = :ines")


def a_revocation_for_another_reason(he: Crime) -> None:
    he.sql("UPDATE certificate SET revocation_class = 'holder' WHERE number = :ines")


def a_revocation_out_of_nothing(he: Crime) -> None:
    he.sql("UPDATE certificate SET revoked_at = issued_at, revocation_reason = 'x', revocation_class = 'other' "
           "WHERE number = :ana")  # fmt: skip


def a_correction_undone(he: Crime) -> None:
    he.sql("UPDATE certificate SET replaces = NULL, replaces_why = NULL, enrollment_id = NULL WHERE number = :new")


def a_correction_of_another(he: Crime) -> None:
    he.sql("UPDATE certificate SET replaces = (SELECT id FROM certificate WHERE number = :ben) WHERE number = :new")


def a_holder_put_back_after_erasure(he: Crime) -> None:
    he.sql("UPDATE certificate SET personal = :whose, salt = :salt WHERE number = :olu",
           whose='{"holder":"Olu","license":null}', salt=bytes(32))  # fmt: skip


def a_holder_erased_behind_our_back(he: Crime) -> None:
    he.sql("UPDATE certificate SET personal = NULL, salt = NULL WHERE number = :ana")


OF_ANA = "certificate_id = (SELECT id FROM certificate WHERE number = :ana)"


def a_pdf_changed(he: Crime) -> None:
    content = bytes(he.one(f"SELECT content FROM certificate_document WHERE {OF_ANA}"))  # type: ignore[call-overload]
    he.sql(f"UPDATE certificate_document SET content = :content WHERE {OF_ANA}", content=content + b"\n")


def a_pdf_changed_with_its_digest(he: Crime) -> None:
    content = bytes(he.one(f"SELECT content FROM certificate_document WHERE {OF_ANA}"))  # type: ignore[call-overload]
    content = content.replace(b"Certificate", b"Certificatf", 1) + b"\n"
    he.sql(f"UPDATE certificate_document SET content = :content, sha256 = :digest WHERE {OF_ANA}",
           content=content, digest=hashlib.sha256(content).hexdigest())  # fmt: skip


def two_pdfs_swapped(he: Crime) -> None:
    he.sql("UPDATE certificate_document SET paper = 'x' WHERE certificate_id = "
           "(SELECT id FROM certificate WHERE number = :ana)")  # fmt: skip
    he.sql(f"UPDATE certificate_document SET certificate_id = (SELECT id FROM certificate WHERE number = :ben) "
           f"WHERE {OF_ANA}")  # fmt: skip


def a_pdf_emptied(he: Crime) -> None:
    he.sql(f"UPDATE certificate_document SET content = NULL WHERE {OF_ANA}")


def a_pdf_put_back_after_erasure(he: Crime) -> None:
    he.sql("UPDATE certificate_document SET content = :content WHERE content IS NULL", content=b"%PDF of Olu")


def a_subtree_changed(he: Crime) -> None:
    he.sql("UPDATE register_node SET hash = :made WHERE level = 1 AND place = 2", made=bytes(32))


def a_subtree_deleted(he: Crime) -> None:
    he.sql("DELETE FROM register_node WHERE level = 1 AND place = 2")


def a_leaf_changed(he: Crime) -> None:
    he.sql("UPDATE register_node SET hash = :made WHERE level = 0 AND place = 4", made=bytes(32))


def a_checkpoint_changed(he: Crime) -> None:
    he._rewrite(5, bytes(32))


def a_checkpoint_signed_by_nobody(he: Crime) -> None:
    note = str(he.one("SELECT note FROM register_checkpoint WHERE size = 5"))
    he.sql("UPDATE register_checkpoint SET note = :note WHERE size = 5", note=note[:-40] + "A" * 37 + note[-3:])


def a_checkpoint_deleted(he: Crime) -> None:
    he.sql("DELETE FROM register_checkpoint WHERE size = 5")


def two_checkpoints_swapped(he: Crime) -> None:
    notes = [he.one("SELECT note FROM register_checkpoint WHERE size = :size", size=size) for size in (5, 6)]
    for size, note in zip((6, 5), notes, strict=True):
        he.sql("UPDATE register_checkpoint SET note = :note WHERE size = :size", note=note, size=size)


def the_newest_checkpoint_signed_by_nobody(he: Crime) -> None:
    he.sql("UPDATE register_checkpoint SET note = replace(note, '— ce', '— de') "
           "WHERE size = (SELECT max(size) FROM register_checkpoint)")  # fmt: skip


def a_signature_changed(he: Crime) -> None:
    he.sql(f"UPDATE register_entry SET signature = :made WHERE {HOURS[1]}", made=bytes(64))


def an_entry_by_another_key(he: Crime) -> None:
    he.sql(f"UPDATE register_entry SET key = 'statement-2026-00000000' WHERE {HOURS[1]}")


def an_entry_about_another_certificate(he: Crime) -> None:
    he.sql("UPDATE register_entry SET subject = :ben WHERE kind = 'revoke'")


def an_entry_of_another_kind(he: Crime) -> None:
    he.sql("UPDATE register_entry SET kind = 'erase' WHERE kind = 'revoke'")


def an_entry_that_is_no_statement(he: Crime) -> None:
    he.sql(f"UPDATE register_entry SET statement = '[' || statement WHERE {HOURS[1]}")
    he.sql("UPDATE certificate SET statement = '[' || statement WHERE number = :ana")
    he.recompute()


def another_public_key(he: Crime) -> None:
    he.sql('UPDATE register_entry SET statement = replace(statement, \'"public":"\', \'"public":"A\') WHERE seq = 0')


def the_register_taken_away(he: Crime) -> None:
    for table in ("register_entry", "register_node", "register_checkpoint"):
        he.sql(f"DELETE FROM {table}")


CERTIFICATE, DRAWING, DATABASE = "certificate", "drawing", "the database"
# What he does; the rows that must be named: of whom, or which; and whose certificates must show it.
CRIMES: dict[Callable[[Crime], None], tuple[set[str], set[str]]] = {
    more_hours_in_the_register: ({"entry ana", "certificate ana"}, {ANA}),
    more_hours_on_the_certificate: ({"certificate ana"}, set()),
    more_hours_in_both: ({"entry ana"}, {ANA}),
    more_hours_and_everything_recomputed: ({"entry ana", DATABASE}, {ANA, BEN}),
    another_name: ({"certificate ana"}, set()),
    another_salt: ({"certificate ana"}, set()),
    another_name_and_everything_recomputed: ({"entry ana", DATABASE}, {ANA, BEN}),
    two_holders_swapped: ({"certificate ana", "certificate ben"}, set()),
    two_numbers_swapped: ({"certificate ana", "certificate ben"}, set()),
    another_day("completed_at"): ({"certificate ana"}, set()),
    another_day("issued_at"): ({"certificate ana"}, set()),
    an_entry_back_dated: ({"entry ana"}, set()),
    an_entry_and_its_checkpoint_back_dated: ({"certificate ana"}, set()),
    a_revocation_back_dated_in_the_register: ({"register entry 8"}, set()),
    an_entry_deleted: ({"entry ana", "certificate ana"}, {ANA}),
    a_certificate_deleted: ({"certificate ana"}, set()),
    a_certificate_deleted_with_its_entry_subtrees_and_checkpoint: ({"entry ana"}, {ANA}),
    the_last_entries_cut_off: ({DATABASE}, {ADA, "new"}),
    two_entries_swapped: ({"entry ana"}, {ANA, BEN}),
    two_entries_swapped_and_everything_recomputed: ({"entry ana", DATABASE}, {ANA, BEN}),
    an_entry_put_behind_the_last: ({"checkpoint 13"}, set()),
    a_certificate_out_of_nothing: ({"certificate 0000-0000-0000-0000-0000"}, set()),
    a_certificate_out_of_nothing_with_an_entry: ({"register entry 12", "checkpoint 13"}, set()),
    a_revocation_undone: ({"certificate ines"}, set()),
    a_revocation_undone_in_the_register_too: ({"register entry 8"}, set()),
    a_revocation_back_dated: ({"certificate ines"}, set()),
    a_revocation_for_another_reason: ({"certificate ines"}, set()),
    a_revocation_out_of_nothing: ({"certificate ana"}, set()),
    a_correction_undone: ({"certificate ada", "certificate new"}, set()),
    a_correction_of_another: ({"certificate ada", "certificate ben", "certificate new"}, set()),
    a_holder_put_back_after_erasure: ({"certificate olu"}, set()),
    a_holder_erased_behind_our_back: ({"certificate ana"}, set()),
    a_pdf_changed: ({"drawing ana"}, set()),
    a_pdf_changed_with_its_digest: ({"drawing ana"}, set()),
    two_pdfs_swapped: ({"drawing ben"}, set()),
    a_pdf_emptied: ({"drawing ana"}, set()),
    a_pdf_put_back_after_erasure: ({"drawing olu"}, set()),
    a_subtree_changed: ({"register entry 5"}, set()),
    a_subtree_deleted: ({"register entry 5"}, set()),
    a_leaf_changed: ({"register entry 4"}, set()),
    a_checkpoint_changed: ({"register entry 4"}, set()),
    a_checkpoint_signed_by_nobody: ({"checkpoint 5"}, set()),
    a_checkpoint_deleted: ({"checkpoint 5"}, set()),
    two_checkpoints_swapped: ({"checkpoint 5", "checkpoint 6"}, set()),
    the_newest_checkpoint_signed_by_nobody: ({"checkpoint 12"}, set()),
    a_signature_changed: ({"entry ana"}, set()),
    an_entry_by_another_key: ({"entry ana"}, set()),
    an_entry_about_another_certificate: ({"register entry 8"}, set()),
    an_entry_of_another_kind: ({"register entry 8"}, set()),
    an_entry_that_is_no_statement: ({"entry ana"}, {ANA}),
    another_public_key: ({"register entry 0"}, set()),
    the_register_taken_away: ({DATABASE, "certificate ana"}, {ANA, BEN, INES, OLU, ADA, "new"}),
}


def rows_named(victim: Victim, found: list[Finding]) -> set[str]:
    """Give the rows that were found, in the words of the table above."""
    words: dict[str, str] = {}
    for who, number in victim.numbers.items():
        grouped = "-".join(number[start : start + 4] for start in range(0, 20, 4))
        words[f"certificate {grouped}"] = f"certificate {who}"
        words[f"register entry {victim.held[who][0].index}"] = f"entry {who}"
    named_ = {words.get(one.where, one.where) for one in found} | {one.where for one in found}
    drawings = {one.where.split(" of ")[1] for one in found if one.where.startswith(DRAWING)}
    named_ |= {words[one].replace(CERTIFICATE, DRAWING) for one in drawings}
    return named_


# --- each is found -----------------------------------------------------------------------------------------------


def test_control_where_nobody_touched_anything_nothing_is_found(victim: Victim, crime: Session) -> None:
    assert list(auditing.audit(crime, victim.issuer, signatures=True)) == []
    assert log.size(crime) == 12
    assert seen_by(victim, crime) == set()


@pytest.mark.parametrize("what", CRIMES, ids=lambda what: what.__qualname__)
def test_whatever_is_changed_is_found_and_the_row_is_named(
    victim: Victim, crime: Session, what: Callable[[Crime], None]
) -> None:
    found = commit(victim, crime, what)
    rows, seers = CRIMES[what]
    assert rows <= rows_named(victim, found), found
    assert seers <= seen_by(victim, crime)


def test_whoever_changes_one_row_does_not_make_all_others_look_changed(victim: Victim, crime: Session) -> None:
    found = commit(victim, crime, more_hours_in_the_register)
    assert rows_named(victim, found) == {"entry ana", "certificate ana", *(one.where for one in found)}
    assert len({one.where for one in found}) == 2


# --- an old backup -----------------------------------------------------------------------------------------------


def test_an_old_backup_put_back_is_found_and_the_house_does_not_open_on_it(sqlite_url: str, tmp_path: Path) -> None:
    issuer, database = make_issuer(tmp_path), open_database(sqlite_url)
    with database.write() as db:
        make_edition(db)
        certify(db, ANA, issuer)
    database.close()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    shutil.copy(file, tmp_path / "backup.db")
    database = open_database(sqlite_url)
    with database.write() as db:
        late = certify(db, BEN, issuer, now=LATER)
        proof, leaf = _held(db, late.number)
    database.close()
    shutil.copy(tmp_path / "backup.db", file)
    for more in ("-wal", "-shm"):
        file.with_name(file.name + more).unlink(missing_ok=True)
    database = open_database(sqlite_url)
    with database.read() as db:
        with pytest.raises(RolledBack, match="1 entries are missing"):
            losses.assert_continues(db, issuer)
        assert [one.where for one in auditing.audit(db, issuer)] == ["the database"]
        assert "some are gone" in next(auditing.against(db, proof, leaf)).what
    with pytest.raises(log.RegisterTouched), database.write() as db:
        certify(db, INES, issuer, now=LATER)  # not even a house that was open meanwhile goes on
    database.close()


# --- a register of his own ---------------------------------------------------------------------------------------


def test_a_register_written_anew_with_other_keys_is_found_by_the_file_outside_and_by_every_certificate(
    victim: Victim, crime: Session
) -> None:
    drop_triggers(crime.connection())
    thief = make_issuer(Path("/nonexistent"), signer=KeptInMemory(), remembers=None)
    old = [(one.said, one.subject, one.at) for one in crime.exec(select(Entry).order_by(col(Entry.seq)))]
    for table in ("register_entry", "register_node", "register_checkpoint"):
        crime.execute(text(f"DELETE FROM {table}"))
    crime.expunge_all()
    hand = keys.hand(crime, thief, now=NOON)
    for said, subject, at in old:
        if said["kind"] != "key":
            log.append(crime, said, subject=subject, hand=hand, now=at)
    found = {one.where for one in auditing.audit(crime, victim.issuer, documents=False)}
    assert "the database" in found
    alone = replace(victim.issuer, remembers=None)  # as it looks to whoever has nothing but the database
    assert not [one for one in auditing.audit(crime, alone, documents=False) if not one.where.startswith("table")]
    seals = [one.what for one in auditing.audit(crime, alone) if one.where.startswith("drawing")]
    assert seals == ["It is not sealed by a key of ours."] * 4  # what lies beside it was sealed by us
    for proof, leaf in victim.held.values():
        assert next(auditing.against(crime, proof, leaf)).where == "the register"


# --- certificates that are not what they seem --------------------------------------------------------------------


def test_a_forged_certificate_is_told_from_a_forged_register(victim: Victim, crime: Session) -> None:
    proof, leaf = victim.held[ANA]
    other = make_issuer(Path("/nonexistent"), remembers=None)
    assert next(auditing.against(crime, proof, bytes(32))).where == "the certificate"
    assert next(auditing.against(crime, replace(proof, note="nothing"), leaf)).where == "the certificate"
    signer = other.signer
    key = signer.make(keys.STATEMENT, keys.ALGORITHMS[keys.STATEMENT], now=NOON)
    reached = log.Checkpoint("ce.example.org/register", 1, leaf)
    note = log.notes.signed(
        reached, name=reached.origin, public=key.public, sign=lambda message: signer.sign(key.name, message)
    )
    told = [one.what for one in auditing.against(crime, Proof(0, (), note), leaf)]
    assert told[0] == "It does not know the key that signed the checkpoint in this certificate."
