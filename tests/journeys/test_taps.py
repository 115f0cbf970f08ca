"""What the way to a certificate asks of a tired thumb, beyond reading and answering: at most 12 taps and 3 minutes.

Counted is every link and every button from the catalog to the downloaded PDF, but “Done, next”, which turns the page.
The seconds are those of the house and the browser, measured, and those of her hand, reckoned: to find and tap a
target, to type a letter on glass, and to fetch a code from the mail.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import pytest
from cast import EMAILS
from open_houses import OpenHouse
from playwright.sync_api import ViewportSize, expect
from walkers import LICENSE, NAME, Walk, Walker

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

MODERN_PHONE: ViewportSize = {"width": 390, "height": 844}
MOST_TAPS, MOST_SECONDS = 12, 180.0
PAGE_TURN = "Done, next"
SECONDS_A_TAP, SECONDS_A_LETTER, SECONDS_FOR_THE_MAIL = 2.0, 0.4, 30.0
TYPED = (EMAILS["ana"], "123456", NAME, *LICENSE.values())


def counted(walker: Walker) -> list[str]:
    """Count what she taps from here on, by the words on it."""
    taps: list[str] = []
    for act in (walker.presses, walker.follows):

        def tap(words: str, act=act) -> None:
            taps.append(words)
            act(words)

        setattr(walker, act.__name__, tap)
    return taps


def test_twelve_taps_and_three_minutes_lead_to_the_certificate(
    open_house: OpenHouse, walk: Walk, tmp_path: Path, record_testsuite_property
) -> None:
    ana = walk("ana", open_house)
    ana.page.set_viewport_size(MODERN_PHONE)
    taps, began = counted(ana), monotonic()
    ana.earns_the_certificate()
    ana.downloads_the_pdf(tmp_path)
    by_house = monotonic() - began
    overhead = [words for words in taps if words != PAGE_TURN]
    by_hand = len(taps) * SECONDS_A_TAP + len("".join(TYPED)) * SECONDS_A_LETTER + SECONDS_FOR_THE_MAIL
    record_testsuite_property("taps", len(overhead))
    record_testsuite_property("seconds", round(by_house + by_hand))
    assert len(overhead) <= MOST_TAPS, overhead
    assert by_house + by_hand <= MOST_SECONDS
    assert taps.count(PAGE_TURN) == len(ana.course.modules), "the control: taps are counted"


def test_nobody_has_to_tap_a_field_that_is_the_only_one(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    focused = {"sign-in": "E-mail address", "code": "Code"}

    def sees(place: str) -> None:
        if place in focused:
            expect(ana.page.get_by_label(focused.pop(place), exact=True)).to_be_focused()

    ana.sees = sees
    ana.goes_to("/sign-in")
    ana.signs_in()
    assert focused == {}


def test_what_is_left_to_do_is_one_tap_from_home(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    exam = ana.page.url
    ana.goes_to("/")
    ana.reads("Go on: finish the exam")
    ana.follows("Go on with the exam")
    expect(ana.page).to_have_url(exam)
