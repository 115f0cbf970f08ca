"""A house with a register of its own, for tests that attack one: its keys in memory, its checkpoint in a file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cast import NOON, join
from issuer import Issued
from issuer import Key as Pair
from makers import make_certificate, make_edition
from sealed import drawn, sealed
from sqlalchemy import Connection, text
from sqlmodel import Session, select

from app import audit
from app.awards import certificates, keys, pdfs
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.register.log import Entry
from app.awards.register.witness import Memory
from app.kit.database import Database
from app.kit.signing import KeptInMemory
from app.library.editions import Edition

LATER = NOON + timedelta(days=1)


def make_issuer(folder: Path, **more: Any) -> Issuer:
    """A house with keys and a memory of its own."""
    own = {"signer": KeptInMemory(), "remembers": Memory(folder / "register" / "checkpoint")} | more
    return Issuer(address="https://ce.example.org", demonstration=False, **own)


def make_entries(db: Session, issuer: Issuer, count: int, *, now: datetime = NOON, first: int = 0) -> list[Entry]:
    """Enter so many small statements: the register does not ask what they are about."""
    hand, made = keys.hand(db, issuer, now=now), []
    for number in range(first, first + count):
        said = {"version": 1, "kind": "erase", "number": f"{number:020}", "at": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
        made.append(log.append(db, said, subject=said["number"], hand=hand, now=now))  # type: ignore[arg-type]
    return made


def certify(db: Session, who: str, issuer: Issuer, *, now: datetime = NOON) -> Certificate:
    """Issue a certificate to one of the cast, for the one course that there is."""
    edition = db.exec(select(Edition)).first() or make_edition(db)
    return make_certificate(db, join(db, who), edition=edition, issuer=issuer, name=f"{who.title()} Example", now=now)


def make_certificates(database: Database, issuer: Issuer, names: Sequence[str] = ("ana", "ben", "ines")) -> list[str]:
    """Issue certificates, each in an act of its own; give their numbers."""
    numbers = []
    for place, name in enumerate(names):
        with database.write() as db:
            numbers.append(certify(db, name, issuer, now=NOON + timedelta(minutes=place)).number)
    return numbers


def revoke(db: Session, certificate: Certificate, issuer: Issuer, *, now: datetime = LATER) -> None:
    """Revoke a certificate, for a reason that does not matter."""
    certificates.revoke(db, certificate, reason="An error.", issuer=issuer, by=audit.OPERATOR, now=now)


def sealed_pdf(db: Session, number: str, issuer: Issuer) -> bytes:
    """Give a certificate as its holder has it, on a page that says nothing."""
    certificate, entry, seal = certificates.by_number(db, number), log.issued(db, number), keys.active(db, keys.SEAL)
    assert seal is not None
    issued = Issued(pdfs.proof_of(certificate, entry), log.proof(db, entry.seq).text().encode(), number)
    return sealed(drawn(issued), Pair(seal.name, _private(issuer, seal.name)))


def _private(issuer: Issuer, name: str) -> Any:
    issuer.signer.sign(name, b"so that it is read from its file")
    kept = issuer.signer if isinstance(issuer.signer, KeptInMemory) else issuer.signer.read  # type: ignore[attr-defined]
    return kept.keys[name]


def root_as_defined(leaves: Sequence[bytes]) -> bytes:
    """Give the root over leaf hashes as RFC 6962, section 2.1, defines it: shares nothing with the application."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + root_as_defined(leaves[:half]) + root_as_defined(leaves[half:])).digest()


def leaf_as_defined(words: str) -> bytes:
    """Hash an entry as RFC 6962 does."""
    return hashlib.sha256(b"\x00" + words.encode()).digest()


def root_in(note: str) -> bytes:
    """Read the root out of a checkpoint."""
    return base64.b64decode(note.split("\n")[2])


TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal",
}


def drop_triggers(connection: Connection) -> None:
    """Take away what forbids change, as whoever owns the database can."""
    kind = connection.dialect.name
    for trigger, table in connection.execute(text(TRIGGERS[kind])).all():
        connection.execute(text(f"DROP TRIGGER {trigger}" + ("" if kind == "sqlite" else f" ON {table}")))
