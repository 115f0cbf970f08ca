"""What remembers the register outside of its database: a file with the newest checkpoint.

A database that is put back from an old backup looks whole in itself. Beside this file it does not: the register that it
holds must be an extension of the one that the file remembers, and the house does not open where it is not.
"""

from __future__ import annotations

import os
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

WAITING = "register_checkpoint"  # in a transaction's own notes, until it is committed


@dataclass(frozen=True, slots=True)
class Memory:
    """The file, written after each act that wrote into the register was committed."""

    path: Path
    turn: Any = field(default_factory=threading.Lock, compare=False)

    def recall(self) -> str:
        """Give the checkpoint that is remembered; empty where there is none."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def keep(self, note: str) -> None:
        """Remember a checkpoint in place of a smaller one, durably."""
        with self.turn:
            if _size(note) < _size(self.recall()):
                return  # another act was committed meanwhile
            self._write(note)

    def replace(self, note: str) -> None:
        """Remember a checkpoint whatever was remembered before: somebody accepted a loss."""
        with self.turn:
            self._write(note)

    def _write(self, note: str) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=self.path.parent, delete=False, encoding="utf-8") as draft:
            draft.write(note)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(self.path)


def remember(db: Session, memory: Memory | None, note: str, *, size: int) -> None:
    """Have a checkpoint remembered once the transaction that wrote it is committed, and not before."""
    if memory is not None:
        db.info[WAITING] = (memory, note, size)


def _size(note: str) -> int:
    lines = note.split("\n", 2)
    return int(lines[1]) if len(lines) > 1 and lines[1].isdigit() else 0


@event.listens_for(Session, "after_commit")
def _committed(db: Session) -> None:
    if waiting := db.info.pop(WAITING, None):
        memory, note, _ = waiting
        memory.keep(note)


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(db: Session, _transaction: object) -> None:
    db.info.pop(WAITING, None)
