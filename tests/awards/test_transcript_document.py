"""The transcript as a document: every certificate in it, headed on each page, fit to be kept and read aloud."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pikepdf
import pypdfium2
import pytest
from sample_facts import EIGHTY_LETTERS

from app.awards import document, numbers
from app.awards.document import archive
from app.awards.drawing import DrawingRoom
from app.awards.transcripts import Entry, Transcript

pytestmark = pytest.mark.xdist_group("drawing")
MADE_ON = datetime(2026, 11, 20, 22, 42, tzinfo=ZoneInfo("America/New_York"))
TITLES = (
    "Social media and the duty of confidentiality",
    "Ethics",
    "Clinical supervision in community mental health: a case-based introduction for new supervisors",
)
HOURS = ({"ethics": "0.5"}, {"clinical": "2", "ethics": "1"}, {"cultural-competence": "1.5"}, {"general": "3"})
FORMATS = ("reading", "recorded", "live-webinar", "in-person")


def entry(place: int = 0, **more: object) -> Entry:
    """One of many certificates, thirteen days after the one before."""
    number = f"4CKT9M2QXW7H{place:04}E5RV"
    facts = {
        "number": number,
        "course_title": TITLES[place % 3],
        "provider_name": "Continua Learning Cooperative",
        "delivery": FORMATS[place % 4],
        "completed_on": date(2024, 9, 1) + timedelta(days=13 * place),
        "credit_hours": HOURS[place % 4],
        "verify_url": f"https://ce.example.org/v/{numbers.in_groups(number)}",
        "revoked": False,
        "demonstration": False,
    }
    return Entry(**{**facts, **more})  # type: ignore[arg-type]


def transcript(*entries: Entry, holder: str = "Ana María Núñez-O’Brien") -> Transcript:
    return Transcript(holder, date(2024, 9, 1), date(2026, 11, 20), entries)


SIXTY = transcript(*(entry(place, revoked=place == 7) for place in range(60)), holder=EIGHTY_LETTERS)


@cache
def _drawn(told: str) -> bytes:
    return document.draw_transcript(Transcript.from_json(told), on=MADE_ON)


def drawn(told: Transcript) -> bytes:
    """Draw, or give what was drawn of the same transcript before."""
    return _drawn(told.to_json())


def pages_of(pdf: bytes) -> list[str]:
    """Give the text of each page as a reader would copy it, with every stretch of white space as one space."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in opened]


# --- what it says ------------------------------------------------------------------------------------------------


def test_every_fact_can_be_read_off_it_word_for_word():
    (text,) = pages_of(drawn(transcript(entry(0), entry(1), entry(2, revoked=True))))
    printed = [
        "Transcript of continuing education",
        "Ana María Núñez-O’Brien",
        "September 1, 2024, to November 20, 2026",
        "Provider Continua Learning Cooperative",
        "Made on November 20, 2026",
        "Clinical 2",
        "Ethics 1.5",
        "3.5 contact hours (60 minutes)",
        "3 certificates, oldest first",
        "Completed Course Format Contact hours Certificate number Status",
        "September 1, 2024 Social media and the duty of confidentiality Self-study online: reading 0.5 ethics",
        "0.5 ethics 4CKT-9M2Q-XW7H-0000-E5RV Valid",
        "2 clinical 1 ethics 4CKT-9M2Q-XW7H-0001-E5RV Valid",
        "4CKT-9M2Q-XW7H-0002-E5RV Revoked – does not count",
        "Anyone may check a certificate at https://ce.example.org/v/ followed by its number.",
        "This transcript shows each certificate as it stood on November 20, 2026.",
        "Some boards ask for the certificates themselves and accept no transcript.",
        "Page 1 of 1",
    ]
    assert [fact for fact in printed if fact not in text] == []
    assert "Cultural competence" not in text, "a revoked certificate is in no total"


def test_a_demonstration_says_so_and_nothing_else_does():
    (text,) = pages_of(drawn(transcript(entry(demonstration=True))))
    assert "Demonstration — not valid for credit" in text
    assert "Demonstration" not in "".join(pages_of(drawn(SIXTY)))


def test_nothing_earned_is_said_in_a_sentence_and_not_in_an_empty_table():
    (text,) = pages_of(drawn(transcript()))
    assert "No certificate was completed in this period." in text
    assert "Certificate number" not in text
    assert "followed by its number" not in text


def test_where_providers_differ_each_certificate_names_its_own():
    (text,) = pages_of(drawn(transcript(entry(0), entry(1, provider_name="Hudson Valley School"))))
    assert "Providers Continua Learning Cooperative Hudson Valley School" in text
    assert text.count("Continua Learning Cooperative") == 2
    assert text.count("Hudson Valley School") == 2


def test_the_date_it_was_made_is_the_one_on_her_calendar():
    pdf = document.draw_transcript(transcript(), on=MADE_ON.astimezone(ZoneInfo("Asia/Tokyo")))
    assert "Made on November 21, 2026" in pages_of(pdf)[0]


# --- how it stands on its sheets ---------------------------------------------------------------------------------


def test_sixty_certificates_take_few_sheets_each_headed_and_numbered():
    pages = pages_of(drawn(SIXTY))
    assert len(pages) <= 5
    for place, text in enumerate(pages, 1):
        assert "Completed Course Format Contact hours Certificate number Status" in text
        assert f"Page {place} of {len(pages)}" in text
        assert EIGHTY_LETTERS in text, "a sheet that was taken out still says whose it is"


def test_every_certificate_is_on_it_once_and_no_row_is_parted():
    rows = [
        re.findall(r"4CKT-9M2Q-XW7H-(\d{4})-E5RV (Valid|Revoked – does not count)", text)
        for text in pages_of(drawn(SIXTY))
    ]
    assert [int(number) for page in rows for number, _ in page] == list(range(60))
    assert [number for page in rows for number, standing in page if standing != "Valid"] == ["0007"]


@pytest.mark.parametrize("told", [SIXTY, transcript(entry()), transcript()], ids=["sixty", "one", "none"])
def test_nothing_runs_off_the_sheet(told):
    with pypdfium2.PdfDocument(drawn(told)) as pdf:
        for page in pdf:
            assert page.get_size() == pytest.approx((612, 792), abs=0.1)
            text = page.get_textpage()
            boxes = [text.get_rect(place) for place in range(text.count_rects())]
            assert all(left > 41 and right < 571 and bottom > 20 and top < 745 for left, bottom, right, top in boxes)


# --- fit to be kept, and to be read aloud ------------------------------------------------------------------------


@pytest.fixture
def opened() -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(drawn(SIXTY))) as pdf:
        yield pdf


def test_it_says_that_it_is_archival_and_accessible(opened):
    metadata = opened.open_metadata()
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    assert str(opened.docinfo.Title) == f"Transcript of continuing education: {EIGHTY_LETTERS}"
    assert str(opened.docinfo.Author) == "Continua Learning Cooperative"
    assert (str(opened.Root.Lang), bool(opened.Root.MarkInfo.Marked)) == ("en", True)


def test_every_cell_is_headed_by_its_column_or_its_row(opened):
    headers = [element for element in _structure(opened) if str(element.S) == "/TH"]
    columns = [header for header in headers if str(header.P.P.S) == "/THead"]
    assert len(columns) == 6 * len(opened.pages)
    assert all(header.A.Scope == pikepdf.Name.Column for header in columns)
    assert all(header.A.Scope == pikepdf.Name.Row for header in headers if str(header.P.P.S) != "/THead")
    assert len(headers) > len(columns)


def test_it_is_read_in_order_and_the_foot_of_a_page_is_not_read_at_all(opened):
    kinds = [str(element.S) for element in _structure(opened)]
    assert kinds.count("/H1") == 1
    assert [kind for kind in kinds if kind in {"/H1", "/Table"}] == ["/H1", *["/Table"] * (2 + len(opened.pages))]
    for page, told in zip(opened.pages, _read_aloud(opened), strict=True):
        marked, ornaments = _marked(page)
        assert marked == told, "everything marked as text is read aloud, and nothing else is"
        assert ornaments >= 2, "the foot is set aside"


def test_without_the_finish_the_foot_would_hang_on_nothing(monkeypatch):
    """The control: what WeasyPrint writes has marks on the page that no tag leads to."""
    monkeypatch.setattr(archive.aloud, "finish", lambda _pdf, _laid_out: None)
    with pikepdf.open(io.BytesIO(document.draw_transcript(transcript(entry()), on=MADE_ON))) as pdf:
        assert _marked(pdf.pages[0])[0] > _read_aloud(pdf)[0]


def test_every_number_leads_to_its_page_and_says_so(opened):
    links = [link for page in opened.pages for link in page.get("/Annots", [])]
    assert [str(link.A.URI) for link in links] == [entry.verify_url for entry in SIXTY.entries]
    assert all(str(link.Contents) == str(link.A.URI) for link in links)


@pytest.mark.skipif(not shutil.which("verapdf"), reason="veraPDF is not installed")
@pytest.mark.parametrize("flavor", ["3a", "ua1"])
def test_an_independent_judge_agrees(flavor, tmp_path):
    (tmp_path / "transcript.pdf").write_bytes(drawn(SIXTY))
    command = ["verapdf", "--flavour", flavor, "--format", "text", tmp_path / "transcript.pdf"]
    judged = subprocess.run(command, capture_output=True, check=False, text=True)
    assert judged.stdout.startswith("PASS")


def test_the_same_transcript_gives_the_same_bytes_and_another_day_gives_others():
    told = transcript(entry())
    assert document.draw_transcript(told, on=MADE_ON) == drawn(told)
    assert document.draw_transcript(told, on=MADE_ON + timedelta(days=1)) != drawn(told)


def test_markup_in_names_is_printed_as_text():
    hostile = "<img src='file:///etc/hostname'> & <script>1</script>"
    (text,) = pages_of(drawn(transcript(entry(course_title=hostile), holder=hostile)))
    assert hostile in text


def test_the_drawing_room_draws_transcripts_too():
    room, told = DrawingRoom(), transcript(entry())
    try:
        assert pages_of(room.draw_transcript(told, on=MADE_ON, timeout=30)) == pages_of(drawn(told))
    finally:
        room.close()


def test_letters_that_no_font_has_are_never_printed_as_boxes():
    with pytest.raises(document.LettersMissing, match="\U0010fff0"):
        document.draw_transcript(replace(transcript(), holder_name="Ana \U0010fff0"), on=MADE_ON)


def _structure(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Give everything that is read, in the order of reading."""
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if "/S" in element:
            yield element
        below = element.get("/K", [])
        children = list(below) if isinstance(below, pikepdf.Array) else [below]
        waiting += [child for child in reversed(children) if isinstance(child, pikepdf.Dictionary)]


def _read_aloud(pdf: pikepdf.Pdf) -> list[set[int]]:
    """Give, for each page, the marks that its tags lead to."""
    tagged = [(element.Pg.objgen, element.get("/K", [])) for element in _structure(pdf) if "/Pg" in element]
    marks = [
        (place, mark) for place, below in tagged for mark in (below if isinstance(below, pikepdf.Array) else [below])
    ]
    return [{mark for place, mark in marks if isinstance(mark, int) and place == page.objgen} for page in pdf.pages]


def _marked(page: pikepdf.Page) -> tuple[set[int], int]:
    """Give the marks on a page, and how many stretches of text are set aside as ornaments of every page."""
    marks, ornaments = set(), 0
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "BDC":
            marks |= {int(operands[1].MCID)} if "/MCID" in operands[1] else set()
            ornaments += operands[1].get("/Type") == pikepdf.Name.Pagination
    return marks, ornaments
