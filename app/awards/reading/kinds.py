"""What a file is by its first bytes. Its name may say anything, and nobody asks it."""

from __future__ import annotations

from enum import StrEnum

MOST_BYTES = 20 * 1024 * 1024  # of one file
_PDF_WITHIN = 1024  # bytes: readers look for %PDF- this far, so that is where a PDF may begin


class Kind(StrEnum):
    """What is to be done with a file."""

    EMPTY = "empty"
    PDF = "pdf"
    IMAGE = "image"
    HEIC = "heic"  # what some phones write: no free library here reads it
    ZIP = "zip"
    OTHER = "other"


class Trouble(StrEnum):
    """Why nothing can be said about a file."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    HEIC = "heic"
    OTHER = "other"  # neither a PDF nor an image
    LOCKED = "locked"  # a password is asked for
    DAMAGED = "damaged"
    TOO_MANY_PAGES = "too-many-pages"
    NO_PAGE = "no-page"
    BOMB = "bomb"  # unpacks to far more than a certificate ever is
    TANGLED = "tangled"  # objects within objects, without an end
    TOO_SLOW = "too-slow"
    BREAKS_READER = "breaks-reader"
    BROKEN_ZIP = "broken-zip"
    ZIP_TOO_MUCH = "zip-too-much"
    ZIP_IN_ZIP = "zip-in-zip"
    ZIP_LOCKED = "zip-locked"
    ZIP_LINK = "zip-link"
    ZIP_EMPTY = "zip-empty"
    OFFICE = "office"


def of(content: bytes) -> Kind:
    """Say what a file is."""
    if not content:
        return Kind.EMPTY
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Kind.ZIP
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a", b"BM")):
        return Kind.IMAGE
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Kind.IMAGE
    if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc", b"ftypavif"}:
        return Kind.HEIC
    return Kind.PDF if b"%PDF-" in content[:_PDF_WITHIN] else Kind.OTHER


def trouble(content: bytes) -> Trouble | None:
    """Say what is wrong with a file before anybody opens it."""
    kind = of(content)
    if len(content) > MOST_BYTES and kind is not Kind.ZIP:
        return Trouble.TOO_LARGE
    return {Kind.EMPTY: Trouble.EMPTY, Kind.HEIC: Trouble.HEIC, Kind.OTHER: Trouble.OTHER}.get(kind)
