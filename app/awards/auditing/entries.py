"""The register, recomputed from the words of its entries alone, and held against every hash and note that is stored."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from app.awards.auditing.finding import Finding, of_checkpoint, of_entry
from app.awards.register import log, tree
from app.awards.register.log import Entry, Node, SignedCheckpoint
from app.awards.register.notes import BadNote
from app.awards.verdicts import instant
from app.awards.vouching import Keyring

ENTRY, NODE, CHECKPOINT = (sa.inspect(table).local_table for table in (Entry, Node, SignedCheckpoint))
T = TypeVar("T", Entry, SignedCheckpoint)

BATCH = 2_000
NEWEST = 500  # entries whose signatures are always checked; all of them, where somebody asks for it


class Row(NamedTuple):
    """An entry as plain values: objects would take most of the time that an audit may take."""

    seq: int
    kind: str
    subject: str
    words: str


@dataclass(slots=True)
class Walk:
    """The register as recomputed from its entries alone, as far as the walk has come."""

    size: int = 0
    edge: list[bytes | None] = field(default_factory=list)  # the hash of each complete subtree that waits for its right

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash, and give the subtrees that it completes."""
        made, level, place, found = [(0, self.size, leaf)], 0, self.size, leaf
        while place & 1:
            found = _below(found, self.edge[level] or b"")
            self.edge[level] = None
            level, place = level + 1, place >> 1
            made.append((level, place, found))
        if level == len(self.edge):
            self.edge.append(found)
        else:
            self.edge[level] = found
        self.size += 1
        return made

    def root(self) -> bytes:
        """Give the root of what was added."""
        standing = [subtree for subtree in self.edge if subtree is not None]
        return reduce(_below, standing) if standing else tree.EMPTY_ROOT


def _below(right: bytes, left: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()  # as tree.node_hash, which a call more would slow down here


@dataclass(slots=True)
class Stored:
    """What lies beside a batch of entries: subtrees, and checkpoints."""

    nodes: dict[tuple[int, int], bytes]
    checkpoints: dict[int, str]


def of(db: Session, ring: Keyring, *, every_signature: bool) -> Iterator[Finding]:
    """Walk over the register and name each row of it that is not as it was written."""
    walk, told = Walk(), _Told()
    while batch := _batch(db, walk.size):
        stored = _stored(db, walk.size, batch[-1].seq)
        for row in batch:
            if row.seq != walk.size:
                yield of_entry(walk.size, _missing(row.seq - walk.size))
                if not _skip(walk, row.seq, stored):
                    return
            if wrong := _row(row, walk, stored, told):
                yield from wrong
    yield from _left_over(db, walk.size)
    yield from _dates(db)
    yield from _signatures(db, ring, first=0 if every_signature else max(0, walk.size - NEWEST))


def words(db: Session, *, upto: int) -> Iterator[str]:
    """Give the words of the first entries, in order, without holding them all."""
    for first in range(0, upto, BATCH):
        here = col(Entry.seq).between(first, min(first + BATCH, upto) - 1)
        yield from db.execute(sa.select(col(Entry.statement)).where(here).order_by(col(Entry.seq))).scalars().all()


@dataclass(slots=True)
class _Told:
    """What is told once only: one change at its place makes everything after it another register."""

    other: bool = False


def _row(row: Row, walk: Walk, stored: Stored, told: _Told) -> list[Finding]:
    seq, nodes, wrong = row.seq, stored.nodes, []
    leaf = sha256(b"\x00" + row.words.encode()).digest()
    kept = nodes.get((0, seq))
    made = walk.add(kept or leaf)  # so that one row that was touched does not make every row after it look so
    if kept != leaf:
        wrong.append(of_entry(seq, "Its words are not those that were entered."))
    elif row.kind != "issue" and not _says(row):  # what says that one was issued is held against its record
        wrong.append(of_entry(seq, "Its columns do not say what its words say."))
    for level, place, found in made[1:]:
        if nodes.get((level, place)) != found:
            wrong.append(of_entry(seq, "A subtree that it completes is not what was written."))
            break
    return wrong + _checkpoint(row, walk, stored, told)


def _says(row: Row) -> bool:
    """Say whether an entry is of what it is filed under."""
    try:
        said: dict[str, Any] = json.loads(row.words)
        return (row.kind, row.subject) == (said["kind"], said.get("number") or said.get("key") or "register")
    except (ValueError, KeyError, AttributeError):
        return False


def _checkpoint(row: Row, walk: Walk, stored: Stored, told: _Told) -> list[Finding]:
    note = stored.checkpoints.get(walk.size)
    if note is None:
        return [of_checkpoint(walk.size, "It is missing.")]
    _origin, size, root, *_ = (*note.split("\n", 3), "", "", "")
    if size != str(walk.size):
        return [of_checkpoint(walk.size, "It is a checkpoint of another size.")]
    if told.other or root == b64encode(walk.root()).decode():
        return []
    told.other = True
    return [of_entry(row.seq, "From here on the register is not what was signed.")]


def _dates(db: Session) -> Iterator[Finding]:
    """Hold the date of each entry against its words, and against its checkpoint."""
    apart = sa.select(col(Entry.seq)).join(SignedCheckpoint, col(SignedCheckpoint.size) == col(Entry.seq) + 1)
    for seq in db.execute(apart.where(col(SignedCheckpoint.at) != col(Entry.at))).scalars().all():
        yield of_entry(seq, "Its date is not the one of its checkpoint.")
    dated = sa.select(col(Entry.seq), col(Entry.kind), col(Entry.statement), col(Entry.at))
    for seq, kind, words_, at in db.execute(dated.where(col(Entry.kind) != "issue").order_by(col(Entry.seq))).all():
        try:
            date = str(json.loads(words_)["at"])
        except (ValueError, KeyError, TypeError):
            continue  # told already
        # Of a certificate from before there was a register it was entered later that it had been revoked.
        if date > instant(at) or (date != instant(at) and kind != "revoke"):
            yield of_entry(seq, "Its date is not the one in its words.")


def _missing(count: int) -> str:
    return "It is missing." if count == 1 else f"It is missing, and {count - 1} after it."


def _skip(walk: Walk, upto: int, stored: Stored) -> bool:
    """Go on over entries that are missing by the hashes that were left of them, where they were."""
    while walk.size < upto:
        leaf = stored.nodes.get((0, walk.size))
        if leaf is None:
            return False
        walk.add(leaf)
    return True


def _left_over(db: Session, size: int) -> Iterator[Finding]:
    if db.exec(select(Node).where(col(Node.level) == 0, col(Node.place) >= size).limit(1)).first():
        yield of_entry(size, "It was deleted: its hash is still there.")
    if db.exec(select(SignedCheckpoint).where(col(SignedCheckpoint.size) > size).limit(1)).first():
        yield of_entry(size, "It was deleted: a checkpoint over it is still there.")


# --- signatures ----------------------------------------------------------------------------------------------------


def _signatures(db: Session, ring: Keyring, *, first: int) -> Iterator[Finding]:
    """Check the newest signature, which pins all, and those from `first` on."""
    newest = log.newest(db)
    if newest and not _is_ours(ring, newest):
        yield of_checkpoint(newest.size, "Its signature is by none of our keys.")
        unsigned = next(kept for kept in _notes(db, 0) if not _is_ours(ring, kept))
        yield of_entry(unsigned.size - 1, "The first checkpoint that we did not sign is over it.")
        return
    for kept in _notes(db, first):
        if not _is_ours(ring, kept):
            yield of_checkpoint(kept.size, "Its signature is by none of our keys.")
    for entry in _read(db, Entry, col(Entry.seq), first):
        if entry.kind != "key" and not ring.has_signed(entry):
            yield of_entry(entry.seq, "Its signature is by none of our keys.")


def _notes(db: Session, first: int) -> Iterator[SignedCheckpoint]:
    return _read(db, SignedCheckpoint, col(SignedCheckpoint.size), first + 1)


def _read(db: Session, table: type[T], place: Mapped[int], first: int) -> Iterator[T]:
    """Give rows in order, without holding them all."""
    while rows := db.exec(select(table).where(place >= first).order_by(place).limit(BATCH)).all():
        yield from rows
        first = (rows[-1].seq if isinstance(rows[-1], Entry) else rows[-1].size) + 1
        db.expunge_all()


def _is_ours(ring: Keyring, kept: SignedCheckpoint) -> bool:
    try:
        return ring.opened(kept.note).size == kept.size
    except BadNote:
        return False


# --- read in batches -----------------------------------------------------------------------------------------------


def _batch(db: Session, seq: int) -> list[Row]:
    here = ENTRY.c
    columns = here.seq, here.kind, here.subject, here.statement.label("words")
    read = sa.select(*columns).where(here.seq >= seq).order_by(here.seq)
    return cast("list[Row]", db.execute(read.limit(BATCH)).all())


def _stored(db: Session, first: int, last: int) -> Stored:
    nodes: dict[tuple[int, int], bytes] = {}
    for level in range(last.bit_length() + 1):
        here = (NODE.c.level == level) & NODE.c.place.between(first >> level, last >> level)
        rows = db.execute(sa.select(NODE.c.place, NODE.c.hash).where(here)).all()
        nodes |= {(level, place): found for place, found in rows}
    size = CHECKPOINT.c.size
    read = sa.select(size, CHECKPOINT.c.note).where(size.between(first + 1, last + 1))
    return Stored(nodes, {row[0]: row[1] for row in db.execute(read).all()})
