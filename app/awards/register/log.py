"""The register: every certificate issued, replaced or revoked, every key and every erasure, in one order for ever.

An entry takes its place inside the transaction of the act that it tells of, so there is an entry if and only if the act
happened, and no place is ever left empty or taken twice. After each entry stands a checkpoint, signed: its size and its
root (RFC 6962, C2SP checkpoint). The database refuses to change or delete any of it; `continua audit` finds out if
somebody did so all the same.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, func, text, tuple_
from sqlalchemy.exc import NoResultFound
from sqlmodel import Field, Session, SQLModel, col, select

from app.awards import statements
from app.awards.register import notes, tree, witness
from app.awards.register.notes import BadNote, Checkpoint, Proof
from app.awards.statements import Statement
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import NotFound, Unavailable
from app.kit.signing import PublicKey

What = TypeVar("What")
LEFT = "register_left"  # in a session's own notes: the act that wrote last, and up to where
ONCE = "register_read_once"  # there too: what a transaction has read of the register
TURN = 0x636F6E74696E7561  # the advisory lock under which entries take their places: “continua”


class Entry(SQLModel, table=True):
    """One entry: what it says, as it was signed."""

    __tablename__ = "register_entry"
    __table_args__ = (
        CheckConstraint("seq >= 0", name="seq"),
        Index(
            "uq_register_entry_issue",
            "subject",
            unique=True,
            sqlite_where=text("kind = 'issue'"),
            postgresql_where=text("kind = 'issue'"),
        ),
    )

    seq: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(index=True)  # issue | supersede | revoke | erase | key | gap | readmit
    subject: str = Field(index=True)  # the number of a certificate, or the name of a key
    statement: str = Field(sa_type=Text)  # canonical JSON
    key: str
    signature: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=UtcDateTime)

    @property
    def said(self) -> Statement:
        """What the entry says."""
        read: Statement = json.loads(self.statement)
        return read


class Node(SQLModel, table=True):
    """The hash of one complete subtree."""

    __tablename__ = "register_node"

    level: int = Field(primary_key=True)
    place: int = Field(primary_key=True, sa_type=RowId)
    hash: bytes = Field(sa_type=LargeBinary)


class SignedCheckpoint(SQLModel, table=True):
    """What the register was at a size, signed."""

    __tablename__ = "register_checkpoint"

    size: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    note: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes into the register: in whose name, and with which key."""

    origin: str  # ce.example.org/register
    key: PublicKey
    sign: Callable[[bytes], bytes]
    opens: Callable[[str], Checkpoint]  # gives what a note says that this register signed, or raises `BadNote`
    remembers: witness.Memory | None  # what keeps the newest checkpoint outside of the database


class NotInRegister(NotFound):
    """Nothing of this is in the register."""

    title = "The register does not have this"
    message = "The register has no such entry. Check the number or the day."


class RegisterTouched(Unavailable):
    """What is there is not what was written: nothing is built on it."""

    title = "The register is not as it was left"
    message = (
        "Nothing can be issued, replaced or revoked just now: somebody changed the register from outside. Nothing you "
        "did is lost. The operator finds out what was changed with ./run audit, and puts the newest backup back."
    )


def hold(db: Session) -> int:
    """Wait for the register, and give its size. On SQLite a writer has the database to itself already."""
    db.info.pop(ONCE, None)  # while it waited, another may have written
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
    return size(db)


def once(db: Session, read: Callable[[Session], What]) -> What:
    """Read something of the register once in a transaction, until it is held or written."""
    known: dict[Callable[[Session], What], tuple[object, What]] = db.info.setdefault(ONCE, {})
    found = known.get(read)
    if found is None or found[0] is not db.get_transaction():
        answer = read(db)
        found = known[read] = (db.get_transaction(), answer)
    return found[1]


def size(db: Session) -> int:
    """Say how many entries there are."""
    last = db.execute(select(func.max(col(Entry.seq)))).scalar()
    return 0 if last is None else last + 1


def append(db: Session, said: Statement, *, subject: str, hand: Hand, now: datetime) -> Entry:
    """Write an entry in its place, the subtrees that it completes, and the checkpoint after it.

    Raises `RegisterTouched` rather than sign a checkpoint over what nobody of ours signed before.
    """
    seq, words = hold(db), statements.canonical(said)
    known = _peaks(db, seq)
    node = reader(db, known=known)
    _assert_as_left(db, seq, hand, node)
    entry = Entry(
        seq=seq,
        kind=said["kind"],
        subject=subject,
        statement=words.decode(),
        key=hand.key.name,
        signature=hand.sign(words),
        at=now,
    )
    db.add(entry)
    made = tree.completed_by(seq, tree.leaf_hash(words), node)
    known.update({(level, place): found for level, place, found in made})
    db.add_all(Node(level=level, place=place, hash=found) for level, place, found in made)
    db.flush()
    reached = Checkpoint(origin=hand.origin, size=seq + 1, root=tree.root(seq + 1, node))
    note = notes.signed(reached, name=hand.origin, public=hand.key.public, sign=hand.sign)
    db.add(SignedCheckpoint(size=seq + 1, note=note, at=now))
    db.flush()
    db.info.pop(ONCE, None)
    db.info[LEFT] = (db.get_transaction(), seq + 1)
    witness.remember(db, hand.remembers)
    return entry


def _assert_as_left(db: Session, size: int, hand: Hand, node: tree.Node) -> None:
    if db.info.get(LEFT) == (db.get_transaction(), size):
        return  # this very act wrote what is there
    left = newest(db)
    try:
        reached = hand.opens(left.note) if left else Checkpoint(hand.origin, 0, tree.EMPTY_ROOT)
        is_as_left = (reached.size, reached.root) == (size, tree.root(size, node))
    except (BadNote, NoResultFound):
        is_as_left = False
    remembered = hand.remembers.size if hand.remembers else 0
    if not is_as_left or (left and left.size != size) or remembered > size:
        raise RegisterTouched


def reader(db: Session, *, known: dict[tuple[int, int], bytes] | None = None) -> tree.Node:
    """Give a reader of the stored subtrees, which asks for each once, and for none that is known."""
    known = {} if known is None else known

    def node(level: int, place: int) -> bytes:
        if (level, place) not in known:
            known[level, place] = db.get_one(Node, (level, place)).hash
        return known[level, place]

    return node


def root(db: Session, at_size: int) -> bytes:
    """Give the root of the first entries, as the stored subtrees have it."""
    return tree.root(at_size, reader(db, known=_peaks(db, at_size)))


def _peaks(db: Session, size: int) -> dict[tuple[int, int], bytes]:
    """Read the subtrees that the root of the first entries is made of, all at once."""
    places = tree.peaks(size)
    found = select(Node.level, Node.place, Node.hash).where(tuple_(col(Node.level), col(Node.place)).in_(places))
    return {(level, place): there for level, place, there in db.exec(found)}


def entry(db: Session, kind: str, subject: str) -> Entry | None:
    """Find the newest entry of a kind about a certificate or a key."""
    found = select(Entry).where(col(Entry.kind) == kind, col(Entry.subject) == subject)
    return db.exec(found.order_by(col(Entry.seq).desc()).limit(1)).first()


def issued(db: Session, number: str) -> Entry:
    """Give the entry of a certificate, or raise `NotInRegister`."""
    found = entry(db, "issue", number)
    if found is None:
        raise NotInRegister
    return found


def of_kind(db: Session, *kinds: str) -> list[Entry]:
    """Give every entry of these kinds, in order."""
    return list(db.exec(select(Entry).where(col(Entry.kind).in_(kinds)).order_by(col(Entry.seq))))


def newest(db: Session) -> SignedCheckpoint | None:
    """Give the newest checkpoint; None of an empty register."""
    return db.exec(select(SignedCheckpoint).order_by(col(SignedCheckpoint.size).desc()).limit(1)).first()


def last_before(db: Session, instant: datetime) -> SignedCheckpoint:
    """Give the checkpoint that stood at an instant, or raise `NotInRegister`."""
    earlier = select(SignedCheckpoint).where(col(SignedCheckpoint.at) < instant)
    found = db.exec(earlier.order_by(col(SignedCheckpoint.size).desc()).limit(1)).first()
    if found is None:
        raise NotInRegister
    return found


def proof(db: Session, seq: int, *, at_size: int | None = None) -> Proof:
    """Prove that an entry stands in its place: under the checkpoint made with it, or under a later one."""
    reached = db.get_one(SignedCheckpoint, at_size or seq + 1)
    beside = tree.inclusion(seq, reached.size, reader(db, known=_peaks(db, seq)))
    return Proof(index=seq, hashes=tuple(beside), note=reached.note)


def entries(db: Session, *, batch: int = 1_000) -> Iterator[Entry]:
    """Give every entry in order, without holding them all."""
    return iter(db.exec(select(Entry).order_by(col(Entry.seq)), execution_options={"yield_per": batch}))


def plain(rows: Iterable[Entry]) -> list[dict[str, Any]]:
    """Give entries as a program would read them."""
    return [{"index": row.seq, **row.said} for row in rows]
