"""Vouching: which keys may speak for the register. Each was entered by one before it, or made here and remembered so.

Whoever can write into the database can write any key into it. But no key of ours vouches for his, and what he signs
with it is not taken for ours: neither by the next act, which would build on it, nor by the audit.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session

from app.awards import statements
from app.awards.issuer import Issuer
from app.awards.register import log, notes
from app.awards.register.log import Entry
from app.awards.register.notes import BadNote, Checkpoint, Note

STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Reign:
    """From which entry on a key signed, and up to which."""

    public: bytes
    first: int  # the entry by which it came in
    last: int | None = None  # the entry that ended it, signed by another key

    def covers(self, seq: int) -> bool:
        """Say whether it was for this key to sign an entry, and the checkpoint made with it."""
        return self.first <= seq and (self.last is None or seq < self.last)


@dataclass(slots=True)
class Keyring:
    """The keys that may speak for the register, by name, and the entries about keys that none of them signed."""

    reigns: dict[str, Reign] = field(default_factory=dict)
    foreign: list[int] = field(default_factory=list)  # entries that no key of ours signed
    alone: list[str] = field(default_factory=list)  # keys after the first for which no other one vouches

    def opened(self, note: str) -> Checkpoint:
        """Give the checkpoint of a note that was signed by a key whose turn it was, or raise `BadNote`."""
        origin = Checkpoint.read(Note.read(note).text).origin
        names = {name: notes.known_as(origin, [reign.public]) for name, reign in self.reigns.items()}
        for name, known in names.items():
            try:
                checkpoint = notes.opened(note, known)
            except BadNote:
                continue
            if self.reigns[name].covers(checkpoint.size - 1):
                return checkpoint
        raise BadNote("signed by no key of this register whose turn it was")

    def has_signed(self, entry: Entry) -> bool:
        """Say whether an entry was signed by the key that it names, and whether it was for that key to sign."""
        reign = self.reigns.get(entry.key)
        return reign is not None and reign.covers(entry.seq) and _is_by(reign.public, entry.signature, entry.statement)


def keyring(db: Session, issuer: Issuer) -> Keyring:
    """Give the keys that may speak for the register."""
    entries = log.of_kind(db, "key")
    memory = issuer.remembers
    # A database that was never seen here before brings its keys with it.
    vouched = memory.vouched if memory and memory.recall() is not None else None
    ring = _walk(entries, vouched, {})
    since = dict(_distrusted(entries, ring))
    return _walk(entries, vouched, since) if since else ring


def publics(db: Session) -> Iterator[bytes]:
    """Give every key that ever stood in the register, ours or not."""
    for entry in log.of_kind(db, "key"):
        with suppress(ValueError, KeyError, TypeError):
            if _is_new(entry.said):
                yield _public(entry.said)


def opened(db: Session, issuer: Issuer, note: str) -> Checkpoint:
    """Give the checkpoint of a note that our register signed, or raise `BadNote`."""
    return keyring(db, issuer).opened(note)


def brought_in(db: Session, key: str, *, since: datetime) -> list[str]:
    """Give the keys that came in with nothing but the signature of a key that was not ours alone any more."""
    told = [(entry.subject, entry.said) for entry in log.of_kind(db, "key") if entry.key == key]
    return [
        name for name, said in told if said["act"] == "new" and name != key and statements.moment(said["at"]) >= since
    ]


def _walk(entries: Sequence[Entry], vouched: frozenset[str] | None, since: dict[str, datetime]) -> Keyring:
    ring = Keyring()
    for entry in entries:
        try:
            is_ours = _is_ours(ring, entry, vouched, since)
        except (ValueError, KeyError, TypeError):  # words that nobody wrote here
            is_ours = False
        if is_ours:
            _take_in(ring, entry)
        else:
            ring.foreign.append(entry.seq)
    return ring


def _is_ours(ring: Keyring, entry: Entry, vouched: frozenset[str] | None, since: dict[str, datetime]) -> bool:
    said = entry.said
    distrusted = entry.key in since and statements.moment(said["at"]) >= since[entry.key]
    if ring.has_signed(entry):
        # What a stolen key ended has ended; what it brought in is ours only where it was made here.
        return not distrusted or said["act"] != "new" or vouched is None or said["key"] in vouched
    if not _is_new(said) or entry.key != said["key"] or not _is_by(_public(said), entry.signature, entry.statement):
        return False
    ring.alone += [entry.key] if entry.seq else []
    return not entry.seq or vouched is None or entry.key in vouched


def _take_in(ring: Keyring, entry: Entry) -> None:
    said = entry.said
    if _is_new(said):
        ring.reigns.setdefault(said["key"], Reign(_public(said), entry.seq))
    elif (reign := ring.reigns.get(said["key"])) and said["act"] != "new" and reign.last is None:
        ring.reigns[said["key"]] = Reign(reign.public, reign.first, entry.seq)


def _is_new(said: statements.Statement) -> bool:
    return (said["act"], said["use"]) == ("new", STATEMENT)


def _distrusted(entries: Sequence[Entry], ring: Keyring) -> Iterator[tuple[str, datetime]]:
    """Give from when on a key that was revoked had not been ours alone."""
    for entry in entries:
        if entry.seq not in ring.foreign and entry.said["act"] == "revoke" and entry.said["since"]:
            yield entry.subject, statements.moment(entry.said["since"])


def _public(said: statements.Statement) -> bytes:
    return base64.b64decode(said["public"])


@lru_cache(maxsize=1024)  # a house has few keys, and asks for the same ones whenever it signs
def _is_by(public: bytes, signature: bytes, words: str) -> bool:
    return notes.is_signed(words.encode(), signature, public=public)
