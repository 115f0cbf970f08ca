"""The doctor finds each fault that is planted, says how to mend it, and says of nothing that it is well unseen."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import cast as the_cast
import pytest
from cast import NOON
from makers import SIGNER
from sqlmodel import Session, select
from typer.testing import CliRunner

from app import audit
from app.awards import keys
from app.awards.issuer import Issuer
from app.cli import doctor
from app.cli.commands import app
from app.cli.symptoms import Grade, Symptom, of_place, of_records, of_settings
from app.identity.people import Role
from app.kit import jobs, mail
from app.kit.jobs import Job
from app.kit.mail import Letter, Mail
from app.kit.signing import KeptInMemory
from app.library import approvals, provider
from app.settings import Settings

PUBLIC = "https://ce.example.org"


def house(**more: object) -> Settings:
    return Settings(_env_file=None, **more)  # type: ignore[arg-type]


def grades(found: Iterator[Symptom] | list[Symptom], about: str) -> list[Grade]:
    return [one.grade for one in found if one.about == about]


def assert_mendable(found: list[Symptom]) -> None:
    for one in found:
        assert one.grade == Grade.WELL or one.remedy or "codes appear" in one.words, one


# --- the machine -------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a key, as it should be."""
    kept = tmp_path / "kept"
    (kept / "keys").mkdir(parents=True)
    (kept / "keys" / "root-1.pem").write_text("a key")
    for path, mode in ((kept, 0o700), (kept / "keys", 0o700), (kept / "keys" / "root-1.pem", 0o600)):
        path.chmod(mode)
    return kept


def test_a_folder_of_its_owner_alone_is_well(folder: Path) -> None:
    found = list(of_place.rights(house(data=folder)))
    assert {one.grade for one in found} == {Grade.WELL}


@pytest.mark.parametrize(
    ("below", "about"),
    [("", "data folder"), ("keys", "keys"), ("keys/root-1.pem", "keys")],
    ids=["data", "keys", "key"],
)
def test_what_others_can_read_is_found(folder: Path, below: str, about: str) -> None:
    (folder / below).chmod(0o755)
    assert Grade.UNSAFE in grades(of_place.rights(house(data=folder)), about)


def test_a_file_of_secrets_that_others_can_read_is_found(folder: Path) -> None:
    secret = folder / "smtp"
    secret.write_text("smtp://a:b@mail.example.org")
    secret.chmod(0o644)
    assert grades(of_place.rights(house(data=folder, smtp_url_file=str(secret))), "secrets") == [Grade.UNSAFE]
    secret.chmod(0o600)
    assert grades(of_place.rights(house(data=folder, smtp_url_file=str(secret))), "secrets") == []


def test_root_is_told_that_it_is_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert grades(of_place.account(house()), "account") == [Grade.SOON]
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert list(of_place.account(house())) == []


def test_a_full_disk_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert grades(of_place.space(house(data=folder / "not" / "there")), "disk") in ([Grade.WELL], [Grade.UNSAFE])
    monkeypatch.setattr(of_place, "LEAST_FREE", 1 << 60)
    assert grades(of_place.space(house(data=folder)), "disk") == [Grade.UNSAFE]


def test_a_backup_that_nobody_told_of_is_not_called_well(folder: Path) -> None:
    settings, note = house(data=folder), folder / of_place.BACKUP_NOTE
    assert grades(of_place.backups(settings, now=NOON), "backup") == [Grade.UNKNOWN]
    note.touch()
    for hours, grade in ((2, Grade.WELL), (40, Grade.UNSAFE)):
        made_at = (NOON - timedelta(hours=hours)).timestamp()
        os.utime(note, (made_at, made_at))
        assert grades(of_place.backups(settings, now=NOON), "backup") == [grade]


def test_missing_pango_and_missing_fonts_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_place, "PANGO", ("libnowhere.so.9",))
    monkeypatch.setattr(of_place, "WIDE_FONT", "No Such Font")
    found = list(of_place.drawing(house()))
    assert (grades(found, "Pango"), grades(found, "fonts")) == ([Grade.UNSAFE], [Grade.SOON])


# --- what is set -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "grade"), [("", Grade.SOON), ("http://ce.example.org", Grade.UNSAFE), (PUBLIC, Grade.WELL)]
)
def test_an_address_without_encryption_is_found(url: str, grade: Grade) -> None:
    assert grades(of_settings.address(house(public_url=url)), "address") == [grade]


@pytest.mark.parametrize(
    ("url", "grade"),
    [
        ("", Grade.UNSAFE),
        ("smtp://mail.example.org:25", Grade.UNSAFE),
        ("smtp://127.0.0.1:25", Grade.WELL),
        ("smtp://a:b@mail.example.org:587", Grade.WELL),
        ("smtps://a:b@mail.example.org:465", Grade.WELL),
    ],
)
def test_mail_that_leaves_unencrypted_or_not_at_all_is_found(url: str, grade: Grade) -> None:
    assert grades(of_settings.mail(house(public_url=PUBLIC, smtp_url=url)), "mail") == [grade]
    assert grades(of_settings.mail(house()), "mail") == [Grade.SOON]


def test_a_port_past_the_proxy_and_a_proxy_that_may_be_anybody_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert grades(of_settings.listening(house(public_url=PUBLIC, host="0.0.0.0")), "port") == [Grade.SOON]  # noqa: S104
    assert list(of_settings.listening(house(public_url=PUBLIC))) == []
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert grades(of_settings.proxies(house()), "proxy") == [Grade.UNSAFE]
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.2")
    assert list(of_settings.proxies(house())) == []


# --- the records -------------------------------------------------------------------------------------------------


def test_a_house_that_nobody_may_run_and_that_is_nobodys_is_found(db: Session) -> None:
    public = house(public_url=PUBLIC)
    assert grades(of_records.staff(db, public), "admin") == [Grade.UNSAFE]
    assert grades(of_records.staff(db, house()), "admin") == [Grade.SOON]
    assert grades(of_records.named(db, public), "provider") == [Grade.UNSAFE]
    named = {"name": "Riverside", "signer_name": "Maria Ortiz"}
    provider.change(db, named, by=audit.OPERATOR, now=NOON)
    assert grades(of_records.named(db, public), "provider") == [Grade.SOON], "it has no address yet"
    provider.change(db, {"email": "ce@example.org"}, by=audit.OPERATOR, now=NOON)
    assert grades(of_records.named(db, public), "provider") == []


def test_staff_who_sign_in_by_mail_alone_are_found_by_name(db: Session) -> None:
    ada = the_cast.join(db, "ada")
    the_cast.join(db, "ana")
    found = list(of_records.staff(db, house(public_url=PUBLIC)))
    assert grades(found, "admin") == []
    assert [one.words.split(":")[0] for one in found if one.about == "second factor"] == ["ada@example.org"]
    ada.role = Role.LEARNER
    db.add(ada)
    db.flush()
    assert grades(of_records.staff(db, house()), "second factor") == []


def test_keys_that_are_old_or_gone_are_found(db: Session) -> None:
    issuer = Issuer(address=PUBLIC, demonstration=False, signer=SIGNER)
    keys.in_use(db, issuer, now=NOON)
    assert list(of_records.signing(db, issuer, now=NOON)) == []
    later = NOON + keys.ROTATE_AFTER + timedelta(days=1)
    assert set(grades(of_records.signing(db, issuer, now=later), "keys")) == {Grade.SOON}
    without = Issuer(address=PUBLIC, demonstration=False, signer=KeptInMemory())
    assert grades(of_records.signing(db, without, now=NOON), "keys") == [Grade.UNSAFE]


def test_a_clock_that_stands_before_what_has_happened_is_found(db: Session) -> None:
    audit.record(db, actor=audit.OPERATOR, act="provider.changed", subject="x", now=NOON)
    db.flush()
    assert grades(of_records.clock(db, now=NOON), "clock") == [Grade.WELL]
    assert grades(of_records.clock(db, now=NOON - timedelta(days=1)), "clock") == [Grade.UNSAFE]


def an_approval(db: Session, until: date, since: str = "2020-01-01") -> None:
    record = {
        "body": "ACE",
        "provider_number": "1",
        "valid_from": since,
        "valid_to": str(until),
        "formats": "reading",
        "hour_types": "ethics",
        "statement": "{provider} until {valid_to}",
    }
    approvals.add(db, record, by=audit.OPERATOR, now=NOON)
    db.flush()


@pytest.mark.parametrize(
    ("days", "grade"), [(200, None), (100, Grade.SOON), (20, Grade.UNSAFE), (-5, Grade.UNSAFE), (-300, None)]
)
def test_an_approval_that_ends_is_found_in_time(db: Session, days: int, grade: Grade | None) -> None:
    an_approval(db, NOON.date() + timedelta(days=days))
    assert grades(of_records.approvals(db, now=NOON), "approval") == ([grade] if grade else [])


def test_an_approval_that_is_followed_by_the_next_raises_no_alarm(db: Session) -> None:
    an_approval(db, NOON.date() + timedelta(days=20))
    an_approval(db, NOON.date() + timedelta(days=900), since="2026-11-01")
    assert list(of_records.approvals(db, now=NOON)) == []


def test_a_letter_that_does_not_leave_and_work_that_fails_are_found(db: Session) -> None:
    mail.queue(db, to="ana@example.org", message=Letter("a", "b", "c"), now=NOON)
    assert list(of_records.stuck(db, now=NOON + timedelta(minutes=30))) == []
    assert grades(of_records.stuck(db, now=NOON + timedelta(hours=2)), "outbox") == [Grade.UNSAFE]
    letter = db.exec(select(Mail)).one()
    letter.failed_at = NOON
    db.add(letter)
    db.flush()
    assert grades(of_records.stuck(db, now=NOON + timedelta(hours=2)), "outbox") == [Grade.SOON]
    jobs.queue(db, kind="tidy", key="tidy:1", payload={}, now=NOON)
    job = db.exec(select(Job).where(Job.kind == "tidy")).one()
    job.tries, job.last_error = 6, "OSError: disk"
    db.add(job)
    db.flush()
    assert grades(of_records.stuck(db, now=NOON), "work") == [Grade.SOON]


# --- the whole ---------------------------------------------------------------------------------------------------


def test_a_database_of_another_version_is_found_and_left_as_it_is(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = house(data=tmp_path, database_url=sqlite_url)
    assert Grade.WELL in grades(of_records.records(settings, now=NOON), "database")
    monkeypatch.setattr("app.cli.migrate.newest", lambda: "the next one")
    assert grades(of_records.records(settings, now=NOON), "database") == [Grade.UNSAFE]


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    settings = house(data=tmp_path / "nowhere")
    assert grades(of_records.records(settings, now=NOON), "database") == [Grade.SOON]
    assert not (tmp_path / "nowhere").exists()


def test_a_check_that_breaks_is_told_as_not_made_and_gives_no_password_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_settings: Settings) -> Iterator[Symptom]:
        raise RuntimeError("postgresql://continua:canary@db")

    monkeypatch.setattr(of_place, "space", breaks)
    found = doctor.examine(house(data=Path("/nowhere")), now=NOON)
    assert [one.grade for one in found if one.about == "breaks"] == [Grade.UNKNOWN]
    assert "canary" not in str(found)
    assert_mendable(found)


def test_the_command_ends_with_status_1_where_it_is_unsafe_and_tells_machines_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "CONTINUA_DATA": str(tmp_path / "kept"),
        "CONTINUA_PUBLIC_URL": "http://ce.example.org",
    }.items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(app, ["doctor", "--json"])
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    assert {"about", "grade", "words", "remedy"} == found[0].keys()
    assert found[0]["grade"] == "unsafe", "the worst comes first"
    spoken = CliRunner().invoke(app, ["doctor"])
    assert "→ Put a proxy with TLS in front" in spoken.stdout
    monkeypatch.setenv("CONTINUA_PUBLIC_URL", "")
    monkeypatch.setattr(of_place, "space", lambda _settings: iter(()))
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0
