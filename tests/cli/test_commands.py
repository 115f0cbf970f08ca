"""The operator's words: each does what it says, refuses in one sentence on stderr, and leaves a line in the trail."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cast as the_cast
import pytest
from makers import make_certificate
from sqlmodel import col, select

from app.audit import AuditLine
from app.awards import certificates, numbers
from app.awards.certificates import Certificate
from app.cli import commands
from app.identity.people import Person
from app.kit.database import open_database
from app.kit.templates import ROOT
from app.library import provider

APPROVAL = """
body: Association of Social Work Boards (ASWB) ACE
provider_number: "1234"
valid_from: 2026-07-01
valid_to: 2029-06-30
formats: [reading]
hour_types: [ethics]
statement: "{provider}, #{provider_number}, is approved until {valid_to}."
"""


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def continua(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run a command as an operator types it, on either kind of database."""
    for name in [name for name in os.environ if name.startswith("CONTINUA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    monkeypatch.setenv("CONTINUA_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)  # away from the checkout, so that no .env of a developer's is read

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["continua", *words])
        with pytest.raises(SystemExit) as ended:
            commands.continua()
        said = capsys.readouterr()
        return Said(ended.value.code, said.out, said.err)  # type: ignore[arg-type]

    return run


def trail(url: str) -> list[tuple[str, str, str]]:
    """Give who did what to which record."""
    database = open_database(url)
    with database.read() as db:
        lines = db.exec(select(AuditLine).order_by(col(AuditLine.id))).all()
        told = [(line.actor_label, line.act, line.subject) for line in lines]
    database.close()
    return told


def issued(url: str) -> str:
    """Give the number of a certificate of Ana's."""
    database = open_database(url)
    with database.write() as db:
        number = make_certificate(db, the_cast.join(db, "ana")).number
    database.close()
    return number


def assert_refused(said: Said, *words: str) -> None:
    """A refusal is one sentence or two on stderr, nothing on stdout, and status 1."""
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("continua: ")
    assert said.err.count("\n") == 1
    for word in words:
        assert word in said.err


def test_what_the_provider_says_of_itself_is_set_shown_and_audited(continua: Command, database_url: str) -> None:
    said = continua("provider", "set", "--name", "Riverside Center", "--signer-name", "Maria Ortiz, LCSW")
    assert (said.status, said.out) == (0, "Set: name, signer name.\n")
    shown = continua("provider", "show")
    assert "name: Riverside Center\n" in shown.out
    assert "signer name: Maria Ortiz, LCSW\n" in shown.out
    assert "phone: –\n" in shown.out
    assert len(shown.out.splitlines()) == len(provider.FIELDS)
    assert trail(database_url) == [("operator", "provider.changed", "Riverside Center")]


def test_a_provider_set_to_nothing_is_asked_what_to_set(continua: Command, database_url: str) -> None:
    said = continua("provider", "set")
    assert said.status == 2
    assert "Name at least one thing to set" in said.err
    assert trail(database_url) == []


def test_an_approval_is_added_listed_and_audited(continua: Command, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "ace.yaml").write_text(APPROVAL, encoding="utf-8")
    said = continua("approvals", "add", "ace.yaml")
    assert said.out == "Added: Association of Social Work Boards (ASWB) ACE, 1234, 2026-07-01 to 2029-06-30.\n"
    listed = continua("approvals", "list").out
    assert "2026-07-01 to 2029-06-30" in listed
    assert "1234" in listed
    assert [act for _, act, _ in trail(database_url)] == ["approval.added"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "cannot be read"),
        ("", "holds no record"),
        ("- a\n- list", "holds no record"),
        ("a: [", "is not a YAML file"),
        ("\x00", "is not a YAML file"),
        (APPROVAL.replace("body:", "boddy:"), "has no “body”"),
        (f"{APPROVAL}color: red", "unknown “color”"),
        (APPROVAL.replace("[reading]", "[reeding]"), "“reeding” cannot stand in “formats”"),
        (APPROVAL.replace("2029-06-30", "soon"), "“valid_to” must be a date"),
        (APPROVAL.replace("{valid_to}", "{until}"), "unknown place “until”"),
        (APPROVAL.replace("{valid_to}", "{valid_to"), "brace"),
        (APPROVAL.replace("{valid_to}", "{valid_to.year}"), "place"),
        (APPROVAL.replace("{valid_to}", "{valid_to!r:>9999}"), "place"),
        (APPROVAL.replace("{valid_to}", "{}"), "place"),
        (APPROVAL.replace("2026-07-01", "2030-07-01"), "valid_from"),
        (APPROVAL.replace('"1234"', "[1, 2]"), "provider_number"),
        (f"{APPROVAL}course_code: [1]", "course_code"),
    ],
)
def test_a_record_that_is_none_is_refused_with_the_thing_to_mend(
    continua: Command, database_url: str, tmp_path: Path, text: str | None, complaint: str
) -> None:
    if text is not None:
        (tmp_path / "ace.yaml").write_text(text, encoding="utf-8")
    said = continua("approvals", "add", "ace.yaml")
    assert said.status == 1
    assert said.out == ""
    assert said.err.startswith("continua: ")
    assert complaint in said.err
    assert trail(database_url) == []


def test_an_account_is_added_once_and_given_another_role(continua: Command, database_url: str) -> None:
    assert (
        continua("people", "add", "Ines@example.org", "--role", "instructor").out == "Ines@example.org is instructor.\n"
    )
    assert continua("people", "add", "ines@example.org", "--role", "admin").out == "Ines@example.org is admin.\n"
    database = open_database(database_url)
    with database.read() as db:
        assert [person.role for person in db.exec(select(Person))] == ["admin"]
    database.close()
    assert [act for _, act, _ in trail(database_url)] == ["person.role", "person.role"]


def test_an_address_or_a_role_that_is_none_is_refused(continua: Command) -> None:
    refused = continua("people", "add", "ines@")
    assert refused.status == 1
    assert "Enter an e-mail address like ana@example.org." in refused.err
    other = continua("people", "add", "ines@example.org", "--role", "queen")
    assert other.status == 2
    for role in ("learner", "instructor", "officer", "admin"):
        assert role in other.err


def test_a_certificate_is_shown_revoked_and_shown_as_revoked(continua: Command, database_url: str) -> None:
    number = issued(database_url)
    typed = numbers.in_groups(number).lower()
    shown = continua("certificates", "show", typed)
    assert shown.out.startswith(f"{numbers.in_groups(number)}  valid\n")
    assert "Ana Marie O’Neill, A Small Course, 0.5 contact hours, 2026-11-20" in shown.out
    said = continua("certificates", "revoke", typed, "--reason", "  The account\nwas shared.  ")
    assert said.out == f"Revoked: {numbers.in_groups(number)}.\n"
    assert "revoked: The account was shared." in continua("certificates", "show", number).out
    assert trail(database_url)[-1] == ("operator", "certificate.revoked", number)


def test_a_certificate_is_revoked_once_and_never_without_a_reason(continua: Command, database_url: str) -> None:
    number = issued(database_url)
    assert_refused(continua("certificates", "revoke", number, "--reason", " "), "Say why the certificate is revoked")
    assert continua("certificates", "revoke", number).status == 2
    assert continua("certificates", "revoke", number, "--reason", "Shared.").status == 0
    assert_refused(continua("certificates", "revoke", number, "--reason", "Again."), "was revoked before")
    database = open_database(database_url)
    with database.read() as db:
        assert certificates.by_number(db, number).revocation_reason == "Shared."
        assert len(db.exec(select(Certificate)).all()) == 1
    database.close()


def test_a_number_that_is_none_is_refused_with_help(continua: Command) -> None:
    for word in ("show", "revoke"):
        more = ("--reason", "Because.") if word == "revoke" else ()
        assert_refused(continua("certificates", word, "ABCD", *more), "20 letters and digits in five groups of four")


def test_nothing_can_delete_a_certificate(continua: Command) -> None:
    for words in (("certificates", "delete", "X"), ("certificates", "remove", "X"), ("delete",)):
        assert continua(*words).status == 2
    assert "delete" not in continua("certificates", "--help").out.lower().replace("nothing is deleted", "")


def test_an_empty_shelf_is_listed_as_nothing(continua: Command) -> None:
    assert continua("courses", "list") == Said(0, "", "")


def test_a_check_says_what_is_wrong_where_and_what_to_do(continua: Command, tmp_path: Path) -> None:
    sound = continua("check", "--today", "2026-11-20", str(ROOT / "courses" / "social-media-and-confidentiality"))
    assert sound.status == 0, sound.out
    (tmp_path / "empty").mkdir()
    broken = continua("check", "empty")
    assert broken.status == 1
    assert broken.out.startswith("empty")
    assert "error" in broken.out
    told = json.loads(continua("check", "--format", "json", "empty").out)
    assert told
    missing = continua("check", "nowhere")
    assert missing.status == 2
    assert "There is no folder “nowhere”" in missing.err


def test_every_word_explains_itself(continua: Command) -> None:
    told = continua("--help")
    assert told.status == 0
    for word in ("serve", "check", "courses", "provider", "approvals", "people", "certificates", "demo"):
        assert word in told.out
        assert continua(word, "--help").status == 0


def test_the_environment_wins_over_the_file(continua: Command, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CONTINUA_DATABASE_URL=sqlite:////nowhere/at/all.db\n", encoding="utf-8")
    assert continua("provider", "show").status == 0


def test_a_file_of_settings_is_read_where_the_environment_says_nothing(
    continua: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONTINUA_DATABASE_URL")
    monkeypatch.delenv("CONTINUA_DATA")
    (tmp_path / ".env").write_text("CONTINUA_DATA=elsewhere\n", encoding="utf-8")
    assert continua("provider", "set", "--name", "From the file").status == 0
    assert (tmp_path / "elsewhere" / "continua.db").is_file()
