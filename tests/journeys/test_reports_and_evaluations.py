"""A question is reported by keyboard alone, in the exam and in a check, with and without a script, and answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import EMAILS, NOON
from inspectors import PHONE, Inspector
from makers import make_enrollment
from open_houses import OpenHouse
from playwright.sync_api import Locator, expect
from walkers import Walk, Walker, right_answers

from app.identity import people
from app.kit.database import open_database
from app.learning import evaluations
from app.library import editions

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

CODE = "social-media-and-confidentiality"
SHELF = f"/author/shelf/{CODE}"
SUMMARY = "Something is wrong with this question"
WORDS = "Two of the options mean the same."
ANSWER = "Thank you. The next edition tells them apart."
QUARTERS = (NOON, NOON + timedelta(days=100))


def evaluate(house: OpenHouse, number: int) -> None:
    """Let so many people evaluate the course, half of them in the next quarter."""
    database = open_database(house.database_url)
    with database.write() as db:
        edition = editions.current(db, CODE)
        for one in range(number):
            now = QUARTERS[one * 2 >= number]
            learner = people.find_or_add(db, f"learner-{one}@example.org", now=now)
            asked = evaluations.items(edition.course)
            said = {item.name: str(5 - one % 7 % 4) for item in asked if item.is_scale}
            said |= {"practice": f"I will ask before I look anybody up. ({one})"} if one % 3 == 0 else {}
            evaluations.submit(db, make_enrollment(db, learner, edition, now=now), said, now=now)
    database.close()


def opened_by_keyboard(walker: Walker, nth: int = 0) -> Locator:
    """Open the report under a question with the keyboard alone, and give it."""
    report = walker.page.locator(".report").nth(nth)
    report.locator("summary").focus()
    walker.page.keyboard.press("Enter")
    expect(report.get_by_label("What is wrong?")).to_be_visible()
    return report


def reports_by_keyboard(walker: Walker, words: str) -> Locator:
    """Write what is wrong and send it, without touching anything but keys."""
    report = opened_by_keyboard(walker)
    walker.page.keyboard.press("Tab")
    walker.page.keyboard.type(words)
    walker.page.keyboard.press("Tab")
    expect(report.get_by_role("button", name="Send the report")).to_be_focused()
    walker.page.keyboard.press("Enter")
    return report


def test_a_question_is_reported_in_the_exam_and_answered_in_the_studio_by_keyboard_alone(
    open_house: OpenHouse, walk: Walk
) -> None:
    open_house.run("people", "add", EMAILS["ada"], "--role", "admin")
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    ana.answers(dict(list(right_answers(ana.course).items())[:1]))
    before = ana.chosen()
    inspector = Inspector(ana)
    inspector("exam, reports folded")
    opened_by_keyboard(ana)
    inspector("exam, a report open")
    ana.page.keyboard.press("Enter")
    report = reports_by_keyboard(ana, WORDS)
    expect(report.get_by_role("status")).to_contain_text("Sent. Thank you.")
    inspector("exam, reported")
    assert ana.page.url.startswith(f"{open_house.address}/attempts/"), "she is where she was"
    assert ana.chosen() == before
    ana.page.reload()
    assert ana.chosen() == before
    opened_by_keyboard(ana)
    expect(ana.page.locator(".report").first).to_contain_text("You reported it on")

    ada = walk("ada", open_house)
    ada.goes_to("/author")
    ada.comes_in()
    expect(ada.page.get_by_role("main")).to_contain_text("1 report waiting")
    looks = Inspector(ada)
    looks("studio home with reports")
    ada.goes_to(f"{SHELF}/reports")
    expect(ada.page.get_by_role("main")).to_contain_text(WORDS)
    expect(ada.page.get_by_role("main")).not_to_contain_text(EMAILS["ana"])
    ada.page.locator("summary", has_text="The question and its key").focus()
    ada.page.keyboard.press("Enter")
    looks("reports")
    ada.page.get_by_label("It will be corrected").focus()
    ada.page.keyboard.press("Space")
    ada.page.get_by_label("Your answer to whoever reported it").focus()
    ada.page.keyboard.type(ANSWER)
    ada.page.keyboard.press("Tab")
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_role("main")).to_contain_text(f"The question will be corrected. {ANSWER}")
    looks("reports, promised")

    ana.goes_to(f"/courses/{CODE}")
    expect(ana.page.get_by_role("main")).to_contain_text(ANSWER)
    inspector("course page with an answer")
    assert inspector.findings + looks.findings == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_reports_a_check_and_what_she_wrote_for_herself_stays(
    open_house: OpenHouse, walk: Walk, *, scripts: bool
) -> None:
    somebody = walk("ben", open_house, scripts=scripts)
    for module in somebody.course.modules:
        somebody.goes_to(f"/courses/{CODE}/modules/{module.slug}")
        if somebody.page.locator(".report").count():
            break
    option = somebody.page.locator("article input[type=radio], article input[type=checkbox]").first
    option.check()
    if scripts:
        report = reports_by_keyboard(somebody, WORDS)
        expect(report.get_by_role("status")).to_contain_text("no answer can reach you")
    else:
        with somebody.page.context.expect_page() as coming:
            reports_by_keyboard(somebody, WORDS)
        expect(coming.value.get_by_role("heading", level=1)).to_have_text("Your report is sent")
    expect(option).to_be_checked()
    if scripts:  # axe is a script
        inspector = Inspector(somebody)
        inspector.look("check, reported", PHONE)
        somebody.goes_to(f"/courses/{CODE}/modules/{somebody.course.modules[0].slug}/reports")
        inspector("report sent")
        assert inspector.findings == []


def test_evaluations_are_open_to_everyone_in_every_state(open_house: OpenHouse, walk: Walk) -> None:
    open_house.run("people", "add", EMAILS["ada"], "--role", "admin")
    ada = walk("ada", open_house)
    ada.goes_to(f"{SHELF}/evaluations")
    ada.comes_in()
    inspector = Inspector(ada)
    ada.goes_to(f"{SHELF}/evaluations")
    expect(ada.page.get_by_role("main")).to_contain_text("Fewer than 5 people have answered so far.")
    inspector("evaluations, too few")
    evaluate(open_house, 31)
    ada.page.reload()
    expect(ada.page.get_by_role("main")).to_contain_text("30 answers")
    expect(ada.page.get_by_role("img").first).to_be_visible()
    inspector("evaluations")
    ada.goes_to("/author/evaluations")
    inspector("evaluations, all")
    with ada.page.expect_download() as coming:
        ada.goes_to(f"{SHELF}/evaluations")
        ada.page.get_by_role("link", name="Download as CSV").click()
    assert coming.value.suggested_filename == f"evaluations-{CODE}.csv"
    assert inspector.findings == []
