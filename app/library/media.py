"""Media of a draft: streamed to disk, seen to be what their ending says, and private until they are published.

They lie below the folder of published media, in one whose name no public address can have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.kit.files import Files

PIECE = 64 * 1024


def private(files: Files) -> Files:
    """Give the folder of what is not published, beside what is: /media serves plain names only, no folders."""
    return Files(files.root / "unpublished")


def lies(files: Files, sha256: str, name: str) -> Path | None:
    """Find a medium by its hash, published or not; `name` tells its ending."""
    kept = stored(sha256, name)
    return private(files).path(kept) or files.path(kept)


def stored(sha256: str, name: str) -> str:
    """Give the name that a medium is kept under."""
    return f"{sha256}.{name.rpartition('.')[2].lower()}"


def keep_bytes(files: Files, name: str, content: bytes) -> str:
    """Keep a small medium that is in memory already, and give its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    private(files).keep(stored(sha256, name), content)
    return sha256


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Read a stream piece by piece."""
    while piece := stream.read(PIECE):
        yield piece
