"""People in a real browser, step by step: what they press, and what they must see before they go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cast import EMAILS
from open_houses import OpenHouse
from playwright.sync_api import Locator, Page, expect

from app.content.course import Course, Question

SAVED = re.compile(r"Saved \d{1,2}:\d\d [AP]M")
NAME = "Ana Marie O’Neill"
LICENSE = {"license_state": "NY", "license_type": "LCSW", "license_number": "081234-1"}

Picks = Mapping[str, tuple[int, ...]]  # the options to choose, by question


def _sees_nothing(_place: str) -> None:
    """Pass by."""


@dataclass
class Walker:
    """One of the cast in a browser of her own, before an open house."""

    name: str
    page: Page
    house: OpenHouse
    course: Course
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)
    sees: Callable[[str], None] = _sees_nothing  # called at every place of the way, with its name

    def goes_to(self, path: str) -> None:
        self.page.goto(f"{self.house.address}{path}")

    def presses(self, words: str) -> None:
        """Press the button of the page that says exactly this."""
        self.page.get_by_role("main").get_by_role("button", name=words, exact=True).click()

    def follows(self, words: str) -> None:
        """Follow the first link of the page that says exactly this."""
        self.page.get_by_role("main").get_by_role("link", name=words, exact=True).first.click()

    def reads(self, heading: str) -> None:
        """Make sure that this is the page she is on."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def was_told(self, words: str) -> None:
        """Take back complaints that belong to the story; there must have been one."""
        others = [complaint for complaint in self.complaints if words not in complaint]
        assert len(others) < len(self.complaints), f"nothing was said of “{words}”"
        self.complaints[:] = others

    # --- the way to the exam

    def reads_the_course(self) -> None:
        """Read from the catalog to the door of the exam."""
        self.goes_to("/")
        self.sees("catalog")
        self.follows(self.course.title)
        self.sees("course")
        self.follows("Start reading")
        for module in self.course.modules:
            self.reads(module.title)
            self.sees(f"module {module.slug}")
            self.presses("Done, next")
        self.reads("Final exam")
        self.sees("exam door")

    def signs_in(self) -> None:
        """Sign in with the code of the mail, from the page that asks for an address."""
        email = EMAILS[self.name]
        self.reads("Sign in")
        self.sees("sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.presses("Send me a code")
        self.reads("Enter your code")
        self.sees("code")
        self.page.get_by_label("Code", exact=True).fill(self.house.code_for(email))
        self.presses("Sign in")

    def comes_in(self) -> None:
        """Come in as one of the staff, by the operator's link, which counts for more than a code; go on from there."""
        self.reads("Sign in")
        self.sees("sign-in")
        going = parse_qs(urlsplit(self.page.url).query)["next"][0]
        self.goes_to(self.house.link_for(EMAILS[self.name]))
        self.goes_to(going)

    def starts_the_exam(self) -> None:
        """Read, sign in, claim the reading, and start the exam."""
        self.reads_the_course()
        self.follows("Sign in to start")
        self.signs_in()
        self.reads("Is this your reading?")
        self.sees("reading to claim")
        self.presses("Yes, it was me")
        self.reads("Final exam")
        self.sees("exam door, signed in")
        self.presses("Start the exam")
        expect(self.page.locator("#exam")).to_be_visible()
        self.page.wait_for_load_state("load")  # its scripts have come: whoever goes offline now has them
        self.sees("exam, blank")

    # --- the exam

    def answers(self, picks: Picks) -> None:
        """Choose these options and no others; with scripts, see each answer saved."""
        for question, numbers in picks.items():
            for box in self._boxes_to_change(question, numbers):
                with self._arriving():
                    box.click()
            if self.scripts:
                self.sees_saved(question)
        if not self.scripts:
            self.presses("Save answers")

    def chooses(self, question: str, *numbers: int) -> None:
        """Choose these options and no others, whatever becomes of them."""
        for box in self._boxes_to_change(question, numbers):
            box.click()

    def _arriving(self) -> AbstractContextManager[object]:
        """Wait until what is chosen has been answered: an earlier “Saved” may still stand there."""
        return self.page.expect_response(re.compile(r"/answers$")) if self.scripts else nullcontext()

    def sees_saved(self, question: str) -> None:
        expect(self.page.locator(f"#q-{question} .saved")).to_have_text(SAVED)

    def chosen(self) -> dict[str, tuple[int, ...]]:
        """Give what is chosen on the page of the exam."""
        return {question: self._chosen_in(question) for question in right_answers(self.course)}

    def submits(self) -> None:
        """Review and submit."""
        self.presses("Review and submit")
        self.reads("Review your answers")
        self.sees("review")
        self.presses("Submit my exam")
        expect(self.page).to_have_url(re.compile(r"/attempts/\d+/result$"))

    def _boxes_to_change(self, question: str, numbers: tuple[int, ...]) -> list[Locator]:
        """Give the boxes to click. Of radio buttons that is only the wanted one: the others follow it."""
        clicks = {one: box for one, box in self._boxes(question).items() if box.is_checked() != (one in numbers)}
        return [box for one, box in clicks.items() if one in numbers or box.get_attribute("type") == "checkbox"]

    def _boxes(self, question: str) -> dict[int, Locator]:
        """Give the boxes of a question by the author's numbers: the page tells options apart by their words only."""
        numbers = _numbers_by_words(self.course, question)
        options = self.page.locator(f"#q-{question} label.option").all()
        return {numbers[" ".join(option.inner_text().split())]: option.locator("input") for option in options}

    def _chosen_in(self, question: str) -> tuple[int, ...]:
        return tuple(sorted(number for number, box in self._boxes(question).items() if box.is_checked()))

    # --- the certificate

    def evaluates(self) -> None:
        """Fill in the whole evaluation, and get the certificate."""
        self.fills_in_the_evaluation()
        self.presses("Send, and get my certificate")
        self.reads("Your certificate")
        self.sees("certificate")

    def earns_the_certificate(self) -> None:
        """Go the whole way, and lose no answer by loading the page again."""
        self.starts_the_exam()
        self.answers(picks := right_answers(self.course))
        self.page.reload()
        assert self.chosen() == picks
        self.submits()
        expect(self.page.get_by_role("main")).to_contain_text("You passed with 100%.")
        self.follows("Continue: evaluation")
        self.evaluates()

    def fills_in_the_evaluation(self) -> None:
        for scale in self.page.locator(".scale").all():
            scale.locator("input[value='5']").check()
        self.page.get_by_label("Your legal name").fill(NAME)
        self.page.locator("[name=attest]").check()
        self.page.get_by_label("Your time zone").select_option("America/New_York")
        self.page.get_by_label("State").select_option(LICENSE["license_state"])
        self.page.get_by_label("Type").fill(LICENSE["license_type"])
        self.page.get_by_label("Number").fill(LICENSE["license_number"])

    def downloads_the_pdf(self, folder: Path) -> bytes:
        with self.page.expect_download() as coming:
            self.follows("Download the PDF")
        target = folder / coming.value.suggested_filename
        coming.value.save_as(target)
        return target.read_bytes()


def _numbers_by_words(course: Course, question_id: str) -> dict[str, int]:
    (question,) = (one for one in _questions(course) if one.id == question_id)
    return {_words(option.html): number for number, option in enumerate(question.options, 1)}


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def right_answers(course: Course) -> dict[str, tuple[int, ...]]:
    """Give the right options of every question of the exam."""
    return {question.id: _options(question, right=True) for question in _questions(course)}


def wrong_answers(course: Course) -> dict[str, tuple[int, ...]]:
    """Give one wrong option of every question of the exam."""
    return {question.id: _options(question, right=False)[:1] for question in _questions(course)}


def _questions(course: Course) -> list[Question]:
    assert course.exam is not None
    return list(course.exam.questions())


def _options(question: Question, *, right: bool) -> tuple[int, ...]:
    return tuple(number for number, option in enumerate(question.options, 1) if option.right is right)


Walk = Callable[..., Walker]
