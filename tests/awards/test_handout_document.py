"""The handout as a document: tagged, told aloud, the same bytes again, and room for a hand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import archival
import pikepdf
import pypdfium2
import pytest

from app.awards import document
from app.awards.document import handout_sheets, press
from app.awards.drawing import DrawingRoom
from app.content.handout import BLANK, BOX, TICKED, Handout

pytestmark = pytest.mark.xdist_group("drawing")

HANDOUT = Handout(
    title="My decision log",
    course="Social Media & Confidentiality",
    html=(
        f"<p>Name: {BLANK * 20}\nTalked over with: {BLANK * 9} on {BLANK * 6}</p>\n"
        "<h2>Before you post</h2>\n"
        f"<ul>\n<li>{BOX} Whose story is it?</li>\n<li>{TICKED} Who could recognize it? {BLANK * 4}</li>\n</ul>\n"
        f"<ol>\n<li>\n<p>{BOX} A loose item</p>\n</li>\n</ol>\n"
        f"<p>I will tell <strong>first</strong> {BLANK * 6} by {BLANK * 60}.</p>\n"
        f"<p>Safe? {BOX} Yes {BOX} No</p>\n<p>{BLANK * 8}\n{BLANK * 8}</p>\n"
        '<section class="box box-note"><p class="box-title">Keep</p>\n<p>A box of the text</p>\n</section>\n'
        '<table>\n<thead>\n<tr>\n<th>When</th>\n<th class="align-right">Who</th>\n</tr>\n</thead>\n'
        f"<tbody>\n<tr>\n<td></td>\n<td>{BLANK * 4}</td>\n</tr>\n</tbody>\n</table>"
    ),
)
LONG = replace(HANDOUT, html=HANDOUT.html + "\n<h3>More</h3>" + "\n<p>And so on, for more than one sheet.</p>" * 70)


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in opened]


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return document.draw_handout(LONG)


def told(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Give what pictures are told as, in the order of reading."""
    return (str(element.Alt) for element in archival.elements(pdf) if pikepdf.Name.Figure == element.S)


def test_it_can_be_kept_and_read_aloud(drawn: bytes) -> None:
    assert archival.faults(drawn) == []
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        kinds = {str(element.S) for element in archival.elements(pdf)}
        assert {"/H1", "/H2", "/H3", "/L", "/LI", "/Table", "/TH", "/P", "/Figure"} <= kinds
        assert str(pdf.docinfo["/Title"]) == "My decision log"
        assert str(pdf.Root.Lang) == "en"


def test_boxes_and_blanks_are_told_in_their_places(drawn: bytes) -> None:
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        box, ticked, blank = "Box to tick", "Ticked box", "Blank to fill in"
        assert list(told(pdf)) == [blank] * 3 + [box, ticked, blank, box] + [blank] * 2 + [box] * 2 + [blank] * 3


def test_every_word_is_printed_and_the_foot_names_course_handout_and_page(drawn: bytes) -> None:
    first, *rest = pages(drawn)
    for words in (
        "My decision log",
        "Name:",
        "Talked over with: on",
        "Whose story is it?",
        "A box of the text",
        "When",
    ):
        assert words in first
    foot = "Social Media & Confidentiality · My decision log Page {} of {}"
    assert len(rest) == 2
    for number, page in enumerate((first, *rest), 1):
        assert foot.format(number, 3) in page


def test_a_handout_of_no_course_names_itself_at_the_foot() -> None:
    assert handout_sheets.foot(replace(HANDOUT, course="")) == "My decision log"


def test_the_same_handout_gives_the_same_bytes_here_and_in_the_room(drawn: bytes) -> None:
    assert document.draw_handout(LONG) == drawn
    room = DrawingRoom()
    try:
        assert room.draw_handout(LONG, timeout=60) == room.draw_handout(LONG, timeout=60)
        assert pages(room.draw_handout(LONG, timeout=60)) == pages(drawn)
    finally:
        room.close()


@pytest.mark.parametrize(("paper", "size"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_it_is_drawn_upright_on_either_paper(paper: str, size: tuple[int, int]) -> None:
    with pypdfium2.PdfDocument(document.draw_handout(HANDOUT, paper=paper)) as opened:
        assert tuple(map(round, opened[0].get_size())) == size


def test_what_an_author_wrote_fetches_nothing() -> None:
    with pytest.raises(press.OutsideRequest):
        document.draw_handout(replace(HANDOUT, html='<p><img src="file:///etc/hostname" alt="x"></p>'))


def body(html: str) -> str:
    return handout_sheets.body(Handout("T", html))


def test_a_blank_at_the_end_of_a_line_is_ruled_to_its_end() -> None:
    assert body(f"<p>Name: {BLANK * 4}</p>") == (
        '<p class=" to-rule"><span class="line">Name: '
        '<img class="line-room" src="room" alt="Blank to fill in"></span></p>'
    )
    assert body(f"<p>Name: {BLANK * 4}\n{BLANK * 4}</p>").count('class="line"') == 2


def test_a_blank_within_a_line_is_as_long_as_it_was_typed_and_never_too_short_or_too_long() -> None:
    lengths = {typed: body(f"<p>a {BLANK * typed} b</p>").partition("width: ")[2][:5] for typed in (3, 20, 90)}
    assert lengths == {3: '30mm"', 20: '48mm"', 90: "120mm"}


def test_emphasis_that_goes_on_in_the_next_line_is_not_torn() -> None:
    assert 'class="line"' not in body(f"<p>Say <em>it {BLANK * 4}\nand more</em></p>")
    assert 'class="line"' in body(f"<p>Say <em>it</em> {BLANK * 4}</p>")


def test_nothing_is_left_of_our_letters() -> None:
    assert not {BOX, TICKED, BLANK} & set(body(HANDOUT.html))
