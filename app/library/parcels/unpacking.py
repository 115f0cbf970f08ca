"""Unpacking: a strange zip becomes a parcel whose contents are kept aside, or a list of what speaks against it.

What counts are bytes as they are inflated; what a zip says of its sizes is never believed. Memory holds the
texts of one course and a piece of one film.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from app.content.folder import COURSE, Held
from app.content.media import ending
from app.kit.errors import Gone
from app.kit.files import Files, Overflows
from app.library import limits, media, names
from app.library.drafts import headlines, shelves
from app.library.drafts.headlines import Headline
from app.library.media import Content
from app.library.parcels import entries
from app.library.parcels.entries import Entry

ZIP_LARGEST = limits.COURSE_LARGEST + limits.MIB
AT_ONCE = 2 * limits.MIB  # of a zip read in one go: its table of contents is no larger in any zip of a course
RATIO, UNSUSPICIOUS = 100, 20 * limits.MIB  # beyond both, what is packed so tightly is no course
MOST_TOLD = 20
TOO_MANY = f"This zip lists far more than the {limits.MOST_FILES:,} files that a course may hold. Zip its folder alone."
BAD = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OverflowError,
    ValueError, RuntimeError, IndexError, OSError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parcel:
    """A course that was sent in and is kept aside: named by `key`, changed into a draft by nobody yet."""

    key: str
    files: Mapping[str, Content]
    texts: Mapping[str, bytes]  # by SHA-256
    left_out: tuple[str, ...] = ()

    def shelf(self, files: Files) -> Held:
        """Give it as a shelf, to be read and checked like any course."""
        return shelves.held(self.files, self.texts, files)

    def headline(self, *, today: date) -> Headline:
        """Say what the course calls itself."""
        course = self.files.get(COURSE)
        return headlines.read(self.texts[course.sha256] if course else None, today=today)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came of an upload: a parcel, or sentences that say why there is none."""

    parcel: Parcel | None
    problems: tuple[str, ...] = ()


class ParcelGone(Gone):
    """What was uploaded is not kept any more."""

    message = "This upload is not kept any more. Choose the zip again."


class _TooMuch(Exception):
    """An entry, or all of them together, inflate to more than a course may hold."""


def unpack(upload: BinaryIO, files: Files) -> Unpacked:
    """Unpack an upload and keep it aside for `again`. No draft is touched, whatever it holds."""
    size = upload.seek(0, 2)
    if size > ZIP_LARGEST:
        return Unpacked(None, (f"This zip is larger than {limits.said(limits.COURSE_LARGEST)}.",))
    try:
        with zipfile.ZipFile(_Sips(upload, size)) as zipped:
            return _unpacked(zipped, files, size=size)
    except _TooMuch as much:
        return Unpacked(None, (str(much),))
    except BAD:
        return Unpacked(None, (_damaged(upload),))


def _damaged(upload: BinaryIO) -> str:
    upload.seek(0)
    if upload.read(2) != b"PK":
        return "This file is not a zip. Choose the zip of a course, or zip its folder first."
    return "This zip is damaged or was cut off on its way. Zip the folder again and send it once more."


def _unpacked(zipped: zipfile.ZipFile, files: Files, *, size: int) -> Unpacked:
    looked = entries.look(zipped.infolist())
    problems = looked.problems or tuple(_missing(looked.entries, looked.left_out))
    if problems:
        more = len(problems) - MOST_TOLD
        return Unpacked(None, (*problems[:MOST_TOLD], *((f"And {more:,} more.",) if more > 0 else ())))
    if len(looked.entries) > limits.MOST_FILES:
        return Unpacked(None, (limits.TooManyFiles.message,))
    return Unpacked(_kept_aside(_inflated(zipped, looked.entries, files, size=size), looked.left_out, files))


def _missing(wanted: tuple[Entry, ...], left_out: tuple[str, ...]) -> Iterator[str]:
    if COURSE in {entry.name for entry in wanted}:
        return
    deeper = [name for name in left_out if name.rpartition("/")[2].lower() == COURSE]
    hint = f" There is one at “{names.shown(deeper[0])}”: zip that folder." if deeper else " Zip a folder that has one."
    yield f"This zip has no {COURSE}, so it is no course.{hint}"


@dataclass(slots=True)
class _Meter:
    """Counts what comes out of a zip."""

    most: int
    inflated: int = 0
    texts: dict[str, bytes] = field(default_factory=dict)
    text_size: int = 0

    def count(self, piece: bytes, name: str) -> None:
        self.inflated += len(piece)
        if self.inflated > limits.COURSE_LARGEST:
            raise _TooMuch(limits.CourseTooLarge(f"“{names.shown(name)}”").message)
        if self.inflated > self.most:
            raise _TooMuch(f"“{names.shown(name)}” unfolds to far more than it takes up: this zip is a trap.")


def _inflated(
    zipped: zipfile.ZipFile, wanted: tuple[Entry, ...], files: Files, *, size: int
) -> tuple[dict[str, Content], dict[str, bytes]]:
    meter = _Meter(most=max(RATIO * size, UNSUSPICIOUS))
    found: dict[str, Content] = {}
    for entry in wanted:
        with zipped.open(entry.info) as opened:
            pieces = _metered(media.pieces(opened), entry.name, meter)  # type: ignore[arg-type]  # it reads
            found[entry.name] = _take(entry.name, pieces, files, meter)
    return found, meter.texts


def _metered(pieces: Iterator[bytes], name: str, meter: _Meter) -> Iterator[bytes]:
    for piece in pieces:
        meter.count(piece, name)
        yield piece


def _take(name: str, pieces: Iterator[bytes], files: Files, meter: _Meter) -> Content:
    if names.is_text(name):
        return _take_text(name, pieces, meter)
    try:
        with media.private(files).receive(pieces, most=limits.MEDIA_LARGEST) as received:
            received.keep(ending(name))
            return Content(received.sha256, received.size)
    except Overflows:
        raise _TooMuch(limits.MediaTooLarge(f"“{names.shown(name)}”").message) from None


def _take_text(name: str, pieces: Iterator[bytes], meter: _Meter) -> Content:
    text = bytearray()
    for piece in pieces:
        text += piece
        if len(text) > limits.TEXT_LARGEST:
            raise _TooMuch(limits.TextTooLarge(f"“{names.shown(name)}”").message)
    meter.text_size += len(text)
    if meter.text_size > limits.TEXTS_LARGEST:
        raise _TooMuch(limits.CourseTooLarge(f"“{names.shown(name)}”").message)
    digest = hashlib.sha256(text).hexdigest()
    meter.texts[digest] = bytes(text)
    return Content(digest, len(text))


def _kept_aside(
    inflated: tuple[dict[str, Content], dict[str, bytes]], left_out: tuple[str, ...], files: Files
) -> Parcel:
    found, texts = inflated
    whole = {
        "files": {name: (content.sha256, content.size) for name, content in sorted(found.items())},
        "texts": {digest: base64.b64encode(text).decode() for digest, text in sorted(texts.items())},
        "left_out": left_out,
    }
    written = json.dumps(whole, ensure_ascii=False).encode()
    key = hashlib.sha256(written).hexdigest()
    media.private(files).keep(f"{key}.json", written)
    return Parcel(key, found, texts, left_out)


def again(files: Files, key: str) -> Parcel:
    """Give a parcel that was unpacked before; raise `ParcelGone` when it is not kept any more."""
    path = media.private(files).path(f"{key}.json")
    if path is None:
        raise ParcelGone
    whole = json.loads(path.read_bytes())
    return Parcel(
        key,
        {name: Content(*content) for name, content in whole["files"].items()},
        {digest: base64.b64decode(text) for digest, text in whole["texts"].items()},
        tuple(whole["left_out"]),
    )


class _Sips:
    """A file that is never read in one gulp: a table of contents of any size would fill the memory."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size

    def read(self, most: int = -1) -> bytes:
        left = max(self._size - self._stream.tell(), 0)
        wanted = left if most is None or most < 0 else min(most, left)
        if wanted > AT_ONCE:
            raise _TooMuch(TOO_MANY)
        return self._stream.read(wanted)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True
