"""Names in every script: on certificate, transcript and page, in their own letters and in their own order.

The fonts for scripts that ours do not hold are the machine's; `./run test` installs them. Without them these tests
fail: a certificate that cannot print its holder's name is not a certificate.
"""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from html import unescape

import pikepdf
import pypdfium2
import pytest
from cast import NOON, join
from conftest import SignIn
from fastapi import FastAPI
from makers import make_certificate
from sample_facts import ANA

from app.awards import document, transcripts
from app.awards.document import aloud
from app.awards.document.order import Order
from app.awards.facts import Facts
from app.identity import people
from app.kit.errors import Invalid

pytestmark = pytest.mark.xdist_group("drawing")
LITERATA, CJK, NASKH, DEVANAGARI = "Literata", "NotoSansCJK", "NotoNaskhArabic", "NotoSansDevanagari"
NAMES = {  # a name, and the fonts that must have set it
    "Polish": ("Świętosława Brzęczyszczykiewicz-Żółć", LITERATA),
    "Vietnamese": ("Nguyễn Thị Thuỳ Dương Đặng", LITERATA),
    "Gikuyu": ("Wanjikũ Nyambura wa Gĩthĩnji", LITERATA),
    "Icelandic": ("Þórdís Æsa Guðmundsdóttir", LITERATA),
    "apostrophes": ("N’Gũgĩ O'Dálaigh-D’Arcy", LITERATA),
    "Chinese": ("欧阳慧敏", CJK),
    "Arabic": ("فاطمة الزهراء بنت محمد السيد", NASKH),
    "Devanagari": ("श्रीमती लक्ष्मी क्षत्रिय", DEVANAGARI),
    "two scripts": ("Fatima فاطمة", NASKH),
    "eighty Polish letters": (("Brzęczyszczykiewicz-Żółć Świętosława " * 3)[:80].strip(), LITERATA),
    "eighty Vietnamese letters": (("Nguyễn Thị Thuỳ Dương " * 4)[:80].strip(), LITERATA),
    "eighty Chinese letters": ("欧阳慧敏" * 20, CJK),
    "eighty Arabic letters": (("فاطمة الزهراء بنت محمد " * 4)[:80].strip(), NASKH),
    "eighty Devanagari letters": (("लक्ष्मी श्रीमती " * 5)[:80].strip(), DEVANAGARI),
}
every_name = pytest.mark.parametrize("script", NAMES)
both_documents = pytest.mark.parametrize("kind", ["certificate", "transcript"])


@dataclass(frozen=True)
class Earned:
    """A certificate, as far as a transcript looks at it."""

    facts: Facts
    revoked_at: datetime | None = None


@cache
def drawn(kind: str, name: str) -> bytes:
    facts = replace(ANA, holder_name=name)
    if kind == "certificate":
        return document.draw(Order(facts))
    return document.draw_transcript(transcripts.of(name, [Earned(facts)]), on=NOON)


@every_name
@both_documents
def test_a_name_is_read_off_the_sheet_letter_for_letter(kind, script, tmp_path):
    """Letters only: where words end is the reader's guess, and a long name takes two lines."""
    name, _ = NAMES[script]
    (tmp_path / "drawn.pdf").write_bytes(drawn(kind, name))
    read = subprocess.run(["pdftotext", tmp_path / "drawn.pdf", "-"], capture_output=True, check=True, text=True)
    assert _letters(name) in _letters(read.stdout)


@every_name
@both_documents
def test_a_name_is_set_in_a_font_that_has_it(kind, script):
    name, font = NAMES[script]
    with pikepdf.open(io.BytesIO(drawn(kind, name))) as pdf:
        fonts = {str(one.BaseFont) for one in _fonts(pdf)}
    assert any(font.lower() in one.replace("-", "").lower() for one in fonts), fonts


@every_name
@both_documents
def test_a_name_stays_between_the_margins(kind, script):
    name, _ = NAMES[script]
    with pypdfium2.PdfDocument(drawn(kind, name)) as pdf:
        assert len(pdf) == 1
        (width, _), text = pdf[0].get_size(), pdf[0].get_textpage()
        boxes = [text.get_rect(place) for place in range(text.count_rects())]
    assert all(left > 40 and right < width - 40 for left, _, right, _ in boxes)


@pytest.mark.parametrize("name", ["किरण कमल", "विनीता निशि वानी", "श्रीमती लक्ष्मी क्षत्रिय", "தமிழ் கோகிலா", "ณัฐวุฒิ น้ำใจ"])
@both_documents
def test_a_name_whose_letters_change_places_is_read_as_it_is_spelled(kind, name, tmp_path):
    (tmp_path / "drawn.pdf").write_bytes(drawn(kind, name))
    read = subprocess.run(["pdftotext", tmp_path / "drawn.pdf", "-"], capture_output=True, check=True, text=True)
    with pypdfium2.PdfDocument(drawn(kind, name)) as pdf:
        assert name in pdf[0].get_textpage().get_text_range()
    assert name in read.stdout


def test_without_its_spelling_such_a_name_is_read_as_another(monkeypatch):
    """The control: one shape, one spelling, and whoever is called Kamal is read as Kimal."""
    monkeypatch.setattr(aloud, "_changes_places", lambda _text: False)
    pdf = document.draw(Order(replace(ANA, holder_name="किरण कमल")))
    with pypdfium2.PdfDocument(pdf) as opened:
        assert "कमल" not in opened[0].get_textpage().get_text_range()


def test_arabic_letters_run_from_the_right_and_others_from_the_left():
    assert _places("فاطمة") == sorted(_places("فاطمة"), reverse=True)
    assert _places("Ґедзь") == sorted(_places("Ґедзь"))


def test_arabic_letters_are_joined():
    """Joined to the next one, a letter is another shape than alone. Cyrillic's is not."""
    assert _shapes("فاطمة")["ف"] != _shapes("ف ا ط م ة")["ف"]
    assert _shapes("Ґедзь")["Ґ"] == _shapes("Ґ е д з ь")["Ґ"]


@every_name
def test_a_name_is_on_the_page_of_its_certificate_as_it_was_typed(script, house: FastAPI, sign_in_as: SignIn):
    name = people.legal_name(NAMES[script][0])
    with house.state.wiring.database.write() as db:
        number = make_certificate(db, join(db, "ana"), name=name).number
    hers = sign_in_as("ana")
    assert name in unescape(hers.get(f"/certificates/{number}").text)
    assert name in unescape(hers.get("/account/records").text)


@pytest.mark.parametrize("mark", [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], ids=hex)
def test_a_name_holds_no_mark_that_turns_letters_around(mark):
    with pytest.raises(Invalid) as refused:
        people.legal_name(f"Ana {chr(mark)}Morales")
    assert "as it stands on your license" in refused.value.fields["legal_name"]
    with pypdfium2.PdfDocument(drawn("certificate", f"Ana {chr(mark)}Morales")) as pdf:
        assert "Ana Morales" in pdf[0].get_textpage().get_text_range(), "an older record is printed without it"


def _letters(text: str) -> str:
    """Give a text without white space and without the marks that a reader adds to tell directions apart."""
    return "".join(letter for letter in text if not letter.isspace() and letter.isprintable())


def _places(name: str) -> list[float]:
    """Say how far from the left each letter of the name stands, in the order in which the name is spelled."""
    with pypdfium2.PdfDocument(drawn("certificate", name)) as pdf:
        text = pdf[0].get_textpage()
        where = {text.get_text_range(place, 1): text.get_charbox(place)[0] for place in range(text.count_chars())}
    return [where[letter] for letter in name]


def _shapes(name: str) -> dict[str, str]:
    """Give the glyph that each letter is set in, by its number in its font."""
    with pikepdf.open(io.BytesIO(drawn("certificate", name))) as pdf:
        maps = [font.ToUnicode.read_bytes().decode() for font in _fonts(pdf) if "/ToUnicode" in font]
    return {chr(int(code, 16)): glyph for one in maps for glyph, code in re.findall(r"<(\w{4})> <(\w{4})>\n", one)}


def _fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    return [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/BaseFont" in thing]
