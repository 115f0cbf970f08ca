"""The audit of the register: everything that is kept is held against everything that proves it.

The newest checkpoint is signed, and its root pins every entry before it; the file outside of the database remembers a
checkpoint as well, and so does every certificate in somebody's hands. Whoever changes a row with the means of the
database is found out by one of them, and the row is named.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import NoResultFound
from sqlmodel import Session

from app.awards import losses, vouching
from app.awards.auditing import drawings, entries, guards, records, trail
from app.awards.auditing.finding import Finding, of_entry
from app.awards.issuer import Issuer
from app.awards.register import log, notes, tree
from app.awards.register.log import Entry
from app.awards.register.notes import BadNote, Checkpoint, Note, Proof
from app.kit.errors import Refusal

__all__ = ["Finding", "against", "audit"]


def audit(db: Session, issuer: Issuer, *, documents: bool = True, signatures: bool = False) -> Iterator[Finding]:
    """Check everything, and give what is wrong, row by row; nothing where all is as it was written.

    The root under the newest signature pins every entry. Of the signatures beside older ones, which prove nothing that
    it does not, only with `signatures` each is checked: that takes longer than all the rest.
    """
    ring = vouching.keyring(db, issuer)
    yield from _remembered(db, issuer)
    yield from guards.of(db)
    yield from (of_entry(seq, "It tells of a key, and no key of ours signed it.") for seq in ring.foreign)
    yield from entries.of(db, ring, every_signature=signatures)
    yield from records.of(db)
    yield from trail.of(db)
    if documents:
        yield from drawings.of(db)


def against(db: Session, proof: Proof, leaf: bytes) -> Iterator[Finding]:
    """Hold the register against the proof in an old certificate: what it saw then must still be there."""
    try:
        checkpoint = Checkpoint.read(Note.read(proof.note).text)
    except BadNote:
        yield Finding("the certificate", "Its own proof holds no checkpoint.")
        return
    if not tree.verify_inclusion(leaf, proof.hashes, index=proof.index, size=checkpoint.size, root=checkpoint.root):
        yield Finding("the certificate", "Its own proof does not fit its own statement.")
        return
    if _is_of_lost_time(db, checkpoint):
        if not any(told.said["leaf"] == leaf.hex() for told in log.of_kind(db, "readmit")):
            yield Finding("the certificate", "It is of a time whose records were lost, and was not taken back yet.")
        return
    if not _is_known(db, proof.note, checkpoint):
        yield Finding("the register", "It does not know the key that signed the checkpoint in this certificate.")
    if checkpoint.size > log.size(db):
        lost = f"It had {checkpoint.size} entries when the certificate was issued: some are gone."
        yield Finding("the register", lost)
    elif _root(db, checkpoint.size) != checkpoint.root:
        yield Finding("the register", f"Its first {checkpoint.size} entries are not those it had then.")
    kept = db.get(Entry, proof.index)
    if kept is None or tree.leaf_hash(kept.statement.encode()) != leaf:
        yield of_entry(proof.index, "It is not what the certificate proves to have stood there.")


def _is_of_lost_time(db: Session, checkpoint: Checkpoint) -> bool:
    """Say whether a checkpoint is one that an accepted loss took away: past where we went on, up to what was lost."""
    lost = any(gap.seq < checkpoint.size <= gap.said["size"] for gap in losses.gaps(db))
    return lost and (checkpoint.size > log.size(db) or _root(db, checkpoint.size) != checkpoint.root)


def _is_known(db: Session, note: str, checkpoint: Checkpoint) -> bool:
    """Say whether any key that the register ever had signed a note, whatever became of it since."""
    try:
        notes.opened(note, notes.known_as(checkpoint.origin, list(vouching.publics(db))))
    except BadNote:
        return False
    return True


def _root(db: Session, size: int) -> bytes:
    """Give the root over the first entries, from their words alone."""
    walk = entries.Walk()
    for words in entries.words(db, upto=size):
        walk.add(tree.leaf_hash(words.encode()))
    return walk.root()


def _remembered(db: Session, issuer: Issuer) -> Iterator[Finding]:
    try:
        losses.assert_continues(db, issuer)
    except losses.RolledBack as lost:
        yield Finding("the database", lost.message)
    except Refusal as unreadable:
        yield Finding("the file register/checkpoint", unreadable.message)
    except NoResultFound:
        yield Finding("the database", "Subtrees of the register are missing.")
