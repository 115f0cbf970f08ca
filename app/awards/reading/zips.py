"""Zips: their files, one by one, within budgets that no case file needs and every bomb breaks."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.awards.reading import kinds
from app.awards.reading.kinds import Kind, Trouble
from app.awards.reading.unpacking import NotRead

MOST_BYTES = 200 * 1024 * 1024  # of a zip as it is sent
MOST_ENTRIES = 500
BATCH_ENTRIES, BATCH_BYTES = 32, 16 * 1024 * 1024  # that are handed over at a time: whoever asks holds no more
MOST_UNPACKED = 200 * 1024 * 1024  # bytes of all files together
MOST_RATIO = 200  # times that a file may be larger than it is packed; PDFs and images hardly shrink at all
_PIECE = 256 * 1024
_CLUTTER = ("__MACOSX/", "._", ".DS_Store", "Thumbs.db", "desktop.ini")  # what systems add and no person put there
_OFFICE = frozenset({"[Content_Types].xml", "META-INF/manifest.xml"})  # of Word, Excel, LibreOffice and the like


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a zip, or why it is not given."""

    name: str
    content: bytes
    trouble: Trouble | None = None


@dataclass(slots=True)
class Batch:
    """Where to go on once some files were given."""

    start: int
    spent: int  # bytes unpacked so far
    next: int | None = None


def entries(content: bytes, batch: Batch) -> Iterator[Entry]:
    """Give the next files of a zip. Raises `NotRead` where it cannot be opened, or holds too many."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            listed = [one for one in packed.infolist() if not one.is_dir() and not _is_clutter(one.filename)]
            if len(listed) > MOST_ENTRIES:
                raise NotRead(Trouble.ZIP_TOO_MUCH, str(len(listed)))
            if any(one.filename in _OFFICE for one in listed):
                raise NotRead(Trouble.OFFICE)
            if not listed:
                raise NotRead(Trouble.ZIP_EMPTY)
            yield from _unpacked(packed, listed, batch)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, zlib.error):
        raise NotRead(Trouble.BROKEN_ZIP) from None


def _unpacked(packed: zipfile.ZipFile, listed: list[zipfile.ZipInfo], batch: Batch) -> Iterator[Entry]:
    given = 0
    for place, one in enumerate(listed[batch.start : batch.start + BATCH_ENTRIES], start=batch.start):
        entry = _entry(packed, one, min(MOST_UNPACKED - batch.spent, kinds.MOST_BYTES))
        batch.spent += len(entry.content)
        given += len(entry.content)
        if batch.spent >= MOST_UNPACKED:
            raise NotRead(Trouble.ZIP_TOO_MUCH)
        yield entry
        batch.next = place + 1 if place + 1 < len(listed) else None
        if given > BATCH_BYTES:
            break


def _entry(packed: zipfile.ZipFile, one: zipfile.ZipInfo, most: int) -> Entry:
    name = shown(one.filename)
    if stat.S_ISLNK(one.external_attr >> 16):
        return Entry(name, b"", Trouble.ZIP_LINK)
    if one.flag_bits & 0x1:
        return Entry(name, b"", Trouble.ZIP_LOCKED)
    try:
        content = _read(packed, one, most)
    except NotRead as refused:
        return Entry(name, b"", refused.trouble)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, zlib.error):
        return Entry(name, b"", Trouble.BROKEN_ZIP)
    trouble = Trouble.ZIP_IN_ZIP if kinds.of(content) is Kind.ZIP else None
    return Entry(name, content, trouble)


def _read(packed: zipfile.ZipFile, one: zipfile.ZipInfo, most: int) -> bytes:
    """Unpack a file and count as it comes: what a zip says about sizes is believed by nobody."""
    pieces, size = [], 0
    with packed.open(one) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > max(_PIECE, one.compress_size * MOST_RATIO):
                raise NotRead(Trouble.BOMB)
            if size > most:
                raise NotRead(Trouble.TOO_LARGE)
            pieces.append(piece)
    return b"".join(pieces)


def shown(name: str) -> str:
    """Give a file's name within the zip without what climbs out of it; it is shown, and never opened."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in {"/", "..", "."}]
    return "/".join(parts) or "unnamed"


def _is_clutter(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return name.startswith(_CLUTTER[0]) or last.startswith(_CLUTTER[1]) or last in _CLUTTER[2:]
