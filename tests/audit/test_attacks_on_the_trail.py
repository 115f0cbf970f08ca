"""Whoever changes the trail with the means of the database is found out, and the place is named."""

from __future__ import annotations

import hashlib
import secrets

import pytest
from cast import NOON
from makers import ISSUER
from sqlalchemy import text
from sqlmodel import Session, select

from app import audit
from app.audit import OPERATOR, AuditLine, links
from app.audit.links import Link
from app.awards import anchors, auditing, keys
from app.kit.database import Database

GUARDS = {
    "audit_line": ("keep", "fixed", "told", "network"),
    "audit_link": ("keep", "fixed"),
}


@pytest.fixture
def trail(own_database: Database) -> Database:
    """A trail of six lines that the register has spoken of. Nothing protects it any more."""
    with own_database.write() as db:
        keys.hand(db, ISSUER, now=NOON)
    with own_database.write() as db:
        audit.come_from(db, "192.0.2.7")
        for nth in range(1, 7):
            detail = {"by": f"words {nth}"}
            audit.record(db, actor=OPERATOR, act="thing.done", subject=f"number {nth}", now=NOON, detail=detail)
    with own_database.write() as db:
        anchors.anchor(db, ISSUER, now=NOON)
    with own_database.writing.begin() as connection:
        for table, kinds in GUARDS.items():
            for kind in kinds if own_database.is_sqlite else ("keep", "whole"):
                connection.execute(
                    text(f"DROP TRIGGER {table}_{kind}{'' if own_database.is_sqlite else f' ON {table}'}")
                )
    return own_database


def at(subject: str) -> str:
    """Say in SQL which line is meant."""
    return f"(SELECT id FROM audit_line WHERE subject = '{subject}')"


def swapped(table: str, columns: str, key: str, one: str, other: str) -> tuple[str, ...]:
    """Let two rows of a table change what they say."""
    told = [
        f"{column} = (SELECT x.{column} FROM {table} x WHERE x.{key} IN ({one}, {other}) AND x.{key} <> {table}.{key})"
        for column in columns.split()
    ]
    return (f"UPDATE {table} SET {', '.join(told)} WHERE {key} IN ({one}, {other})",)


THIRD, FOURTH = at("number 3"), at("number 4")
ERASE = "UPDATE audit_line SET salt = NULL, actor_label = '', detail = '{}'"
ATTACKS: dict[str, tuple[str, ...]] = {
    "who": (f"UPDATE audit_line SET actor_label = 'somebody' WHERE id = {THIRD}",),
    "what": (f"UPDATE audit_line SET act = 'thing.left' WHERE id = {THIRD}",),
    "to what": (f"UPDATE audit_line SET subject = 'another' WHERE id = {THIRD}",),
    "when": (f"UPDATE audit_line SET at = '2026-11-21 00:00:00' WHERE id = {THIRD}",),
    "the words": (f"UPDATE audit_line SET detail = '{{}}' WHERE id = {THIRD}",),
    "from where": (f"UPDATE audit_line SET network = '198.51.100.9' WHERE id = {THIRD}",),
    "from where, taken away": (f"UPDATE audit_line SET network = NULL, network_salt = NULL WHERE id = {THIRD}",),
    "erased in silence": (f"{ERASE} WHERE id = {THIRD}",),
    "a line deleted": (f"DELETE FROM audit_line WHERE id = {THIRD}",),
    "a link deleted": (f"DELETE FROM audit_link WHERE line = {THIRD}",),
    "both deleted": (f"DELETE FROM audit_link WHERE line = {THIRD}", f"DELETE FROM audit_line WHERE id = {THIRD}"),
    "the last deleted": (
        "DELETE FROM audit_line WHERE id = (SELECT max(line) FROM audit_link)",
        "DELETE FROM audit_link WHERE seq = (SELECT max(seq) FROM audit_link)",
    ),
    "all deleted": ("DELETE FROM audit_line", "DELETE FROM audit_link"),
    "a line put in": (
        (
            "INSERT INTO audit_line (id, at, actor_label, act, subject, detail) VALUES (900, "
            "'2026-11-20 17:00:00', 'operator', 'thing.done', 'more', '{}')"
        ),
    ),
    "places exchanged": (
        f"UPDATE audit_link SET seq = 9999 WHERE line = {THIRD}",
        f"UPDATE audit_link SET seq = seq - 1 WHERE line = {FOURTH}",
        f"UPDATE audit_link SET seq = (SELECT seq + 1 FROM audit_link WHERE line = {FOURTH}) WHERE line = {THIRD}",
    ),
    "words exchanged": swapped("audit_line", "actor_label subject detail salt", "id", THIRD, FOURTH),
    "a commitment": (f"UPDATE audit_link SET told = hash WHERE line = {THIRD}",),
    "whose record": (f"UPDATE audit_link SET about = 77 WHERE line = {THIRD}",),
}
FURTHER_ON = {"the last deleted": "", "all deleted": "", "a line put in": "audit trail"}


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_found_and_its_place_named(trail: Database, name: str) -> None:
    with trail.read() as db:
        third = db.exec(select(Link.seq).where(Link.named == "number 3")).one()
    with trail.writing.begin() as connection:
        for statement in ATTACKS[name]:
            connection.execute(text(statement))
    findings = of_the_trail(trail)
    assert findings
    if name not in FURTHER_ON:
        assert any(one.startswith(f"audit trail {third}:") for one in findings), findings
        assert len(findings) <= 4, "and not every line after it"


def of_the_trail(database: Database) -> list[str]:
    with database.read() as db:
        told = auditing.audit(db, ISSUER, documents=False)
        return [f"{one.where}: {one.what}" for one in told if one.where.startswith("audit trail")]


def test_control_without_an_attack_nothing_is_found(trail: Database) -> None:
    assert of_the_trail(trail) == []


def test_that_the_guards_are_gone_is_told(trail: Database) -> None:
    with trail.read() as db:
        told = {one.where for one in auditing.audit(db, ISSUER, documents=False)}
    assert {"table audit_line", "table audit_link"} <= told


# --- whoever knows how the chain is made -------------------------------------------------------------------------


def made_anew(db: Session) -> None:
    """Change a line, and make the whole chain after it anew, as somebody would who has read this code."""
    before = links.BEFORE_THE_FIRST
    for link in db.exec(select(Link).order_by(Link.seq)).all():
        line = db.get_one(AuditLine, link.line)
        if line.subject == "number 3":
            line.actor_label, line.salt = "somebody else", secrets.token_bytes(32)
            link.told = links.commitment(line.salt, links.told_of(line.actor_label, line.subject, line.detail))
        before = link.hash = links.hashed(before, link.model_dump())
    db.flush()


def test_a_chain_made_anew_is_found_by_what_the_register_signed(trail: Database) -> None:
    with trail.writing.begin() as connection, Session(connection) as db:
        made_anew(db)
        db.commit()
    with trail.read() as db:
        assert list(audit.check(db)) == [], "the control: the chain alone does not tell"
    (found,) = of_the_trail(trail)
    assert "it is not the trail that register entry" in found


def test_a_commitment_cannot_be_guessed_once_its_salt_is_gone(trail: Database) -> None:
    """The same words under another salt give another commitment: there is nothing to try words against."""
    with trail.read() as db:
        line = db.exec(select(AuditLine).where(AuditLine.subject == "number 3")).one()
        link = db.exec(select(Link).where(Link.named == "number 3")).one()
    told = links.told_of(line.actor_label, line.subject, line.detail)
    assert links.commitment(line.salt or b"", told) == link.told
    assert hashlib.sha256(links.canonical(told)).digest() != link.told
    assert links.commitment(secrets.token_bytes(32), told) != link.told
