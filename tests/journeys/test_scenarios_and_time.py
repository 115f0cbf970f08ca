"""A story played by keyboard, with and without script; and time that is counted while somebody is at it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from inspectors import Inspector
from open_houses import ROOT, OpenHouse
from playwright.sync_api import Locator, Request, expect
from walkers import Walk, Walker

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

SAMPLE = ROOT / "templates" / "course"
COURSE = "/courses/a-good-goodbye"
FIRST = f"{COURSE}/modules/why-endings-matter"
STORY = f"{COURSE}/modules/planning-the-last-sessions"
MINUTE = 60_000


@pytest.fixture
def story_house(open_house: OpenHouse, tmp_path: Path) -> OpenHouse:
    """An open house whose shelf also has the sample course, which asks for some time before its exam."""
    folder = tmp_path / "a-good-goodbye"
    folder.mkdir()
    for path in SAMPLE.rglob("*"):
        if path.is_file():
            target = folder / path.relative_to(SAMPLE)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    settings = folder / "course.md"
    settings.write_text(settings.read_text().replace("\npass:", "\nminimum_minutes: 20\npass:", 1))
    open_house.run("publish", str(folder))
    return open_house


def story(walker: Walker) -> Locator:
    return walker.page.locator(".box-scenario")


def here(walker: Walker) -> Locator:
    return walker.page.locator("[id$='-here']")


def presses_enter_on(walker: Walker, words: str) -> None:
    """Tab on until a link has the focus, and press Enter."""
    link = story(walker).get_by_role("link", name=words)
    for _ in range(12):
        walker.page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            walker.page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not come to “{words}”")


# --- a story -----------------------------------------------------------------------------------------------------


def test_a_story_is_played_by_keyboard_in_its_place_and_told_to_nobody(story_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", story_house)
    inspector = Inspector(ana)
    ana.goes_to(STORY)
    address = ana.page.url
    inspector("scenario, beginning")
    story(ana).get_by_role("link", name="Give it, this once").focus()
    ana.page.keyboard.press("Enter")
    expect(here(ana)).to_be_focused()
    expect(here(ana)).to_contain_text("Dee writes at two in the morning.")
    expect(here(ana)).to_have_accessible_name("Number")
    expect(here(ana)).to_have_accessible_description(re.compile("Warm, and hard to take back"))
    inspector("scenario, on the way")
    presses_enter_on(ana, "Bring it to supervision")
    expect(here(ana)).to_contain_text("This is an ending.")
    expect(story(ana).get_by_role("listitem")).to_have_count(2)
    inspector("scenario, ending")
    presses_enter_on(ana, "Back one step")
    expect(here(ana)).to_contain_text("Dee writes at two in the morning.")
    presses_enter_on(ana, "Start again")
    expect(here(ana)).to_contain_text("You are the only one who gets me")
    expect(story(ana).get_by_role("link", name="Start again")).to_have_count(0)
    assert ana.page.url == address, "nothing stays in the history of a browser that others use"
    assert "way=" not in story_house.log
    assert inspector.findings == []


def test_a_story_is_played_without_script_and_without_losing_the_place(story_house: OpenHouse, walk: Walk) -> None:
    ben = walk("ben", story_house, scripts=False)
    ben.goes_to(STORY)
    story(ben).get_by_role("link", name="Give it, this once").click()
    expect(here(ben)).to_be_in_viewport()
    story(ben).get_by_role("link", name="Bring it to supervision").click()
    expect(here(ben)).to_be_in_viewport()
    expect(here(ben)).to_contain_text("This is an ending.")
    ben.page.emulate_media(media="print")
    for words in ("You are the only one who gets me", "Dee writes at two", "Dee copies the crisis line"):
        expect(story(ben)).to_contain_text(words, use_inner_text=True)
    expect(story(ben).get_by_text("Your way so far")).to_be_hidden()


def test_a_story_waits_where_it_is_while_the_network_is_gone(story_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", story_house)
    ana.goes_to(STORY)
    ana.page.wait_for_load_state("load")
    ana.page.context.set_offline(True)
    story(ana).get_by_role("link", name="Give it, this once").click()
    expect(ana.page.locator("#toast")).not_to_be_empty()
    expect(here(ana)).to_contain_text("You are the only one who gets me")
    ana.page.context.set_offline(False)
    story(ana).get_by_role("link", name="Give it, this once").click()
    expect(here(ana)).to_contain_text("Dee writes at two in the morning.")
    ana.was_told("ERR_INTERNET_DISCONNECTED")


# --- time --------------------------------------------------------------------------------------------------------


def beats(walker: Walker) -> list[dict[str, str]]:
    """Collect what the pages say of her time."""
    said: list[dict[str, str]] = []

    def hear(request: Request) -> None:
        if request.method == "POST" and request.url.endswith(f"{COURSE}/time"):
            said.append({name: values[0] for name, values in parse_qs(request.post_data or "").items()})

    walker.page.on("request", hear)
    return said


def seconds(said: list[dict[str, str]]) -> int:
    return sum(int(one["seconds"]) for one in said)


def lets_pass(walker: Walker, minutes: float, *, moving: bool) -> None:
    """Let time pass in the browser, moving every half minute or not at all."""
    for _ in range(round(minutes * 2)):
        if moving:
            walker.page.keyboard.press("Shift")  # what scrolls would go on scrolling while the clock leaps
        walker.page.clock.run_for(MINUTE / 2)
        walker.page.evaluate("fetch('/health')")  # most of what was said before this has been answered


def test_time_counts_while_she_is_at_it_and_says_nothing_else(story_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", story_house)
    said = beats(ana)
    ana.page.clock.install()
    ana.goes_to(FIRST)
    ana.presses("Done, next")
    ana.reads("Planning the last sessions")
    lets_pass(ana, 5, moving=True)
    # On a busy machine a beat may still be on its way when the next is due: two of them, half a minute each, wait.
    assert 4 * 60 <= seconds(said) <= 5 * 60 + 5
    assert {name for one in said for name in one} == {"module", "seconds", "opened", "key"}
    before = seconds(said)
    lets_pass(ana, 20, moving=False)
    assert seconds(said) - before <= 5 * 60, "away after three minutes of twenty"
    before = seconds(said)
    lets_pass(ana, 2, moving=True)
    assert seconds(said) - before >= 30, "and back with the first move"


def test_a_page_out_of_sight_counts_nothing(story_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", story_house)
    said = beats(ana)
    ana.page.clock.install()
    ana.goes_to(FIRST)
    ana.presses("Done, next")
    ana.reads("Planning the last sessions")
    ana.page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    ana.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    before = seconds(said)
    lets_pass(ana, 10, moving=True)
    assert seconds(said) == before


def test_without_script_the_page_says_how_her_time_counts(story_house: OpenHouse, walk: Walk) -> None:
    ben = walk("ben", story_house, scripts=False)
    ben.goes_to(FIRST)
    expect(ben.page.locator("noscript p")).to_be_visible()


def test_the_exam_says_what_is_left_and_nobody_is_shut_out(story_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", story_house)
    inspector = Inspector(ana)
    ana.goes_to(FIRST)
    for _ in range(3):
        ana.presses("Done, next")
    ana.reads("Final exam")
    expect(ana.page.get_by_role("main")).to_contain_text("This course asks for 20 minutes with the text")
    inspector("exam door, time left")
    ana.follows("Your time in this course")
    ana.reads("Your time in this course")
    inspector("time")
    assert inspector.findings == []
