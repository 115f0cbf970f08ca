"""A picture's room is kept free on its page: its size is read from its bytes, whatever kind it is."""

from __future__ import annotations

import io
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from app.content import picture_size, reader
from app.content.course import Prose
from app.content.picture_size import Size

WIDE = (31, 17)
COURSE = Path(__file__).parents[1] / "courses/every-construct"


def saved(kind: str, **more: object) -> bytes:
    """Save a small picture as this kind of file."""
    target = io.BytesIO()
    Image.new("RGB", WIDE, "teal").save(target, kind, **more)
    return target.getvalue()


def turned(orientation: int, *, order: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.endian = order
    return saved("JPEG", exif=exif)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": Image.Exif().tobytes()}),
    ],
)
def test_every_kind_of_picture_tells_its_size(kind: str, more: dict[str, object]) -> None:
    assert picture_size.of(saved(kind, **more)) == Size(*WIDE)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_taken_sideways_has_the_sides_that_a_browser_gives_it(orientation: int, order: str) -> None:
    upright = Size(*WIDE) if orientation < 5 else Size(*reversed(WIDE))
    assert picture_size.of(turned(orientation, order=order)) == upright


@pytest.mark.parametrize(
    ("root", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"/>', Size(120, 80)),
        ('<svg width="120px" height="79.6px" viewBox="0 0 9 9"/>', Size(120, 80)),
        ('<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg viewBox="0 0 640 360"/>', Size(640, 360)),
        ('<svg viewBox="0,0,640,360" width="100%"/>', Size(640, 360)),
        ('<svg width="10em" height="5em"/>', None),
        ('<svg viewBox="0 0 0 0"/>', None),
        ('<svg viewBox="a b c d"/>', None),
        ("<svg", None),
    ],
)
def test_a_drawing_tells_its_size_or_its_proportions(root: str, size: Size | None) -> None:
    assert picture_size.of(root.encode()) == size


@given(st.binary(max_size=64), st.sampled_from([b"", *(saved(kind) for kind in ("PNG", "GIF", "JPEG", "WEBP"))]))
@example(b"", turned(6, order="<")[:40])
def test_no_bytes_break_the_reading(noise: bytes, picture: bytes) -> None:
    for content in (noise, picture[: len(noise)], picture[: len(picture) // 2] + noise):
        size = picture_size.of(content)
        assert size is None or min(size.width, size.height) > 0


def test_the_page_says_how_large_its_pictures_are(tmp_path: Path) -> None:
    folder = shutil.copytree(COURSE, tmp_path / "every-construct")
    course = reader.read(folder, today=date(2026, 11, 20)).course
    assert course is not None
    html = "".join(block.html for module in course.modules for block in module.blocks if isinstance(block, Prose))
    pictures = re.findall(r"<img [^>]*>", html)
    assert pictures
    assert all(re.search(r'width="\d+" height="\d+"', picture) for picture in pictures), pictures
