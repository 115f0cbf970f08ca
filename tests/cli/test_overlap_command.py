"""`continua overlap` names what a course shares with a source, and takes nothing for a comparison that was none."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from content.sample_course import FILES, write
from typer.testing import CliRunner

from app.cli.commands import app as continua

PLANTED = "Every practitioner who writes about a client writes about somebody who trusted her"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with one sentence of a book in each of its texts, and the book."""
    monkeypatch.chdir(tmp_path)
    half = PLANTED.split()
    files = {
        name: f"{text}\n\n{' '.join(half[:6])}\n**{' '.join(half[6:])}**\n" if name.endswith(".md") else text
        for name, text in FILES.items()
        if name != "evaluation.md"
    }
    write(tmp_path / "c", files)
    (tmp_path / "book.txt").write_text(f"Chapter 1\n\nIt is true: {PLANTED.upper()}.\n", encoding="utf-8")
    (tmp_path / "other.txt").write_text("Nothing of it stands in this text.\n", encoding="utf-8")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(continua, ["overlap", *words], catch_exceptions=False)


def test_every_run_is_named_with_its_file_line_words_and_source(here: Path) -> None:
    said = run("c", "book.txt", "other.txt")
    *found, sentence = said.stdout.splitlines()
    assert said.exit_code == 1
    assert len(found) == len([name for name in FILES if name.endswith(".md")]) - 1
    line = FILES["01-a-decision-model.md"].count("\n") + 3
    assert f"c/01-a-decision-model.md:{line}: 13 words also in book.txt:3: “{PLANTED}”" in found
    assert {one.partition(":")[0] for one in found} >= {"c/course.md", "c/exam.md", "c/media/consent.md"}
    assert sentence.startswith(f"{len(found)} runs of 8 words or more: ")


def test_nothing_shared_is_said_with_how_much_was_compared(here: Path) -> None:
    said = run("c", "other.txt")
    assert said.exit_code == 0
    assert said.stdout.startswith("No run of 8 words or more: ")
    assert said.stdout.endswith(" words of the course were compared with 7 words of 1 text.\n")


def test_how_many_words_are_too_many_is_the_askers_choice(here: Path) -> None:
    assert run("c", "book.txt", "--run", "13").exit_code == 1
    assert run("c", "book.txt", "--run", "14").exit_code == 0
    assert run("c", "book.txt", "--run", "1").exit_code == 2


@pytest.mark.parametrize(
    ("folder", "source", "complaint"),
    [
        ("nowhere", "book.txt", "There is no folder “nowhere”"),
        ("empty", "book.txt", "There is no text in “empty”"),
        ("broken", "book.txt", "broken/course.md:1:1: error not-utf8"),
        ("c", "nowhere.txt", "“nowhere.txt” cannot be opened"),
        ("c", "scan.pdf", "“scan.pdf” is not plain text"),
        ("c", "blank.txt", "“blank.txt” holds no words"),
    ],
)
def test_what_cannot_be_compared_is_never_passed(here: Path, folder: str, source: str, complaint: str) -> None:
    (here / "empty").mkdir()
    write(here / "broken", {"course.md": b"\xff"})
    (here / "scan.pdf").write_bytes(b"%PDF-1.7\n\xe2\xe3\xcf\xd3")
    (here / "blank.txt").write_text(" \n– – –\n", encoding="utf-8")
    said = run(folder, source)
    assert said.exit_code == 2
    assert said.stdout == ""
    assert said.stderr.startswith("continua: ")
    assert complaint in said.stderr
