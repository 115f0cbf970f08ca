"""`continua publish`, `show` and `courses …`: editions at the command line, each act on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import small_folder
from cast import NOON, join
from makers import make_edition, make_enrollment, read_everything
from small_folder import COURSE, EXAM, MODULE
from typer.testing import CliRunner, Result

from app.assessment import attempts
from app.cli.commands import app as continua
from app.content import reader
from app.kit.database import Database, open_database
from app.kit.errors import Refusal
from app.library import editions

BETTER = MODULE.replace("two rules.", "two rules, and a third.")
OTHER_KEY = EXAM.replace("- (x) The first\n- ( ) The second", "- ( ) The first\n- (x) The second")


@pytest.fixture
def database(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("CONTINUA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Path:
    assert database.is_sqlite
    return small_folder.write(tmp_path / "courses" / "small-course")


def run(*words: object) -> Result:
    return CliRunner().invoke(continua, [str(word) for word in words])


def refused(result: Result) -> str:
    assert result.exit_code == 1
    assert isinstance(result.exception, Refusal)
    return result.exception.message


def hashes(database: Database) -> list[str]:
    with database.read() as db:
        return [one.content_hash for one in reversed(editions.history(db, "small-course"))]


def test_a_folder_is_published_once_and_its_next_text_over_what_it_held(database: Database, folder: Path) -> None:
    assert "first edition. No review on record." in run("publish", folder).output
    assert "Served already" in run("publish", folder).output
    small_folder.write(folder, module=BETTER)
    assert "minor change. Minor change, not reviewed again." in run("publish", folder).output
    assert len(hashes(database)) == 2


def test_a_folder_with_errors_is_not_published_and_its_problems_are_told(database: Database, folder: Path) -> None:
    small_folder.write(folder, course=COURSE.replace("level: beginning", "level: easy"))
    result = run("publish", folder)
    assert result.exit_code == 1
    assert f"{folder}/course.md:5:" in result.output
    assert hashes(database) == []
    assert "There is no folder" in refused(run("publish", "nowhere"))


def test_a_text_from_elsewhere_says_what_it_replaces(database: Database, folder: Path, tmp_path: Path) -> None:
    run("publish", folder)
    (first,) = hashes(database)
    copy = small_folder.write(tmp_path / "copy", exam=OTHER_KEY)
    assert first[:12] in refused(run("publish", copy))
    assert "major change" in run("publish", copy, "--over", first[:8]).output
    listed = run("courses", "list").output
    assert "not published" in listed
    assert hashes(database)[1][:12] in listed


def test_who_reviewed_it_is_said_when_it_is_given(database: Database, folder: Path) -> None:
    said = run("publish", folder, "--reviewed-by", "Ben Okafor", "--license", "NY LCSW 4711", "--note", "Sound.").output
    assert "Reviewed by Ben Okafor, NY LCSW 4711, on " in said
    (first,) = hashes(database)
    shown = run("show", first[:8]).output
    assert "Reviewed by Ben Okafor" in shown
    assert "Sound." in shown
    small_folder.write(folder, module=BETTER)
    assert refused(run("publish", folder, "--reviewed-by", "Ben Okafor"))


def test_an_edition_is_shown_and_written_exactly(database: Database, folder: Path, tmp_path: Path) -> None:
    run("publish", folder)
    (first,) = hashes(database)
    shown = run("show", first[:12]).output
    assert f"Edition {first}" in shown
    assert f"=== exam.md\n{EXAM}" in shown
    run("show", first[:12], "--to", tmp_path / "again")
    assert reader.content_hash(tmp_path / "again") == first
    assert "is not empty" in refused(run("show", first, "--to", tmp_path / "again"))


def test_the_paper_of_a_seed_and_of_an_attempt_are_printed_with_their_key(database: Database) -> None:
    with database.write() as db:
        enrollment = make_enrollment(db, join(db, "ana"))
        read_everything(db, enrollment)
        attempt = attempts.start(db, enrollment, now=NOON)
        edition = editions.by_id(db, attempt.edition_id)
        make_edition(db, replace(edition.course, title="Another"))
    of_attempt = run("show", "--attempt", attempt.id).output
    of_seed = run("show", edition.short, "--exam", attempt.seed).output
    assert f"Edition {edition.content_hash}" in of_attempt
    assert of_attempt[of_attempt.index("Paper of") :] == of_seed[of_seed.index("Paper of") :]
    assert "(x) Option 1.1" in of_seed
    assert "no attempt of that number" in refused(run("show", "--attempt", 99))
    assert refused(run("show"))


def test_editions_are_told_apart_and_their_history_is_told(database: Database, folder: Path) -> None:
    run("publish", folder)
    small_folder.write(folder, module=BETTER, exam=OTHER_KEY)
    run("publish", folder)
    old, new = hashes(database)
    told = run("courses", "diff", old[:8], new[:8]).output
    assert "A major change:\n  The question “Which rule comes first?” is graded differently." in told
    assert "- There are two rules.\n+ There are two rules, and a third." in told
    assert "- Right answer: The first\n+ Right answer: The second" in told
    assert "Nothing that a reader could see" in run("courses", "diff", old, old).output
    history = run("courses", "history", "small-course").output.splitlines()
    assert [line.split()[0] for line in history[::2]] == [new[:12], old[:12]]
    assert "(served)" in history[0]


def test_an_edition_is_rolled_back_and_a_course_retired_and_offered_again(database: Database, folder: Path) -> None:
    run("publish", folder)
    small_folder.write(folder, module=BETTER)
    run("publish", folder)
    old, _ = hashes(database)
    assert old[:12] in run("courses", "roll-back", old[:8], "--reason", "Better so.").output
    with database.read() as db:
        assert editions.current(db, "small-course").content_hash == old
    run("courses", "retire", "small-course", "--reason", "The law has changed.")
    assert "retired: no new learners" in run("courses", "list").output
    assert "Offered again" in run("courses", "offer", "small-course").output
    with database.read() as db:
        assert editions.on_offer(db)
