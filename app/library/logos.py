"""The provider's logo: a PNG or JPEG as it was sent, drawn anew, so that nothing of the file but the picture is kept.

A picture that was shown once stays, under the digest of its bytes: what the trail says was shown can be seen.
"""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel

from app.kit.database import UtcDateTime, insert_once
from app.kit.errors import Invalid, NotFound

if TYPE_CHECKING:
    from PIL import Image

LARGEST = 900 * 1024  # bytes of the file as it is sent
MOST_PIXELS = 25_000_000
KEPT_WIDTH, KEPT_HEIGHT = 800, 240  # three times what is shown: sharp on every screen, and on paper
SHOWN_WIDTH, SHOWN_HEIGHT = 140, 40
FORMATS = ("PNG", "JPEG")
MARGIN = 0.04  # of the longer side, around a picture that could be seen through


class ProviderLogo(SQLModel, table=True):
    """One picture that was the provider's logo once, as a PNG."""

    __tablename__ = "provider_logo"

    digest: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
    width: int
    height: int
    added_at: datetime = Field(sa_type=UtcDateTime)


class NotALogo(Invalid):
    """The file is no picture, or not one that every browser shows."""

    def __init__(self, sentence: str) -> None:
        """Say what to send instead."""
        super().__init__({"logo": sentence})


class NoSuchLogo(NotFound):
    """No logo has this address."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A logo on a page: where it is, and how much room it takes."""

    href: str
    width: int
    height: int


def keep(db: Session, sent: bytes, *, now: datetime) -> ProviderLogo:
    """Draw a picture anew and keep it; raise `NotALogo` where it is none."""
    content, (width, height) = _drawn_anew(sent)
    digest = hashlib.sha256(content).hexdigest()
    insert_once(db, ProviderLogo(digest=digest, content=content, width=width, height=height, added_at=now))
    return db.get_one(ProviderLogo, digest)


def of(db: Session, digest: str) -> ProviderLogo:
    """Give a logo by its digest, or raise `NoSuchLogo`."""
    if found := db.get(ProviderLogo, digest):
        return found
    raise NoSuchLogo


def shown(db: Session, digest: str) -> Shown | None:
    """Say how a logo stands on a page; None where there is none."""
    logo = db.get(ProviderLogo, digest) if digest else None
    if logo is None:
        return None
    scale = min(SHOWN_WIDTH / logo.width, SHOWN_HEIGHT / logo.height, 1)
    return Shown(f"/logo/{digest}.png", max(1, round(logo.width * scale)), max(1, round(logo.height * scale)))


def _drawn_anew(sent: bytes) -> tuple[bytes, tuple[int, int]]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not sent:
        raise NotALogo("Choose a file: a PNG or a JPEG.")
    if len(sent) > LARGEST:
        raise NotALogo(f"This file is larger than {LARGEST // 1024} KB. Save it smaller: 800 by 240 pixels is plenty.")
    try:
        with _strictly(), Image.open(BytesIO(sent), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise NotALogo("This picture has too many pixels. Save it smaller: 800 by 240 is plenty.")
            plain = _opaque(ImageOps.exif_transpose(picture))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        raise NotALogo("This is no PNG or JPEG that can be shown. Export it again as one of the two.") from None
    plain.thumbnail((KEPT_WIDTH, KEPT_HEIGHT), Image.Resampling.LANCZOS)
    written = BytesIO()
    plain.save(written, "PNG", optimize=True)  # of the picture only: no metadata is handed on
    return written.getvalue(), plain.size


@contextmanager
def _strictly() -> Iterator[None]:
    """Refuse what is odd, and half a file: WeasyPrint tells Pillow, for the whole process, to make do with one."""
    from PIL import ImageFile

    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings(action="error"):
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _opaque(picture: "Image.Image") -> "Image.Image":
    """Give a picture on white: one that could be seen through would vanish on a dark page."""
    from PIL import Image

    if not picture.has_transparency_data:
        return Image.frombytes("RGB", picture.size, picture.convert("RGB").tobytes())  # its pixels, and nothing else
    seen = picture.convert("RGBA")
    margin = round(max(seen.size) * MARGIN)
    paper = Image.new("RGB", (seen.width + 2 * margin, seen.height + 2 * margin), "white")
    paper.paste(seen, (margin, margin), seen)
    return paper
