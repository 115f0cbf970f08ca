"""`continua keys`: real keys in a real folder, made, rotated, revoked, and never told to anybody."""

from __future__ import annotations

import base64
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cast import NOON
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from proofs import server
from registers import certify
from sqlalchemy import inspect, text
from typer.testing import CliRunner, Result

from app.awards import auditing, issuing, keys
from app.awards.keys import KeyNotActive, LastOfItsUse, NoReasonForKey, NoSuchKey, NotYet
from app.cli import office, opening
from app.cli.commands import app as continua
from app.cli.keys import KeysThereAlready
from app.kit.database import Database, open_database
from app.kit.errors import Invalid
from app.kit.signing import KeptInFolder, KeyExposed, KeyMissing
from app.kit.templates import ROOT
from app.settings import Settings

NAME = re.compile(r"^((?:root|seal|statement)-\d{4}-[0-9a-f]{8})  (\S+)  (.*)$", re.MULTILINE)
PRINT = re.compile(r"^    SHA-256 [0-9a-f]{64}$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """These are about the folder, so they have one."""
    monkeypatch.setattr(issuing, "KeptInFolder", KeptInFolder)


@pytest.fixture
def database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("CONTINUA_DATABASE_URL", database_url)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    opened = open_database(database_url)
    yield opened
    opened.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(continua, ["keys", *words], catch_exceptions=False)


def listed() -> dict[str, str]:
    """Give what `keys list` says became of each key."""
    told = run("list").stdout
    found = {name: state for name, _algorithm, state in NAME.findall(told)}
    assert len(PRINT.findall(told)) == len(found)
    return found


def of_use(use: str, *, state: str = "signs since") -> str:
    (name,) = (name for name, told in listed().items() if name.startswith(use) and told.startswith(state))
    return name


def issue(database: Database, who: str = "ana") -> None:
    with database.write() as db:
        certify(db, who, issuing.of(Settings()))


def audited(database: Database) -> list[auditing.Finding]:
    with database.read() as db:
        return list(auditing.audit(db, issuing.of(Settings()), signatures=True))


# --- made --------------------------------------------------------------------------------------------------------


def test_a_house_makes_its_keys_once_and_shows_them_with_their_fingerprints(database: Database, tmp_path: Path) -> None:
    assert listed() == {}
    told = run("new").stdout
    assert [(name.split("-")[0], algorithm) for name, algorithm, _ in NAME.findall(told)] == [
        ("statement", "ed25519"), ("root", "p256"), ("seal", "p256"),
    ]  # fmt: skip
    assert run("list").stdout == told
    assert sorted(listed()) == sorted(path.stem for path in (tmp_path / "keys").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}
    with pytest.raises(KeysThereAlready, match="keys rotate"):
        run("new")


def test_two_commands_at_once_make_one_set_of_keys(own_postgres_url: str, tmp_path: Path) -> None:
    settings = {"CONTINUA_DATA": str(tmp_path), "CONTINUA_DATABASE_URL": own_postgres_url, "PYTHONPATH": str(ROOT)}
    began = [
        subprocess.Popen(
            [sys.executable, "-m", "app", "keys", "new"], cwd=tmp_path, env=os.environ | settings,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    ended = [(process.communicate(timeout=60), process.returncode) for process in began]
    assert sorted(status for _, status in ended) == [0, 1, 1], ended
    assert all("This house has its keys" in err for (_, err), status in ended if status)
    database = open_database(own_postgres_url)
    with database.read() as db:
        assert [key.use for key in keys.all_of(db)] == ["statement", "root", "seal"]
        assert len(list((tmp_path / "keys").iterdir())) == 3
    database.close()


# --- rotated, retired, revoked -----------------------------------------------------------------------------------


def test_a_year_of_keys_gives_way_to_the_next_and_what_was_signed_is_whole(database: Database) -> None:
    issue(database)
    before = listed()
    told = run("rotate").stdout
    made = {name for name, _, _ in NAME.findall(told)}
    assert {name.split("-")[0] for name in made} == {"statement", "seal"}
    after = listed()
    assert set(after) == set(before) | made
    assert {name for name, state in after.items() if state.startswith("retired")} == {
        name for name in before if not name.startswith("root")
    }
    issue(database, "ben")
    assert audited(database) == []


def test_a_key_is_revoked_with_a_reason_that_everybody_reads(database: Database) -> None:
    issue(database)
    key = of_use("statement")
    told = run("revoke", key, "--reason", "A laptop was stolen.").stdout
    assert "What stood in the register before counts on" in told
    assert listed()[key].endswith(": A laptop was stolen.")
    assert of_use("statement") != key
    issue(database, "ben")
    assert audited(database) == []


def test_one_that_may_have_been_stolen_long_ago_leaves_certificates_to_look_at(database: Database) -> None:
    issue(database)
    since = (NOON - timedelta(hours=1)).isoformat()
    run("revoke", of_use("statement"), "--reason", "Stolen.", "--since", since)
    assert ["issue it anew, or revoke it" in one.what for one in audited(database)] == [True]


def test_what_makes_no_sense_is_refused_in_a_sentence(database: Database) -> None:
    issue(database)
    key = of_use("seal")
    with pytest.raises(NoSuchKey):
        run("retire", "seal-2019-00000000")
    with pytest.raises(LastOfItsUse):
        run("retire", key)
    with pytest.raises(NoReasonForKey):
        run("revoke", key, "--reason", " ")
    for since in ("yesterday", "2026-11-20T18:00:00", "2026-11-20"):
        with pytest.raises(Invalid) as refused:
            run("revoke", key, "--reason", "x", "--since", since)
        assert "with its zone" in refused.value.fields["since"]
    with pytest.raises(NotYet):
        run("revoke", key, "--reason", "x", "--since", "2999-01-01T00:00:00+00:00")
    run("rotate")
    with pytest.raises(KeyNotActive):
        run("retire", key)


# --- not here, not safe ------------------------------------------------------------------------------------------


def test_a_key_that_is_not_here_stops_the_house_with_the_remedy_and_the_remedy_helps(
    database: Database, tmp_path: Path
) -> None:
    issue(database)
    for path in (tmp_path / "keys").iterdir():
        path.rename(tmp_path / path.name)
    with pytest.raises(KeyMissing, match=r"\./run keys rotate"):
        issue(database, "ben")
    with office.act() as desk, pytest.raises(KeyMissing):
        keys.assert_held(desk.db, desk.issuer)
    run("rotate")
    issue(database, "ben")
    assert audited(database) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_stops_the_house_with_the_remedy(
    database: Database, tmp_path: Path, mode: int
) -> None:
    issue(database)
    path = tmp_path / "keys" / f"{of_use('statement')}.pem"
    path.chmod(mode)
    with pytest.raises(KeyExposed, match=f"chmod 600 {path}"):
        issue(database, "ben")
    with office.act() as desk, pytest.raises(KeyExposed):
        keys.assert_held(desk.db, desk.issuer)
    path.chmod(0o600)
    issue(database, "ben")


def test_a_server_does_not_open_with_an_exposed_key(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data=tmp_path, database_url=sqlite_url)  # type: ignore[call-arg]
    database = opening.records(settings)
    with database.write() as db:
        certify(db, "ana", issuing.of(settings))
    database.close()
    for path in (tmp_path / "keys").glob("seal-*.pem"):
        path.chmod(0o644)
    with pytest.raises(server.DidNotOpen, match="chmod 600"), server.opened(tmp_path, sqlite_url):
        pass


# --- what is never told ------------------------------------------------------------------------------------------


def secrets(folder: Path) -> list[bytes]:
    """Give the private part of each key as bytes."""
    found = []
    for path in folder.glob("*.pem"):
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(private, ec.EllipticCurvePrivateKey):
            found.append(private.private_numbers().private_value.to_bytes(32))
        else:
            found.append(private.private_bytes_raw())  # type: ignore[union-attr]
    return found


def test_no_private_key_is_printed_logged_kept_in_the_database_or_in_the_environment(
    sqlite_url: str, tmp_path: Path
) -> None:
    """A real server, that has made its keys and signed with them."""
    words = [sys.executable, "-m", "app", "keys", "new"]
    settings = {"CONTINUA_DATA": str(tmp_path), "CONTINUA_DATABASE_URL": sqlite_url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=os.environ | settings, capture_output=True, check=True)
    told = done.stdout + done.stderr
    with server.opened(tmp_path, sqlite_url) as alive:
        around = Path(f"/proc/{alive.process.pid}")
        told += around.joinpath("environ").read_bytes() + around.joinpath("cmdline").read_bytes()
        told += b"".join(path.read_bytes() for path in tmp_path.glob("*.log"))
    database = open_database(sqlite_url)
    with database.read() as db:
        for table in inspect(db.get_bind()).get_table_names():
            for row in db.execute(text(f"SELECT * FROM {table}")):
                told += b"".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
        public = [key.public.public for key in keys.all_of(db)]
    database.close()
    assert all(base64.b64encode(one) in told for one in public), "the control"
    kept = secrets(tmp_path / "keys")
    assert len(kept) == 3
    for secret in kept:
        for written in (secret, secret.hex().encode(), base64.b64encode(secret)[:40]):
            assert written not in told
