"""`continua audit`: what an operator and a program are told, and that an old certificate can be laid beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import NOON
from makers import ISSUER
from registers import certify, drop_triggers, sealed_pdf
from sqlalchemy import text
from typer.testing import CliRunner, Result

from app.awards import certificates, issuing, pdfs
from app.awards.register import log
from app.cli.against import NoProofInFile
from app.cli.commands import app as continua
from app.kit.database import Database, open_database
from app.settings import Settings


@pytest.fixture
def database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    yield from opened(database_url, tmp_path, monkeypatch)


@pytest.fixture
def own(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database whose triggers may be dropped."""
    yield from opened(sqlite_url, tmp_path, monkeypatch)


def opened(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("CONTINUA_DATABASE_URL", url)
    monkeypatch.setenv("CONTINUA_DATA", str(folder))
    monkeypatch.chdir(folder)
    database = open_database(url)
    yield database
    database.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(continua, ["audit", *words], catch_exceptions=False)


def issue(database: Database, who: str, file: Path) -> str:
    """Issue a certificate, keep its drawing, and give its holder a copy."""
    with database.write() as db:
        number = certify(db, who, issuing.of(Settings())).number
        content = sealed_pdf(db, number, ISSUER)
        pdfs.keep(db, certificates.by_number(db, number), content, paper="letter", now=NOON)
    file.write_bytes(content)
    return number


def test_an_empty_house_and_one_that_nobody_touched_are_as_they_were_written(
    database: Database, tmp_path: Path
) -> None:
    told = run()
    assert told.exit_code == 0
    assert told.stdout.startswith("0 entries checked in ")
    assert told.stdout.endswith(" s: everything is as it was written.\n")
    issue(database, "ana", tmp_path / "ana.pdf")
    told = run("--signatures", "--against", str(tmp_path / "ana.pdf"))
    assert (told.exit_code, told.stdout.count("\n")) == (0, 1)
    assert told.stdout.startswith("4 entries checked in ")


def test_each_row_that_was_touched_is_a_line_and_the_status_is_one(own: Database, tmp_path: Path) -> None:
    number = issue(own, "ana", tmp_path / "ana.pdf")
    with own.writing.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("UPDATE certificate SET personal = replace(personal, 'Ana', 'Bob')"))
        connection.execute(text("CREATE TRIGGER certificate_keep BEFORE DELETE ON certificate BEGIN SELECT 1; END"))
    told = run()
    assert told.exit_code == 1
    grouped = "-".join(number[start : start + 4] for start in range(0, 20, 4))
    assert f"certificate {grouped}: Its holder or license is not the one it was issued to.\n" in told.stdout
    assert told.stdout.splitlines()[-1].endswith("9 findings.")


def test_a_program_is_told_the_same(own: Database, tmp_path: Path) -> None:
    issue(own, "ana", tmp_path / "ana.pdf")
    read = json.loads(run("--json").stdout)
    assert (read["entries"], read["findings"]) == (4, [])
    with own.writing.begin() as connection:
        drop_triggers(connection)
    told = run("--json")
    read = json.loads(told.stdout)
    assert (told.exit_code, {one["where"].split()[0] for one in read["findings"]}) == (1, {"table"})


def test_an_old_certificate_shows_what_the_house_alone_does_not(own: Database, tmp_path: Path) -> None:
    """The database and the file beside it were put back together: only whoever has a certificate can tell."""
    issue(own, "ana", tmp_path / "ana.pdf")
    memory = issuing.of(Settings()).remembers
    assert memory is not None
    before, remembered = Path(str(own.writing.url.database)), memory.recall()
    own.close()
    backup = before.read_bytes()
    issue(own, "ben", tmp_path / "ben.pdf")
    own.close()
    before.write_bytes(backup)
    for more in ("-wal", "-shm"):
        before.with_name(before.name + more).unlink(missing_ok=True)
    memory.replace(remembered or "")
    assert run().exit_code == 0
    told = run("--against", str(tmp_path / "ben.pdf"), "--against", str(tmp_path / "ana.pdf"))
    assert told.exit_code == 1
    assert "ben.pdf: the register: It had 5 entries when the certificate was issued: some are gone." in told.stdout
    assert "ana.pdf" not in told.stdout


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing", b"a letter"])
def test_a_file_without_a_proof_is_refused_in_a_sentence(database: Database, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(content)
    with pytest.raises(NoProofInFile, match=r"scan\.pdf holds no proof"):
        run("--against", str(path))
    with pytest.raises(NoProofInFile):
        run("--against", str(tmp_path / "nowhere.pdf"))


def test_stored_pdfs_are_left_alone_on_request(own: Database, tmp_path: Path) -> None:
    issue(own, "ana", tmp_path / "ana.pdf")
    with own.read() as db:
        assert log.size(db) == 4
    with own.writing.begin() as connection:
        drop_triggers(connection)
        connection.execute(text("UPDATE certificate_document SET content = x'00'"))
    lines = {documents: run(documents).stdout.count("drawing") for documents in ("--documents", "--no-documents")}
    assert lines == {"--documents": 1, "--no-documents": 0}
