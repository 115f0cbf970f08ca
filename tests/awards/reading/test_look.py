"""Looking: what is drawn a little aside is the same, and any two letters are told apart at every size in use."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from itertools import combinations

import pytest
from awards.offices import BEN, HERS, LONG, office
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw, ImageFont

from app.awards.reading import look
from app.awards.reading.leaves import Box, Fit
from app.awards.reading.look import Band
from app.awards.reading.originals import Original
from app.kit.templates import ROOT

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,-:;()’#"
FONTS = (
    "atkinson-hyperlegible-next-latin-400-normal",
    "atkinson-hyperlegible-next-latin-700-normal",
    "literata-latin-400-normal",
    "literata-latin-400-italic",
    "literata-latin-700-normal",
)
INK = 40


@cache
def font(name: str, dots: float) -> ImageFont.FreeTypeFont:
    plain = io.BytesIO()
    unpacked = TTFont(ROOT / "static" / "fonts" / f"{name}.woff2")
    unpacked.flavor = None
    unpacked.save(plain)
    return ImageFont.truetype(io.BytesIO(plain.getvalue()), dots)


def drawn(letter: str, name: str, dots: float, *, aside: int = 0) -> Image.Image:
    image = Image.new("L", (int(dots * 2), int(dots * 2)), 255)
    ImageDraw.Draw(image).text((dots * 0.4 + aside, dots * 0.2), letter, font=font(name, dots), fill=INK)
    return image


def is_told_apart(one: Image.Image, other: Image.Image) -> bool:
    return bool(look.places(look.stray_ink(one, look.spread(one), other), Band((0.0, 0.0, 100.0, 100.0), 72.0)))


@pytest.mark.parametrize("more", [0.0, 0.5, 3.0, 10.0])
@pytest.mark.parametrize("name", FONTS)
def test_any_two_letters_are_told_apart_with_the_dots_that_they_get(name: str, more: float) -> None:
    seen = {letter: drawn(letter, name, look.DOTS_PER_LETTER + more) for letter in LETTERS}
    alike = [one + other for one, other in combinations(LETTERS, 2) if not is_told_apart(seen[one], seen[other])]
    assert alike == []


@pytest.mark.parametrize("name", FONTS)
def test_a_letter_that_stands_one_dot_aside_is_the_same_letter(name: str) -> None:
    for letter in LETTERS:
        here, aside = (drawn(letter, name, look.DOTS_PER_LETTER, aside=step) for step in (0, 1))
        assert not is_told_apart(here, aside), letter


def test_control_with_fewer_dots_some_letters_look_alike() -> None:
    seen = {letter: drawn(letter, FONTS[0], look.DOTS_PER_LETTER / 3) for letter in LETTERS}
    assert any(not is_told_apart(seen[one], seen[other]) for one, other in combinations(LETTERS, 2))


def test_grays_may_change_a_little_and_a_letter_that_pales_is_missed() -> None:
    letter = drawn("8", FONTS[0], 28)
    assert not is_told_apart(letter, letter.point([min(255, level + 20) for level in range(256)]))
    assert is_told_apart(letter, letter.point([min(255, level + 100) for level in range(256)]))
    assert is_told_apart(letter, Image.new("L", letter.size, 255))


# --- originals ---------------------------------------------------------------------------------------------------


@pytest.fixture(params=[HERS, BEN, LONG], ids=["short", "approved", "fullest"])
def original(request: pytest.FixtureRequest) -> Iterator[Original]:
    opened = Original(office().originals[request.param.number, "letter"], request.param)
    yield opened
    opened.close()


def test_every_word_of_an_original_belongs_to_what_the_sheet_says(original: Original) -> None:
    said = "".join(stretch.letters for stretch in original.stretches)
    assert "".join(word.text for word in original.words) == said
    assert -1 not in original.owners
    assert set(original.owners) == set(range(len(original.stretches)))


def test_every_word_gets_dots_enough(original: Original) -> None:
    for box, owner in original.boxes:
        words = [word for word, whose in zip(original.words, original.owners, strict=True) if whose == owner]
        em = original.leaf.line_height(words[0]) / 1.25
        finest = max(band.dpi for band in original.bands if _is_within(box, band.box))
        assert finest * em / 72 >= look.DOTS_PER_LETTER - 0.01 or finest == look.FINEST_DPI


def test_the_code_is_found_and_looked_at(original: Original) -> None:
    assert original.code is not None
    assert any(_is_within(original.code, band.box) for band in original.bands)


def test_an_original_looks_like_itself(original: Original) -> None:
    for band, (picture, wide) in zip(original.bands, original.cutouts, strict=True):
        again = original.leaf.cutout(band.box, band.dpi, Fit())
        assert ImageChops.difference(picture, again).getbbox() is None
        assert look.places(look.stray_ink(picture, wide, again), band) == []


def _is_within(inner: Box, outer: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]
