"""Every page of the way for everyone: nothing for axe to find, nothing wider than a phone, nothing only for a mouse.

With CONTINUA_PICTURES set to a folder, every page is also photographed, for people to look at.
"""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from open_houses import OpenHouse
from playwright.sync_api import expect
from walkers import Walk, Walker, right_answers, wrong_answers

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Inspector:
    """Looks at each place that a walker comes to: on a phone and at a desk, by light and in the dark."""

    def __init__(self, walker: Walker) -> None:
        self.page = walker.page
        self.findings: list[str] = []
        self._pictures = os.environ.get("CONTINUA_PICTURES", "")

    def __call__(self, place: str) -> None:
        for size, colors in product((PHONE, DESK), ("light", "dark")):
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=colors)
            self.findings += [f"{place}, {size['width']} px, {colors}: {finding}" for finding in self._find()]
            self._photograph(f"{place}, {size['width']}, {colors}")

    def _find(self) -> list[str]:
        found = Axe().run(self.page).response["violations"]
        told = [f"{one['id']} at {node['target']}" for one in found for node in one["nodes"]]
        wider = self.page.evaluate(WIDER)
        return [*told, f"{wider} px wider than the screen"] if wider else told

    def _photograph(self, name: str) -> None:
        if self._pictures:
            file = Path(self._pictures) / f"{name.replace(', ', '--').replace(' ', '-')}.png"
            self.page.screenshot(path=file, full_page=True)


def test_no_page_before_the_exam_shuts_anybody_out(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    inspector = ana.sees = Inspector(ana)
    ana.goes_to("/policies")
    ana.sees("policies")
    ana.goes_to("/no-such-page")
    ana.sees("not found")
    answer_a_check(ana)
    ana.starts_the_exam()
    ana.was_told("status of 404")
    assert inspector.findings == []


def test_no_page_from_the_exam_to_the_certificate_shuts_anybody_out(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    inspector = ana.sees = Inspector(ana)
    ana.answers(wrong_answers(ana.course))
    ana.sees("exam, answered")
    ana.submits()
    ana.sees("result, not passed")
    ana.goes_to(f"/courses/{ana.course.code}/exam")
    ana.sees("exam door, once more")
    ana.presses("Start the exam")
    ana.answers(right_answers(ana.course))
    ana.sees = lambda _place: None
    ana.submits()
    ana.sees = inspector
    ana.sees("result, passed")
    ana.follows("Continue: evaluation")
    ana.sees("evaluation")
    ana.evaluates()
    for path in ("/account", "/account/records", f"/courses/{ana.course.code}", "/"):
        ana.goes_to(path)
        ana.sees(f"afterwards {path.replace('/', ' ').strip()}")
    assert inspector.findings == []


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
