"""What paints a page is written without a slip, or it is no copy that can be judged by what one program shows."""

from __future__ import annotations

import io

import pikepdf
import pytest
from awards.offices import HERS, office

from app.awards.reading import grammar, painting

WHOLE = (
    b"",
    b"q 1 0 0 -1 0 612 cm 0.5 g 0 0 10 10 re f* Q",
    b"/Span <</MCID 7>> BDC (a\x9e\\)()) Tj T* -.5 1. +0 re EMC",
    b"/Span<</MCID 7/X[1 2(b)]/Y<</A true>>>>BDC",
    b"BT /F1 12 Tf [<00 4 1>-1(a)]TJ ET % a remark\nq Q",
)
SLIPS = (
    b"/Span <</MCID\x9e7>> BDC",
    b"/Span\xc5<</MCID 52>> BDC",
    b"/Span <</MCID 7 /A>> BDC",
    b"/Span <</MCID7>> BDC",
    b"/Span <<7 /MCID>> BDC",
    b"/Span <</MCID 7] BDC",
    b"/Span <</MCID 7> BDC",
    b"[1 2 TJ",
    b"[1 2 null] TJ",
    b"1 2] TJ",
    b"(a Tj",
    b"<0G> Tj",
    b"1-2 m",
    b"1 2 m\x00",
    b"{1 2 add} m",
)


PDF = pikepdf.new()


def page(written: bytes) -> pikepdf.Stream:
    return PDF.make_stream(written)


@pytest.mark.parametrize("written", WHOLE)
def test_what_writers_write_is_whole(written: bytes) -> None:
    assert grammar.is_whole(page(written))


@pytest.mark.parametrize("written", SLIPS)
def test_a_slip_is_found(written: bytes) -> None:
    assert not grammar.is_whole(page(written))


def test_a_page_in_several_parts_is_read_as_one() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    sheet = pdf.pages[0]
    sheet.Contents = pikepdf.Array([pdf.make_stream(b"q [1"), pdf.make_stream(b"2] TJ Q")])
    assert grammar.is_whole(sheet.obj)
    sheet.Contents = pikepdf.Array([pdf.make_stream(b"q [1"), pdf.make_stream(b"2 TJ Q")])
    assert not grammar.is_whole(sheet.obj)


def test_a_page_of_ours_is_plain_and_with_a_slip_it_is_not() -> None:
    content = office().originals[HERS.number, "letter"]
    assert painting.is_plain(content, 0)
    held = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        sheet = pdf.pages[0]
        sheet.Contents = pdf.make_stream(sheet.Contents.read_bytes().replace(b"/MCID 7>>", b"/MCID\x9e7>>", 1))
        pdf.save(held)
    assert not painting.is_plain(held.getvalue(), 0)
