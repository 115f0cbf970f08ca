"""Images, and the QR codes in them: of a scan, of a phone's photo, of a page as it was painted.

An image proves nothing but that somebody had a certificate's number: it is read to find the record.
"""

from __future__ import annotations

import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.awards import numbers
from app.awards.number_lists import WHOLE
from app.awards.reading.kinds import Trouble

if TYPE_CHECKING:
    from PIL import Image

MOST_DOTS = 100_000_000  # of one image: a phone's photo has 50 million at most
MOST_FRAMES = 20
SIDES = (1600, 3000)  # dots: what an image is made smaller to before it is searched; the second for small codes
_PRINTED = re.compile(r"[A-Z]{4}(-[A-Z]{4}){4}")
FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP", "MPO")


class NotAnImage(Exception):
    """The image cannot be opened; says why."""

    def __init__(self, trouble: Trouble) -> None:
        """Take what is wrong."""
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: what it says, and the dots around it: left, top, right, bottom."""

    text: str
    around: tuple[int, int, int, int]


def frames(content: bytes) -> Iterator[Image.Image]:
    """Give the images of a file, one by one, in grays. Raises `NotAnImage`."""
    from PIL import Image, ImageSequence

    Image.MAX_IMAGE_PIXELS = MOST_DOTS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                image.draft("L", (SIDES[-1], SIDES[-1]))
                for count, frame in enumerate(ImageSequence.Iterator(image)):
                    if count == MOST_FRAMES:
                        break
                    yield _gray(frame)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError):
        raise NotAnImage(Trouble.BOMB) from None
    except NotAnImage:
        raise
    except Exception:  # noqa: BLE001 - whatever a decoder stumbles over is a damaged image
        raise NotAnImage(Trouble.DAMAGED) from None


def codes(image: Image.Image) -> list[Code]:
    """Find the QR codes of an image in grays."""
    import zxingcpp

    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [Code(one.text, _around(one.position)) for one in found if one.valid]


def searched(image: Image.Image) -> list[Code]:
    """Find the QR codes of a scan or photo, however large it is."""
    for side in SIDES:
        smaller = image
        if max(image.size) > side:
            smaller = image.copy()
            smaller.thumbnail((side, side))
        if found := codes(smaller):
            return found
        if smaller is image:
            break
    return []


def numbers_in(texts: Sequence[str]) -> tuple[str, ...]:
    """Give the certificate numbers in texts, each once, and first those that are there most often.

    A certificate says its own number twice, the second time in its address; one that it replaces, once.
    """
    found = Counter(numbers.read(typed) for typed in typed_in(texts))
    return tuple(number for number, _times in found.most_common() if numbers.is_well_formed(number))


def typed_in(texts: Sequence[str]) -> Iterator[str]:
    """Give what is written like a number: five words of four letters each are none."""
    for text in texts:
        for match in WHOLE.finditer(text):
            if any(letter.isdigit() for letter in match[0]) or _PRINTED.fullmatch(match[0]):
                yield match[0]


def _gray(frame: Image.Image) -> Image.Image:
    from PIL import Image, ImageOps

    if frame.width * frame.height > MOST_DOTS:
        raise NotAnImage(Trouble.BOMB)
    upright = frame
    with suppress(Exception):  # a photo's note of how the phone was held may be broken; a code is found in any turn
        upright = ImageOps.exif_transpose(frame)
    if upright.mode in {"RGBA", "LA", "PA", "P"}:
        shown = upright.convert("RGBA")
        paper = Image.new("RGBA", shown.size, "white")
        return Image.alpha_composite(paper, shown).convert("L")
    return upright.convert("L")


def _around(position: object) -> tuple[int, int, int, int]:
    corners = [getattr(position, name) for name in ("top_left", "top_right", "bottom_left", "bottom_right")]
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    return min(across), min(down), max(across), max(down)
