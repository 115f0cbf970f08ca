"""The audit itself: what it costs, what it stands on, how deep it looks. What it is to find is told elsewhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from proofs import large_registers
from registers import TRIGGERS, drop_triggers, make_certificates, make_entries, make_issuer
from sqlalchemy import text
from sqlmodel import Session

from app.awards import auditing
from app.awards.auditing import entries, guards
from app.awards.issuer import Issuer
from app.kit.database import Database, open_database
from app.kit.templates import ROOT

FEW, MANY = 1_000, 10_000
SECONDS_EACH = 5.0 / 100_000  # what an entry may cost (issue 6), on a processor of its own
CROWDED = 2.5  # times as much on a machine that tests run on, all at once


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


def found(database: Database, issuer: Issuer, **how: bool) -> list[str]:
    with database.read() as db:
        return [one.where for one in auditing.audit(db, issuer, **how)]


# --- what it costs -----------------------------------------------------------------------------------------------


def cost(url: str, folder: Path) -> dict[str, Any]:
    words = [sys.executable, "-m", "proofs.large_registers", url, str(folder)]
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT, env=paths)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.campaign
def test_an_audit_takes_seconds_for_a_hundred_thousand_entries_and_no_more_memory_for_many(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """By the processor's time, over a tenth of them; how long it is waited for, the disk decides."""
    costs = []
    for count in (FEW, MANY):
        folder = tmp_path / str(count)
        folder.mkdir()
        shutil.copy(sqlite_template, folder / "continua.db")
        database = open_database(f"sqlite:///{folder / 'continua.db'}")
        large_registers.fill(database, make_issuer(folder), count=count)
        database.close()
        costs.append(cost(f"sqlite:///{folder / 'continua.db'}", folder))
    few, many = costs
    assert (few["found"], many["found"]) == (0, 0)
    assert many["seconds"] < MANY * SECONDS_EACH * CROWDED
    assert many["kilobytes"] - few["kilobytes"] < 16_000, "ten times the entries, and hardly more memory"


# --- what it stands on -------------------------------------------------------------------------------------------


def test_an_audit_needs_nothing_but_to_read(database: Database, issuer: Issuer) -> None:
    assert found(database, issuer, signatures=True) == []  # of an empty house
    make_certificates(database, issuer)
    assert found(database, issuer, signatures=True) == []


def triggers(database: Database) -> list[tuple[str, str]]:
    with database.reading.connect() as connection:
        told = connection.execute(text(TRIGGERS[connection.dialect.name])).all()
    return [(name, table) for name, table in told if table in guards.GUARDED]


def test_each_trigger_that_is_missing_is_missed(own_database: Database, issuer: Issuer) -> None:
    assert found(own_database, issuer) == []
    there = triggers(own_database)
    assert len(there) >= 2 * len(guards.GUARDED)
    for name, table in there:
        with own_database.writing.connect() as connection, connection.begin() as whole:
            on = "" if own_database.is_sqlite else f" ON {table}"
            connection.execute(text(f"DROP TRIGGER {name}{on}"))
            with Session(connection) as db:
                assert [one.where for one in guards.of(db)] == [f"table {table}"]
            whole.rollback()


def test_a_trigger_that_is_switched_off_is_missed(own_postgres_url: str, issuer: Issuer) -> None:
    database = open_database(own_postgres_url)
    with database.writing.begin() as connection:
        connection.execute(text("ALTER TABLE certificate DISABLE TRIGGER certificate_keep"))
    assert found(database, issuer) == ["table certificate"]
    database.close()


@pytest.mark.parametrize("words", ["", "nothing of ours\n", "ce.example.org/register\n4\n", "\x00\xff"])
def test_a_file_outside_that_cannot_be_read_is_a_finding_and_not_a_clean_slate(
    database: Database, issuer: Issuer, words: str
) -> None:
    make_certificates(database, issuer, ["ana"])
    assert issuer.remembers is not None
    issuer.remembers.path.write_bytes(words.encode("latin-1"))
    assert found(database, issuer) == ["the file register/checkpoint"]


# --- how deep it looks -------------------------------------------------------------------------------------------


def test_old_signatures_are_checked_one_by_one_where_somebody_asks_for_it(
    own_database: Database, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They prove nothing that the newest one does not: but who downloads a proof of then must get a right one."""
    monkeypatch.setattr(entries, "NEWEST", 5)
    with own_database.write() as db:
        make_entries(db, issuer, 10)
    with own_database.writing.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("UPDATE register_entry SET signature = :made WHERE seq = 4"), {"made": bytes(64)})
        broken = "substr(note, 1, length(note) - 20) || 'AAAAAAAAAAAAAAAAAA=' || substr(note, length(note))"
        connection.execute(text(f"UPDATE register_checkpoint SET note = {broken} WHERE size = 6"))
    deep, shallow = (set(found(own_database, issuer, signatures=each)) for each in (True, False))
    assert deep - shallow == {"register entry 4", "checkpoint 6"}


def test_stored_pdfs_are_left_alone_where_nobody_asks_for_them(own_database: Database, issuer: Issuer) -> None:
    (number,) = make_certificates(own_database, issuer, ["ana"])
    with own_database.writing.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO certificate_document (certificate_id, paper, sealed, content, sha256, drawn_at) "
                "SELECT id, 'letter', :no, :content, 'other', issued_at FROM certificate WHERE number = :number"
            ),
            {"no": False, "content": b"%PDF", "number": number},
        )
    assert found(own_database, issuer, documents=False) == []
    (drawing,) = found(own_database, issuer)
    assert drawing.startswith("drawing 1 of certificate ")
