"""Unpacking: what the parts of a PDF come to, within budgets, whatever they are packed in and however numbered.

A few hundred bytes may unpack to gigabytes, and an object may hold itself. Both are noticed here, before anything else
sees them.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from app.awards.reading.kinds import Trouble

MOST_UNPACKED = 64 * 1024 * 1024  # bytes of all that a file's pages paint; ours unpack to 0.3 million
MOST_IMAGE_DOTS = 100_000_000
MOST_DEPTH = 200

# Keys of what is painted that programs follow or ignore as they like.
_UNUSUAL = {"/Alternates", "/OPI", "/PS", "/Ref", "/TR", "/TR2", "/HT", "/OC"}
_LEFT_OUT = {
    *("/Parent", "/P", "/StructParents", "/StructParent", "/Length", "/Filter", "/DecodeParms", "/DL", "/Metadata"),
    *("/Tabs", "/PieceInfo", "/LastModified", "/Thumb"),
}


class NotRead(Exception):
    """A file of which nothing can be said; says why."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        """Take what is wrong."""
        super().__init__(trouble)
        self.trouble, self.detail = trouble, detail


class Unpacker:
    """Unpacks the parts of one PDF, and keeps count."""

    def __init__(self) -> None:
        self.images = 0
        self.is_broken = False  # something could not be unpacked
        self.is_unusual = False
        self.speaks = False  # a page says something to be read aloud in place of what it paints
        self._unpacked = self._dots = 0

    def digest(self, *roots: Any) -> str:
        """Give a digest of what objects come to. Raises `NotRead` where that is too much, or has no end."""
        digest = hashlib.sha256()
        for root in roots:
            self._feed(root, digest.update, {}, 0)
        return digest.hexdigest()

    def _feed(self, one: Any, update: Any, seen: dict[tuple[int, int], int], depth: int) -> None:
        """Feed what an object comes to, however it is packed and numbered."""
        if depth > MOST_DEPTH:
            raise NotRead(Trouble.TANGLED)
        if isinstance(one, Dictionary | Stream):
            if one.is_indirect:
                if one.objgen in seen:
                    update(b"@%d " % seen[one.objgen])
                    return
                seen[one.objgen] = len(seen)
            update(b"<<")
            for key in sorted(one.keys()):
                self.is_unusual = self.is_unusual or key in _UNUSUAL
                if key not in _LEFT_OUT:
                    update(key.encode(errors="surrogateescape"))
                    self._feed(one[key], update, seen, depth + 1)
            update(b">>")
            if isinstance(one, Stream):
                self._measure_image(one)
                content = self.bytes_of(one, most=MOST_UNPACKED)
                self.speaks = self.speaks or b"/ActualText" in content
                update(content)
        elif isinstance(one, Array):
            update(b"[")
            for part in one:
                self._feed(part, update, seen, depth + 1)
            update(b"]")
        else:
            update(repr(one).encode(errors="surrogateescape") + b" ")

    def _measure_image(self, stream: Stream) -> None:
        if stream.get("/Subtype") == Name.Image:
            self.images += 1
            self._dots += _whole(stream.get("/Width")) * _whole(stream.get("/Height"))
            if self._dots > MOST_IMAGE_DOTS:
                raise NotRead(Trouble.BOMB)

    def bytes_of(self, stream: Any, *, most: int) -> bytes:
        """Unpack a stream, but not beyond a budget. What is broken counts as what could be unpacked of it."""
        packed = stream.read_raw_bytes()
        filters = listed(stream.get("/Filter"))
        if filters == [Name.FlateDecode] and stream.get("/DecodeParms") is None:
            content = self._inflated(packed, most)
        elif not filters or Name.DCTDecode in filters or Name.JPXDecode in filters:
            content = packed
        else:
            content = self._decoded(stream)
        self._unpacked += len(content)
        if len(content) > most or self._unpacked > MOST_UNPACKED:
            raise NotRead(Trouble.BOMB)
        return content

    def _inflated(self, packed: bytes, most: int) -> bytes:
        unpacker = zlib.decompressobj()
        try:
            content = unpacker.decompress(packed, most + 1)
        except zlib.error:
            self.is_broken = True
            return b"broken" + packed
        if not unpacker.eof and len(content) <= most:
            self.is_broken = True
        return content

    def _decoded(self, stream: Any) -> bytes:
        try:
            return bytes(stream.read_bytes())
        except pikepdf.PdfError:
            return b"packed" + bytes(stream.read_raw_bytes())


def listed(one: Any) -> list[Any]:
    """Give an array, or a single thing as an array of one, as PDF allows it to be written."""
    if one is None:
        return []
    return list(one) if isinstance(one, Array) else [one]


def _whole(one: Any) -> int:
    return abs(one) if isinstance(one, int) else 0
