"""Every page of the way for everyone: nothing for axe to find, nothing wider than a phone, nothing only for a mouse."""

from __future__ import annotations

import pytest
from inspectors import PHONE, Inspector
from open_houses import OpenHouse
from playwright.sync_api import expect
from walkers import LICENSE, NAME, Walk, Walker, right_answers, wrong_answers

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

PLANT = """(main) => {
  const picture = new Image();
  picture.style.minWidth = "600px";
  picture.src = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
  main.append(picture);
}"""


def test_no_page_before_the_exam_shuts_anybody_out(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    inspector = ana.sees = Inspector(ana)
    ana.goes_to("/policies")
    ana.sees("policies")
    ana.goes_to("/no-such-page")
    ana.sees("not found")
    ana.was_told("status of 404")
    answer_a_check(ana)
    ana.starts_the_exam()
    assert inspector.findings == []


def test_no_page_from_the_exam_to_the_certificate_shuts_anybody_out(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    inspector = ana.sees = Inspector(ana)
    first, *_ = wrong = wrong_answers(ana.course)
    ana.answers({first: wrong[first]})
    ana.submits()
    ana.sees("result, not passed")
    ana.follows("Try the exam again")
    ana.sees("exam door, once more")
    ana.presses("Start the exam")
    ana.answers(right_answers(ana.course))
    ana.sees("exam, answered")
    ana.submits()
    ana.sees("result, passed")
    ana.follows("Continue: evaluation")
    ana.evaluates()
    for path in ("/account", "/account/records", f"/courses/{ana.course.code}", "/"):
        ana.goes_to(path)
        ana.sees(f"afterwards {path.replace('/', ' ').strip()}")
    assert inspector.findings == []


def test_no_page_that_checks_a_certificate_shuts_anybody_out(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.earns_the_certificate()
    inspector = ana.sees = Inspector(ana)
    ana.follows("See what others see")
    for typed, answer in (("999", "does not match"), (LICENSE["license_number"], "matches")):
        ana.page.get_by_label("License number you were given").fill(typed)
        ana.presses("Compare")
        expect(ana.page.get_by_role("main").get_by_role("status")).to_contain_text(f"The license {answer}")
        ana.sees(f"verdict, license {answer}")
    ana.follows("Verify other certificates")
    ana.sees("verify")
    ana.page.get_by_label("Certificate numbers").fill("4CKT-9M2Q")
    ana.presses("Check")
    expect(ana.page.locator(".found .result")).to_contain_text("this has 8")
    ana.sees("verify, mistyped")
    ana.goes_to("/verify?number=4CKT-9M2Q")
    expect(ana.page.get_by_role("alert")).to_be_visible()
    ana.sees("verify, to put right")
    ana.was_told("status of 422")
    ana.goes_to("/verify/keys")
    ana.sees("public keys")
    assert inspector.findings == []


def test_the_keyboard_skips_to_the_content(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.goes_to("/")
    ana.page.keyboard.press("Tab")
    expect(ana.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("main")).to_be_focused()
    ana.page.keyboard.press("Tab")
    expect(ana.page.get_by_role("main").get_by_role("link", name=ana.course.title)).to_be_focused()


def test_the_keyboard_is_led_to_what_is_wrong_in_a_form(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    ana.answers(right_answers(ana.course))
    ana.submits()
    ana.follows("Continue: evaluation")
    ana.fills_in_the_evaluation()
    ana.page.get_by_label("Type").fill("")  # a license of which the form knows only that it is not whole
    ana.presses("Send, and get my certificate")
    summary = ana.page.get_by_role("alert")
    expect(summary).to_be_focused()
    inspector = Inspector(ana)
    inspector("evaluation, to put right")
    ana.page.keyboard.press("Tab")
    expect(summary.get_by_role("link")).to_be_focused()
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_label("Type")).to_be_focused()
    expect(ana.page.get_by_label("Your legal name")).to_have_value(NAME)
    ana.page.keyboard.type("LCSW")
    ana.page.keyboard.press("Enter")
    ana.reads("Your certificate")
    ana.was_told("status of 422")
    assert inspector.findings == []


def test_on_a_phone_the_outline_opens_from_the_bar_below(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    module = ana.course.modules[0]
    ana.goes_to(f"/courses/{ana.course.code}/modules/{module.slug}")
    inspector = Inspector(ana)
    ana.page.set_viewport_size(PHONE)
    ana.page.get_by_role("button", name="1 of 2").click()
    expect(ana.page.locator("#outline")).to_be_visible()
    inspector.look("outline, open", PHONE)
    assert inspector.findings == []


def test_an_inspector_finds_what_is_planted(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.goes_to("/")
    ana.page.locator("main").evaluate(PLANT)
    inspector = Inspector(ana)
    inspector.look("planted", PHONE)
    found = " ".join(inspector.findings)
    assert "image-alt" in found
    assert "px wider than the screen" in found


def answer_a_check(walker: Walker) -> None:
    """Answer the first knowledge check of the first module, one question after the other."""
    module = walker.course.modules[0]
    walker.goes_to(f"/courses/{walker.course.code}/modules/{module.slug}")
    check = walker.page.locator(f"#{next(module.checks()).id}")
    while (still_open := check.locator("fieldset")).count():
        still_open.first.locator("input").first.check()
        check.get_by_role("button", name="Check my answer").click()
        expect(check.get_by_role("status").or_(check.get_by_role("link", name="Try again"))).to_be_visible()
        walker.sees(f"check, {still_open.count()} open")
