"""The look of a page held against that of the original, dot by dot.

Saved again, a page paints the very same dots. Another program's printing does not: it rounds places a little, and
PDFium sets each letter on whole dots, so a letter may stand one dot aside. That much is allowed and no more: wherever
one of two pictures has ink with none of the other's within one dot, something differs. How many dots a letter gets is
chosen so that even an i and an l, or a comma and a period, are told apart (tests/awards/reading/test_look.py measures).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

    from app.awards.reading.leaves import Box

COARSE_DPI = 100.0
DOTS_PER_LETTER = 32.0  # the height of a line of type, in dots
FINEST_DPI = 480.0
LEAST_INK = 72  # of 255: what grays may differ by where a program has changed colors
_CELL = 6  # dots
# Sizes of type, up to and beyond which points, and how far lines of one strip may stand apart.
_SIZES = ((inf, 9.3, inf), (9.3, 7.0, 60.0), (7.0, 0.0, 60.0))


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a page that is looked at with so many dots to the inch."""

    box: Box
    dpi: float


def is_equal(one: Image.Image, other: Image.Image) -> bool:
    """Say whether two pictures are the same in every dot."""
    from PIL import ImageChops

    return one.size == other.size and ImageChops.difference(one, other).getbbox() is None


def spread(picture: Image.Image) -> Image.Image:
    """Let the ink of a picture run one dot far on all sides."""
    from PIL import ImageChops

    wide = ImageChops.darker(picture, ImageChops.darker(_moved(picture, 1, 0), _moved(picture, -1, 0)))
    return ImageChops.darker(wide, ImageChops.darker(_moved(wide, 0, 1), _moved(wide, 0, -1)))


def stray_ink(original: Image.Image, original_spread: Image.Image, paper: Image.Image) -> Image.Image:
    """Give the ink that either has and the other has not, not even one dot aside. White is where nothing differs."""
    from PIL import ImageChops

    added = ImageChops.subtract(original_spread, paper)
    missing = ImageChops.subtract(spread(paper), original)
    return ImageChops.lighter(added, missing)


def places(stray: Image.Image, band: Band) -> list[Box]:
    """Give where on the page ink is astray, in points, in cells of a few dots."""
    clear = stray.point(_THRESHOLD)
    around = clear.getbbox()
    if around is None:
        return []
    cells = clear.reduce(_CELL)
    width, scale = cells.size[0], 72.0 / band.dpi
    left, _bottom, _right, top = band.box
    return [
        (
            left + (index % width) * _CELL * scale,
            top - (index // width + 1) * _CELL * scale,
            left + (index % width + 1) * _CELL * scale,
            top - (index // width) * _CELL * scale,
        )
        for index, amount in enumerate(cells.tobytes())
        if amount
    ]


def bands(lines: Sequence[tuple[Box, float]]) -> Iterator[Band]:
    """Part a page so that each line, given with the size of its letters in points, gets dots enough.

    Large type is looked at in one go, for each look takes its time; small type in strips of its own, for so do dots.
    """
    for most, least, gap in _SIZES:
        chosen = sorted(((box, size) for box, size in lines if least < size <= most), key=lambda line: -line[0][3])
        for strip in _strips(chosen, gap):
            boxes, smallest = [box for box, _size in strip], min(size for _box, size in strip)
            yield Band(_padded(_around(boxes)), min(FINEST_DPI, DOTS_PER_LETTER * 72 / smallest))


def _strips(lines: Sequence[tuple[Box, float]], gap: float) -> Iterator[list[tuple[Box, float]]]:
    strip: list[tuple[Box, float]] = []
    for line in lines:
        if strip and min(box[1] for box, _size in strip) - line[0][3] > gap:
            yield strip
            strip = []
        strip.append(line)
    if strip:
        yield strip


def _around(boxes: Sequence[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _padded(box: Box, by: float = 4.0) -> Box:
    left, bottom, right, top = box
    return left - by, bottom - by, right + by, top + by


def _moved(picture: Image.Image, across: int, down: int) -> Image.Image:
    """Move a picture by one dot; what comes in at the edge is white."""
    from PIL import Image as Images

    moved = Images.new("L", picture.size, 255)
    moved.paste(picture, (across, down))
    return moved


_THRESHOLD = [255 if amount > LEAST_INK else 0 for amount in range(256)]
