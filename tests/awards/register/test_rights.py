"""PostgreSQL, as a house signs in to it: as an owner of its tables who is no superuser, and may still not change proof.

Every other test signs in as a superuser, whom no right binds: this alone sees whether the house can live within them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import NOON, join
from makers import make_ruling
from registers import LATER, drop_triggers, make_certificates, make_issuer, revoke
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app import audit
from app.awards import auditing, certificates, erasures, keys, pdfs, replacements, second_looks
from app.awards.auditing import guards
from app.awards.issuer import Issuer
from app.awards.pdfs import CertificateDocument
from app.awards.register import log
from app.awards.replacements import Changes
from app.cli import migrate
from app.kit.database import Database, open_database

REGISTER = ("register_entry", "register_node", "register_checkpoint")
KEYS = {"register_entry": "seq", "register_node": "place", "register_checkpoint": "size", "audit_link": "seq"}
CHANGEABLE = {
    "certificate": {
        "person_id", "personal", "salt", "revoked_at", "revoked_by", "revocation_class", "revocation_reason",
    },
    "certificate_document": {"content"},
    "certificate_correction": {"changes", "reason", "decided_at", "decided_by", "accepted"},
    "audit_line": {"actor_label", "subject", "detail", "salt", "network", "network_salt"},
}  # fmt: skip


@pytest.fixture(scope="module")
def owner_url(postgres: str) -> str:
    """A migrated database that belongs to a role like any other."""
    role = f"house_{uuid.uuid4().hex[:8]}"
    server = open_database(postgres)
    with server.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(text(f"CREATE DATABASE {role} OWNER {role} TEMPLATE template1"))
    server.close()
    url = make_url(postgres).set(username=role, database=role).render_as_string(hide_password=False)
    migrate.upgrade(url)
    return url


@pytest.fixture
def owner(owner_url: str) -> Iterator[Database]:
    database = open_database(owner_url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return make_issuer(tmp_path_factory.mktemp("owner"))


def test_a_house_lives_its_whole_life_within_its_rights(owner: Database, issuer: Issuer) -> None:
    with owner.read() as db:
        assert db.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar_one() is False
    ana, ben, ines = make_certificates(owner, issuer)
    with owner.write() as db:
        revoke(db, certificates.by_number(db, ana), issuer)
    with owner.write() as db:
        keys.rotate(db, issuer, by=audit.OPERATOR, now=LATER)
        changes = Changes(holder_name="Benjamin Example", credit_hours={"ethics": "0.25"})
        second_looks.ask(db, certificates.by_number(db, ben), changes, reason="Wrong.", by=join(db, "ada"), now=LATER)
    with owner.write() as db:
        (asked, _certificate), *_ = second_looks.all_waiting(db)
        new = second_looks.accept(db, asked, issuer=issuer, by=join(db, "olu"), now=LATER)
        assert new.replaces is not None
        drawn = {"paper": "letter", "sealed": False, "content": b"%PDF", "sha256": "0" * 64, "drawn_at": NOON}
        db.add(CertificateDocument(certificate_id=new.id, **drawn))
    with owner.write() as db:
        erasures.erase(db, certificates.by_number(db, ben), issuer=issuer, by=audit.OPERATOR, now=LATER)
        assert db.exec(select(CertificateDocument)).one().content is None
    with owner.write() as db:
        by_now = certificates.by_number(db, ines)
        replacements.reissue(db, by_now, reason="New keys.", issuer=issuer, by=audit.OPERATOR, now=LATER)
        make_ruling(db, by_now.edition_id or 0)
        assert pdfs.ordered(db, by_now, issuer=issuer, now=LATER).facts.number == ines
    with owner.read() as db:
        assert list(auditing.audit(db, issuer, signatures=True)) == []


@pytest.mark.parametrize("table", guards.GUARDED)
@pytest.mark.parametrize("act", ["UPDATE {table} SET {key} = {key}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"])
def test_without_its_triggers_the_database_still_says_permission_denied(
    owner: Database, issuer: Issuer, table: str, act: str
) -> None:
    key = {"register_entry": "seq", "register_node": "place", "register_checkpoint": "size", "audit_link": "seq"}.get(
        table, "id"
    )
    with owner.writing.connect() as connection, connection.begin() as whole:
        drop_triggers(connection)
        with pytest.raises(DBAPIError, match=f"permission denied for table {table}"):
            connection.execute(text(act.format(table=table, key=key)))
        whole.rollback()


def test_of_what_may_change_at_all_only_those_columns_may(owner: Database) -> None:
    asked = text(
        "SELECT column_name FROM information_schema.columns WHERE table_name = :table "
        "AND has_column_privilege(:table, column_name, 'UPDATE')"
    )
    with owner.reading.connect() as connection:
        for table in guards.GUARDED:
            granted = set(connection.execute(asked, {"table": table}).scalars())
            assert granted == CHANGEABLE.get(table, set()), table


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("table", guards.GUARDED)
def test_an_owner_who_gives_himself_the_rights_again_is_found_out(owner: Database, right: str, table: str) -> None:
    """An owner can: rights keep the application from it, and a thief who came in through the application."""
    with owner.writing.connect() as connection, connection.begin() as whole:
        with Session(connection) as db:
            assert list(guards.of(db)) == []
            db.execute(text(f"GRANT {right} ON {table} TO CURRENT_USER"))
            assert [one.where for one in guards.of(db)] == [f"table {table}"]
        whole.rollback()


def test_control_a_superuser_is_bound_by_triggers_alone(own_postgres_url: str, tmp_path: Path) -> None:
    database, issuer = open_database(own_postgres_url), make_issuer(tmp_path)
    make_certificates(database, issuer, ["ana"])
    with database.writing.connect() as connection, connection.begin() as whole:
        drop_triggers(connection)
        assert connection.execute(text("DELETE FROM register_node")).rowcount > 0
        whole.rollback()
    with database.read() as db:
        assert log.size(db) == 4
    database.close()
