"""The dossier as a document: every part printed and tagged, nothing fetched, and a sample that certifies nothing."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from sample_facts import ANA

from app.awards import document
from app.awards.document import guilloche, press
from app.awards.document.dossier import Asked, Choice, Dossier, FactRows, Grid, Heading, Listed, Rich, Section, Words
from app.awards.document.order import Order
from app.awards.drawing import DrawingRoom

pytestmark = pytest.mark.xdist_group("drawing")

EVERY_PART = (
    Words("a paragraph", "It begins:"),
    Heading("A heading"),
    Rich("<p>An <em>author</em> wrote this</p><table><thead><tr><th>Head</th></tr></thead></table>"),
    Listed(("first line", "second line")),
    Listed(("step one",), numbered=True),
    FactRows((("Label", "its words"),)),
    Grid("A caption", ("Left", "Right"), (("upper\nlower", "<b>not bold</b>"),), (40, 60)),
    Asked(1, "What now?", "<p>A prompt</p>", (Choice("Right", "Yes", "Because"), Choice("Wrong", "No")), "", "", "One"),
    Asked(2, "And then?", "", (), "consent", "<p>The Code says so</p>", ""),
)
DOSSIER = Dossier(
    title="Evidence pack: A Small Course",
    subject="For an application",
    provider="Continua Learning Cooperative",
    language="en",
    made_on="November 20, 2026",
    made_at="2026-11-20T12:00:00+00:00",
    mark="Draft: not published",
    foot="A Small Course · edition 3fa9c1d2e4b0",
    facts=(("Course", "SM-101"),),
    sections=(Section("parts", "Every part", EVERY_PART), Section("more", "And more", (Words("the end"),))),
)


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in opened).split())


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return document.draw_dossier(DOSSIER)


def test_a_dossier_comes_back_from_its_json_as_it_was() -> None:
    assert Dossier.from_json(DOSSIER.to_json()) == DOSSIER


def test_every_part_is_printed(drawn: bytes) -> None:
    text = text_of(drawn)
    for words in (
        "It begins: a paragraph", "A heading", "An author wrote this", "first line", "step one", "its words", "upper",
        "<b>not bold</b>", "1. What now?", "A prompt", "Right Yes", "Because", "Wrong No", "Right: consent",
        "The Code says so", "the end", "2. And more page 3", "Draft: not published", "Page 1 of 3",
    ):  # fmt: skip
        assert words in text


def test_the_file_is_tagged_titled_and_says_its_language(drawn: bytes) -> None:
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        kinds = {str(one.S) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/S" in one}
        assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/L", "/P"} <= kinds
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert str(pdf.docinfo["/Title"]) == DOSSIER.title
        assert [str(item.title) for item in pdf.open_outline().root[0].children] == [
            "What is in this pack",
            "1. Every part",
            "2. And more",
        ]


def test_the_same_dossier_gives_the_same_bytes(drawn: bytes) -> None:
    assert document.draw_dossier(DOSSIER) == drawn


def test_what_an_author_wrote_fetches_nothing() -> None:
    reaching = Section("out", "Out", (Rich('<p><img src="file:///etc/hostname" alt="x"></p>'),))
    with pytest.raises(press.OutsideRequest):
        document.draw_dossier(replace(DOSSIER, sections=(reaching,)))


def test_the_room_draws_both_kinds() -> None:
    room = DrawingRoom()
    try:
        assert room.draw_dossier(DOSSIER, timeout=60).startswith(b"%PDF-")
        assert "Sample: not a certificate" in text_of(room.draw_sample(ANA, timeout=60))
    finally:
        room.close()


def test_a_sample_is_stamped_and_a_certificate_is_not() -> None:
    stamp = guilloche.stamp(width=792, height=612)
    for drawn, stamped in ((document.draw_sample(ANA), True), (document.draw(Order(ANA)), False)):
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            pictures = [thing.read_bytes() for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
        assert any(stamp.strip() in picture for picture in pictures) is stamped
        assert ("Sample" in text_of(drawn)) is stamped
