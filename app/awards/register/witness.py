"""What remembers the register outside of its database: a file with the newest checkpoint.

A database that is put back from an old backup looks whole in itself. Beside this file it does not: the register that it
holds must be an extension of the one that the file remembers, and the house does not open where it is not. Beside it
lies a list of the keys that no other key vouches for: who can write into the database alone cannot bring in his own.
"""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

WAITING = "register_memory"  # in a session's own notes, until what it wrote is committed
NEWEST = text("SELECT note FROM register_checkpoint ORDER BY size DESC LIMIT 1")


@dataclass(frozen=True, slots=True)
class Memory:
    """The file, written after each act that wrote into the register was committed."""

    path: Path
    turn: Any = field(default_factory=threading.Lock, compare=False)

    def recall(self) -> str | None:
        """Give what is remembered, whatever became of it on the disk; None where nothing ever was."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    @property
    def size(self) -> int:
        """How many entries the register had at least."""
        return _size(self.recall() or "")

    def keep(self, note: str) -> None:
        """Remember a checkpoint in place of a smaller one, durably."""
        with self._alone():
            if _size(note) >= self.size:  # else another act was committed meanwhile
                _write(self.path, note)

    def replace(self, note: str) -> None:
        """Remember a checkpoint whatever was remembered before: somebody accepted a loss."""
        with self._alone():
            _write(self.path, note)

    def vouch(self, key: str) -> None:
        """Remember that a key was made here which no other key vouches for."""
        with self._alone():
            _write(self._keys, "".join(f"{name}\n" for name in sorted({*self.vouched, key})))

    @property
    def vouched(self) -> frozenset[str]:
        """The keys that were made here without another to vouch for them."""
        try:
            return frozenset(self._keys.read_text(encoding="utf-8").split())
        except FileNotFoundError:
            return frozenset()

    @property
    def _keys(self) -> Path:
        return self.path.with_name("keys")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let other threads and other processes wait: of two that remember at once, the newer must stay."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.turn, self.path.with_name("turn").open("a", encoding="utf-8") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield


def remember(db: Session, memory: Memory | None) -> None:
    """Have the newest checkpoint remembered once the transaction that wrote it is committed, and not before."""
    if memory is not None:
        db.info[WAITING] = [memory]


def _write(path: Path, words: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as draft:
        draft.write(words)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _size(note: str) -> int:
    lines = note.split("\n", 2)
    return int(lines[1]) if len(lines) > 1 and lines[1].isdecimal() else 0


# A savepoint is committed and rolled back by the same events as the act around it, and decides nothing.


@event.listens_for(Session, "before_commit")
def _about_to_commit(db: Session) -> None:
    if not db.in_nested_transaction() and (waiting := db.info.get(WAITING)):
        db.info[WAITING] = [waiting[0], db.execute(NEWEST).scalar()]


@event.listens_for(Session, "after_commit")
def _committed(db: Session) -> None:
    if db.in_nested_transaction() or not (waiting := db.info.pop(WAITING, None)):
        return
    memory, note = waiting
    try:
        if note:
            memory.keep(note)
    except OSError as error:  # the act is done and stays done: whoever asked for it must not be told otherwise
        sys.stderr.write(f"The newest checkpoint of the register could not be remembered: {error}\n")


@event.listens_for(Session, "after_rollback")
def _rolled_back(db: Session) -> None:
    if not db.in_nested_transaction():
        db.info.pop(WAITING, None)
