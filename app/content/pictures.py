"""Pictures: what is shown as one is one, of the kind its name says, and small enough for a phone."""

from __future__ import annotations

import re

from app.content import picture_size, svg
from app.content.findings import Findings, Place

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000  # a phone unpacks four bytes for each
RULE = "bad-picture"
_BEGINNINGS = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpg": re.compile(rb"\xff\xd8\xff"),
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "gif": re.compile(rb"GIF8[79]a"),
    "webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "svg": re.compile(rb"(?:\xef\xbb\xbf)?\s*<"),
}


def inspect(name: str, content: bytes) -> Findings | None:
    """Say what keeps a picture from being served; nothing if it may be."""
    ending = name.rpartition(".")[2].lower()
    wrong = _wrong(ending, content)
    if wrong is None:
        return svg.inspect(name, content) if ending == "svg" else None
    findings = Findings(name)
    findings.add(RULE, Place(), *wrong)
    return findings


def _wrong(ending: str, content: bytes) -> tuple[str, str] | None:
    if len(content) > MOST_BYTES:
        return (
            f"This picture has {len(content) / 1024 / 1024:.1f} MB; {MOST_BYTES // 1024 // 1024} MB is the most.",
            "Save it smaller: 2000 pixels across is plenty for a page.",
        )
    if not _BEGINNINGS[ending].match(content):
        other = next((kind for kind, begins in _BEGINNINGS.items() if begins.match(content)), "")
        if other and other != "svg":
            return f"This picture is {other.upper()}, and its name says {ending}.", f"Let its name end in .{other}"
        return f"This file is no {ending.upper()} picture, whatever its name says.", "Export the picture again."
    size = picture_size.of(content)
    if size is None and ending != "svg":
        return "This picture is damaged: it does not say how large it is.", "Export the picture again."
    if size and ending != "svg" and size.width * size.height > MOST_PIXELS:
        return (
            f"This picture has {size.width} × {size.height} pixels, too many for a phone.",
            "Save it smaller: 2000 pixels across is plenty for a page.",
        )
    return None
