"""Every page of a filled house in a real browser, for everybody there is: no request leaves for another host."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from open_houses import ROOT, OpenHouse, free_port
from playwright.sync_api import Browser, Error, Page, Request

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

MOST = 90  # pages for one person: beyond that they are of kinds that were seen
OF_A_KIND = 2
FILES = re.compile(r"\.(?:pdf|zip|csv|xlsx|ics|json|xml|txt|png|md|tlog-proof)$|/(?:export|download|sign-out)\b")
LINKS = "() => [...document.querySelectorAll('a[href]')].map((one) => one.href)"
SEEN_IN_ANY_CASE = {"/", "/account", "/account/licenses", "/account/privacy", "/verify", "/policies"}
CONTROL = '<!doctype html><title>Control</title><img alt="" src="http://elsewhere.example/pixel.gif">'


class Watcher:
    """Follows the links of a site, and writes down every request to another host."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.strangers = page, address, set[str]()
        self.seen: list[str] = []
        self._kinds: Counter[str] = Counter()
        page.on("request", self._asked)

    def crawl(self, *paths: str) -> None:
        """Look at these pages, and at all that they lead to."""
        waiting = list(paths)
        while waiting and len(self.seen) < MOST:
            path = waiting.pop(0)
            if self._is_news(path) and self._look(path):
                waiting += [one for one in map(self._here, self.page.evaluate(LINKS)) if one]

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "about:")):
            self.strangers.add(request.url)

    def _is_news(self, path: str) -> bool:
        kind = re.sub(r"[0-9A-Z]{4,}|\d+|[0-9a-f]{8,}", "#", path)
        self._kinds[kind] += 1
        return self._kinds[kind] <= OF_A_KIND and not FILES.search(path)

    def _look(self, path: str) -> bool:
        try:
            self.page.goto(f"{self.address}{path}", wait_until="load")
        except Error:  # a file that is downloaded, and not shown
            return False
        self.seen.append(path)
        return True

    def _here(self, link: str) -> str:
        return urlsplit(link).path if link.startswith(f"{self.address}/") else ""


@pytest.fixture
def filled(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[OpenHouse, dict[str, str]]]:
    """A demonstration house, open, and a link for each of its people."""
    house = OpenHouse(tmp_path, sqlite_url, free_port())
    told = subprocess.run(
        house._command("demo", "--json"),
        cwd=ROOT,
        env=house._settings(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    house.open()
    yield house, {one["role"]: one["sign_in_url"] for one in reversed(json.loads(told)["people"])}
    house.close()


def test_no_page_asks_another_host_for_anything(filled: tuple[OpenHouse, dict[str, str]], chromium: Browser) -> None:
    house, doors = filled
    seen: set[str] = set()
    for role in ("", *sorted(doors)):
        context = chromium.new_context()
        page = context.new_page()
        watcher = Watcher(page, house.address)
        if role:
            page.goto(doors[role])
            if page.get_by_role("button", name="Sign in").count():
                page.get_by_role("button", name="Sign in").first.click()
        watcher.crawl("/", "/account", "/account/licenses", "/account/privacy", "/account/records", "/verify", "/admin")
        assert watcher.strangers == set(), role
        seen |= set(watcher.seen)
        context.close()
    assert seen >= SEEN_IN_ANY_CASE
    assert len(seen) > 45, sorted(seen)


def test_control_a_page_that_asks_is_found(filled: tuple[OpenHouse, dict[str, str]], chromium: Browser) -> None:
    house, _doors = filled
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/control", lambda route: route.fulfill(body=CONTROL, content_type="text/html"))
    page.route("**/pixel.gif", lambda route: route.abort())
    watcher = Watcher(page, house.address)
    watcher.crawl("/control")
    assert watcher.strangers == {"http://elsewhere.example/pixel.gif"}
    context.close()
