"""What it takes to read two hundred files, mostly original or all of them saved again: the first row, and the last."""

from __future__ import annotations

import hashlib
import io
import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from app.awards.drawing import DrawingRoom
from app.awards.reading.room import ReadingRoom
from app.awards.shelf import HouseChecks, Shelf
from app.awards.verdicts import Document
from app.cli import bench_house
from app.cli.bench import Line, Stopwatch, repeated
from app.cli.bench_house import House
from app.kit.clock import system_clock

FILES, DIFFERENT = 200, 20
MIXED_GOAL, AGAIN_GOAL, FIRST_GOAL = 6.0, 20.0, 1.0  # seconds on two cores (the issue on certificates)

File = tuple[str, bytes]


class NotAsExpected(AssertionError):
    """A file was judged wrongly: then the time it took says nothing."""


def lines() -> Iterator[Line]:
    """Measure the mixed folder, then the one that was saved again."""
    with bench_house.opened() as house:
        rooms = [DrawingRoom(house.issuer.signer) for _ in range(os.cpu_count() or 1)]
        originals = _originals(house, rooms)
        again = [(f"again-{name}", _saved_again(content)) for name, content in originals]
        mixed = [*originals[DIFFERENT:], *again[: DIFFERENT // 2], *_altered(originals[DIFFERENT // 2 : DIFFERENT])]
        random.Random(7).shuffle(mixed)  # noqa: S311 - the same order every time
        hashed = repeated(lambda: _hashed(mixed))
        for name, files, goal in (("mixed", mixed, MIXED_GOAL), ("saved again", again, AGAIN_GOAL)):
            first = Stopwatch()
            last = repeated(lambda files=files, firsts=first.values: _checked(house, rooms[0], files, firsts), times=3)  # type: ignore[misc]
            noisy = last.noisy or hashed.noisy
            yield Line(f"{FILES} files, {name}", "s", last.value, "hash them", hashed.value, goal, noisy)
            yield Line(f"{name}: the first row", "s", first.value, "hash them", hashed.value, FIRST_GOAL, noisy)
        for room in rooms:
            room.close()


def _originals(house: House, rooms: list[DrawingRoom]) -> list[File]:
    issued = [house.issue(now=system_clock()) for _ in range(FILES)]
    with ThreadPoolExecutor(len(rooms)) as hands:
        drawn = list(hands.map(lambda at: house.draw(rooms[at % len(rooms)], issued[at]), range(FILES)))
    _say(f"{FILES} certificates issued and sealed")
    return [(f"{number}.pdf", content) for number, content in zip(issued, drawn, strict=True)]


def _checked(house: House, room: DrawingRoom, files: list[File], firsts: list[float]) -> float:
    """Check a folder with a reading room that nobody has used yet; give the seconds, and those to the first row."""
    reading = ReadingRoom()
    checks = HouseChecks(Shelf(house.database, room, house.issuer, system_clock), reading)
    begun, seconds = perf_counter(), 0.0
    found = []
    for result in checks.files(files):
        seconds = seconds or perf_counter() - begun
        found.append(result)
    last = perf_counter() - begun
    reading.close()
    firsts.append(seconds)
    for result in found:
        expected = {"again": Document.SAME_FACTS, "other": Document.ALTERED}
        wanted = expected.get(result.filename.split("-")[0], Document.ORIGINAL)
        if result.document is not wanted:
            raise NotAsExpected(f"{result.filename}: {result.document}, {result.sentence}")
    return last


def _saved_again(content: bytes) -> bytes:
    import pikepdf

    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(saved, linearize=True)
    return saved.getvalue()


def _altered(originals: list[File]) -> list[File]:
    """Paint other words over the hours of each."""
    import pikepdf

    changed = []
    for name, content in originals:
        saved = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            page = pdf.pages[0]
            white = pdf.make_stream(b"q 1 1 1 rg 470 255 180 14 re f Q")
            page.Contents = pikepdf.Array([page.Contents, white])
            pdf.save(saved)
        changed.append((f"other-{name}", saved.getvalue()))
    return changed


def _hashed(files: list[File]) -> float:
    begun = perf_counter()
    for _, content in files:
        hashlib.sha256(content).digest()
    return perf_counter() - begun


def _say(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{line}\n")
