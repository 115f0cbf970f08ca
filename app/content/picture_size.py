"""How large a picture is, read from its own bytes: a page keeps its room free, and nothing moves when it comes."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from xml.parsers import expat

_PIXELS = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the JPEG segments that begin with a picture's size
_TURNED = frozenset({5, 6, 7, 8})  # Exif orientations that stand on their side
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


def of(content: bytes) -> Size | None:
    """Give the size of a picture; nothing where its bytes do not tell it. A page then does without."""
    for begins, read in _KINDS:
        if begins.match(content):
            try:
                size = read(content)
            except (struct.error, expat.ExpatError, IndexError, ValueError):
                return None
            return size if size and size.width > 0 and size.height > 0 else None
    return None


def _png(content: bytes) -> Size:
    return Size(*struct.unpack_from(">II", content, 16))


def _gif(content: bytes) -> Size:
    return Size(*struct.unpack_from("<HH", content, 6))


def _webp(content: bytes) -> Size | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return Size(*(int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27)))
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", content, 26)
    return Size(width & 0x3FFF, height & 0x3FFF) if kind == b"VP8 " else None


def _jpeg(content: bytes) -> Size | None:
    """Walk from segment to segment to the one that begins with the size."""
    at, is_turned = 2, False
    while at < len(content):
        mark, kind, length = struct.unpack_from(">BBH", content, at)
        if mark != 0xFF:
            return None
        if kind == 0xFF:  # segments may stand apart
            at += 1
            continue
        if kind == 0xE1 and content[at + 4 : at + 10] == b"Exif\0\0":
            is_turned = _orientation(content[at + 10 : at + 2 + length]) in _TURNED
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return Size(height, width) if is_turned else Size(width, height)
        at += 2 + length
    return None


def _orientation(exif: bytes) -> int:
    """Say how a camera was held: browsers turn the picture upright, and so change its sides."""
    order = "<" if exif.startswith(b"II") else ">"
    (first,) = struct.unpack_from(f"{order}I", exif, 4)
    (count,) = struct.unpack_from(f"{order}H", exif, first)
    for place in range(first + 2, first + 2 + 12 * count, 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, place)
        if tag == _ORIENTATION:
            return int(value)
    return 1


class _RootFound(Exception):
    """The first element is read; the rest of a drawing says nothing of its size."""


def _svg(content: bytes) -> Size | None:
    found: dict[str, str] = {}

    def begin(_tag: str, attributes: dict[str, str]) -> None:
        found.update(attributes)
        raise _RootFound

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    with suppress(_RootFound):
        parser.Parse(content, True)
    return _said(found) or _drawn(found)


def _said(attributes: dict[str, str]) -> Size | None:
    width, height = (_PIXELS.fullmatch(attributes.get(name, "")) for name in ("width", "height"))
    return Size(round(float(width[1])), round(float(height[1]))) if width and height else None


def _drawn(attributes: dict[str, str]) -> Size | None:
    corners = attributes.get("viewBox", "").replace(",", " ").split()
    return Size(round(float(corners[2])), round(float(corners[3]))) if len(corners) == 4 else None


_KINDS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Size | None]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png),
    (re.compile(rb"GIF8[79]a"), _gif),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), _webp),
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<"), _svg),
)
