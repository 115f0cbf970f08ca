"""A disk that failed, from the command line: an old backup refused, its loss accepted, certificates taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import join
from proofs import server
from registers import certify
from typer.testing import CliRunner, Result

from app.awards import certificates, issuing, pdfs
from app.awards.losses import NoReasonForLoss, NothingLost, NothingWasLost, NotReadmitted, OnRecordAlready, RolledBack
from app.cli.commands import app as continua
from app.cli.readmit import NoFileThere
from app.cli.restore import SayWhatToAccept
from app.identity.people import NoSuchPerson
from app.kit.database import Database, open_database
from app.kit.signing import KeptInFolder
from app.settings import Settings

pytestmark = pytest.mark.xdist_group("drawing room")


@pytest.fixture
def database(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(issuing, "KeptInFolder", KeptInFolder)
    monkeypatch.setenv("CONTINUA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(continua, list(words), catch_exceptions=False)


def issue(database: Database, who: str) -> str:
    with database.write() as db:
        return certify(db, who, issuing.of(Settings())).number


def put_back(database: Database, backup: bytes) -> None:
    database.close()
    file = Path(str(database.writing.url.database))
    file.write_bytes(backup)
    for more in ("-wal", "-shm"):
        file.with_name(file.name + more).unlink(missing_ok=True)


def back_up(database: Database) -> bytes:
    database.close()
    return Path(str(database.writing.url.database)).read_bytes()


def export(number: str, folder: Path, *more: str) -> Path:
    run("certificates", "export", number, "--to", str(folder), *more)
    return folder / f"{number}.pdf"


def verified(path: Path) -> dict[str, object]:
    (found,) = json.loads(run("verify", str(path), "--json").stdout)["results"]
    return {name: found[name] for name in ("document", "status", "ok", "sentence")}


def test_a_disk_fails_and_nothing_that_anybody_holds_is_lost(database: Database, tmp_path: Path) -> None:
    """As it goes: Ana's certificate is in the backup, Ben's and Ines's are not, and both have their files."""
    issue(database, "ana")
    backup = back_up(database)
    ben, ines = issue(database, "ben"), issue(database, "ines")
    files = {ben: export(ben, tmp_path / "held"), ines: export(ines, tmp_path / "held", "--paper", "a4")}
    assert verified(files[ben])["document"] == "original"
    put_back(database, backup)

    with pytest.raises(RolledBack, match="2 entries are missing"):
        run("certificates", "show", ben)
    unopened = server.opened(tmp_path, str(database.writing.url))
    with pytest.raises(server.DidNotOpen, match="does not continue the register"), unopened:
        pass
    told = run("audit")
    assert (told.exit_code, told.stdout.startswith("the database: ")) == (1, True)

    assert (
        "tells of the loss: The disk failed." in run("restore", "--accept-loss", "--reason", "The disk failed.").stdout
    )
    with pytest.raises(NothingLost):
        run("restore", "--accept-loss", "--reason", "Again.")
    lost = verified(files[ben])
    assert (lost["status"], lost["ok"]) == ("unknown", False)
    assert "record" in str(lost["sentence"])

    assert "was not taken back yet" in run("audit", "--against", str(files[ben])).stdout
    with database.write() as db:
        join(db, "ben")
    told = run("certificates", "readmit", str(files[ben]), "--to", "ben@example.org")
    assert told.stdout.startswith("Taken back: ")
    assert "Ben Example, A Small Course, 0.5 contact hours" in told.stdout
    run("certificates", "readmit", str(files[ines]))
    for number, path in files.items():
        assert verified(path) == {
            "document": "original", "status": "valid", "ok": True, "sentence": verified(path)["sentence"],
        }  # fmt: skip
        with database.read() as db:
            certificate = certificates.by_number(db, number)
            kept = pdfs.by_digest(db, pdfs.hashlib.sha256(path.read_bytes()).hexdigest())
            assert kept is not None
            assert (kept.certificate_id, kept.paper) == (certificate.id, "letter" if number == ben else "a4")
    assert run("audit", "--signatures", "--against", str(files[ben]), "--against", str(files[ines])).exit_code == 0
    issue(database, "olu")
    assert run("audit").exit_code == 0


def test_a_loss_is_accepted_by_name_with_a_reason_and_only_where_there_is_one(database: Database) -> None:
    issue(database, "ana")
    backup = back_up(database)
    with pytest.raises(SayWhatToAccept, match="--accept-loss"):
        run("restore")
    with pytest.raises(NothingLost):
        run("restore", "--accept-loss", "--reason", "x")
    issue(database, "ben")
    put_back(database, backup)
    with pytest.raises(NoReasonForLoss):
        run("restore", "--accept-loss")


def test_only_what_was_lost_is_taken_back_and_only_from_a_sealed_file(database: Database, tmp_path: Path) -> None:
    issue(database, "ana")
    backup = back_up(database)
    number = issue(database, "ben")
    path = export(number, tmp_path / "held")
    with pytest.raises(NothingWasLost):
        run("certificates", "readmit", str(path))
    put_back(database, backup)
    with pytest.raises(RolledBack):
        run("certificates", "readmit", str(path))
    run("restore", "--accept-loss", "--reason", "The disk failed.")
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(path.read_bytes() + b"\n")
    for file, refusal in ((changed, NotReadmitted), (tmp_path / "nowhere.pdf", NoFileThere), (tmp_path, NoFileThere)):
        with pytest.raises(refusal):
            run("certificates", "readmit", str(file))
    with pytest.raises(NoSuchPerson):
        run("certificates", "readmit", str(path), "--to", "nobody@example.org")
    run("certificates", "readmit", str(path))
    with pytest.raises(OnRecordAlready):
        run("certificates", "readmit", str(path))
    shutil.rmtree(tmp_path / "held")
