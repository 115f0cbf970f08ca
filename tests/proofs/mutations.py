"""Course files as accidents leave them: cut, doubled, swapped, spliced, filled with what no author types.

Whatever a file holds, the reader gives a course or sentences with places. It never raises, and it never takes long.
"""

from __future__ import annotations

import hashlib
import random
import resource
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from unittest import mock

from app.content import reader, settings
from app.content.course import Reading
from app.content.findings import Findings, Place
from app.content.folder import Held
from app.kit.templates import ROOT

TODAY = date(2026, 11, 20)
MOST_SECONDS = 2.0  # of this process, for one course
MOST_MEMORY = 256  # megabytes that the whole run may add
COURSES = (ROOT / "templates" / "course", ROOT / "courses" / "social-media-and-confidentiality")

NASTY = (
    b"\0",
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\x80",  # half of a pair, as some old programs write it
    b"\xef\xbb\xbf",
    "\u2028\u2029\x85\x0b\x0c\x1c".encode(),
    "\u202e\u200f\u200b\u00ad".encode(),
    "e\u0301\u0327" .encode() * 200,
    "💥👩‍👩‍👧‍👦".encode(),
    b"\r",
    b"\r\n\r",
    b"\t",
    b"\n---\n",
    b"\n...\n",
    b"\n---\na: &a [*a, *a]\n---\n",
    b"a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n",
    b"<<: *a\n",
    b"!!python/object/apply:os.system ['true']\n",
    b"? [1, 2]\n: {x: y}\n",
    b"title: x\ntitle: y\n",
    b"- " * 500,
    b"{a: " * 400,
    b"[" * 3000,
    b"![" * 1500,
    b"> " * 1500,
    b"*_" * 1500,
    b"`" * 3001,
    b"<!--",
    b"-->",
    b"<script>alert(1)</script>",
    b"[x](javascript:alert(1))",
    b"\n:::\n",
    b"\n::: check\n",
    b"\n::: scenario\n",
    b"\n## Pool: x (draw 9999)\n",
    b"\n### Case: \n",
    b"\n##\n",
    b"\n- (x) \n- ( ) \n",
    b"\n- -> \n",
    b"\n- (y) a\n",
    b"\n1. \n",
    b"\n____\n",
    b"Answer: 1e999 \xc2\xb1 9\n",
    b"Answer: " + b"9" * 5000 + b"\n",
    b"Points: 1/0\n",
    b"Objective: 99999999999999999999\n",
    b"Words: 9-1\n",
    b"Id: \xd9\xa3\n",
    b"___(",
    b")___",
    b"[@",
    b"[^1]: ",
    b"[^1]",
    b"\n| a | b |\n|---|---|\n",
    b"| " * 2000,
    b"\n```\n",
    b"\n~~~~\n",
    b"@[video](media/talk.mp4)\n",
    b"![](media/../course.md)\n",
    b"&#x110000;&#0;&nbsp;&bogus;",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
    b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>",
    b"99:99:99.999 --> 00:00\n",
    b"a" * 200_000,
    b"a " * 100_000,
    b"*a " * 3000,
)  # fmt: skip
NAMES = (
    "01-x.md",
    "1-x.md",
    "999999999999-x.md",
    "01-.md",
    "exam.md/..",
    "../exam.md",
    "media/x.png",
    "media/.md",
    "é.md",
)

Read = Callable[[Held], Reading]


@dataclass(slots=True)
class Outcome:
    """What came of reading mutated courses."""

    read: int = 0
    sound: int = 0  # still courses
    raised: Counter[str] = field(default_factory=Counter)
    slow: list[int] = field(default_factory=list)  # the seeds of courses that took too long
    misplaced: list[int] = field(default_factory=list)  # of problems at places that are not there
    unsorted: list[int] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    slowest_ms: int = 0
    memory_mb: int = 0  # added over the whole run

    @property
    def failures(self) -> int:
        """How often the claim was broken."""
        wrong = len(self.slow) + len(self.misplaced) + len(self.unsorted)
        return self.raised.total() + wrong + (self.memory_mb > MOST_MEMORY)

    def told(self) -> dict[str, object]:
        """Give what evidence says."""
        return {
            "read": self.read,
            "still_sound": self.sound,
            "raised": dict(self.raised),
            "slower_than_2_seconds": self.slow,
            "misplaced": self.misplaced,
            "unsorted": self.unsorted,
            "rules_that_spoke": len(self.rules),
            "problems": self.rules.total(),
            "slowest_ms": self.slowest_ms,
            "memory_added_mb": self.memory_mb,
        }


def prove(n: int, *, seed: int, read: Read | None = None) -> Outcome:
    """Read `n` mutated courses, each of a seed of its own."""
    outcome, courses = Outcome(), [files_of(folder) for folder in COURSES]
    before = _memory()
    for number in range(seed, seed + n):
        _try(mutated(courses, random.Random(number)), number, outcome, read or _read)  # noqa: S311 - the same every time
    outcome.memory_mb = _memory() - before
    return outcome


def _read(shelf: Held) -> Reading:
    return reader.read(shelf, today=TODAY)


def _try(files: dict[str, bytes], number: int, outcome: Outcome, read: Read) -> None:
    shelf = held(files)
    began = time.process_time()
    try:
        reading = read(shelf)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what must not happen
        where = traceback.extract_tb(error.__traceback__)[-1]
        outcome.raised[f"seed {number}: {type(error).__name__} in {Path(where.filename).name}:{where.lineno}"] += 1
        return
    seconds = time.process_time() - began
    outcome.read += 1
    outcome.sound += reading.course is not None
    outcome.slowest_ms = max(outcome.slowest_ms, round(seconds * 1000))
    outcome.rules.update(problem.rule for problem in reading.problems)
    if seconds > MOST_SECONDS:
        outcome.slow.append(number)
    if not all(is_inside(files, problem.path, problem.line, problem.column) for problem in reading.problems):
        outcome.misplaced.append(number)
    if list(reading.problems) != sorted(reading.problems) or (reading.course is None) != bool(reading.errors):
        outcome.unsorted.append(number)


def is_inside(files: dict[str, bytes], path: str, line: int, column: int) -> bool:
    """Say whether an editor can jump to a place; a file that is not there has one, its beginning."""
    text = files.get(path, b"").decode("utf-8", errors="replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1


def held(files: dict[str, bytes]) -> Held:
    """Hold files in memory, each by its hash, as drafts are held."""
    by_hash = {hashlib.sha256(content).hexdigest(): content for content in files.values()}
    return Held({name: hashlib.sha256(content).hexdigest() for name, content in files.items()}, by_hash.get)


def files_of(folder: Path) -> dict[str, bytes]:
    """Give the files of a course by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def mutated(courses: list[dict[str, bytes]], chance: random.Random) -> dict[str, bytes]:
    """Spoil some files of one of the courses."""
    files = dict(chance.choice(courses))
    others = [content for course in courses for content in course.values()]
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(sorted(files))
        for _ in range(chance.randint(1, 4)):
            files[name] = chance.choice(_ACTS)(files[name], others, chance)
        if chance.random() < 0.05:
            files[chance.choice(NAMES)] = files.pop(name)
        elif chance.random() < 0.02 and len(files) > 1:
            del files[name]
    return files


def _piece(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((1, 2, 10, 100, 1000)))


def _cut(content: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    start, end = _piece(content, chance)
    return content[:start] if chance.random() < 0.2 else content[:start] + content[end:]


def _double(content: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    start, end = _piece(content, chance)
    return content[:start] + content[start:end] * chance.choice((2, 3, 30)) + content[end:]


def _swap_bytes(content: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    one, two = sorted(chance.randint(0, len(content)) for _ in range(2))
    middle = (one + two) // 2
    return content[:one] + content[middle:two] + content[one:middle] + content[two:]


def _swap_lines(content: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _indent(content: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    index = chance.randrange(len(lines))
    lines[index] = chance.choice((b" ", b"  ", b"    ", b"\t", b"- ", b"> ", b"# ", b"#")) + lines[index]
    return b"\n".join(lines)


def _flip(content: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    start, end = _piece(content, chance)
    return content[:start] + bytes(chance.randrange(256) for _ in range(min(end - start, 4))) + content[end:]


def _splice(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    start, end = _piece(other := chance.choice(others), chance)
    at = chance.randint(0, len(content))
    return content[:at] + other[start:end] + content[at:]


def _fill(content: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(content))
    if chance.random() < 0.5:
        at = content.find(b"\n", at) + 1
    return content[:at] + chance.choice(NASTY) + content[at:]


_ACTS = (_cut, _double, _swap_bytes, _swap_lines, _indent, _flip, _splice, _fill)


def _memory() -> int:
    """Give the most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@contextmanager
def trusting() -> Iterator[None]:
    """Plant a bug: a reader that trusts settings to be such as YAML can read."""

    def give_up(error: Exception, *_asked: object) -> None:
        raise error

    with mock.patch.object(settings, "_report", give_up):
        yield


@contextmanager
def careless() -> Iterator[None]:
    """Plant another: places are not kept within the file."""
    with mock.patch.object(Findings, "_inside", lambda _self, place: Place(place.line + 1, place.column)):
        yield
