"""From an idea to a course that learners see, in the browser: written, mended in place, reviewed, published."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cast import EMAILS
from inspectors import DESK, Inspector
from open_houses import OpenHouse
from playwright.sync_api import FrameLocator, Locator, expect
from walkers import Walk, Walker
from writing import MODULE, TITLE, picture

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

MOST_CLICKS = 11  # of the author, two of them to sign in, from an empty Studio to the published course
SENTENCE = "Say goodbye while there is still time to answer."
SAVED = re.compile(r"Saved \d{1,2}:\d\d [AP]M")


def colleagues(house: OpenHouse) -> None:
    """Give Ines and Ben accounts for what they are to do."""
    house.run("people", "add", EMAILS["ines"], "--role", "instructor")
    house.run("people", "add", EMAILS["ben"], "--role", "reviewer")


def counted(walker: Walker) -> list[str]:
    """Count what she clicks from here on, by the words on it."""
    clicks: list[str] = []
    for act in (walker.presses, walker.follows):

        def click(words: str, act=act) -> None:
            clicks.append(words)
            act(words)

        setattr(walker, act.__name__, click)
    return clicks


def text(walker: Walker) -> Locator:
    """Give the text in the editor."""
    return walker.page.get_by_role("textbox", name=re.compile(f"^Text of {MODULE}"))


def preview(walker: Walker) -> FrameLocator:
    return walker.page.frame_locator("#live")


def types(walker: Walker, words: str) -> None:
    """Type at the end of the text, and see it saved."""
    text(walker).press("Control+End")
    last = words[-12:]
    with walker.page.expect_response(lambda answer: last in (answer.request.post_data or "")):
        walker.page.keyboard.type(f"\n{words}")  # on a slow machine it may be saved before anybody looks
    expect(walker.page.locator("#saved")).to_contain_text(SAVED)


def begins(ines: Walker) -> None:
    ines.goes_to("/author")
    ines.comes_in()
    ines.reads("Studio")
    ines.sees("studio, empty")
    ines.follows("New course")
    ines.sees("new course")
    ines.page.get_by_label("Title").fill(TITLE)
    ines.presses("Begin")
    ines.reads(TITLE)
    ines.sees("course, begun")
    ines.follows(MODULE)
    ines.reads(MODULE)
    ines.page.set_viewport_size(DESK)
    expect(preview(ines).get_by_role("heading", level=1)).to_have_text("Why endings matter")


def plants_and_mends_a_mistake(ines: Walker) -> None:
    types(ines, "Who says so? [@nobody]")
    problems = ines.page.locator("#problems")
    expect(problems).to_contain_text("There is no reference “nobody” in course.md.")
    ines.sees("editor, with a mistake")
    ines.page.set_viewport_size(DESK)
    text(ines).press("Control+Home")
    ines.follows(problems.get_by_role("link").inner_text())
    expect(text(ines)).to_be_focused()
    ines.page.keyboard.press("Shift+End")  # the cursor stands where the mistake begins
    ines.page.keyboard.type(SENTENCE)
    expect(problems).to_contain_text("No problems in this file.")
    expect(preview(ines).get_by_text(SENTENCE)).to_be_visible()


def adds_a_picture(ines: Walker, folder: Path) -> None:
    (file := folder / "Lamp on a desk.png").write_bytes(picture())
    text(ines).press("Control+End")
    ines.follows("Add a picture")
    dialog = ines.page.get_by_role("dialog")
    dialog.get_by_label("File").set_input_files(file)
    dialog.get_by_label("In words").fill("A lamp on a desk")
    ines.sees("picture, asked about")
    ines.page.set_viewport_size(DESK)
    ines.presses("Add it")
    expect(text(ines)).to_contain_text("![A lamp on a desk](media/lamp-on-a-desk.png)")
    expect(preview(ines).get_by_role("img", name="A lamp on a desk")).to_be_visible()
    ines.sees("editor, with a picture")


def asks_for_a_review(ines: Walker) -> None:
    ines.follows("Review and publish")
    ines.reads("Review and publish")
    ines.sees("publish, not reviewed")
    ines.presses("Ask for a review")


def reviews(ben: Walker) -> None:
    ben.goes_to("/author")
    ben.comes_in()
    ben.sees("studio of a reviewer")
    ben.follows(TITLE)
    ben.reads("Review and publish")
    ben.page.get_by_label("Your name, as it stands on your license").fill("Ben Okafor")
    ben.page.get_by_label("Your license", exact=True).fill("NY LCSW 081234")
    ben.sees("publish, to sign")
    ben.presses("Sign this text")
    expect(ben.page.get_by_role("main")).to_contain_text("Ben Okafor")


def test_a_course_is_written_mended_reviewed_published_and_read(
    open_house: OpenHouse, walk: Walk, tmp_path: Path, record_testsuite_property
) -> None:
    colleagues(open_house)
    ines, ben, ana = (walk(name, open_house) for name in ("ines", "ben", "ana"))
    inspector, his = Inspector(ines), Inspector(ben)
    ines.sees, ben.sees = inspector, his
    clicks = counted(ines)
    begins(ines)
    plants_and_mends_a_mistake(ines)
    adds_a_picture(ines, tmp_path)
    asks_for_a_review(ines)
    reviews(ben)
    ines.page.reload()
    ines.sees("publish, signed")
    ines.presses("Publish")
    expect(ines.page.get_by_role("main")).to_contain_text("Published.")
    ines.sees("publish, done")
    ana.goes_to("/")
    ana.follows(TITLE)
    ana.follows("Start reading")
    expect(ana.page.get_by_text(SENTENCE)).to_be_visible()
    expect(ana.page.get_by_role("img", name="A lamp on a desk")).to_be_visible()
    findings = inspector.findings + his.findings
    assert findings == [], "\n".join(findings)
    record_testsuite_property("clicks", len(clicks))
    assert len(clicks) <= MOST_CLICKS, clicks


def test_every_page_of_a_course_is_open_to_everyone(open_house: OpenHouse, walk: Walk, tmp_path: Path) -> None:
    colleagues(open_house)
    ines = walk("ines", open_house)
    inspector = Inspector(ines)
    begins(ines)
    base = ines.page.url.removeprefix(open_house.address).partition("/files/")[0]
    types(ines, "Who says so? [@nobody]")
    ines.sees = inspector
    for below in (
        *("", "/problems", "/add", "/media", "/authors", "/discard", "/upload", f"/rename/{MODULE}"),
        *(f"/remove/{MODULE}", f"/history/{MODULE}", "/files/media/three-sessions.svg", "/editions"),
    ):
        ines.goes_to(base + below)
        ines.sees(f"course{below.replace('/', ' ')}")
    ines.goes_to(f"{base}/history/{MODULE}")
    ines.page.locator(".entries a").last.click()
    ines.sees("version")
    ines.goes_to("/author/upload")
    ines.sees("upload")
    assert inspector.findings == []


def test_whoever_was_faster_is_shown_before_anything_is_overwritten(open_house: OpenHouse, walk: Walk) -> None:
    colleagues(open_house)
    ines = walk("ines", open_house)
    begins(ines)
    second = ines.page.context.new_page()
    second.goto(ines.page.url)
    expect(second.locator("#live")).to_be_visible()
    types(ines, "From the first tab.")
    second.get_by_role("textbox", name=re.compile("^Text of")).press("Control+End")
    second.keyboard.type("\nFrom the second tab.")
    expect(second.locator("#overtaken")).to_contain_text("Nothing was overwritten")
    second.get_by_role("button", name="Compare").click()
    expect(second.get_by_role("table")).to_contain_text("From the first tab.")
    expect(second.get_by_role("textbox")).to_have_value(re.compile(r"From the second tab\.$"))


DROP = """(page, bytes) => {
  const moved = new DataTransfer();
  moved.items.add(new File([new Uint8Array(bytes)], "A plan.png", { type: "image/png" }));
  const { left, top } = page.getBoundingClientRect();
  const told = { bubbles: true, cancelable: true, dataTransfer: moved, clientX: left + 150, clientY: top + 100 };
  for (const kind of ["dragover", "drop"]) page.dispatchEvent(new DragEvent(kind, told));
}"""


def test_what_is_typed_and_dropped_follows_in_the_preview_and_outlives_the_network(
    open_house: OpenHouse, walk: Walk
) -> None:
    colleagues(open_house)
    ines = walk("ines", open_house)
    begins(ines)
    page = preview(ines).locator("html")
    page.evaluate("(page) => page.ownerDocument.defaultView.scrollTo(0, 300)")
    ines.page.wait_for_load_state("load")
    ines.page.context.set_offline(True)
    text(ines).press("Control+End")
    ines.page.keyboard.type(f"\n{SENTENCE}")
    expect(ines.page.locator("#saved")).to_contain_text("Not saved yet. We are trying again")
    ines.page.context.set_offline(False)
    expect(ines.page.locator("#saved")).to_contain_text(SAVED)
    expect(preview(ines).get_by_text(SENTENCE)).to_be_attached()
    assert page.evaluate("(page) => page.ownerDocument.defaultView.scrollY") == 300
    ines.was_told("ERR_INTERNET_DISCONNECTED")
    ines.page.locator(".bench-code").evaluate(DROP, list(picture()))
    ines.presses("Add it")
    expect(ines.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Say in a sentence")
    ines.was_told("status of 422")
    ines.page.get_by_role("dialog").get_by_label("In words").fill("A plan on paper")
    ines.presses("Add it")
    expect(text(ines)).to_contain_text("![A plan on paper](media/a-plan.png)")


def test_the_keyboard_goes_in_and_comes_out_again(open_house: OpenHouse, walk: Walk) -> None:
    colleagues(open_house)
    ines = walk("ines", open_house)
    begins(ines)
    text(ines).focus()
    ines.page.keyboard.press("Tab")
    expect(text(ines)).to_be_focused()
    ines.page.keyboard.press("Control+s")
    expect(ines.page.locator("#saved")).to_contain_text(SAVED)
    ines.page.keyboard.press("Escape")
    ines.page.keyboard.press("Tab")
    expect(ines.page.get_by_role("button", name="Save")).to_be_focused()


def test_a_course_is_written_without_a_script(open_house: OpenHouse, walk: Walk) -> None:
    colleagues(open_house)
    ines = walk("ines", open_house, scripts=False)
    ines.goes_to("/author/new")
    ines.comes_in()
    ines.page.get_by_label("Title").fill(TITLE)
    ines.presses("Begin")
    ines.follows(MODULE)
    field = ines.page.get_by_label(f"Text of {MODULE}")
    field.fill(f"{field.input_value()}\n{SENTENCE}\n\nWho says so? [@nobody]\n")
    ines.presses("Save")
    expect(ines.page.locator("#problems")).to_contain_text("There is no reference “nobody” in course.md.")
    expect(preview(ines).get_by_role("heading", level=1)).to_have_text("There is nothing to show yet")
    ines.was_told("status of 409")
    field = ines.page.get_by_label(f"Text of {MODULE}")
    field.fill(field.input_value().replace(" [@nobody]", ""))
    ines.presses("Save")
    expect(ines.page.locator("#problems")).to_contain_text("No problems in this file.")
    expect(preview(ines).get_by_text(SENTENCE)).to_be_visible()
