"""The course of every construct, taken to its certificate by mouse, by keyboard alone, and without a script."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from cast import EMAILS
from every_kind import (
    TEXT,
    Hands,
    Keyboard,
    KindHouse,
    Mouse,
    NoScript,
    answer_on,
    asked_on,
    course_of_every_kind,
    give,
    just_enough,
    place_of,
    right_answer,
    see_saved,
)
from playwright.sync_api import Page, expect
from sqlmodel import select
from walkers import NAME, SAVED, Walk, Walker

from app.assessment.attempts import Attempt
from app.content.course import Course, Kind, Question
from app.kit.database import open_database

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

DOOR = "/courses/every-construct/modules/before-the-door"
KINDS = frozenset(Kind) - {Kind.SCALE}  # a scale stands in evaluations only
SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = ((320, 800), (1280, 900))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SEED = "every-kind"
UNREADABLE = "about an hour"


@pytest.fixture
def kind_house(sqlite_url: str, tmp_path: Path) -> Iterator[KindHouse]:
    """A house that offers the course of every construct, open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        house = KindHouse(tmp_path, sqlite_url, probe.getsockname()[1])
    house.open()
    yield house
    house.close()


@pytest.fixture(scope="module")
def shipped_course() -> Course:
    """The course that these journeys take."""
    return course_of_every_kind()


def test_every_kind_is_answered_with_the_mouse_and_every_state_is_accessible(kind_house: KindHouse, walk: Walk) -> None:
    ana = walk("ana", kind_house)
    looks = Looks(ana)
    ana.starts_the_exam()
    fix_the_paper(kind_house)
    ana.page.reload()
    looks.at("to answer")
    answer_everything(Mouse(ana.page), ana.course)
    looks.at("answered")
    number = place_of(ana.page, kind_of(ana.course, Kind.NUMBER))
    number.get_by_role("textbox").fill(UNREADABLE)
    expect(number.locator(".saved")).to_contain_text(f"We cannot read “{UNREADABLE}” as a number.")
    ana.page.reload()
    expect(ana.page.locator(".error-summary")).to_be_focused()
    looks.at("error", only={Kind.NUMBER})
    number.get_by_role("textbox").fill("75")
    expect(ana.page.locator(".error-summary")).to_have_count(0)
    ana.presses("Review and submit")
    ana.reads("Review your answers")
    looks.at("review", only=set())
    ana.presses("Submit my exam")
    expect(ana.page.get_by_role("main")).to_contain_text("You passed with 80%.")
    looks.at("result")
    finish(ana)
    looks.compare()


def test_every_kind_is_answered_with_the_keyboard_alone(kind_house: KindHouse, walk: Walk) -> None:
    ana = walk("ana", kind_house)
    hands = Keyboard(ana.page)
    ana.goes_to("/")
    go_by_keyboard(ana, hands)
    answer_everything(hands, ana.course)
    main = ana.page.get_by_role("main")
    hands.press(main.get_by_role("button", name="Review and submit"))
    ana.reads("Review your answers")
    hands.press(main.get_by_role("button", name="Submit my exam"))
    expect(main).to_contain_text("You passed with 80%.")
    hands.press(main.get_by_role("link", name="Continue: evaluation"))
    evaluate_by_keyboard(ana, hands)
    ana.reads("Your certificate")


def test_every_kind_is_answered_without_a_script(kind_house: KindHouse, walk: Walk) -> None:
    ana = walk("ana", kind_house, scripts=False)
    ana.starts_the_exam()
    order = place_of(ana.page, kind_of(ana.course, Kind.ORDERING))
    for field in order.locator("select").all()[:2]:
        field.select_option("2")
    ana.presses("Save answers")
    expect(ana.page.locator(".error-summary")).to_contain_text("Place 2 is taken more than once.")
    assert [field.input_value() for field in order.locator("select").all()] == ["2", "2", "", "", ""]
    answer_everything(NoScript(ana.page), ana.course)
    expect(ana.page.locator(".error-summary")).to_have_count(0)
    ana.presses("Review and submit")
    expect(ana.page.get_by_role("main")).to_contain_text("Every question is answered")
    ana.presses("Submit my exam")
    finish(ana)


def test_an_order_is_made_by_buttons_that_keep_the_focus_and_say_where_it_went(
    kind_house: KindHouse, walk: Walk
) -> None:
    ana = walk("ana", kind_house)
    ana.goes_to(DOOR)
    place = place_of(ana.page, kind_of(ana.course, Kind.ORDERING, in_exam=False))
    rows, said = place.locator("[data-order] > li"), place.get_by_role("status")
    first = (rows.first.locator("label").text_content() or "").strip()
    down = place.get_by_role("button", name=f"Down {first}")
    down.press("Enter")
    expect(said).to_have_text("Moved to place 2 of 4")
    expect(down).to_be_focused()
    down.press("Space")
    down.press("Enter")
    expect(said).to_have_text("Moved to place 4 of 4")
    expect(down).to_be_focused()
    expect(down).to_have_attribute("aria-disabled", "true")
    down.press("Enter")
    expect(rows.last).to_contain_text(first)


def test_what_is_written_for_oneself_in_a_check_never_leaves_the_browser(kind_house: KindHouse, walk: Walk) -> None:
    ana = walk("ana", kind_house)
    sent: list[str] = []
    ana.page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    _, check = ana.course.modules[0].checks()
    ana.goes_to(DOOR)
    for question in check.questions:
        give(Mouse(ana.page), place_of(ana.page, question), question, right_answer(question))
    here = ana.page.locator(f'[id="{check.id}"]')
    here.get_by_role("button", name="Check my answers").click()
    expect(here.get_by_role("link", name="Try again")).to_be_visible()
    private = [question for question in check.questions if not question.graded]
    assert [answer_on(place_of(ana.page, question), question) for question in private] == [TEXT, TEXT]
    assert [one for one in sent if "kitchen" in one] == []
    assert [one for one in sent if "informed" in one] != []


def test_checks_of_every_kind_are_accessible_before_and_after_they_are_answered(
    kind_house: KindHouse, walk: Walk
) -> None:
    ana = walk("ana", kind_house)
    ana.goes_to(DOOR)
    assert_accessible(ana.page, "checks to answer")
    for check in ana.course.modules[0].checks():
        ana.page.locator(f'[id="{check.id}"]').get_by_role("button", name="Check my answers").click()
        expect(ana.page.locator(f'[id="{check.id}"]')).to_contain_text("Still open")
        for question in check.questions:
            give(Mouse(ana.page), place_of(ana.page, question), question, right_answer(question))
        ana.page.locator(f'[id="{check.id}"]').get_by_role("button", name="Check my answers").click()
        expect(ana.page.locator(f'[id="{check.id}"]').get_by_role("link", name="Try again")).to_be_visible()
    assert_accessible(ana.page, "checks answered")


# --- the way -------------------------------------------------------------------------------------------------------


def answer_everything(hands: Hands, course: Course) -> None:
    """Answer the whole exam, question by question as it stands there, and find it all again after a reload."""
    assert course.exam is not None
    answers, page = just_enough(course), hands.page
    asked = asked_on(page, course.exam.questions())
    for question in asked:
        give(hands, place_of(page, question), question, answers[question.id])
        if not isinstance(hands, NoScript):
            see_saved(place_of(page, question))
    if isinstance(hands, NoScript):
        page.get_by_role("button", name="Save answers").click()
    else:
        page.reload()
    found = {question.id: answer_on(place_of(page, question), question) for question in asked}
    assert found == {question.id: answers[question.id] for question in asked}


def finish(ana: Walker) -> None:
    """Go from the result, which is just enough, to the certificate."""
    expect(ana.page.get_by_role("main")).to_contain_text("You passed with 80%.")
    expect(ana.page.get_by_role("main")).to_contain_text("20 of 25 points")
    ana.follows("Continue: evaluation")
    ana.evaluates()


def go_by_keyboard(ana: Walker, hands: Keyboard) -> None:
    """Go from the catalog to the first question."""
    main = ana.page.get_by_role("main")
    hands.press(main.get_by_role("link", name=ana.course.title, exact=True))
    hands.press(main.get_by_role("link", name="Start reading"))
    for module in ana.course.modules:
        ana.reads(module.title)
        hands.press(main.get_by_role("button", name="Done, next"))
    ana.reads("Final exam")
    hands.press(main.get_by_role("link", name="Sign in to start"))
    hands.write(ana.page.get_by_label("E-mail address"), EMAILS["ana"])
    ana.page.keyboard.press("Enter")
    ana.reads("Enter your code")
    hands.write(ana.page.get_by_label("Code", exact=True), ana.house.code_for(EMAILS["ana"]))
    ana.page.keyboard.press("Enter")
    hands.press(main.get_by_role("button", name="Yes, it was me"))
    hands.press(main.get_by_role("button", name="Start the exam"))
    expect(ana.page.locator("#exam")).to_be_visible()


def evaluate_by_keyboard(ana: Walker, hands: Keyboard) -> None:
    """Fill in the evaluation from its top to its end."""
    ana.reads("Evaluation")
    page = ana.page
    for scale in page.locator(".scale").all():
        hands.pick(scale.locator("input[value='5']"))
    hands.write(page.get_by_label("Your legal name"), NAME)
    hands.pick(page.locator("[name=attest]"))
    zone = page.get_by_label("Your time zone")
    if not zone.input_value():
        hands.select(zone, "New York")
    hands.press(page.get_by_role("button", name="Send, and get my certificate"))


def kind_of(course: Course, kind: Kind, *, in_exam: bool = True) -> Question:
    """Give the first question of a kind, in the exam or in a check."""
    assert course.exam is not None
    checked = (one for module in course.modules for check in module.checks() for one in check.questions)
    return next(one for one in (course.exam.questions() if in_exam else checked) if one.kind is kind)


def fix_the_paper(house: KindHouse) -> None:
    """Draw the paper of one seed, so that what it looks like can be compared."""
    database = open_database(house.database_url)
    with database.write() as db:
        attempt = db.exec(select(Attempt)).one()
        attempt.seed = SEED
        db.add(attempt)
    database.close()


# --- how it looks, to eyes and to screen readers ---------------------------------------------------------------------


class Looks:
    """What axe says of a page in each state, and how a screen reader meets each kind of question in it."""

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.seen: dict[str, dict[str, str]] = {}

    def at(self, state: str, *, only: Iterable[Kind] = KINDS) -> None:
        """Look at the page in light and dark, on a phone and on a desk; keep the tree of the kinds it is about."""
        for question in self._shown():
            if question.kind in only:
                tree = place_of(self.walker.page, question).aria_snapshot()
                self.seen.setdefault(_name(question), {})[state] = SAVED.sub("Saved 10:42 AM", tree)
        assert_accessible(self.walker.page, state)

    def _shown(self) -> list[Question]:
        exam = self.walker.course.exam
        assert exam is not None
        return [one for one in exam.questions() if place_of(self.walker.page, one).count()]

    def compare(self) -> None:
        """See that each kind is told as it was, or write down how it is told now."""
        told = {name: _told(states) for name, states in self.seen.items()}
        if os.environ.get("RENEW_SNAPSHOTS"):
            SNAPSHOTS.mkdir(exist_ok=True)
            for name, text in told.items():
                _snapshot(name).write_text(text, encoding="utf-8")
        kept = {path.stem: path.read_text(encoding="utf-8") for path in SNAPSHOTS.glob("*.yml")}
        assert told == kept, "Renew them with RENEW_SNAPSHOTS=1 once you have read what changed."
        assert set(told) == {*KINDS, "reflection"}


def _name(question: Question) -> str:
    return "reflection" if question.private else str(question.kind)


def _told(states: Mapping[str, str]) -> str:
    return "".join(f"# {state}\n{tree}\n\n" for state, tree in states.items())


def _snapshot(name: str) -> Path:
    return SNAPSHOTS / f"{name}.yml"


def assert_accessible(page: Page, state: str) -> None:
    """See that axe has nothing to say, at any size and in either color scheme."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{state} is wider than {width}"
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            said = Axe().run(page)
            found += [f"{state}, {width}, {scheme}: {said.generate_report()}"] if said.violations_count else []
    assert found == []
