"""Migrations: they make exactly what the code expects, and what protects the records is still there after each."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from alembic import command
from alembic.config import Config
from cast import NOON, join
from makers import ISSUER, make_certificate, make_draft, make_ended_approval, make_ruling
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.awards import adoption, auditing, certificates, pdfs, second_looks, statements
from app.awards.facts import LicenseFacts
from app.awards.pdfs import CertificateDocument
from app.awards.replacements import Changes
from app.cli import migrate
from app.identity import licenses
from app.kit.database import Database, open_database

VERSIONS = migrate.MIGRATIONS / "versions"
FIRST_WITH_PROTECTION = "2026_11_20_protect_records"


def _revision(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REVISIONS = {module.revision: module for module in map(_revision, sorted(VERSIONS.glob("*.py")))}
REPLACED = {table for module in REVISIONS.values() for table in getattr(module, "REPLACED", ())}
PROTECTED = sorted({table for module in REVISIONS.values() for table in getattr(module, "PROTECTED", ())} - REPLACED)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that no migration has seen."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("own_postgres_url")
    database = open_database(url)
    with database.writing.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.close()
    return url


def upgrade_to(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, revision)


# --- one line of revisions ---------------------------------------------------------------------------------------


def test_revisions_stand_in_one_line_and_the_last_one_is_the_newest() -> None:
    follows = {module.down_revision: revision for revision, module in REVISIONS.items()}
    line, last = [], None
    while last in follows:
        last = follows[last]
        line.append(last)
    assert sorted(line) == sorted(REVISIONS)
    assert migrate.newest() == last


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_is_dated_and_named_like_its_file_and_knows_no_model(revision: str) -> None:
    source = (VERSIONS / f"{revision}.py").read_text(encoding="utf-8")
    assert revision[:11].replace("_", "").isdecimal()
    assert "from app" not in source
    assert "import app" not in source


def test_an_empty_database_is_brought_up_to_date_once(empty_url: str) -> None:
    assert migrate.current(empty_url) == ""
    assert migrate.upgrade(empty_url)
    assert migrate.current(empty_url) == migrate.newest()
    assert not migrate.upgrade(empty_url)


# --- what protects the records -----------------------------------------------------------------------------------


def triggers(database: Database) -> set[str]:
    told = {
        True: "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        False: "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
    }[database.is_sqlite]
    with database.reading.connect() as connection:
        return set(connection.execute(text(told)).scalars())


def expected_triggers(database: Database) -> set[str]:
    kinds = ("keep", "fixed") if database.is_sqlite else ("keep", "whole")
    return {f"{table}_{kind}" for table in PROTECTED for kind in kinds} | {"certificate_revocation"}


def fill(database: Database) -> None:
    with database.write() as db:
        certificate = make_certificate(db, join(db, "ana"))
        drawn = {"paper": "letter", "sealed": True, "content": b"%PDF", "sha256": "0" * 64, "drawn_at": NOON}
        db.add(CertificateDocument(certificate_id=certificate.id, **drawn))
        ada, changes = join(db, "ada"), Changes(credit_hours={"ethics": "1.0"})
        second_looks.ask(db, certificate, changes, reason="Hours", by=ada, now=NOON)
        make_draft(db, join(db, "ines"))
        make_ruling(db, certificate.edition_id)
        make_ended_approval(db)
        licenses.confirm(db, join(db, "ana"), ("NY", "LCSW", "081234"), now=NOON)


def test_every_trigger_is_there_after_the_newest_migration(database: Database) -> None:
    assert triggers(database) >= expected_triggers(database)


@pytest.mark.parametrize("table", PROTECTED)
def test_every_trigger_bites(database: Database, table: str) -> None:
    fill(database)
    change = {
        "audit_link": "seq = seq + 1000",
        "register_entry": "seq = seq + 1000",
        "register_node": "place = place + 1000",
        "register_checkpoint": "size = size + 1000",
        "draft_text": "sha256 = 'another'",
        "regraded_attempt": "score = '0'",
    }
    attempts = [f"DELETE FROM {table}", f"UPDATE {table} SET {change.get(table, 'id = id + 1000')}"]
    attempts += [] if database.is_sqlite else [f"TRUNCATE {table} CASCADE"]
    for statement in attempts:
        with pytest.raises(DBAPIError, match=r"never (deleted|rewritten)"), database.writing.begin() as connection:
            connection.execute(text(statement))


def test_control_without_its_trigger_a_row_is_rewritten(sqlite_database: Database) -> None:
    fill(sqlite_database)
    with sqlite_database.writing.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_line_fixed"))
        assert connection.execute(text("UPDATE audit_line SET act = 'nothing happened'")).rowcount > 0


# --- on a database with people in it -----------------------------------------------------------------------------

ANA = "1, 'ana@example.org', 'ana@example.org', 'learner', '2026-11-20 17:00:00'"
SAID = {
    "number": "0" * 20, "holder_name": "Ana Müller", "license": {"state": "NY", "type": "LCSW", "number": "081234"},
    "course_title": "A Small Course", "course_code": "small-course", "edition": "0" * 64, "delivery": "reading",
    "presenters": [{"name": "Jordan Reyes", "credentials": "PhD"}], "credit_hours": {"ethics": "0.5", "general": "1"},
    "began_at": "2026-11-20T17:00:00.123456+00:00", "completed_at": "2026-11-20T18:00:00.5+00:00",
    "time_zone": "America/New_York", "issued_at": "2026-11-20T18:00:00.5+00:00", "provider_name": "Example",
    "provider_address": "", "provider_phone": "", "provider_email": "", "signer_name": "Ada", "signer_title": "",
    "approval_statements": [], "verify_url": "https://ce.example.org/v/0", "demonstration": False,
}  # fmt: skip
DIGEST = hashlib.sha256(b"bytes").hexdigest()
FILL = {
    "person": f"(id, email, email_key, role, created_at) VALUES ({ANA})",
    "license": "VALUES (1, 1, 'NY', 'LCSW', '081234', '2026-11-20 17:00:00')",
    "edition": "VALUES (1, 'small-course', 'abc', 'A Small Course', NULL, '{}', '{}', '2026-11-20 17:00:00')",
    "enrollment": "VALUES (1, 1, NULL, 'small-course', 1, '2026-11-20 17:00:00', '2026-11-20 18:00:00')",
    "certificate": "(id, number, enrollment_id, person_id, edition_id, statement, completed_at, issued_at, revoked_at, "
    "revocation_reason) VALUES (1, '00000000000000000000', 1, 1, 1, "
    f"'{json.dumps(SAID)}', '2026-11-20 18:00:00.5', '2026-11-20 18:00:00.5', '2026-11-22 18:00:00', 'An error.')",
    "certificate_pdf": "VALUES (1, {bytes}, '{digest}', '2026-11-20 18:00:00')",
    "audit_line": "VALUES (1000, '2026-11-20 18:00:00', NULL, 'ana', 'certificate.issued', '0000', '{}')",
}
MADE_ANEW = {"certificate_pdf", "certificate"}  # kept in other words: see the test after


def rows(database: Database, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    with database.reading.connect() as connection:
        return {
            table: [tuple(row) for row in connection.execute(text(f"SELECT {', '.join(names)} FROM {table}"))]
            for table, names in columns.items()
        }


def test_what_was_kept_before_an_upgrade_is_there_after_it_and_still_protected(empty_url: str) -> None:
    upgrade_to(empty_url, FIRST_WITH_PROTECTION)
    database = open_database(empty_url)
    with database.writing.begin() as connection:
        for table, row in FILL.items():
            written = "X'6279746573'" if database.is_sqlite else "'\\x6279746573'"
            connection.exec_driver_sql(
                f"INSERT INTO {table} {row}".replace("{bytes}", written).replace("{digest}", DIGEST)
            )
        columns = {table: [one["name"] for one in inspect(connection).get_columns(table)] for table in FILL}
    before = rows(database, columns)
    assert all(len(kept) == 1 for kept in before.values())
    assert migrate.upgrade(empty_url)
    kept = {table: names for table, names in columns.items() if table not in MADE_ANEW}
    assert rows(database, kept) == {table: before[table] for table in kept}
    assert triggers(database) >= expected_triggers(database)
    with database.write() as db:
        assert_says_what_it_said(db)
    database.close()


def assert_says_what_it_said(db: Session) -> None:
    """A certificate from before the register: the same facts, its holder beside them, and its drawing still known."""
    certificate = certificates.by_number(db, "0" * 20)
    facts, license_ = certificate.facts, LicenseFacts("NY", "LCSW", "081234")
    assert (facts.holder_name, facts.license, facts.course_code) == ("Ana Müller", license_, "small-course")
    assert (facts.total_hours, str(facts.completed_on)) == (Decimal("1.5"), "2026-11-20")
    assert "Ana" not in certificate.statement
    whose = statements.Personal(certificate.personal or "", certificate.salt or b"")
    assert certificate.said["commitment"] == whose.commitment
    assert certificate.statement == statements.canonical(statements.of(facts, whose)).decode()
    assert (certificate.revocation_class, certificate.revocation_reason) == ("other", "An error.")
    drawing = pdfs.by_digest(db, DIGEST)
    assert drawing is not None
    assert (drawing.certificate_id, drawing.content, drawing.sealed) == (certificate.id, b"bytes", False)
    assert adoption.is_due(db)
    assert adoption.adopt(db, ISSUER, now=NOON + timedelta(days=10)) == ["0" * 20]
    assert not adoption.is_due(db)
    assert list(auditing.audit(db, ISSUER)) == []
