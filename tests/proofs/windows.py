"""A browser that no policy restrains, and pages opened in it: whatever runs in one of them calls home.

Many pages are opened at once, each in a frame of one empty page, without our own scripts (`side_by_side`); or one after
the other at their own addresses, with our scripts at work on them (`one_by_one`).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Browser, Page, Route, sync_playwright

HOME = "preview.example"
AT_ONCE = 40  # pages in one window
PATIENCE_MS = 120_000  # for one window: the machine may be busy
# What every page asks of us, and does not get in a frame: styles, scripts, the file of icons. To ask takes longest.
OURS = re.compile(
    r'<link[^>]*href="/static[^>]*>|<script[^>]*src="/static[^>]*></script>|(?<=<use href=")/static/[^"#<>]*(?=#)'
)
EMPTY = "<!doctype html><title>Home</title><body></body>"

# Every handler is fired that is left in the text of a page, and every address is read that a click could lead to.
FIRE = """root => {
  const found = [];
  for (const each of root.querySelectorAll('*')) {
    for (const {name} of each.attributes)
      if (name.startsWith('on')) each.dispatchEvent(new Event(name.slice(2)));
    for (const name of ['href', 'action', 'src', 'formaction', 'xlink:href', 'data', 'poster']) {
      const scheme = (each.getAttribute(name) || '').replace(/[\\u0000-\\u0020]/g, '').split(':')[0].toLowerCase();
      if (each.localName === 'img' && each.getAttribute('src').startsWith('data:image/')) continue;  // runs nothing
      if (['javascript', 'vbscript', 'data'].includes(scheme))
        found.push('an address: ' + each.getAttribute(name).slice(0, 40));
    }
    if (each.hasAttribute('srcdoc') || /refresh/i.test(each.getAttribute('http-equiv') || ''))
      found.push('a page of its own: ' + each.outerHTML.slice(0, 40));
  }
  return found;
}"""
OPEN = """([shown, patience]) => {
  window.told = []; window.ran = what => { window.told.push(String(what)); };
  document.body.replaceChildren();
  return Promise.all(shown.map(([kind, what]) => new Promise(done => {
    const frame = document.createElement('iframe');
    const late = setTimeout(() => { window.told.push('did not open: ' + what.slice(0, 400)); done(); }, patience);
    frame.onload = () => { clearTimeout(late); done(); };
    if (kind === 'text/html') frame.srcdoc = what; else frame.src = what;
    document.body.append(frame);
  })));
}"""
LOOK = f"""() => {{
  const fire = {FIRE};
  for (const frame of document.querySelectorAll('iframe')) {{
    const inside = frame.contentDocument;
    if (inside) window.told.push(...fire(inside)); else window.told.push('a page left for ' + frame.src);
  }}
  return window.told;
}}"""
AT_WORK = "window.told = []; window.ran = what => { window.told.push(String(what)); };"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser is handed: a text, and what it is said to be."""

    text: str
    kind: str = "text/html"


class Answer(Protocol):
    """What a house answers."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class Asks(Protocol):
    """Somebody who asks a house for an address."""

    def get(self, url: str) -> Answer:
        """Ask."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium, for proofs that are no tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def side_by_side(page: Page, shown: Sequence[Shown]) -> list[str]:
    """Open pages in frames of one window, as many at once as there are; give what ran, or would."""
    told: list[str] = []
    apart = {f"http://{HOME}/{number}": one for number, one in enumerate(shown) if one.kind != "text/html"}
    page.unroute_all()
    page.route("**/*", lambda route: _answer(route, apart, told))
    page.goto(f"http://{HOME}/")
    frames = [[one.kind, one.text if one.kind == "text/html" else f"/{number}"] for number, one in enumerate(shown)]
    page.evaluate(OPEN, [frames, PATIENCE_MS])
    told += page.evaluate(LOOK)
    return told


def _answer(route: Route, apart: Mapping[str, Shown], told: list[str]) -> None:
    """Answer for what is ours; note whatever is asked of anybody else, and answer nothing else."""
    url = route.request.url
    if url == f"http://{HOME}/":
        route.fulfill(content_type="text/html", body=EMPTY)
    elif url in apart:
        headers = {"content-type": f"{apart[url].kind}; charset=utf-8", "x-content-type-options": "nosniff"}
        route.fulfill(headers=headers, body=apart[url].text)
    else:
        if not url.startswith(f"http://{HOME}/"):
            told.append(f"asked {url[:60]}")
        route.abort()


def one_by_one(page: Page, address: str, house: Asks, paths: Iterable[str]) -> list[str]:
    """Open pages at their own addresses, with our scripts at work; give what ran, or would, with where it did."""
    told: list[str] = []
    page.unroute_all()
    page.route("**/*", lambda route: _hand_on(route, address, house, told))
    page.add_init_script(AT_WORK)
    for path in paths:
        before = len(told)
        page.goto(f"{address}{path}", wait_until="load")
        told += page.evaluate(f"() => [...window.told, ...({FIRE})(document)].concat(window.told)")
        told[before:] = [f"{one} at {path}" for one in told[before:]]
    return told


def _hand_on(route: Route, address: str, house: Asks, told: list[str]) -> None:
    """Let the house answer, and nobody else."""
    url = route.request.url
    if not url.startswith(f"{address}/"):
        told.append(f"asked {url[:60]}")
        route.abort()
    elif route.request.method != "GET":
        route.abort()  # a page that sends something by itself: where you are in a text, what you typed
    else:
        answer = house.get(url.removeprefix(address))
        route.fulfill(
            status=answer.status_code,
            content_type=answer.headers.get("content-type", "application/octet-stream"),
            body=answer.content,
        )
