"""`continua evidence`: the pack of a published course in one file, never half of it, never over another."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import NOON
from content.sample_course import TODAY, read
from typer.testing import CliRunner

from app.cli.commands import app as continua
from app.cli.evidence import FileInUse
from app.kit.database import Database, open_database
from app.kit.files import Files
from app.library import editions, folders
from app.library.editions import NoSuchCourse, NoSuchEdition

CODE = "ethics-of-technology"
pytestmark = pytest.mark.xdist_group("drawing")


@pytest.fixture
def database(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A house with one course on its shelf."""
    monkeypatch.setenv("CONTINUA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    opened = open_database(sqlite_url)
    assert read(tmp_path / "course").course is not None
    with opened.write() as db:
        folders.publish_new(db, tmp_path / "course", files=Files(tmp_path / "media"), today=TODAY, now=NOON)
    yield opened
    opened.close()


def run(*words: str) -> str:
    return CliRunner().invoke(continua, ["evidence", *words], catch_exceptions=False).stdout


def test_the_pack_is_written_to_the_file_that_was_named(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "out" / "pack.zip"
    assert run(CODE, "--to", str(target)) == f"{target}\n"
    with zipfile.ZipFile(target) as packed:
        names = {name.partition("/")[2] for name in packed.namelist()}
        assert {"evidence.pdf", "sample-certificate.pdf", "source/course.md", "sections/05-post-test.md"} <= names
    assert [path.name for path in target.parent.iterdir()] == ["pack.zip"]


def test_an_edition_is_named_by_its_hash_and_belongs_to_the_course(database: Database, tmp_path: Path) -> None:
    with database.read() as db:
        edition = editions.current(db, CODE).content_hash
    run(CODE, "--to", str(tmp_path / "pack.zip"), "--edition", edition[:12])
    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        assert packed.namelist()[0].startswith(f"{CODE}-evidence-{edition[:8]}/")
    with pytest.raises(NoSuchEdition):
        run("another-course", "--to", str(tmp_path / "other.zip"), "--edition", edition[:12])
    with pytest.raises(NoSuchCourse):
        run("another-course", "--to", str(tmp_path / "other.zip"))


def test_a_file_that_is_there_is_not_written_over(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "pack.zip"
    target.write_text("kept")
    with pytest.raises(FileInUse):
        run(CODE, "--to", str(target))
    assert target.read_text() == "kept"
