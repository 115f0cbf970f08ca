"""`continua regrade …`: the plan is read first, then that very plan is applied, once, on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import NOON, join
from makers import make_edition, make_enrollment, read_everything
from sqlmodel import select
from typer.testing import CliRunner, Result

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.assessment.key_texts import NotAKey
from app.assessment.rulings import Ruling
from app.awards.regrades import NoSuchQuestion, NothingToCorrect, PlanStale
from app.cli.commands import app as continua
from app.kit.database import Database, open_database

ANY = ("small-course", "question-1")


@pytest.fixture
def database(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("CONTINUA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    opened = open_database(sqlite_url)
    with opened.write() as db:
        make_edition(db)
    sit(opened, "ana", 2)
    yield opened
    opened.close()


def sit(database: Database, name: str, pick: int) -> None:
    """Let one of the cast answer the first question with this option and the others rightly."""
    with database.write() as db:
        enrollment = make_enrollment(db, join(db, name), db.exec(select(attempts.editions.Edition)).one())
        read_everything(db, enrollment)
        attempt = attempts.start(db, enrollment, now=NOON)
        for place, one in enumerate((pick, 1, 1), 1):
            key = f"answer-{attempt.id}-{place}"
            attempts.save_answer(db, attempt, f"question-{place}", one, sequence=place, key=key, now=NOON)
        attempts.submit(db, attempt, now=NOON)


def run(*words: str) -> Result:
    return CliRunner().invoke(continua, ["regrade", *words])


def planned(*words: str) -> dict[str, object]:
    result = run("plan", *ANY, *words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.output)
    return found


def passes(database: Database) -> list[bool | None]:
    with database.read() as db:
        return [one.passed for one in db.exec(select(Attempt))]


def test_the_plan_counts_first_then_lists_and_writes_nothing(database: Database) -> None:
    told = run("plan", *ANY, "--key", "2").output
    assert "Key: Option 1.1 → Option 1.2" in told
    assert told.index("Passes gained: 1") < told.index("attempt 1: 66% → 100%, no pass → pass  ana@example.org  passes")
    found = planned("--key", "2")
    assert found["counts"]["Certificates to issue"] == 0  # type: ignore[index]
    assert found["people"][0]["attempts"][0]["now"] == {"score": "3", "possible": "3", "passes": True}  # type: ignore[index]
    assert f"Plan: {found['plan']}" in told, "text and JSON name the same plan"
    assert passes(database) == [False]


def test_the_plan_that_was_seen_is_applied_once(database: Database) -> None:
    digest = str(planned("--key", "2")["plan"])
    words = ("apply", *ANY, "--key", "2", "--plan", digest, "--reason", "The code was revised.")
    for _ in range(2):
        assert "Passes gained: 1" in run(*words).output
    assert passes(database) == [True]
    with database.read() as db:
        assert len(db.exec(select(Ruling)).all()) == 1
    assert (
        "question-1  Option 1.1 → Option 1.2  operator\n  The code was revised." in run("list", "small-course").output
    )


def test_a_plan_that_went_stale_is_shown_again(database: Database) -> None:
    digest = str(planned("--key", "2")["plan"])
    sit(database, "ben", 2)
    result = run("apply", *ANY, "--key", "2", "--plan", digest, "--reason", "Why not")
    assert isinstance(result.exception, PlanStale)
    assert "Passes gained: 2" in result.output
    assert passes(database) == [False, False]


def test_a_question_is_dropped_and_passes_are_taken_only_where_that_is_said(database: Database) -> None:
    sit(database, "ben", 1)
    digest = str(planned("--key", "2")["plan"])
    result = run("apply", *ANY, "--key", "2", "--plan", digest, "--reason", "Why", "--take-passes")
    assert "Passes taken: 1" in result.output
    assert planned("--drop")["becomes"] == "Counts neither way"


def test_one_edition_alone_is_named_by_its_hash(database: Database) -> None:
    with database.read() as db:
        edition = db.exec(select(attempts.editions.Edition)).one()
    assert planned("--key", "1,2", "--only", edition.short)["becomes"] == "Option 1.1; Option 1.2"
    assert planned("--key", "2", "--keep-old")["becomes"] == "Option 1.1; Option 1.2"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--key", "9"), NotAKey),
        (("--key", ""), NotAKey),
        (("--key", "1"), NothingToCorrect),
    ],
)
def test_what_is_no_correction_is_refused(database: Database, words: tuple[str, ...], refusal: type) -> None:
    assert database.is_sqlite
    assert isinstance(run("plan", *ANY, *words).exception, refusal)


def test_a_question_that_is_not_asked_is_refused(database: Database) -> None:
    assert database.is_sqlite
    assert isinstance(run("plan", "small-course", "question-9", "--drop").exception, NoSuchQuestion)
