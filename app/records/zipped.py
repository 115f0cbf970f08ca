"""A zip written while it is sent: piece by piece, in bounded memory.

Nothing is compressed, and every date is the first one that a zip can hold: the same entries are the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONG_AGO = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
UNIX = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the zip, and its bytes piece by piece."""

    name: str
    pieces: Iterable[bytes]


def streamed(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Write the zip of these entries, in their order."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as packed:
        for entry in entries:
            with packed.open(_described(entry.name), "w", force_zip64=True) as target:
                for piece in entry.pieces:
                    target.write(piece)
                    yield from sink.taken()
            yield from sink.taken()
    yield from sink.taken()


class _Sink(io.RawIOBase):
    """Takes what is written and hands it on. It cannot go back, so neither can the zip."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        piece = bytes(content)  # type: ignore[call-overload]  # whatever zipfile hands over is a buffer
        self._written.append(piece)
        return len(piece)

    def taken(self) -> Iterator[bytes]:
        """Give what was written since the last time."""
        written, self._written = self._written, []
        if whole := b"".join(written):
            yield whole


def _described(name: str) -> zipfile.ZipInfo:
    told = zipfile.ZipInfo(name, date_time=LONG_AGO)
    told.create_system, told.external_attr = UNIX, PLAIN_FILE
    return told
