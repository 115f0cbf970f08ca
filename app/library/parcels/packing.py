"""Packing: a course as one zip, the same bytes for the same course on every machine."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from app.content import folder, reader
from app.content.folder import Shelf
from app.library.media import PIECE

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip knows: packing the same course twice gives the same bytes
PLAIN_FILE = 0o100644 << 16
UNIX = 3


@dataclass(frozen=True, slots=True)
class Packed:
    """A course as a zip, in a file that is gone once it is closed."""

    name: str
    size: int
    content: IO[bytes]

    def pieces(self) -> Iterator[bytes]:
        """Give the zip piece by piece, and close it."""
        with self.content as zipped:
            while piece := zipped.read(PIECE):
                yield piece


def pack(shelf: Shelf, *, code: str) -> Packed:
    """Pack a course as CODE-HASH.zip. Nothing is compressed: so the same course is the same bytes everywhere."""
    found = folder.look_into(shelf)
    zipped = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_STORED) as into:
        for name in sorted(found.names):
            with into.open(_entry(f"{code}/{name}"), "w") as entry:
                for piece in folder.pieces(shelf, name):
                    entry.write(piece)
    size = zipped.tell()
    zipped.seek(0)
    return Packed(f"{code}-{reader.content_hash(shelf)[:8]}.zip", size, zipped)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.create_system, entry.external_attr = UNIX, PLAIN_FILE
    return entry
