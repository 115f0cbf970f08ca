"""The certificate as a document: every fact in it, nothing foreign in it, and fit to be kept for decades."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from itertools import combinations
from pathlib import Path
from unicodedata import normalize

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_facts import ACE, ANA, EIGHTY_LETTERS, FULLEST, NEW_YORK

from app.awards import document
from app.awards.document import guilloche, press, setting, sheets, wording
from app.awards.document.order import Order
from app.awards.facts import NOT_APPROVED, Facts

pytestmark = pytest.mark.xdist_group("drawing")  # one worker loads the fonts, not both
FONTS = Path(__file__).parents[2] / "static/fonts"
PRINTED = {  # what must be read off the sheet, word for word
    "ana": (
        ANA,
        [
            "Continua Learning Cooperative",
            "Certificate of completion",
            "Ana María Núñez-O’Brien",
            "Social media and the duty of confidentiality",
            "SM-101, edition 3fa9c1d2e4b0",
            "Self-study online: reading",
            "Location Online",
            "Ines Duarte, PhD, LCSW",
            "November 18, 2026 (2026-11-18)",
            "November 20, 2026 (2026-11-20) 10:42 PM, Eastern Standard Time (America/New_York)",
            "One half (0.5) contact hour, ethics",
            "0.5 contact hours (60 minutes)",
            NOT_APPROVED,
            "NY LCSW, number 081-234",
            "12 Elm Street, Suite 4, Albany, NY 12207",
            "+1 518 555 0100, records@ce.example.org",
            "Margaret Olusanya",
            "Director of continuing education, LCSW-R",
            "4CKT-9M2Q-XW7H-B3ND-E5RV",
            "Issued November 20, 2026 (2026-11-20)",
            "Verify at https://ce.example.org/v/4CKT-9M2Q-XW7H-B3ND-E5RV",
            "Keep this certificate for at least 7 years",
            "A false or altered certificate can cost a license.",
        ],
    ),
    "fullest": (
        FULLEST,
        [
            wording.DEMONSTRATION,
            EIGHTY_LETTERS,
            FULLEST.course_title,
            "One and one half (1.5) contact hours, general",
            "Two (2) contact hours, clinical",
            "One half (0.5) contact hour, ethics",
            "One (1) contact hour, cultural competence",
            "Twelve and one half (12.5) contact hours, supervision",
            "17.5 contact hours (60 minutes)",
            "Bartholomew Featherstonehaugh-Cholmondeley, DSW, LICSW, ACSW, BCD",
            "Nguyễn Thị Thuỳ Dương, LMSW",
            "Józef Świątek",
            "Approvals valid on November 20, 2026",
            ACE,
            NEW_YORK,
        ],
    ),
}


@cache
def _drawn(facts: str, paper: str) -> bytes:
    return document.draw(Order(Facts.from_json(facts)), paper=paper)


def drawn(facts: Facts, paper: str = "letter") -> bytes:
    """Draw, or give what was drawn of the same facts before."""
    return _drawn(facts.to_json(), paper)


def text_of(pdf: bytes) -> str:
    """Give the text a reader would copy, with every stretch of white space as one space."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return " ".join(opened[0].get_textpage().get_text_range().split())


# --- what it says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", document.PAPERS)
@pytest.mark.parametrize("name", PRINTED)
def test_every_fact_can_be_read_off_the_sheet_word_for_word(name, paper):
    facts, printed = PRINTED[name]
    text = text_of(drawn(facts, paper))
    assert [fact for fact in printed if fact not in text] == []


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="Poppler's tools are not installed")
@pytest.mark.parametrize("name", PRINTED)
def test_another_reader_reads_the_same(name, tmp_path):
    facts, printed = PRINTED[name]
    (tmp_path / "certificate.pdf").write_bytes(drawn(facts))
    read = subprocess.run(
        ["pdftotext", "-raw", tmp_path / "certificate.pdf", "-"], capture_output=True, check=True, text=True
    )
    text = " ".join(read.stdout.split())
    assert [fact for fact in printed if fact not in text] == []


def test_a_demonstration_says_so_and_nothing_else_does():
    assert wording.DEMONSTRATION in text_of(drawn(replace(ANA, demonstration=True)))
    assert wording.DEMONSTRATION not in text_of(drawn(ANA))


def test_a_course_that_a_board_approved_is_not_called_unapproved():
    assert NOT_APPROVED not in text_of(drawn(FULLEST))


def test_without_a_license_no_license_is_mentioned():
    assert "License" not in text_of(drawn(replace(ANA, license=None)))


@pytest.mark.parametrize("paper", document.PAPERS)
@pytest.mark.parametrize("gray", [False, True])
def test_the_code_on_the_sheet_leads_to_the_address_on_the_sheet(paper, gray):
    with pypdfium2.PdfDocument(drawn(ANA, paper)) as pdf:
        picture = pdf[0].render(scale=150 / 72, grayscale=gray).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [ANA.verify_url]


@pytest.mark.parametrize(
    "name",
    [
        "Zażółć Gęślą-Jaźń Świętosławska",
        "Nguyễn Thị Thuỳ Dương Đặng",
        "Ελευθερία Παπαδοπούλου",
        "Олександра Ґедзь-Щербаківська",
        "Þórður Æsir Ǧamāl Ḥusayn",
        "Øystein d’Ávila",
        "W" * 80,
    ],
)
def test_a_name_is_printed_in_its_own_letters(name):
    pdf = drawn(replace(ANA, holder_name=name))
    assert name in text_of(pdf).replace("W W", "WW")  # eighty capitals take a second line
    letters = _drawn_letters(pdf)
    assert {letter for letter in name if letter.isalpha()} <= set(letters)
    assert [letter for letter, right in letters.items() if not right] == []


def test_a_name_typed_letter_by_accent_reads_as_one_word():
    assert "Nguyễn Świątek" in text_of(drawn(replace(ANA, holder_name=normalize("NFD", "Nguyễn Świątek"))))


def test_a_name_cannot_turn_around_what_is_read():
    assert "Ana live" in text_of(drawn(replace(ANA, holder_name="Ana \u202elive\u202c")))


def test_a_letter_drawn_from_the_wrong_file_would_be_noticed(monkeypatch):
    """The control: under one family name for all subsets, the text still reads, and the shapes are wrong."""
    face = press._face
    monkeypatch.setattr(press, "_face", lambda file, _family, _subset, *how: face(file, "literata", "latin", *how))
    for kept in (press.furniture, press.fonts, press._certificate_sheets):
        monkeypatch.setattr(press, kept.__name__, cache(kept.__wrapped__))
    pdf = document.draw(Order(replace(ANA, holder_name="Zażółć Gęślą-Jaźń")))
    assert "Gęślą-Jaźń" in text_of(pdf)
    assert not all(_drawn_letters(pdf).values())


def test_a_letter_that_no_font_has_is_not_printed_as_a_box():
    with pytest.raises(document.LettersMissing, match="\U0010fff0"):
        document.draw(Order(replace(ANA, holder_name="Ana \U0010fff0")))


def _drawn_letters(pdf: bytes) -> dict[str, bool]:
    """Give every letter that is drawn, and whether in the shape that one of our fonts has for it."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {letter: right for font in _embedded_fonts(opened) for letter, right in _letters(font)}


def _letters(font: pikepdf.Dictionary) -> Iterator[tuple[str, bool]]:
    embedded = TTFont(io.BytesIO(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()))
    order, outlines = embedded.getGlyphOrder(), embedded["glyf"]
    for glyph, code in re.findall(r"<(\w{4})> <(\w{4})>\n", font.ToUnicode.read_bytes().decode()):
        place, letter = int(glyph, 16), chr(int(code, 16))
        if letter.isalpha():
            shape = tuple(outlines[order[place]].getCoordinates(outlines)[0]) if place < len(order) else ()
            yield letter, shape in _shapes(letter)


@cache
def _shapes(letter: str) -> frozenset[tuple[tuple[int, int], ...]]:
    """Give the shapes that our fonts have for a letter."""
    drawings = (_shape(font, letter) for font in _our_fonts())
    return frozenset(drawing for drawing in drawings if drawing)


def _shape(font: TTFont, letter: str) -> tuple[tuple[int, int], ...]:
    glyph = font.getBestCmap().get(ord(letter))
    return tuple(font["glyf"][glyph].getCoordinates(font["glyf"])[0]) if glyph else ()


@cache
def _our_fonts() -> tuple[TTFont, ...]:
    return tuple(TTFont(file) for file in FONTS.glob("*.woff2"))


# --- how it stands on the sheet ----------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", document.PAPERS)
@pytest.mark.parametrize("name", PRINTED)
def test_it_is_one_sheet_with_nothing_over_the_frame_and_no_line_over_another(name, paper):
    facts, _ = PRINTED[name]
    size = document.PAPERS[paper]
    with pypdfium2.PdfDocument(drawn(facts, paper)) as pdf:
        assert len(pdf) == 1
        assert pdf[0].get_size() == pytest.approx((size.width, size.height), abs=0.1)
        boxes = _text_boxes(pdf[0])
    inner = guilloche.INSET + guilloche.SWING + 5.5
    assert all(left > inner and right < size.width - inner for left, _, right, _ in boxes)
    assert all(bottom > inner and top < size.height - inner for _, bottom, _, top in boxes)
    assert [pair for pair in combinations(boxes, 2) if _overlap(*pair) > 0.25] == []
    assert [box for box in boxes if _overlap(box, _seal(size)) > 0] == []


def test_long_footings_stay_clear_of_the_seal():
    host = "continuing-education.school-of-social-work.example-university.edu"
    facts = replace(
        ANA,
        verify_url=ANA.verify_url.replace("ce.example.org", host),
        signer_name="Margaret Adaeze Olusanya-Featherstonehaugh",
        signer_title="Associate dean for continuing education and professional development, LCSW-R, DSW, ACSW",
    )
    with pypdfium2.PdfDocument(drawn(facts)) as pdf:
        boxes = _text_boxes(pdf[0])
    assert [box for box in boxes if _overlap(box, _seal(document.PAPERS["letter"])) > 0] == []
    assert [pair for pair in combinations(boxes, 2) if _overlap(*pair) > 0.25] == []


def test_more_than_fits_is_refused_rather_than_cut():
    with pytest.raises(document.TooMuchToPrint):
        document.draw(Order(replace(ANA, approval_statements=(ACE,) * 16)))


Box = tuple[float, float, float, float]


def _text_boxes(page: pypdfium2.PdfPage) -> list[Box]:
    text = page.get_textpage()
    return [text.get_rect(place) for place in range(text.count_rects())]


def _overlap(one: Box, other: Box) -> float:
    """Say how much of the smaller box lies under the other."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(width, 0) * max(height, 0) / smaller if smaller else 0


def _seal(paper: document.Paper) -> Box:
    center, radius, height = paper.width / 2, guilloche.SEAL_RADIUS, guilloche.SEAL_HEIGHT
    return (center - radius, height - radius, center + radius, height + radius)


# --- fit to be kept, and to be read aloud ------------------------------------------------------------------------


@pytest.fixture
def opened() -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(drawn(FULLEST))) as pdf:
        yield pdf


def test_it_says_that_it_is_archival_and_accessible(opened):
    metadata = opened.open_metadata()
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    assert "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" in opened.Root.Metadata.read_bytes().decode()


def test_it_brings_its_colors_and_its_fonts(opened):
    (intent,) = opened.Root.OutputIntents
    assert intent.S == pikepdf.Name.GTS_PDFA1
    assert intent.DestOutputProfile.read_bytes()
    fonts = list(_embedded_fonts(opened))
    assert len(fonts) >= 5
    assert all("/ToUnicode" in font for font in fonts)
    assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)


def test_it_brings_nothing_else(opened):
    """No script, no file, no action: nothing that runs, opens or phones home."""
    kinds = {str(thing.get("/S", "")) for thing in opened.objects if isinstance(thing, pikepdf.Dictionary)}
    assert not kinds & {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/Rendition"}
    assert not {"/Names", "/AA", "/OpenAction", "/AF", "/AcroForm"} & set(opened.Root.keys())  # it is not sealed
    assert not any("/EF" in thing for thing in opened.objects if isinstance(thing, pikepdf.Dictionary))


def test_it_knows_its_title_its_author_its_language_and_its_date(opened):
    assert str(opened.Root.Lang) == "en"
    assert opened.Root.MarkInfo.Marked
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert str(opened.docinfo.Title) == "Certificate of completion 4CKT-9M2Q-XW7H-B3ND-E5RV"
    assert str(opened.docinfo.Author) == FULLEST.provider_name
    assert str(opened.docinfo.CreationDate).startswith("D:20261121034210")
    assert bytes(opened.trailer.ID[0]) == hashlib.sha256(FULLEST.number.encode()).digest()[:16]


def test_it_reads_in_order_with_its_parts_named(opened):
    elements = list(_structure(opened.Root.StructTreeRoot.K[0]))
    names = [str(element.S) for element in elements]
    assert [name for name in names if name in {"/H1", "/Table", "/H2", "/Figure"}] == [
        "/H1",
        "/Table",
        "/Table",
        "/H2",
        "/Figure",
    ]
    headers = [element for element in elements if str(element.S) == "/TH"]
    assert len(headers) == 10
    assert all(header.A.Scope == pikepdf.Name.Row for header in headers)
    (figure,) = (element for element in elements if str(element.S) == "/Figure")
    assert str(figure.Alt) == f"QR code: verify this certificate at {FULLEST.verify_url}"
    assert [float(edge) for edge in figure.A.BBox] == pytest.approx([658, 76, 730, 148], abs=1)


def test_everything_painted_is_either_read_aloud_or_an_ornament(opened):
    painting = {"f", "f*", "F", "B", "B*", "b", "b*", "S", "s", "Tj", "TJ", "Do", "sh"}
    within, loose = [], []
    for operands, operator in pikepdf.parse_content_stream(opened.pages[0]):
        if str(operator) in {"BDC", "BMC"}:
            within.append(str(operands[0]))
        elif str(operator) == "EMC":
            within.pop()
        elif str(operator) in painting and not within:
            loose.append(operator)
    assert loose == []


@pytest.mark.skipif(not shutil.which("verapdf"), reason="veraPDF is not installed")
@pytest.mark.parametrize("flavor", ["3a", "ua1"])
def test_an_independent_judge_agrees(flavor, tmp_path):
    (tmp_path / "certificate.pdf").write_bytes(drawn(FULLEST))
    judged = subprocess.run(
        ["verapdf", "--flavour", flavor, "--format", "text", tmp_path / "certificate.pdf"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert judged.stdout.startswith("PASS")


def _embedded_fonts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == pikepdf.Name.Type0:
            yield thing


def _structure(element: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    if isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield element
        children = element.get("/K", [])
        for child in children if isinstance(children, pikepdf.Array) else [children]:
            yield from _structure(child)


# --- the same facts, the same bytes ------------------------------------------------------------------------------


def test_the_same_facts_give_the_same_bytes():
    assert document.draw(Order(FULLEST)) == drawn(FULLEST)


def test_a_record_read_back_gives_the_same_bytes():
    reordered = replace(FULLEST, credit_hours=dict(reversed(FULLEST.credit_hours.items())))
    assert document.draw(Order(reordered)) == drawn(FULLEST)


def test_another_number_gives_another_frame():
    other = "ZZZZ9M2QXW7HB3NDE5RV"
    assert guilloche.draw(ANA.number, width=792, height=612) == guilloche.draw(ANA.number, width=792, height=612)
    assert guilloche.draw(ANA.number, width=792, height=612) != guilloche.draw(other, width=792, height=612)


@settings(max_examples=25, deadline=None)
@given(number=st.text(alphabet="0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=20, max_size=20))
def test_no_line_of_the_ornament_leaves_the_band_or_the_seal(number):
    paper = document.PAPERS["a4"]
    places = list(_drawn_places(guilloche.draw(number, width=paper.width, height=paper.height)))
    assert len(places) > 1000
    assert all(_in_band(x, y, paper) or _in_seal(x, y, paper) for x, y in places)


def _drawn_places(drawing: bytes) -> Iterator[tuple[float, float]]:
    """Follow the operators of a drawing, and give every point they name, on the sheet."""
    turned: list[tuple[complex, complex, complex]] = [(1 + 0j, 1j, 0j)]
    for line in drawing.decode().splitlines():
        *numbers, operator = line.split()
        if operator == "cm":  # q a b c d e f cm
            a, b, c, d, e, f = map(float, numbers[-6:])
            turned.append((complex(a, b), complex(c, d), complex(e, f)))
        elif operator == "Q":
            turned.pop()
        elif operator in {"m", "c"} and not {"w", "l"} & set(numbers):  # not the plain rules around the band
            across, down, origin = turned[-1]
            for x, y in zip(map(float, numbers[::2]), map(float, numbers[1::2]), strict=True):
                place = across * x + down * y + origin
                yield place.real, place.imag


def _in_band(x: float, y: float, paper: document.Paper) -> bool:
    edge = min(x, y, paper.width - x, paper.height - y)
    corner = 8  # in a bend the band's inner rim is farther from both edges
    return guilloche.INSET - guilloche.SWING - 2 <= edge <= guilloche.INSET + guilloche.SWING + corner


def _in_seal(x: float, y: float, paper: document.Paper) -> bool:
    reach = abs(complex(x - paper.width / 2, y - paper.height + guilloche.SEAL_HEIGHT))
    return reach <= guilloche.SEAL_RADIUS + 2  # the handles of a curve stand a little outside it


# --- nothing foreign gets in -------------------------------------------------------------------------------------

HOSTILE = "<link rel='attachment' href='file:///etc/hostname'/><img src=\"file:///etc/hostname\"/> &amp; <b>1</b>"


def test_markup_in_names_is_printed_as_text_and_fetches_nothing():
    facts = replace(ANA, holder_name=HOSTILE, course_title=HOSTILE, signer_name=HOSTILE, provider_name=HOSTILE)
    pdf = drawn(facts)
    assert text_of(pdf).count(HOSTILE) >= 2
    assert _attached(pdf) == 0


def test_without_escaping_the_fetcher_still_refuses(monkeypatch):
    unescaped(monkeypatch)
    with pytest.raises(press.OutsideRequest, match="file:///etc/hostname"):
        document.draw(Order(replace(ANA, signer_name=HOSTILE)))


def test_without_either_the_file_would_be_embedded(monkeypatch):
    """The control: both protections off, and the attack works."""
    from weasyprint.urls import URLFetcher

    shelf = press.fetcher

    def careless(served: press.Served) -> URLFetcher:
        class Careless(URLFetcher):
            def fetch(self, url, headers=None):
                return super().fetch(url, headers) if url.startswith("file:") else shelf(served).fetch(url)

        return Careless()

    unescaped(monkeypatch)
    monkeypatch.setattr(press, "fetcher", careless)
    pdf = document.draw(Order(replace(ANA, signer_name=HOSTILE)))
    assert _attached(pdf) == 1


def unescaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch escaping off."""
    templates = press.environment()
    monkeypatch.setattr(press, "environment", lambda: templates.overlay(autoescape=False))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1/",
        "https://example.org/x.css",
        "data:text/plain,hello",
        "ftp://example.org/",
        "https://certificate.invalid/../etc/hostname",
        "https://certificate.invalid.example.org/frame.svg",
    ],
)
def test_the_press_knows_its_shelf_and_nothing_else(url):
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        press.fetcher({"frame.svg": b"<svg/>"}).fetch(url)


def test_a_missing_word_is_an_error_and_not_a_gap():
    with pytest.raises(Exception, match="'sheet' is undefined"):
        press.page("sheet.html", size=setting.Size(text=10, holder=34, title=600, address=8))


def _attached(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.attachments)


# --- its words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "kind", "words"),
    [
        ("0.5", "ethics", "One half (0.5) contact hour, ethics"),
        ("1", "general", "One (1) contact hour, general"),
        ("1.0", "general", "One (1) contact hour, general"),
        ("1.5", "cultural-competence", "One and one half (1.5) contact hours, cultural competence"),
        ("2.25", "clinical", "Two and one quarter (2.25) contact hours, clinical"),
        ("1.2", "clinical", "One point two (1.2) contact hours, clinical"),
        ("20", "supervision", "Twenty (20) contact hours, supervision"),
        ("42", "general", "Forty-two (42) contact hours, general"),
        ("100", "general", "One hundred (100) contact hours, general"),
        ("117.75", "general", "One hundred seventeen and three quarters (117.75) contact hours, general"),
    ],
)
def test_hours_are_said_in_words_and_figures(amount, kind, words):
    assert wording.hours(Decimal(amount), kind) == words


def test_one_hour_in_all_is_one_hour():
    assert wording.total(Decimal(1)) == "1 contact hour (60 minutes)"
    assert wording.total(Decimal("0.5")) == "0.5 contact hours (60 minutes)"


def test_no_two_counts_read_alike():
    assert len({wording.hours(Decimal(number) / 4, "general") for number in range(1, 2000)}) == 1999


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        ("America/New_York", "10:42 PM, Eastern Standard Time (America/New_York)"),
        ("America/Phoenix", "8:42 PM, Mountain Standard Time (America/Phoenix)"),
        ("Pacific/Honolulu", "5:42 PM, Hawaii-Aleutian Standard Time (Pacific/Honolulu)"),
        ("America/Puerto_Rico", "11:42 PM, Atlantic Standard Time (America/Puerto_Rico)"),
        ("Pacific/Guam", "1:42 PM, Chamorro Standard Time (Pacific/Guam)"),
        ("Asia/Shanghai", "11:42 AM, UTC+08:00 (Asia/Shanghai)"),  # its CST is China's
        ("America/Havana", "10:42 PM, UTC−05:00 (America/Havana)"),  # and this one Cuba's
        ("Asia/Kolkata", "9:12 AM, UTC+05:30 (Asia/Kolkata)"),
        ("UTC", "3:42 AM, Coordinated Universal Time (UTC)"),
    ],
)
def test_the_clock_is_named(zone, clock):
    assert wording.time_of_day(ANA.completed_at, zone) == clock


def test_the_hour_that_comes_twice_in_autumn_is_told_apart():
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
    assert wording.time_of_day(first, "America/New_York").startswith("1:30 AM, Eastern Daylight Time")
    assert wording.time_of_day(second, "America/New_York").startswith("1:30 AM, Eastern Standard Time")


def test_the_date_is_the_one_on_her_calendar():
    assert wording.day(ANA.completed_at, "America/New_York") == "November 20, 2026 (2026-11-20)"
    assert wording.day(ANA.completed_at, "Asia/Tokyo") == "November 21, 2026 (2026-11-21)"


def test_a_long_name_is_set_smaller_and_a_short_one_is_not():
    letter = document.PAPERS["letter"]
    short, long = (
        setting.Measured.of(sheets.Sheet.of(replace(ANA, holder_name=name))).size(letter, 10.0)
        for name in (ANA.holder_name, EIGHTY_LETTERS)
    )
    assert (short.holder, 15 <= long.holder < 20) == (34.0, True)


# --- its fonts ---------------------------------------------------------------------------------------------------


def test_the_fonts_are_the_files_we_vouch_for():
    row = re.compile(r"^\| (\S+) \| [\d,]+ \| `([0-9a-f]{64})` \|$", re.MULTILINE)
    vouched = dict(row.findall((FONTS / "README.md").read_text()))
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FONTS.iterdir()}
    assert found.pop("README.md")
    assert found == vouched


def test_the_site_declares_every_font_and_no_other():
    declared = re.findall(r'url\("\.\./fonts/([^"]+)"\)', (FONTS.parent / "css/fonts.css").read_text())
    assert sorted(declared) == sorted(file.name for file in FONTS.glob("*.woff2"))
