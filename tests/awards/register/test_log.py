"""The register: an entry if and only if the act happened, in one order without a gap, and signed at every size."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from cast import NOON
from registers import (
    LATER,
    certify,
    drop_triggers,
    leaf_as_defined,
    make_certificates,
    make_entries,
    make_issuer,
    revoke,
    root_as_defined,
    root_in,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from app import audit
from app.awards import certificates, keys, statements
from app.awards.issuer import Issuer
from app.awards.register import log, notes, tree
from app.awards.register.log import Entry, NotInRegister, RegisterTouched, SignedCheckpoint
from app.awards.register.notes import Checkpoint, Note
from app.kit.database import Database

MANY = 33  # entries: past 32, so that subtrees of six levels are complete


class HalfWay(Exception):
    """Whatever may go wrong in the middle of an act."""


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


def entries(db: Session) -> list[Entry]:
    return list(db.exec(select(Entry).order_by(col(Entry.seq))))


def remembered(issuer: Issuer) -> int:
    assert issuer.remembers is not None
    return issuer.remembers.size


# --- what stands in it -------------------------------------------------------------------------------------------


def test_each_act_on_a_certificate_is_one_entry_in_the_words_of_its_statement(
    database: Database, issuer: Issuer
) -> None:
    numbers = make_certificates(database, issuer)
    with database.write() as db:
        revoke(db, certificates.by_number(db, numbers[0]), issuer)
        certificates.erase(db, certificates.by_number(db, numbers[1]), issuer=issuer, by=audit.OPERATOR, now=LATER)
    with database.read() as db:
        told = [(one.kind, one.subject) for one in entries(db) if one.kind != "key"]
        assert told == [*(("issue", number) for number in numbers), ("revoke", numbers[0]), ("erase", numbers[1])]
        for number in numbers:
            assert log.issued(db, number).statement == certificates.by_number(db, number).statement
        assert all(statements.canonical(one.said).decode() == one.statement for one in entries(db))


def test_places_are_taken_in_order_without_a_gap(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, MANY)
    with database.read() as db:
        assert [one.seq for one in entries(db)] == list(range(log.size(db)))
        assert [kept.size for kept in db.exec(select(SignedCheckpoint).order_by(col(SignedCheckpoint.size)))] == list(
            range(1, log.size(db) + 1)
        )


def test_the_checkpoint_after_each_entry_opens_with_the_key_and_has_the_root_of_the_standard(
    database: Database, issuer: Issuer
) -> None:
    with database.write() as db:
        make_entries(db, issuer, MANY)
    with database.read() as db:
        leaves = [leaf_as_defined(one.statement) for one in entries(db)]
        (key,) = (one for one in keys.all_of(db) if one.use == keys.STATEMENT)
        known = notes.known_as("ce.example.org/register", [key.public.public])
        for kept in db.exec(select(SignedCheckpoint)):
            reached = notes.opened(kept.note, known)
            assert reached == Checkpoint(issuer.origin, kept.size, root_as_defined(leaves[: kept.size]))
            assert log.root(db, kept.size) == reached.root


def test_every_entry_is_proven_under_every_later_checkpoint(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, MANY)
    shown = 0
    with database.read() as db:
        for one in entries(db):
            for size in range(one.seq + 1, log.size(db) + 1):
                proof = log.proof(db, one.seq, at_size=size)
                leaf, root = leaf_as_defined(one.statement), root_in(proof.note)
                assert tree.verify_inclusion(leaf, proof.hashes, index=proof.index, size=size, root=root)
                shown += 1
        assert log.proof(db, 5) == log.proof(db, 5, at_size=6)
        assert shown == log.size(db) * (log.size(db) + 1) // 2


def test_each_checkpoint_continues_those_before_it(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, 20)
    with database.read() as db:
        kept = {one.size: root_in(one.note) for one in db.exec(select(SignedCheckpoint))}
        for (old, old_root), (new, new_root) in combinations(kept.items(), 2):
            path = tree.consistency(old, new, log.reader(db))
            sizes = {"old_size": old, "new_size": new}
            assert tree.verify_consistency(path, **sizes, old_root=old_root, new_root=new_root)


def test_the_checkpoint_of_a_day_is_the_last_one_before_its_end(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, 2)
        make_entries(db, issuer, 3, now=LATER, first=2)
    with database.read() as db:
        size = log.size(db)
        assert log.last_before(db, LATER).size == size - 3
        assert log.last_before(db, LATER + timedelta(seconds=1)).size == size
        with pytest.raises(NotInRegister):
            log.last_before(db, NOON)


def test_what_is_not_in_the_register_is_refused_in_words(database: Database) -> None:
    with database.read() as db:
        assert (log.size(db), log.newest(db)) == (0, None)
        with pytest.raises(NotInRegister, match="no such entry"):
            log.issued(db, "0" * 20)


def test_a_certificate_is_issued_once_in_the_register_as_well(database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(database, issuer, ["ana"])
    with database.write() as db:
        said, hand = log.issued(db, number).said, keys.hand(db, issuer, now=LATER)
        with pytest.raises(IntegrityError), db.begin_nested():
            log.append(db, said, subject=number, hand=hand, now=LATER)


# --- if and only if the act happened -----------------------------------------------------------------------------


def test_an_act_that_fails_leaves_no_entry_and_nothing_in_the_file_outside(database: Database, issuer: Issuer) -> None:
    make_certificates(database, issuer, ["ana"])
    with database.read() as db:
        before = log.size(db)
    with suppress(HalfWay), database.write() as db:
        certify(db, "ben", issuer)
        assert log.size(db) > before
        raise HalfWay
    with database.read() as db:
        assert (log.size(db), remembered(issuer)) == (before, before)
        assert [one.size for one in db.exec(select(SignedCheckpoint))][-1] == before


def test_the_file_outside_remembers_each_act_once_it_is_committed(database: Database, issuer: Issuer) -> None:
    for number in range(3):
        with database.write() as db:
            make_entries(db, issuer, 2, first=2 * number)
            before = remembered(issuer)
            assert before < log.size(db)
        with database.read() as db:
            assert remembered(issuer) == log.size(db) > before
            newest = log.newest(db)
            assert issuer.remembers is not None
            assert newest is not None
            assert issuer.remembers.recall() == newest.note


def test_a_savepoint_decides_nothing_about_what_is_remembered(database: Database, issuer: Issuer) -> None:
    """The file must not run ahead of the database: the house would not open again, for nothing was lost."""
    with suppress(HalfWay), database.write() as db:
        with db.begin_nested():
            make_entries(db, issuer, 2)
        assert remembered(issuer) == 0
        raise HalfWay
    assert remembered(issuer) == 0


def test_what_a_savepoint_took_back_is_not_remembered_and_what_stood_before_it_is(
    database: Database, issuer: Issuer
) -> None:
    with database.write() as db:
        make_entries(db, issuer, 2)
        with suppress(HalfWay), db.begin_nested():
            make_entries(db, issuer, 3, first=2)
            raise HalfWay
    with database.read() as db:
        assert remembered(issuer) == log.size(db) == 3 + 2  # three keys, two entries


def test_a_full_disk_beside_the_database_does_not_undo_an_act(
    database: Database, issuer: Issuer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "register").write_text("a file where a folder should be", encoding="utf-8")
    with database.write() as db:
        make_entries(db, make_issuer(tmp_path, remembers=None), 2)
    shut = make_issuer(tmp_path / "register")
    with database.write() as db:
        db.info["register_memory"] = [shut.remembers]
    assert "could not be remembered" in capsys.readouterr().err
    with database.read() as db:
        assert log.size(db) == 5


@pytest.mark.parametrize("callers", [8])
def test_of_many_that_write_at_once_each_has_a_place_of_its_own(
    database: Database, issuer: Issuer, callers: int
) -> None:
    gate = threading.Barrier(callers, timeout=60)

    def write(caller: int) -> None:
        gate.wait()
        for number in range(5):
            with database.write() as db:
                make_entries(db, issuer, 1, first=100 * caller + number)

    with ThreadPoolExecutor(callers) as threads:
        for call in [threads.submit(write, caller) for caller in range(callers)]:
            call.result()
    with database.read() as db:
        kept = entries(db)
        assert [one.seq for one in kept] == list(range(3 + 5 * callers))
        assert len({one.subject for one in kept}) == len(kept)
        assert sum(one.kind == "key" for one in kept) == 3  # of those who found an empty house one made its keys
        newest = log.newest(db)
        assert newest is not None
        assert root_in(newest.note) == root_as_defined([leaf_as_defined(one.statement) for one in kept])
        assert remembered(issuer) == len(kept)


# --- what the database refuses -----------------------------------------------------------------------------------

TABLES = {"register_entry": "seq", "register_node": "place", "register_checkpoint": "size"}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["UPDATE", "DELETE", "TRUNCATE", "REPLACE"])
def test_no_row_of_the_register_is_changed_or_taken_away(
    database: Database, issuer: Issuer, table: str, act: str
) -> None:
    with database.write() as db:
        make_entries(db, issuer, 3)
        if act == {True: "TRUNCATE", False: "REPLACE"}[database.is_sqlite]:
            return  # the other kind of database has this door
        statement = {
            "UPDATE": f"UPDATE {table} SET {TABLES[table]} = {TABLES[table]} + 100",
            "DELETE": f"DELETE FROM {table}",
            "TRUNCATE": f"TRUNCATE {table}",
            "REPLACE": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        }[act]
        with pytest.raises(DBAPIError, match="never deleted or rewritten"), db.begin_nested():
            db.execute(text(statement))


def test_every_column_of_the_register_is_fixed(database: Database, issuer: Issuer) -> None:
    with database.write() as db:
        make_entries(db, issuer, 1)
        for table in (Entry, log.Node, SignedCheckpoint):
            for column in table.model_fields:
                with pytest.raises(DBAPIError, match="never deleted or rewritten"), db.begin_nested():
                    db.execute(text(f"UPDATE {table.__tablename__} SET {column} = {column}"))


# --- nothing is built on what somebody changed -------------------------------------------------------------------


def tampered(database: Database, *statements_: str) -> None:
    with database.writing.begin() as connection:
        drop_triggers(connection)
        for statement in statements_:
            connection.execute(text(statement))


OF_THE_LAST = "level = 0 AND place = 7 OR level = 1 AND place = 3 OR level = 2 AND place = 1 OR level = 3"
ANOTHER_HASH = "(SELECT hash FROM register_node WHERE level = 0 AND place = 1)"
COPIED = "8, 'erase', 'x', statement, key, signature, at"
SIGNED_BY_NOBODY = "replace(note, '— ce', '— de')"
TOUCHED = {
    "the last entry was deleted": ["DELETE FROM register_entry WHERE seq = 7"],
    "its checkpoint was deleted": ["DELETE FROM register_checkpoint WHERE size = 8"],
    "entry, subtrees and checkpoint were deleted": [
        "DELETE FROM register_entry WHERE seq = 7",
        f"DELETE FROM register_node WHERE {OF_THE_LAST}",
        "DELETE FROM register_checkpoint WHERE size = 8",
    ],
    "a subtree was changed": [f"UPDATE register_node SET hash = {ANOTHER_HASH} WHERE level = 3"],
    "a subtree was deleted": ["DELETE FROM register_node WHERE level = 3"],
    "an entry was put behind the last one": [
        f"INSERT INTO register_entry SELECT {COPIED} FROM register_entry WHERE seq = 7"
    ],
    "the checkpoint is signed by nobody": [f"UPDATE register_checkpoint SET note = {SIGNED_BY_NOBODY} WHERE size = 8"],
    "the checkpoint is an older one": [
        "UPDATE register_checkpoint SET note = (SELECT note FROM register_checkpoint WHERE size = 7) WHERE size = 8"
    ],
    "everything was deleted": [f"DELETE FROM {table}" for table in TABLES],
}


@pytest.mark.parametrize("how", TOUCHED)
def test_nothing_is_entered_over_a_register_that_was_changed(own_database: Database, issuer: Issuer, how: str) -> None:
    """Else the next honest act would sign what a dishonest hand wrote, and nobody could tell any more."""
    with own_database.write() as db:
        make_entries(db, issuer, 5)
    tampered(own_database, *TOUCHED[how])
    with pytest.raises(RegisterTouched, match=r"\./run audit"), own_database.write() as db:
        certify(db, "ana", issuer)


def test_control_it_is_entered_over_one_that_was_not(own_database: Database, issuer: Issuer) -> None:
    with own_database.write() as db:
        make_entries(db, issuer, 5)
    tampered(own_database)
    with own_database.write() as db:
        certify(db, "ana", issuer)
        assert log.size(db) == 9


def test_the_register_keeps_the_name_it_began_with(database: Database, issuer: Issuer, tmp_path: Path) -> None:
    """A house that moves to another address goes on with the same register: old proofs name it so."""
    with database.write() as db:
        make_entries(db, issuer, 2)
    moved = make_issuer(tmp_path, signer=issuer.signer)
    object.__setattr__(moved, "address", "https://learning.example.net")
    with database.write() as db:
        make_entries(db, moved, 1, first=2)
        newest = log.newest(db)
        assert newest is not None
        assert Checkpoint.read(Note.read(newest.note).text).origin == "ce.example.org/register"
