"""What a page is told to paint has what it takes, within the bounds on which all programs agree."""

from __future__ import annotations

import pikepdf
import pytest

from app.awards.reading.instructions import Instructions

PLAIN = (
    b"q 1 0 0 -1 0 612 cm 0.5 g 0.1 0.2 1 RG 0 0 10 10 re f* Q",
    b"/Span <</MCID 7>> BDC BT /F1 12 Tf 3 Tr [(a) -1.5 (b)] TJ T* (c) ' ET EMC",
    b"2 J 1 j [3 1] 0 d 0.4 w /a1 gs /CS cs 0.1 0.2 0.3 scn 0 0 m 1 1 l S",
)
ODD = (
    b"0.1 0.1 5.2 rg",
    b"-0.1 g",
    b"0.1 0.2 rg",
    b"0.1 0.2 0.3 0.4 0.5 scn",
    b"1.5 scn",
    b"7 J",
    b"9 Tr",
    b"-1 w",
    b"(a) (b) Tj",
    b"12 /F1 Tf",
    b"[(a) /Name] TJ",
    b"[-3] 0 d",
    b"/a /b gs",
    b"/Span BDC",
    b"Q",
    b"q",
    b"BT BT ET ET",
    b"EMC",
    b"1 2 sh",
    b"/P BMC",
)
PDF = pikepdf.new()


def is_plain(written: bytes, *, has_lab: bool = False) -> bool:
    told = Instructions(has_lab=has_lab)
    read = pikepdf.parse_content_stream(PDF.make_stream(written))
    return all(told.is_plain(str(one.operator), list(one.operands)) for one in read) and told.are_closed


@pytest.mark.parametrize("written", PLAIN)
def test_what_writers_write_is_plain(written: bytes) -> None:
    assert is_plain(written)


@pytest.mark.parametrize("written", ODD)
def test_what_programs_take_for_different_things_is_not(written: bytes) -> None:
    assert not is_plain(written)


def test_colors_by_lightness_go_beyond_one() -> None:
    assert is_plain(b"/Lab cs 52.5 -8 120 scn", has_lab=True)
    assert not is_plain(b"/Lab cs 52.5 -8 120 scn")
