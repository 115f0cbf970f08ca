"""Font programs: whether one is whole. PDFium sets type from a broken one, where the next program shows nothing.

It is read here a second time, by a stricter reader than FreeType. Only pages that another program wrote get this far.
"""

from __future__ import annotations

import io
import struct
from itertools import pairwise
from typing import Any

from pikepdf import Dictionary, Name, Stream

MOST_BYTES = 8 * 1024 * 1024  # of one font; ours have some ten thousand
_BEGINNINGS = (b"\0\1\0\0", b"true", b"OTTO")
_HEAD, _RECORD = 12, 16  # bytes of a font's directory, and of each table's record in it
_ONE_BYTE = ((1, 0), (3, 0))  # maps from the codes of simple fonts; programs differ in which of them they take


def is_sound(descriptor: Any) -> bool:
    """Say whether the font program of a descriptor is whole, and leaves no choice between two letters."""
    if not isinstance(descriptor, Dictionary):
        return False
    outlined, packed = descriptor.get("/FontFile2"), descriptor.get("/FontFile3")
    if isinstance(outlined, Stream):
        return _is_sound_outline(outlined.read_bytes())
    if not isinstance(packed, Stream):
        return False  # Type 1, which no printing of ours comes to
    content = packed.read_bytes()
    return _is_sound_outline(content) if packed.get("/Subtype") == Name.OpenType else _is_sound_compact(content)


def _is_sound_outline(content: bytes) -> bool:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    if len(content) > MOST_BYTES or not _is_laid_out(content):
        return False
    try:
        font = TTFont(io.BytesIO(content), lazy=False)
        font.ensureDecompiled(recurse=True)
        return _agrees_with_itself(font)
    except Exception:  # noqa: BLE001 - whatever a stricter reader stumbles over is not whole
        return False


def _is_sound_compact(content: bytes) -> bool:
    from fontTools.cffLib import CFFFontSet  # type: ignore[import-untyped]

    if len(content) > MOST_BYTES:
        return False
    try:
        CFFFontSet().decompile(io.BytesIO(content), None)
    except Exception:  # noqa: BLE001 - the same
        return False
    return True


def _is_laid_out(content: bytes) -> bool:
    """Say whether the tables of a font lie within it, in step, and not over each other."""
    if content[:4] not in _BEGINNINGS or len(content) < _HEAD:
        return False
    (count,) = struct.unpack(">H", content[4:6])
    end = _HEAD + _RECORD * count
    if len(content) < end:
        return False
    records = (struct.unpack(">4sIII", content[at : at + _RECORD]) for at in range(_HEAD, end, _RECORD))
    spans = sorted((start, start + length) for _name, _sum, start, length in records)
    in_step = all(start % 4 == 0 and end <= start and stop <= len(content) for start, stop in spans)
    return in_step and all(one[1] <= other[0] for one, other in pairwise(spans))


def _agrees_with_itself(font: Any) -> bool:
    if "cmap" not in font:
        return True
    found: dict[int, str] = {}
    for table in font["cmap"].tables:
        if (table.platformID, table.platEncID) in _ONE_BYTE:
            for code, glyph in table.cmap.items():
                if found.setdefault(code & 0xFF, glyph) != glyph:
                    return False
    return True
