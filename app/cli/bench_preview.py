"""From a saved file to the page that shows it, in a real browser: what an author waits for, hundreds of times a day."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from app.cli.bench import Stopwatch, repeated
from app.kit.clock import system_clock

SAVES = 20  # in each repetition
PAUSES = (0.11, 0.17, 0.23)  # between saves: not in step with the preview's own glances
PATIENCE = 30.0
ADDRESS = "?at=/courses/long-course/modules/why-endings-matter"
# Notes for each title of the page the moment at which it is first to be seen.
WATCH = """() => {
  window.firstSeen = {};
  const look = () => {
    const title = document.querySelector("iframe")?.contentDocument?.querySelector("h1")?.textContent ?? "";
    if (title && !(title in firstSeen)) firstSeen[title] = Date.now();
    requestAnimationFrame(look);
  };
  look();
}"""


def saved_to_seen(folder: Path, file: Path) -> Stopwatch | None:
    """Give the 95th percentile of the milliseconds from save to sight; nothing, and say so, without a browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        sys.stderr.write("The preview is not measured: that takes Chromium, and what ./run test sets up.\n")
        return None
    with _open_preview(folder) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}{ADDRESS}")
        page.frame_locator("iframe").locator("h1").wait_for()
        page.evaluate(WATCH)
        sleep(1)
        text, count = file.read_text(encoding="utf-8"), iter(range(10_000))
        found = repeated(lambda: _percentile(page, file, text, [next(count) for _ in range(SAVES)]))
        browser.close()
    return found


def _percentile(page: Any, file: Path, text: str, numbers: list[int]) -> float:
    waits = sorted(_wait(page, file, text, number) for number in numbers)
    return waits[int(len(waits) * 0.95) - 1]


def _wait(page: Any, file: Path, text: str, number: int) -> float:
    """Save the file under a new title, and give the milliseconds until the browser showed it."""
    title = f"A long module, version {number}"
    file.write_text(text.replace("# A long module", f"# {title}", 1), encoding="utf-8")
    saved = system_clock().timestamp() * 1000
    deadline = perf_counter() + PATIENCE
    while not (seen := page.evaluate("title => firstSeen[title] ?? 0", title)):
        if perf_counter() > deadline:
            message = "the preview did not follow"
            raise AssertionError(message)
        sleep(0.01)
    sleep(PAUSES[number % len(PAUSES)])
    return float(seen) - saved


@contextmanager
def _open_preview(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "app", "preview", str(folder), "--port", str(port)]
    serving = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    address = f"http://127.0.0.1:{port}/"
    try:
        _await(address)
        yield address
    finally:
        serving.terminate()
        serving.wait(PATIENCE)


def _await(address: str) -> None:
    deadline = perf_counter() + PATIENCE
    while True:
        try:
            with urlopen(address):  # noqa: S310 - this machine's own preview
                return
        except (URLError, ConnectionError):
            if perf_counter() > deadline:
                raise
            sleep(0.05)
