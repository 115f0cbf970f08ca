"""`continua certificates evidence`: the sheet in a terminal and for programs; she sees that the operator looked."""

from __future__ import annotations

import json
from collections.abc import Iterator

import cast as the_cast
import pytest
from makers import CANARY, make_certificate
from sqlmodel import col, select
from typer.testing import CliRunner

from app.audit import AuditLine
from app.awards.certificates import NoSuchCertificate
from app.cli.commands import app as continua
from app.kit.database import Database, open_database
from app.web import evidence_sheet


@pytest.fixture
def database(database_url: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A house in which Ana has a certificate, on either kind of database."""
    monkeypatch.setenv("CONTINUA_DATABASE_URL", database_url)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def number(database: Database) -> str:
    with database.write() as db:
        return make_certificate(db, the_cast.join(db, "ana"), name="Ana \x1b[31mMarie").number


def run(*words: str) -> str:
    return CliRunner().invoke(continua, ["certificates", "evidence", *words], catch_exceptions=False).stdout


def looks(database: Database) -> list[AuditLine]:
    with database.read() as db:
        seen = select(AuditLine).where(col(AuditLine.act) == "certificate.evidence-seen")
        return list(db.exec(seen.order_by(col(AuditLine.at), col(AuditLine.id))))


def test_the_terminal_shows_the_sheet_and_obeys_none_of_it(number: str) -> None:
    told = run(number.lower())
    for line in ("Best score      100%", "Attempts (Eastern)", "What is not on this sheet", "NASW word rate"):
        assert line in told, line
    assert "\x1b" not in told
    assert CANARY not in told


def test_programs_get_the_same_facts(number: str) -> None:
    told = json.loads(run(number, "--json"))
    assert told["certificate"]["number"] == number
    assert told["certificate"]["status"] == "valid"
    assert (told["best_percent"], told["pass_mark"], told["gap"]) == (100, 80, "")
    assert [(one["number"], one["percent"], one["passed"]) for one in told["attempts"]] == [(1, 100, True)]
    assert told["evaluated_at"] == "2026-11-20T17:00:00Z"
    assert told["edition"]["hash"] == told["certificate"]["edition"]
    assert CANARY not in json.dumps(told)


def test_each_look_of_the_operator_is_written_down(database: Database, number: str) -> None:
    run(number)
    run(number, "--json")
    assert [(line.actor_label, line.told["role"], line.told["form"]) for line in looks(database)] == [
        ("operator", "operator", "text"),
        ("operator", "operator", "json"),
    ]
    for line in looks(database):
        assert {line.told["role"], line.told["form"]} <= {*evidence_sheet.ROLES, *evidence_sheet.FORMS}


def test_a_number_that_is_none_is_refused_and_nothing_is_written_down(database: Database, number: str) -> None:
    with pytest.raises(NoSuchCertificate):
        run("0" * 20)
    assert looks(database) == []
