"""`continua certificates export`: the very bytes that holders download, each in a file named by its number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import NOON, join
from makers import ISSUER, make_certificate
from typer.testing import CliRunner

from app.awards import pdfs
from app.awards.certificates import NoSuchCertificate
from app.cli.commands import app as continua
from app.kit.clock import system_clock
from app.kit.database import Database, open_database

pytestmark = pytest.mark.xdist_group("drawing room")


@pytest.fixture
def database(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("CONTINUA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def number(database: Database) -> str:
    """The number of a certificate that nobody has drawn yet."""
    with database.write() as db:
        return make_certificate(db, join(db, "ana"), now=NOON).number


def export(*numbers: str, to: Path) -> list[str]:
    """Run the command; give the lines it prints."""
    command = ["certificates", "export", *numbers, "--to", str(to)]
    return CliRunner().invoke(continua, command, catch_exceptions=False).stdout.splitlines()


def kept(database: Database, number: str) -> bytes:
    """Give the bytes that the holder downloads; whoever asked first has had them drawn."""
    return pdfs.of(database, _NoHand(), number, issuer=ISSUER, timeout=1, clock=system_clock)


class _NoHand:
    """Draws nothing: what is asked for must have been drawn before."""

    def draw(self, *_facts: object, **_how: object) -> bytes:
        raise AssertionError("it was drawn anew")

    draw_transcript = draw

    def warm(self) -> None:
        """Nothing to do."""


def test_the_file_holds_the_very_bytes_that_are_kept(database: Database, number: str, tmp_path: Path) -> None:
    target = tmp_path / "out" / f"{number}.pdf"
    assert export(number, to=target.parent) == [str(target)]
    assert target.read_bytes() == kept(database, number)
    assert target.read_bytes().startswith(b"%PDF")


def test_exporting_again_writes_the_same_bytes(database: Database, number: str, tmp_path: Path) -> None:
    export(number, to=tmp_path / "one")
    export(number, to=tmp_path / "two")
    assert (tmp_path / "one" / f"{number}.pdf").read_bytes() == (tmp_path / "two" / f"{number}.pdf").read_bytes()


def test_a_number_may_be_typed_as_it_is_printed_or_spoken(number: str, tmp_path: Path) -> None:
    typed = "-".join(number[start : start + 4] for start in range(0, 20, 4)).lower()
    assert export(typed, to=tmp_path / "out") == [str(tmp_path / "out" / f"{number}.pdf")]


def test_a_number_nobody_has_is_refused_and_writes_no_file(number: str, tmp_path: Path) -> None:
    with pytest.raises(NoSuchCertificate):
        export("0" * 20, to=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "..", ""])
def test_a_path_is_no_number(database: Database, path: str, tmp_path: Path) -> None:
    with pytest.raises(NoSuchCertificate):
        export(path, to=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
