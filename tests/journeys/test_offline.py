"""The network is gone: the page says so quietly, holds what was written, and goes on when it is back."""

from __future__ import annotations

import pytest
from open_houses import OpenHouse
from playwright.sync_api import Page, expect
from walkers import Walk, Walker, right_answers

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

GONE = "ERR_INTERNET_DISCONNECTED"  # the browser's own complaint


def is_told(page: Page, words: str) -> None:
    expect(page.locator("#toast")).to_have_text(words)


def goes_offline(walker: Walker) -> None:
    walker.page.wait_for_load_state("load")
    walker.page.context.set_offline(True)


def comes_back(walker: Walker) -> None:
    walker.page.context.set_offline(False)
    is_told(walker.page, "")


def test_an_exam_goes_on_without_the_network_and_is_saved_afterwards(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    picks = right_answers(ana.course)
    question = next(iter(picks))
    goes_offline(ana)
    is_told(ana.page, "You are offline. What you answer is kept on this device and is saved when you are back.")
    ana.chooses(question, *picks[question])
    expect(ana.page.locator(f"#q-{question} .saved")).to_have_text("Not saved yet. We keep trying.")
    comes_back(ana)
    ana.sees_saved(question)
    ana.was_told(GONE)


def test_a_form_stays_as_it_was_written_until_it_can_be_sent(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    ana.answers(right_answers(ana.course))
    ana.submits()
    ana.follows("Continue: evaluation")
    ana.fills_in_the_evaluation()
    goes_offline(ana)
    ana.presses("Send, and get my certificate")
    is_told(ana.page, "You are offline, so this was not sent. It stays here: send it again when you are back.")
    comes_back(ana)
    ana.presses("Send, and get my certificate")
    ana.reads("Your certificate")


def test_a_knowledge_check_keeps_what_was_chosen(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    module = ana.course.modules[0]
    ana.goes_to(f"/courses/{ana.course.code}/modules/{module.slug}")
    check = ana.page.locator(f"#{next(module.checks()).id}")
    chosen = check.locator("input[type=radio], input[type=checkbox]").first
    chosen.check()
    goes_offline(ana)
    check.get_by_role("button", name="Check my answer").click()
    is_told(ana.page, "The site cannot be reached. Your answer stays here: try again in a moment.")
    expect(chosen).to_be_checked()
    comes_back(ana)
    check.get_by_role("button", name="Check my answer").click()
    expect(check.locator(".tone").first).to_be_visible()
    ana.was_told(GONE)
