"""Unpacking: what the parts of a PDF come to, within budgets, whatever they are packed in and however numbered.

A few hundred bytes may unpack to gigabytes, and an object may hold itself. Both are noticed here, before anything else
sees them.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from app.awards.reading.kinds import Trouble

MOST_UNPACKED = 64 * 1024 * 1024  # bytes of all that a file's pages paint; ours unpack to 0.3 million
MOST_LEFT_TO_QPDF = 256 * 1024  # bytes of a stream that is packed in rarer ways; LZW unpacks to a thousand times that
MOST_IMAGE_DOTS = 100_000_000  # of one page: a scan has some 10 million
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
        self._dots = 0
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
                is_image = one.get("/Subtype") == Name.Image
                content = self._measured(one) if is_image else self.bytes_of(one, most=MOST_UNPACKED)
                self.speaks = self.speaks or b"/ActualText" in content
                update(content)
        elif isinstance(one, Array):
            update(b"[")
            for part in one:
                self._feed(part, update, seen, depth + 1)
            update(b"]")
        else:
            update((one.unparse(resolved=True) if isinstance(one, pikepdf.Object) else repr(one).encode()) + b" ")

    def _measured(self, stream: Stream) -> bytes:
        """Count the dots of an image, which stays packed: what it shows is not compared but looked at."""
        self.images += 1
        self._dots += _whole(stream.get("/Width")) * _whole(stream.get("/Height"))
        if self._dots > MOST_IMAGE_DOTS:
            raise NotRead(Trouble.BOMB)
        return stream.read_raw_bytes()

    def bytes_of(self, stream: Stream, *, most: int) -> bytes:
        """Unpack a stream, but not beyond a budget. What is broken counts as what it is packed in."""
        content: bytes | None = stream.read_raw_bytes()
        filters = [str(one) for one in listed(stream.get("/Filter"))]
        if stream.get("/DecodeParms") is None and set(filters) <= set(_UNPACK):
            for one in filters:
                content = _UNPACK[one](content, most + 1) if content is not None else None
        else:
            content = self._decoded(stream)
        if content is None:
            self.is_broken = True
            return b"broken" + stream.read_raw_bytes()
        self._unpacked += len(content)
        if len(content) > most or self._unpacked > MOST_UNPACKED:
            raise NotRead(Trouble.BOMB)
        return content

    def _decoded(self, stream: Stream) -> bytes | None:
        """Leave rarer packings to qpdf. It knows no budget, so only small things are left to it."""
        if len(stream.read_raw_bytes()) > MOST_LEFT_TO_QPDF:
            raise NotRead(Trouble.BOMB)
        try:
            return bytes(stream.read_bytes())
        except pikepdf.PdfError:
            return None


def _inflated(packed: bytes, most: int) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(packed, most)
    except zlib.error:
        return None
    return content if unpacker.eof or len(content) >= most else None


def _from_letters(packed: bytes, _most: int) -> bytes | None:
    """Undo ASCII85, which makes things larger and so cannot hide a bomb."""
    try:
        return base64.a85decode(b"<~" + packed.strip().removesuffix(b"~>") + b"~>", adobe=True)
    except ValueError:
        return None


def _from_hex(packed: bytes, _most: int) -> bytes | None:
    digits = bytes(byte for byte in packed.partition(b">")[0] if byte > 0x20)
    try:
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    except ValueError:
        return None


_UNPACK: dict[str, Callable[[bytes, int], bytes | None]] = {
    "/FlateDecode": _inflated,
    "/ASCII85Decode": _from_letters,
    "/ASCIIHexDecode": _from_hex,
}


def listed(one: Any) -> list[Any]:
    """Give an array, or a single thing as an array of one, as PDF allows it to be written."""
    if one is None:
        return []
    return list(one) if isinstance(one, Array) else [one]


def _whole(one: Any) -> int:
    return abs(one) if isinstance(one, int) else 0
