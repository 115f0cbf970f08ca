"""An author with her editor on one side and `continua preview` on the other."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep

import pytest
from axe_playwright_python.sync_playwright import Axe
from inspectors import DESK, PHONE, WIDER
from open_houses import LONGEST_WAIT, PAUSE, ROOT
from playwright.sync_api import Browser, FrameLocator, Page, expect

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

EVERY = ROOT / "tests/courses/every-construct"
FOLLOWS = "The preview shows what you saved."


@dataclass
class Author:
    """Somebody who writes: a folder, and a browser that shows it."""

    folder: Path
    address: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    @property
    def shown(self) -> FrameLocator:
        """The page as learners will see it."""
        return self.page.frame_locator("iframe")

    def looks_at(self, at: str, **more: str) -> None:
        asked = "&".join(f"{name}={value}" for name, value in {"at": at, **more}.items())
        self.page.goto(f"{self.address}/?{asked}")
        expect(self.shown.locator("h1")).to_be_visible()

    def saves(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def top_of(self, mark: str) -> float:
        top: float = self.shown.locator(mark).evaluate("one => one.getBoundingClientRect().top")
        return top


@pytest.fixture
def previewed(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A preview of a course of every construct, as `continua preview` serves it."""
    folder, port = tmp_path / "course", free_port()
    shutil.copytree(EVERY, folder)
    command = [sys.executable, "-m", "app", "preview", str(folder), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL) as serving:
        deadline = monotonic() + LONGEST_WAIT
        while not _answers(port):
            assert serving.poll() is None
            assert monotonic() < deadline
            sleep(PAUSE)
        yield folder, f"http://127.0.0.1:{port}"
        serving.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=LONGEST_WAIT)) as line:
        line.request("GET", "/")
        return line.getresponse().status == 200
    return False


@pytest.fixture
def author(previewed: tuple[Path, str], chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Author]:
    """An author before her preview. What her browser complained of fails the test."""
    scripts = getattr(request, "param", True)
    context = chromium.new_context(java_script_enabled=scripts, reduced_motion="reduce", viewport=DESK)
    context.set_default_timeout(15_000)
    writes = Author(*previewed, context.new_page())
    writes.page.on("console", lambda said: said.type in {"error", "warning"} and writes.complaints.append(said.text))
    writes.page.on("pageerror", lambda error: writes.complaints.append(str(error)))
    yield writes
    context.close()
    assert writes.complaints == []


def module_of(author: Author) -> tuple[str, str]:
    """Give the file and the address of the first module."""
    (file,) = author.folder.glob("01-*.md")
    slug = file.stem.removeprefix("01-")
    return file.name, f"/courses/every-construct/modules/{slug}"


def test_a_saved_file_is_seen_at_once_and_nobody_loses_her_place(author: Author) -> None:
    name, address = module_of(author)
    author.looks_at(address)
    title = author.shown.locator("h1").inner_text()
    last = author.shown.locator("main h2[id]").last
    last.evaluate("one => one.scrollIntoView({block: 'start', behavior: 'instant'})")
    mark = f"#{last.get_attribute('id')}"
    before = author.top_of(mark)
    author.saves(name, f"# {title}\n", f"# {title}, again\n\n" + "One more paragraph that moves all the rest.\n\n" * 9)
    expect(author.shown.locator("h1")).to_have_text(f"{title}, again")
    assert abs(author.top_of(mark) - before) < 40
    expect(author.page.locator("#said")).to_have_text(FOLLOWS)


def test_what_she_has_typed_into_a_question_stays_when_something_else_is_saved(author: Author) -> None:
    name, _ = module_of(author)
    author.looks_at("/attempts/2")
    option = author.shown.locator("input[type=radio]").first
    option.check()
    author.saves(name, "# ", "# New: ")
    author.page.get_by_role("button", name="Pages").click()
    expect(author.page.locator("#stops")).to_contain_text("New: ")
    expect(option).to_be_checked()


def test_a_mistake_stands_above_the_last_good_page_and_leads_to_its_line(author: Author) -> None:
    author.looks_at("/courses/every-construct")
    author.saves("course.md", "level: ", "level: x")
    remark = author.page.locator(".ribbon-remark")
    expect(remark).to_contain_text("the last version without errors")
    expect(author.shown.locator("h1")).to_have_text("The First Home Visit")
    remark.get_by_role("link").click()
    expect(author.shown.locator(":target")).to_contain_text("level: x")
    author.saves("course.md", "level: x", "level: ")
    expect(remark).to_have_count(0)
    expect(author.shown.locator("li[class*=tone]")).to_have_count(0)


def test_a_module_that_is_new_appears_and_a_folder_that_is_gone_is_a_sentence(author: Author) -> None:
    author.looks_at("/courses/every-construct")
    (author.folder / "09-one-more.md").write_text("---\nobjectives: [1]\n---\n# One more\n\nShort.\n", encoding="utf-8")
    expect(author.shown.get_by_role("main")).to_contain_text("One more")
    author.folder.rename(author.folder.with_name("elsewhere"))
    expect(author.page.locator(".ribbon-remark")).to_contain_text("is not there any more")
    author.folder.with_name("elsewhere").rename(author.folder)
    expect(author.page.locator(".ribbon-remark")).to_have_count(0)


@pytest.mark.parametrize("author", [True, False], indirect=True, ids=["script", "no script"])
def test_she_takes_the_exam_by_a_seed_and_sees_its_key(author: Author) -> None:
    author.page.goto(f"{author.address}/?seed=3")
    main, ribbon = author.shown.get_by_role("main"), author.page.locator("#ribbon")
    expect(main.get_by_role("heading", level=1)).to_have_text("Final exam")
    ribbon.get_by_label("Seed").fill("4")
    ribbon.get_by_label("Seed").press("Enter")
    expect(ribbon.get_by_label("Seed")).to_have_value("4")
    ribbon.get_by_role("link", name="Show the key").click()
    expect(main.get_by_role("heading", level=1)).to_have_text("The key")
    ribbon.get_by_role("link", name="Hide the key").click()
    expect(main.get_by_role("heading", level=1)).to_have_text("Final exam")
    main.locator("input[type=radio]").first.check()
    main.get_by_role("button", name="Review and submit").click()
    main.get_by_role("button", name="Submit my exam").click()
    expect(main).to_contain_text("By objective")


def test_a_phone_is_as_narrow_as_a_phone(author: Author) -> None:
    author.looks_at("/courses/every-construct")
    author.page.get_by_role("link", name="Phone width").click()
    expect(author.page.locator(".desk-phone")).to_have_count(1)
    assert author.shown.locator("html").evaluate("() => innerWidth") == 388
    assert author.page.url.endswith("width=phone")
    author.page.reload()
    expect(author.page.locator(".desk-phone")).to_have_count(1)
    author.page.get_by_role("link", name="Full width").click()
    expect(author.page.locator(".desk-wide")).to_have_count(1)


def test_the_desk_is_open_to_everyone(author: Author) -> None:
    author.saves("course.md", "level: ", "level: x")
    findings = []
    for size in (PHONE, DESK):
        author.page.set_viewport_size(size)
        for colors in ("light", "dark"):
            author.page.emulate_media(color_scheme=colors)
            for path in ("/?seed=3", "/source/course.md"):
                author.page.goto(f"{author.address}{path}")
                found = Axe().run(author.page).response["violations"]
                findings += [
                    f"{path} {size['width']} {colors}: {one['id']} at {node['target']}"
                    for one in found
                    for node in one["nodes"]
                ]
                assert author.page.evaluate(WIDER) == 0
    author.saves("course.md", "level: x", "level: ")
    author.page.goto(f"{author.address}/?at=/attempts/3/key")
    author.page.get_by_role("button", name="Drawn").click()
    found = Axe().run(author.page).response["violations"]
    findings += [f"key: {one['id']} at {node['target']}" for one in found for node in one["nodes"]]
    assert findings == []
