"""Every kind of question, answered in every way: with the mouse, with the keyboard alone, and without a script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Protocol, cast

from open_houses import OpenHouse
from playwright.sync_api import Locator, Page, expect
from walkers import SAVED

from app.assessment.grading import Answer
from app.content import reader
from app.content.course import Course, Kind, Option, Question

COURSES = Path(__file__).parents[1] / "courses"
TEXT = "I would ask whether the kitchen is a good place to talk, and wait for the answer."
MOST_TABS = 400  # no page has more stops than this


class KindHouse(OpenHouse):
    """A house that offers the course of every construct."""

    def _settings(self) -> dict[str, str]:
        return super()._settings() | {"CONTINUA_COURSES": str(COURSES)}


def course_of_every_kind() -> Course:
    """Read the course that uses every construct."""
    course = reader.read(COURSES / "every-construct", today=date(2026, 11, 20)).course
    assert course is not None
    return course


# --- what is answered ----------------------------------------------------------------------------------------------


def just_enough(course: Course) -> dict[str, Answer]:
    """Answer every question so that the exam is passed exactly: 20 of 25 points, whatever was drawn."""
    assert course.exam is not None
    return {question.id: _slightly_wrong(question) or right_answer(question) for question in course.exam.questions()}


def right_answer(question: Question) -> Answer:
    """Answer a question as its key does."""
    rights = [number for number, option in enumerate(question.options, 1) if option.right]
    by_kind: dict[Kind, Answer] = {
        Kind.CHOOSE_ALL: rights,
        Kind.MATCHING: {str(number): number for number, pair in enumerate(question.pairs, 1) if pair.term},
        Kind.ORDERING: list(range(1, len(question.items) + 1)),
        Kind.SHORT: question.accepted[0] if question.accepted else "",
        Kind.NUMBER: str(question.number),
        Kind.GAPS: [gap[0] for gap in question.gaps],
        Kind.FREE_TEXT: TEXT,
    }
    return by_kind[question.kind] if question.kind in by_kind else rights[0]


def _slightly_wrong(question: Question) -> Answer:
    """Lose one point in five questions: four times a part, once the whole."""
    if question.kind is Kind.TRUE_FALSE:
        return next(number for number, option in enumerate(question.options, 1) if not option.right)
    if not question.partial_credit:
        return None
    by_kind: dict[Kind, Answer] = {
        Kind.CHOOSE_ALL: [1, 2],
        Kind.MATCHING: {"1": len(question.pairs), "2": 2, "3": 3},
        Kind.ORDERING: [1, 2, 3, 5, 4],
        Kind.GAPS: [*(gap[0] for gap in question.gaps[:1]), "felt"],
    }
    return by_kind[question.kind]


# --- where it is answered ------------------------------------------------------------------------------------------


def place_of(page: Page, question: Question) -> Locator:
    """Find a question on a page, to be answered or with its result."""
    return page.locator(f'[id="q-{question.id}"]')


def asked_on(page: Page, questions: Iterable[Question]) -> list[Question]:
    """Give the questions that a page asks, in the order they stand on it."""
    by_id = {question.id: question for question in questions}
    ids = page.locator("[data-question]").evaluate_all("found => found.map((each) => each.dataset.question)")
    return [by_id[each] for each in ids]


def answer_on(place: Locator, question: Question) -> Answer:
    """Read what a page shows as her answer, from the very fields that would be sent."""
    words = [_words(option) for option in question.options]
    chosen = place.locator("label.option:has(input:checked) .option-words").all_inner_texts()
    checked = [words.index(" ".join(each.split())) + 1 for each in chosen]
    if question.kind in {Kind.CHOOSE_ONE, Kind.TRUE_FALSE}:
        return checked[0] if checked else None
    if question.kind is Kind.CHOOSE_ALL:
        return sorted(checked) or None
    if question.kind is Kind.MATCHING:
        return _matches_on(place, question) or None
    if question.kind is Kind.ORDERING:
        return _order_on(place, question) or None
    texts = [field.input_value() for field in place.locator("input:not([type=hidden]), textarea").all()]
    return texts if question.kind is Kind.GAPS else texts[0] or None


def box_of(place: Locator, option: Option) -> Locator:
    """Find the box of an option by its words: what it sends says nothing of the author's order."""
    shown = [" ".join(each.split()) for each in place.locator("label.option .option-words").all_inner_texts()]
    return place.locator("label.option input").nth(shown.index(_words(option)))


def _words(option: Option) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", option.html)).split())


def _matches_on(place: Locator, question: Question) -> dict[str, int]:
    chosen = {number: _chosen(field) for number, field in enumerate(place.locator("select").all(), 1)}
    numbers = {pair.meaning: number for number, pair in enumerate(question.pairs, 1)}
    return {str(number): numbers[_without_letter(words)] for number, words in chosen.items() if words}


def _order_on(place: Locator, question: Question) -> list[int]:
    fields = place.locator("[data-order] select").all()
    placed = {item: field.input_value() for item, field in zip(_items_on(place, question), fields, strict=True)}
    return sorted((item for item, given in placed.items() if given), key=lambda item: int(placed[item]))


def _items_on(place: Locator, question: Question) -> list[int]:
    """Give the items of an order as they stand on the page, by their right places."""
    right = {item.text: number for number, item in enumerate(question.items, 1)}
    return [right[words.strip()] for words in place.locator("[data-order] label").all_text_contents()]


def _chosen(field: Locator) -> str:
    """Give the words that a list shows; nothing where nothing is chosen."""
    return (field.locator("option:checked").text_content() or "") if field.input_value() else ""


def _without_letter(words: str) -> str:
    """Take away the letter that a long meaning is listed under."""
    return re.sub(r"^[A-Z]\. ", "", words)


# --- how it is answered --------------------------------------------------------------------------------------------


class Hands(Protocol):
    """A way to answer."""

    page: Page

    def pick(self, box: Locator) -> None:
        """Choose an option."""

    def select(self, field: Locator, words: str) -> None:
        """Choose from a list what ends in these words."""

    def write(self, field: Locator, text: str) -> None:
        """Write a text, in place of what stands there."""

    def arrange(self, place: Locator, question: Question, order: list[int]) -> None:
        """Put items in order."""

    def press(self, button: Locator) -> None:
        """Press a button, or follow a link."""


def give(hands: Hands, place: Locator, question: Question, answer: Answer) -> None:
    """Answer one question."""
    if question.options:
        for number in answer if isinstance(answer, list) else [answer]:
            hands.pick(box_of(place, question.options[cast("int", number) - 1]))
    elif isinstance(answer, dict):
        for number, pick in answer.items():
            hands.select(place.locator("select").nth(int(number) - 1), question.pairs[pick - 1].meaning)
    elif question.kind is Kind.ORDERING:
        hands.arrange(place, question, cast("list[int]", answer))
    else:
        fields = place.locator("input:not([type=hidden]), textarea").all()
        for field, text in zip(fields, answer if isinstance(answer, list) else [answer], strict=True):
            hands.write(field, str(text))


def see_saved(place: Locator) -> None:
    """Wait until a question says that its answer is safe."""
    expect(place.locator(".saved")).to_have_text(SAVED)


@dataclass
class Mouse:
    """Clicks, and types where there is something to write."""

    page: Page

    def pick(self, box: Locator) -> None:
        box.click()

    def select(self, field: Locator, words: str) -> None:
        field.select_option(value=option_for(field, words))

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def press(self, button: Locator) -> None:
        button.click()

    def arrange(self, place: Locator, question: Question, order: list[int]) -> None:
        """Bring each item up to its place."""
        for target, item in enumerate(order):
            row = place.locator("[data-order] > li", has_text=question.items[item - 1].text)
            for _ in range(_items_on(place, question).index(item) - target):
                self.press(row.locator("[data-move=up]"))
        if place.get_by_role("button", name="Keep this order").count():
            self.press(place.get_by_role("button", name="Keep this order"))
        assert _items_on(place, question) == order


@dataclass
class NoScript(Mouse):
    """The same where no script runs: places are chosen from lists."""

    def arrange(self, place: Locator, question: Question, order: list[int]) -> None:
        for item, field in zip(_items_on(place, question), place.locator("select").all(), strict=True):
            field.select_option(str(order.index(item) + 1))


@dataclass
class Keyboard(Mouse):
    """Tab, arrows, Space and Enter alone. Wherever the focus goes, it must be seen."""

    def pick(self, box: Locator) -> None:
        """Reach a group of radio buttons where Tab does, and go on by arrows; a checkbox is reached itself."""
        if box.get_attribute("type") == "checkbox":
            self.reach(box)
            self.page.keyboard.press("Space")
            return
        group = box.page.locator(f'input[name="{box.get_attribute("name")}"]')
        self.reach(group)
        while not _has_focus(box):
            self.page.keyboard.press("ArrowDown")
            self.see_focus()
        self.page.keyboard.press("Space")

    def select(self, field: Locator, words: str) -> None:
        self.reach(field)
        values, wanted = _values(field), option_for(field, words)
        steps = values.index(wanted) - values.index(field.input_value())
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        expect(field).to_have_value(wanted)

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.page.keyboard.type(text)

    def press(self, button: Locator) -> None:
        self.reach(button)
        self.page.keyboard.press("Enter")

    def reach(self, wanted: Locator) -> None:
        """Press Tab until the focus is there."""
        expect(wanted.first).to_be_visible()
        for _ in range(MOST_TABS):
            if any(_has_focus(one) for one in wanted.all()):
                return
            self.page.keyboard.press("Tab")
            self.see_focus()
        raise AssertionError(f"Tab never comes to {wanted}")

    def see_focus(self) -> None:
        assert self.page.evaluate(OUTLINE) > 0, self.page.evaluate("document.activeElement.outerHTML")


# The outline of what has the focus, or of the row or card that shows it. The page itself shows none, and players
# draw their own.
OUTLINE = """() => {
  const here = document.activeElement;
  if (here.matches("body, audio, video")) return 1;
  const shown = [here, here.closest(".option"), here.closest(".card")].filter(Boolean).map(getComputedStyle);
  return Math.max(...shown.map((style) => (style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth))));
}"""


def _has_focus(element: Locator) -> bool:
    return bool(element.evaluate("element => element === document.activeElement"))


def option_for(field: Locator, words: str) -> str:
    """Give the value of the choice that ends in these words."""
    said = field.locator("option").all_text_contents()
    return next(value for value, text in zip(_values(field), said, strict=True) if text.endswith(words))


def _values(field: Locator) -> list[str]:
    values: list[str] = field.locator("option").evaluate_all("options => options.map((option) => option.value)")
    return values
