"""The whole way in a real browser: from a course that anyone may read to a certificate that anyone may check."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from open_houses import OpenHouse
from playwright.sync_api import Page, expect
from walkers import LICENSE, NAME, Walk, Walker, right_answers, wrong_answers

from app.awards.document import wording

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

PIXELS_PER_POINT = 3
HIDDEN_LICENSE = "••••41"  # what everybody sees of it
PLACES_OF_FACTS = (
    ".verdict p:has-text(' completed ') strong",
    ".verdict .numbers",
    "h2:has(+ dl), dt, dd",
    "h2:has-text('Approvals') + p",
    ".timeline time",
)
ON_SCREEN_ONLY = "Signed by"  # on paper a signature says that of itself
ON_PAPER_ONLY = (
    "Certificate of completion",
    "Demonstration — not valid for credit",
    "This certifies that",
    "has met every requirement of the continuing education course",
    "Certificate number",
    "Issued",
    "Verify at",
    "Approvals valid on",
    "Keep this certificate for at least 7 years: a board may ask for it after you renew.",
    "A false or altered certificate can cost a license. Anyone may check this one at the address above.",
)


def test_a_learner_gets_from_the_catalog_to_a_certificate_that_anyone_can_check(
    named_house: OpenHouse, walk: Walk, tmp_path: Path
) -> None:
    assert_whole_way(walk("ana", named_house), walk("ben", named_house), tmp_path)


def test_the_whole_way_works_without_a_script(open_house: OpenHouse, walk: Walk, tmp_path: Path) -> None:
    assert_whole_way(walk("ana", open_house, scripts=False), walk("ben", open_house, scripts=False), tmp_path)


def test_who_does_not_pass_sees_what_to_review_and_no_key_and_may_try_again(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    ana.answers(wrong_answers(ana.course))
    ana.submits()
    expect(ana.page).to_have_title(re.compile("Not yet passed"))
    expect(ana.page.get_by_role("main")).to_contain_text("You need 80%. You have 0%.")
    assert reviewed(ana.page) >= {module.title for module in ana.course.modules}
    assert keys_shown(ana) == []
    ana.follows("Try the exam again")
    ana.presses("Start the exam")
    ana.answers(right_answers(ana.course))
    ana.submits()
    expect(ana.page.get_by_role("main")).to_contain_text("You passed with 100%.")
    assert keys_shown(ana) != []  # now that it helps nobody to pass


def assert_whole_way(ana: Walker, stranger: Walker, folder: Path) -> None:
    """See that she gets her certificate, and that a stranger who holds its PDF finds the same facts on the site."""
    ana.earns_the_certificate()
    on_screen = lines_of(ana.page, ".certificate dd")
    pdf = ana.downloads_the_pdf(folder)
    printed = text_of(pdf)
    assert [fact for fact in on_screen if fact not in printed] == []
    stranger.page.goto(address_on(pdf))
    assert_same_facts(stranger.page, pdf)


def reviewed(page: Page) -> set[str]:
    """Give the modules that a result sends her back to."""
    return set(page.locator(".entries a").all_inner_texts())


def keys_shown(walker: Walker) -> list[str]:
    """Give every reason of the exam's questions that the page holds, in sight or not."""
    assert walker.course.exam is not None
    held = " ".join((walker.page.locator("body").text_content() or "").split())
    return [one.rationale_html for one in walker.course.exam.questions() if words_of(one.rationale_html) in held]


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).replace("&amp;", "&").split())


# --- what is printed, and what is said of it -----------------------------------------------------------------------


def address_on(pdf: bytes) -> str:
    """Read the QR code off the sheet, as a phone would."""
    with pypdfium2.PdfDocument(pdf) as opened:
        picture = opened[0].render(scale=PIXELS_PER_POINT).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.text)


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return " ".join(opened[0].get_textpage().get_text_range().split())


def assert_same_facts(page: Page, pdf: bytes) -> None:
    """See that every fact of the page is printed, and that no word is printed of which the page says nothing."""
    printed, said = text_of(pdf), facts_on(page)
    assert [fact for fact in said if fact not in printed] == []
    assert page.url in printed.replace(" ", "")  # a long address may stand on two lines
    parts = (page.url, page.url.replace("/v/", "/v/ "), wording.sealed(page.url))
    assert words_in(printed) - words_in(*parts, *said, *ON_PAPER_ONLY) == set()
    assert {NAME, "One half (0.5) contact hour, ethics"} <= set(said)
    assert LICENSE["license_number"] in printed
    assert LICENSE["license_number"] not in page.content()


def facts_on(page: Page) -> list[str]:
    """Give the facts that the page tells, line by line, with the license as its holder knows it."""
    expect(page.get_by_role("main")).to_contain_text("This certificate is ")
    told = [line for place in PLACES_OF_FACTS for line in lines_of(page, place) if line != ON_SCREEN_ONLY]
    return [line.removeprefix("Number ").replace(HIDDEN_LICENSE, LICENSE["license_number"]) for line in told]


def lines_of(page: Page, place: str) -> list[str]:
    return [line for words in page.locator("main").locator(place).all_inner_texts() for line in words.splitlines()]


def words_in(*texts: str) -> set[str]:
    return {word for text in texts for word in text.split()}
