"""Files named by what they hold: the same bytes are kept once, and a name never changes its meaning."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")


class Overflows(ValueError):
    """More arrived than was to be taken in."""


@dataclass(frozen=True, slots=True)
class Received:
    """Something that has arrived and is not kept yet."""

    root: Path
    path: Path
    sha256: str
    size: int

    def keep(self, kind: str) -> str:
        """Keep it under its name, and give the name."""
        name = f"{self.sha256}.{kind}"
        if (self.root / name).exists():
            os.utime(self.root / name)  # asked for again: whoever clears up what nobody asks for waits
            return name
        with self.path.open("rb") as arrived:
            os.fsync(arrived.fileno())
        self.path.chmod(0o644)
        self.path.replace(self.root / name)
        return name


@dataclass(frozen=True, slots=True)
class Files:
    """A folder of content-addressed files, `<sha-256>.<kind>`, that several machines may share."""

    root: Path

    def keep(self, name: str, content: bytes) -> None:
        """Keep `content` under its name; a file that is there already holds the same bytes."""
        target = self.root / name
        if target.exists():
            return
        self.root.mkdir(parents=True, exist_ok=True)
        # Written aside and renamed: a reader never sees half a file.
        draft = _write_aside(self.root, content)
        draft.chmod(0o644)
        draft.replace(target)

    @contextmanager
    def receive(self, pieces: Iterable[bytes], *, most: int) -> Iterator[Received]:
        """Take in what arrives in pieces, never whole in memory; raise `Overflows` beyond `most` bytes.

        What is not kept when the block ends is gone.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.root, prefix=".arriving-", delete=False) as draft:
            path = Path(draft.name)
            try:
                digest, size = _copy(pieces, draft, most=most)
                yield Received(self.root, path, digest, size)
            finally:
                path.unlink(missing_ok=True)

    def path(self, name: str) -> Path | None:
        """Find a file by its name, or nothing: a name that is not a hash never reaches the disk."""
        if not NAME.fullmatch(name):
            return None
        target = self.root / name
        return target if target.is_file() else None


def _copy(pieces: Iterable[bytes], into: IO[bytes], *, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise Overflows(most)
        digest.update(piece)
        into.write(piece)
    into.flush()
    return digest.hexdigest(), size


def _write_aside(folder: Path, content: bytes) -> Path:
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        except OSError:
            Path(draft.name).unlink()
            raise
    return Path(draft.name)
