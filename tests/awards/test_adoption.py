"""Adoption: what was issued before there was a register is in it, all at once and once, in the order of its issue."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from conftest import Pencil
from registers import make_issuer
from sqlalchemy import text
from sqlmodel import select

from app import audit
from app.awards import adoption, auditing, certificates, issuing, losses, numbers, pdfs, standing
from app.awards.certificates import DRAW
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.verdicts import Status
from app.cli import migrate, opening
from app.kit.database import Database, open_database
from app.kit.jobs import Job
from app.kit.signing import KeptInFolder
from app.kit.templates import ROOT
from app.settings import Settings

BEFORE = "2026_11_21_regrades"  # the last migration of a house without a register
THEN, NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC), datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
# In the order of their rows; they were issued in the order of their digits.
NUMBERS = [digit * 19 + numbers.check_symbol(digit * 19) for digit in "3142"]
ONE, REVOKED, THREE, FOUR = sorted(NUMBERS)


def said(number: str, at: datetime) -> str:
    """What a certificate said before there was a register: name and license in it."""
    return json.dumps({
        "number": number, "holder_name": "Ana Müller", "license": {"state": "NY", "type": "LCSW", "number": "081234"},
        "course_title": "A Small Course", "course_code": "small-course", "edition": "0" * 64, "delivery": "reading",
        "presenters": [{"name": "Jordan Reyes", "credentials": "PhD"}], "credit_hours": {"ethics": "0.5"},
        "began_at": "2026-11-01T17:00:00.123456+00:00", "completed_at": at.isoformat(),
        "time_zone": "America/New_York", "issued_at": at.isoformat(), "provider_name": "Example",
        "provider_address": "", "provider_phone": "", "provider_email": "", "signer_name": "Ada", "signer_title": "",
        "approval_statements": [], "verify_url": f"https://ce.example.org/v/{number}", "demonstration": False,
    }, ensure_ascii=False)  # fmt: skip


def issued_at(number: str) -> datetime:
    return THEN + timedelta(hours=int(number[0]), microseconds=500_000)


PDF = {number: f"%PDF-1.7 what was handed out as {number}".encode() for number in NUMBERS}


def fill_old(url: str) -> None:
    """Issue four certificates as the house did before, one of them revoked, each drawn."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, BEFORE)
    database = open_database(url)
    with database.writing.begin() as connection:

        def insert(table: str, **values: Any) -> None:
            names = ", ".join(values)
            connection.execute(
                text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{n}' for n in values)})"), values
            )

        at = "2026-11-01 17:00:00"
        insert("person", id=1, email="ana@example.org", email_key="ana@example.org", role="learner", created_at=at)
        insert("edition", id=1, course_code="small-course", content_hash="abc", title="A Small Course", source="{}",
               compiled="{}", published_at=at, kind="major", published_by="x", files="{}")  # fmt: skip
        for place, number in enumerate(NUMBERS, start=1):
            then = issued_at(number).strftime("%Y-%m-%d %H:%M:%S.%f")
            insert("enrollment", id=place, person_id=1, course_code="small-course", edition_id=1, began_at=at,
                   completed_at=then)  # fmt: skip
            insert("certificate", id=place, number=number, enrollment_id=place, person_id=1, edition_id=1,
                   statement=said(number, issued_at(number)), completed_at=then, issued_at=then)  # fmt: skip
            insert("certificate_pdf", certificate_id=place, content=PDF[number],
                   sha256=hashlib.sha256(PDF[number]).hexdigest(), drawn_at=then)  # fmt: skip
        connection.execute(text("UPDATE certificate SET revoked_at = '2026-11-25 12:00:00', revocation_reason = 'x', "
                                f"revoked_by = 'operator' WHERE number = '{REVOKED}'"))  # fmt: skip
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A house from before the register, not brought up to date yet."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        url = request.getfixturevalue("own_postgres_url")
        emptied = open_database(url)
        with emptied.writing.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        emptied.close()
    fill_old(url)
    return url


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path)


@pytest.fixture
def old(old_url: str) -> Any:
    """The same, brought up to date, and not entered yet."""
    migrate.upgrade(old_url)
    database = open_database(old_url)
    yield database
    database.close()


def adopt(database: Database, issuer: Issuer) -> list[str]:
    with database.write() as db:
        return adoption.adopt(db, issuer, now=NOW)


# --- entered -----------------------------------------------------------------------------------------------------


def test_each_is_entered_in_the_order_of_its_issue_and_a_revocation_after_it(old: Database, issuer: Issuer) -> None:
    assert adopt(old, issuer) == sorted(NUMBERS)
    with old.read() as db:
        told = [(one.kind, one.subject) for one in log.of_kind(db, "issue", "revoke")]
        assert told == [
            ("issue", ONE), ("issue", REVOKED), ("revoke", REVOKED), ("issue", THREE), ("issue", FOUR),
        ]  # fmt: skip
        assert {one.at for one in log.of_kind(db, "issue", "revoke")} == {NOW}  # that it was later, its date says
        assert log.entry(db, "revoke", REVOKED).said["at"] == "2026-11-25T12:00:00Z"  # type: ignore[union-attr]
        assert list(auditing.audit(db, issuer, signatures=True)) == []


def test_it_says_what_it_said_and_stands_as_it_stood(old: Database, issuer: Issuer) -> None:
    adopt(old, issuer)
    with old.read() as db:
        for number in NUMBERS:
            certificate = certificates.by_number(db, number)
            assert log.issued(db, number).statement == certificate.statement
            assert certificate.facts.holder_name == "Ana Müller"
            assert certificate.facts.issued_at == issued_at(number).replace(microsecond=0)
            stands = standing.of(db, certificate)
            assert stands.status == (Status.REVOKED if number == REVOKED else Status.VALID)


def test_a_second_time_nothing_is_entered(old: Database, issuer: Issuer) -> None:
    adopt(old, issuer)
    with old.read() as db:
        assert not adoption.is_due(db)
        size = log.size(db)
    assert adopt(old, issuer) == []
    with old.read() as db:
        assert log.size(db) == size
        assert len(audit.of_subject(db, "register", act="certificates.entered")) == 1


def test_an_empty_house_has_nothing_to_enter(database: Database) -> None:
    with database.read() as db:
        assert not adoption.is_due(db)


# --- sealed ------------------------------------------------------------------------------------------------------


def test_each_is_sealed_by_a_job_and_what_was_handed_out_stays_known(old: Database, issuer: Issuer) -> None:
    adopt(old, issuer)
    draw = pdfs.drawer(old, Pencil(), issuer, lambda: NOW)
    with old.read() as db:
        asked = [json.loads(job.payload) for job in db.exec(select(Job)) if job.kind == DRAW]
    assert sorted(payload["number"] for payload in asked) == sorted(NUMBERS)
    for payload in [*asked, *asked]:  # a job may be tried twice
        draw(payload)
    with old.read() as db:
        for number in NUMBERS:
            before = pdfs.by_digest(db, hashlib.sha256(PDF[number]).hexdigest())
            assert before is not None
            assert (before.content, before.sealed) == (PDF[number], False)
            kept = db.exec(select(pdfs.CertificateDocument)).all()
        assert sum(one.sealed for one in kept) == len(NUMBERS) == len(kept) / 2


def test_a_seal_does_not_claim_to_be_older_than_its_key(old: Database, issuer: Issuer) -> None:
    adopt(old, issuer)
    with old.read() as db:
        order = pdfs.ordered(db, certificates.by_number(db, NUMBERS[0]), issuer=issuer, now=NOW)
    assert order.sealed_at == NOW > order.facts.issued_at


# --- told --------------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(old_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings(_env_file=None, data=tmp_path, database_url=old_url)  # type: ignore[call-arg]


def test_whoever_opens_the_house_first_is_told_and_nobody_after(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    opening.records(settings).close()
    told = capsys.readouterr()
    assert told.out == ""
    assert "4 certificates from before the register were entered into it: 1111" in told.err
    assert "those that were handed out stay known" in told.err
    opening.records(settings).close()
    assert capsys.readouterr().err == ""


def test_nothing_is_entered_into_a_house_that_lost_its_register(
    settings: Settings, old_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A backup from before the upgrade, put back after it: the loss comes first, then the certificates."""
    issuer = issuing.of(settings)
    assert issuer.remembers is not None
    origin = "ce.example.org/register"
    issuer.remembers.keep(f"{origin}\n900\n{'A' * 43}=\n\n— {origin} {'A' * 92}\n")
    with pytest.raises(losses.RolledBack):
        opening.records(settings)
    opened = opening.records(settings, losses_too=True)
    with opened.write() as db:
        assert log.size(db) == 0
        losses.accept(db, issuer, reason="It was put back.", by=audit.OPERATOR, now=NOW)
        newest = log.newest(db)
        assert newest is not None
        issuer.remembers.replace(newest.note)
    opened.close()
    capsys.readouterr()
    opened = opening.records(settings)
    assert "4 certificates" in capsys.readouterr().err
    with opened.read() as db:
        assert [one.kind for one in log.of_kind(db, "gap", "issue")] == ["gap", *["issue"] * 4]
        assert list(auditing.audit(db, issuer)) == []
    opened.close()


# --- all or none -------------------------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from app.awards import adoption
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.register.witness import Memory
from app.kit.database import open_database
from app.kit.signing import KeptInFolder
url, folder, step = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
append = log.append
def counted(db, said, **more):
    global step
    step -= 1
    if step < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return append(db, said, **more)
log.append = counted
signer, memory = KeptInFolder(folder / "keys"), Memory(folder / "register" / "checkpoint")
issuer = Issuer("https://ce.example.org", False, signer, memory)
with open_database(url).write() as db:
    adoption.adopt(db, issuer, now=datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
"""


def test_killed_at_any_step_it_leaves_nothing_and_the_next_time_enters_all(old: Database, tmp_path: Path) -> None:
    """Three keys, four certificates, one revocation: eight steps, of which these are the first, the last and some."""
    url = old.writing.url.render_as_string(hide_password=False)
    old.close()
    for step in (0, 3, 5, 7):
        words = [sys.executable, "-c", KILLED, url, str(tmp_path), str(step)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, env={"PYTHONPATH": str(ROOT)})
        assert done.returncode == -signal.SIGKILL, done.stderr
        with old.read() as db:
            assert (log.size(db), adoption.is_due(db)) == (0, True)
            assert not db.exec(select(Job)).all()
        assert not (tmp_path / "register" / "checkpoint").exists()
    issuer = make_issuer(tmp_path, signer=KeptInFolder(tmp_path / "keys"))
    assert len(adopt(old, issuer)) == 4
    with old.read() as db:
        assert list(auditing.audit(db, issuer)) == []


def test_of_two_that_open_it_at_once_one_enters_them(old: Database, issuer: Issuer) -> None:
    gate = threading.Barrier(3, timeout=60)

    def enter(_place: int) -> int:
        gate.wait()
        with old.read() as db:
            assert adoption.is_due(db) in {True, False}
        return len(adopt(old, issuer))

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(enter, range(3))) == [0, 0, 4]
    with old.read() as db:
        assert list(auditing.audit(db, issuer)) == []
