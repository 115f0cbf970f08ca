"""Where journeys begin: open houses, a real browser, and somebody to send. `pytest_plugins = ["travel"]` asks for them.

A `conftest.py` here would take the name of the one above, which other tests import from.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from open_houses import SHIPPED, OpenHouse, free_port
from playwright.sync_api import Browser, expect, sync_playwright
from walkers import Walk, Walker

from app.content import reader
from app.content.course import Course

APPROVAL = """\
body: Association of Social Work Boards (ASWB) Approved Continuing Education (ACE)
provider_number: "1234"
valid_from: 2020-01-01
valid_to: 2099-12-31
formats: [reading]
hour_types: [ethics]
statement: "{provider}, #{provider_number}, is approved until {valid_to}: {hours} {hour_types} credits."
"""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 15_000  # the machine may be busy with other tests
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`stopped by the policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


def _furnished(database_url: str, folder: Path) -> Iterator[OpenHouse]:
    house = OpenHouse(folder, database_url, free_port())
    try:
        yield house
    finally:
        house.close()


@pytest.fixture
def open_house(sqlite_url: str, tmp_path: Path) -> Iterator[OpenHouse]:
    """A house on SQLite, open, with the courses that ship."""
    for house in _furnished(sqlite_url, tmp_path):
        house.open()
        yield house


@pytest.fixture
def named_house(database_url: str, tmp_path: Path) -> Iterator[OpenHouse]:
    """A house on either database whose provider has a name, a signer and an approval, open."""
    (tmp_path / "ace.yaml").write_text(APPROVAL)
    for house in _furnished(database_url, tmp_path):
        house.run(
            *("provider", "set", "--name", "Hudson Valley Learning", "--address", "12 Elm Street, Albany, NY 12207"),
            *("--phone", "+1 518 555 0100", "--email", "records@ce.example.org"),
            *("--signer-name", "Margaret Olusanya", "--signer-title", "Director of continuing education"),
        )
        house.run("approvals", "add", str(tmp_path / "ace.yaml"))
        house.open()
        yield house


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, started once a module. It ends with it: its loop would stand in the way of other tests' loops."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shipped_course() -> Course:
    """The course that the journeys are about."""
    course = reader.read(SHIPPED, today=date(2026, 11, 20)).course
    assert course is not None
    return course


@pytest.fixture
def walk(chromium: Browser, shipped_course: Course) -> Iterator[Walk]:
    """Send one of the cast to a house: `walk("ana", house)`. What her browser complained of fails the test."""
    walkers: list[Walker] = []
    with ExitStack() as doors:

        def begin(name: str, house: OpenHouse, *, scripts: bool = True) -> Walker:
            context = doors.enter_context(
                chromium.new_context(
                    java_script_enabled=scripts, accept_downloads=True, reduced_motion="reduce", locale="en-US"
                )
            )
            context.set_default_timeout(PATIENCE_MS)
            context.add_init_script(TELL_VIOLATIONS)
            walker = Walker(name, context.new_page(), house, shipped_course, scripts=scripts)
            _listen(walker)
            walkers.append(walker)
            return walker

        yield begin
    assert [complaint for walker in walkers for complaint in walker.complaints] == []


def _listen(walker: Walker) -> None:
    hear = walker.complaints.append
    walker.page.on("console", lambda said: hear(said.text) if said.type in {"error", "warning"} else None)
    walker.page.on("pageerror", lambda error: hear(str(error)))
