"""The audit of the register: everything that is kept is held against everything that proves it.

The newest checkpoint is signed, and its root pins every entry before it; the file outside of the database remembers a
checkpoint as well, and so does every certificate in somebody's hands. Whoever changes a row with the means of the
database is found out by one of them, and the row is named.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import text
from sqlmodel import Session, col, select

from app.awards import keys, losses, numbers, statements
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.pdfs import CertificateDocument
from app.awards.register import log, notes, tree
from app.awards.register.log import Entry, Node, SignedCheckpoint
from app.awards.register.notes import BadNote, Checkpoint, Note, Proof
from app.awards.verdicts import instant

BATCH = 2_000
TRIGGERS = (  # what forbids change, by the table it guards; asserted here because a migration may lose one silently
    ("register_entry", 2),
    ("register_node", 2),
    ("register_checkpoint", 2),
    ("certificate", 2),
    ("certificate_document", 2),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written."""

    where: str  # register entry 17, certificate 8F3K-…
    what: str


@dataclass(slots=True)
class Told:
    """What the register tells of certificates, gathered on the way through it."""

    entered: dict[str, bytes] = field(default_factory=dict)  # number -> digest of its statement
    revoked: set[str] = field(default_factory=set)
    replaced: dict[str, str] = field(default_factory=dict)  # number -> the number that counts instead
    erased: set[str] = field(default_factory=set)

    def add(self, kind: str, subject: str, words: str) -> None:
        """Take in an entry."""
        if kind == "issue":
            self.entered[subject] = hashlib.sha256(words.encode()).digest()
        elif kind == "revoke":
            self.revoked.add(subject)
        elif kind == "supersede":
            self.replaced[subject] = json.loads(words)["by"]
        elif kind == "erase":
            self.erased.add(subject)


@dataclass(slots=True)
class Walk:
    """The register as recomputed from its entries alone, as far as the walk has come."""

    size: int = 0
    edge: list[bytes | None] | None = None  # the subtrees at the end, by level

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash, and give the subtrees that it completes."""
        edge = self.edge = self.edge or []
        made, level, place, found = [], 0, self.size, leaf
        made.append((0, place, found))
        while place & 1:
            left = edge[level]
            found = tree.node_hash(left or b"", found)
            edge[level] = None
            level, place = level + 1, place >> 1
            made.append((level, place, found))
        while len(edge) <= level:
            edge.append(None)
        edge[level] = found
        self.size += 1
        return made

    def root(self) -> bytes:
        """Give the root of what was added."""
        whole: bytes | None = None
        for subtree in self.edge or []:
            if subtree is not None:
                whole = subtree if whole is None else tree.node_hash(subtree, whole)
        return whole or tree.EMPTY_ROOT


def audit(db: Session, issuer: Issuer, *, documents: bool = True) -> Iterator[Finding]:
    """Check everything, and give what is wrong, row by row; nothing where all is as it was written."""
    told = Told()
    yield from _remembered(db, issuer)
    yield from _guards(db)
    yield from _entries(db, told)
    yield from _newest(db)
    yield from _certificates(db, told)
    if documents:
        yield from _documents(db)


def against(db: Session, proof: Proof, leaf: bytes) -> Iterator[Finding]:
    """Hold the register against the proof in an old certificate: what it saw then must still be there."""
    checkpoint = Checkpoint.read(Note.read(proof.note).text)
    if not tree.verify_inclusion(leaf, proof.hashes, index=proof.index, size=checkpoint.size, root=checkpoint.root):
        yield Finding("the certificate", "Its own proof does not fit its own statement.")
        return
    if checkpoint.size > log.size(db):
        yield Finding(
            "the register", f"It had {checkpoint.size} entries when the certificate was issued: some are gone."
        )
        return
    if log.root(db, checkpoint.size) != checkpoint.root:
        yield Finding("the register", f"Its first {checkpoint.size} entries are not those it had then.")
    kept = db.get(Entry, proof.index)
    if kept is None or tree.leaf_hash(kept.statement.encode()) != leaf:
        yield Finding(f"register entry {proof.index}", "It is not what the certificate proves to have stood there.")


# --- one by one ----------------------------------------------------------------------------------------------------


def _remembered(db: Session, issuer: Issuer) -> Iterator[Finding]:
    try:
        losses.assert_continues(db, issuer)
    except losses.RolledBack as lost:
        yield Finding("the database", lost.message)


def _guards(db: Session) -> Iterator[Finding]:
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    for table, least in TRIGGERS:
        if is_sqlite:
            told = db.execute(
                text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
            )
        else:
            told = db.execute(
                text(
                    "SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass(:t) AND NOT tgisinternal "
                    "AND tgenabled = 'O'"
                ),
                {"t": table},
            )
        if told.scalar_one() < least:
            yield Finding(f"table {table}", "The database does not forbid to change its rows any more.")


def _entries(db: Session, told: Told) -> Iterator[Finding]:
    """Recompute the tree from the entries, and hold every stored subtree and checkpoint against it."""
    walk, is_signed = Walk(), True
    while batch := _batch(db, walk.size):
        nodes, roots = _nodes(db, batch), _checkpoints(db, batch)
        for seq, kind, subject, words, at in batch:
            if seq != walk.size:
                yield Finding(f"register entry {walk.size}", "It is missing.")
                return
            made = walk.add(tree.leaf_hash(words.encode()))
            told.add(kind, subject, words)
            wrong = [*_row(kind, subject, words, at), *_subtrees(made, nodes)]
            if is_signed and roots.get(walk.size) != walk.root():
                is_signed = False
                wrong.append("From here on the register is not what was signed.")
            yield from (Finding(f"register entry {seq}", what) for what in wrong)
    yield from _left_over(db, walk.size)


def _row(kind: str, subject: str, words: str, at: datetime) -> Iterator[str]:
    said = json.loads(words)
    if (kind, subject) != (said["kind"], said.get("number") or said.get("key") or "register"):
        yield "Its columns do not say what its words say."
    if said.get("at") and said["at"] != instant(at):
        yield "Its date is not the one in its words."


def _subtrees(made: list[tuple[int, int, bytes]], nodes: dict[tuple[int, int], bytes]) -> Iterator[str]:
    if nodes.get(made[0][:2]) != made[0][2]:
        yield "Its words are not those that were entered."
    elif any(nodes.get((level, place)) != found for level, place, found in made[1:]):
        yield "A subtree that it completes is not what was written."


def _left_over(db: Session, size: int) -> Iterator[Finding]:
    if db.exec(select(Node).where(col(Node.level) == 0, col(Node.place) >= size).limit(1)).first():
        yield Finding(f"register entry {size}", "It was deleted: its hash is still there.")
    if db.exec(select(SignedCheckpoint).where(col(SignedCheckpoint.size) > size).limit(1)).first():
        yield Finding(f"register entry {size}", "It was deleted: a checkpoint over it is still there.")


def _newest(db: Session) -> Iterator[Finding]:
    newest = log.newest(db)
    if newest is None:
        return
    if not _is_signed(db, newest):
        yield Finding(f"checkpoint {newest.size}", "Its signature is by none of our keys.")
        for kept in db.exec(select(SignedCheckpoint).order_by(col(SignedCheckpoint.size))):
            if not _is_signed(db, kept):
                yield Finding(
                    f"register entry {kept.size - 1}", "The first checkpoint that we did not sign is over it."
                )
                return


def _is_signed(db: Session, kept: SignedCheckpoint) -> bool:
    try:
        origin = Checkpoint.read(Note.read(kept.note).text).origin
        ours = [key.public.public for key in keys.all_of(db) if key.use == keys.STATEMENT]
        notes.opened(kept.note, notes.known_as(origin, ours))
    except BadNote:
        return False
    return True


def _certificates(db: Session, told: Told) -> Iterator[Finding]:
    """Hold certificates against the register, and the register against them."""
    last = 0
    while batch := _certificate_batch(db, last):
        for certificate in batch:
            found = list(_certificate(certificate, told.entered.pop(certificate.number, None)))
            if (certificate.revoked_at is not None) != (certificate.number in told.revoked):
                found.append("The register does not say the same of its revocation.")
            if certificate.is_erased != (certificate.number in told.erased):
                found.append("The register does not say the same of whose it was being erased.")
            yield from (Finding(f"certificate {numbers.in_groups(certificate.number)}", what) for what in found)
        last = batch[-1].id
        db.expunge_all()
    for number in told.entered:
        yield Finding(f"certificate {numbers.in_groups(number)}", "It was issued, and its record is gone.")
    yield from _replacements(db, told.replaced)


def _certificate_batch(db: Session, last: int) -> list[Certificate]:
    after = select(Certificate).where(col(Certificate.id) > last)
    return list(db.exec(after.order_by(col(Certificate.id)).limit(BATCH)))


def _certificate(certificate: Certificate, digest: bytes | None) -> Iterator[str]:
    if digest is None:
        yield "The register does not know that it was issued."
    elif hashlib.sha256(certificate.statement.encode()).digest() != digest:
        yield "Its facts are not those that were entered when it was issued."
    said = json.loads(certificate.statement)
    if certificate.personal is not None and certificate.salt is not None:
        whose = statements.commitment(certificate.personal.encode(), certificate.salt)
        if whose != said["commitment"]:
            yield "Its holder or license is not the one it was issued to."
    times = (instant(certificate.completed_at), instant(certificate.issued_at))
    if (certificate.number, *times) != (said["number"], said["completed_at"], said["issued_at"]):
        yield "Its number or its dates are not those it was issued with."


def _replacements(db: Session, replaced: dict[str, str]) -> Iterator[Finding]:
    old = select(Certificate.number, Certificate.replaces).where(col(Certificate.replaces).is_not(None))
    for number, replaces in db.exec(old).all():
        before = db.get_one(Certificate, replaces).number if replaces else ""
        if replaced.pop(before, "") != number:
            where = f"certificate {numbers.in_groups(number)}"
            yield Finding(where, "The register does not know that it replaced another one.")
    for before in replaced:
        yield Finding(f"certificate {numbers.in_groups(before)}", "What replaced it is gone.")


def _documents(db: Session) -> Iterator[Finding]:
    drawn = select(CertificateDocument).order_by(col(CertificateDocument.id))
    for drawing in db.exec(drawn, execution_options={"yield_per": 50}):
        if drawing.content is not None and hashlib.sha256(drawing.content).hexdigest() != drawing.sha256:
            yield Finding(f"drawing {drawing.id}", "Its bytes are not those that were drawn.")


Row = tuple[int, str, str, str, datetime]


def _batch(db: Session, seq: int) -> list[Row]:
    """Read entries as plain rows: objects would take most of the time that an audit may take."""
    columns = (col(Entry.seq), col(Entry.kind), col(Entry.subject), col(Entry.statement), col(Entry.at))
    return [
        tuple(row) for row in db.execute(sa.select(*columns).where(columns[0] >= seq).order_by(columns[0]).limit(BATCH))
    ]


def _nodes(db: Session, batch: list[Row]) -> dict[tuple[int, int], bytes]:
    first, last = batch[0][0], batch[-1][0]
    columns = (col(Node.level), col(Node.place), col(Node.hash))
    found: dict[tuple[int, int], bytes] = {}
    for level in range(last.bit_length() + 1):
        here = sa.select(*columns).where(columns[0] == level, columns[1].between(first >> level, last >> level))
        found |= {(row[0], row[1]): row[2] for row in db.execute(here)}
    return found


def _checkpoints(db: Session, batch: list[Row]) -> dict[int, bytes]:
    columns = (col(SignedCheckpoint.size), col(SignedCheckpoint.note))
    rows = sa.select(*columns).where(columns[0].between(batch[0][0] + 1, batch[-1][0] + 1))
    return {size: _root(note) for size, note in db.execute(rows)}


def _root(note: str) -> bytes:
    """Read the root out of a note; whether the note is ours, the newest one's signature tells."""
    lines = note.split("\n", 3)
    try:
        return base64.b64decode(lines[2], validate=True)
    except (IndexError, ValueError):
        return b""
