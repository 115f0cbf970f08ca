"""`continua check`: the problems of courses, in the words that the browser and CI use too."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from app.cli import course_folders
from app.content import reader
from app.content.course import Course, CreditHours, Problem, Reading

PASSED, FAILED, COULD_NOT_RUN = 0, 1, 2
FORMATS = ("text", "json")
MANY = 16  # courses; with fewer, other processes take longer to start than they save
AT_ONCE = 4  # courses that a process takes at a time

Write = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said of one course. The course itself stays in the process that read it."""

    code: str
    problems: tuple[Problem, ...]
    course: dict[str, Any] | None


def check(
    paths: Sequence[str],
    *,
    format: str,  # noqa: A002
    today: date,
    write: Write,
    complain: Write | None = None,
    processes: int | None = None,
) -> int:
    """Read the courses in some folders, say what is wrong with them, and give the exit status."""
    complain = complain or _to_stderr
    refusals = list(_refusals(paths, format))
    for refusal in refusals:
        complain(refusal)
    if refusals:
        return COULD_NOT_RUN
    checked = list(_all(course_folders.named(paths), today=today, processes=processes or processors()))
    if text := as_json(checked) if format == "json" else as_text(checked):
        write(text)
    return FAILED if any(problem.level == "error" for problem in _problems(checked)) else PASSED


def _all(paths: Sequence[str], *, today: date, processes: int) -> Iterator[Checked]:
    """Check each course by itself, and once more the few whose code another has taken."""
    taken: set[str] = set()
    for path, one in zip(paths, _each(partial(_one, today=today), paths, processes=processes), strict=True):
        yield _one(path, today=today, taken=taken) if one.code in taken else one
        taken |= {one.code} - {""}


def _each(one: Callable[[str], Checked], paths: Sequence[str], *, processes: int) -> Iterator[Checked]:
    """Check courses in the order given; many of them on all processors at once."""
    if processes < 2 or len(paths) < MANY:
        yield from map(one, paths)
        return
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context(_START), _leave_interrupts_to_the_first)
    try:
        yield from pool.map(one, paths, chunksize=AT_ONCE)
    finally:
        pool.shutdown(cancel_futures=True)


def _one(path: str, *, today: date, taken: Iterable[str] = ()) -> Checked:
    return said_of(reader.read(Path(path), label=path, today=today, taken=frozenset(taken)))


def said_of(reading: Reading) -> Checked:
    """Keep what is said of a course, and not the course."""
    return Checked(reading.code, reading.problems, _course(reading.course) if reading.course else None)


# A copy of this process starts at once. Where it cannot be copied safely, a new one reads all modules first.
_START = "fork" if sys.platform == "linux" else "spawn"


def processors() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _leave_interrupts_to_the_first() -> None:
    """Let Ctrl-C end the process that was asked, which ends the others: one message instead of many."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _refusals(paths: Sequence[str], format: str) -> Iterable[str]:  # noqa: A002 - the option is called so
    if format not in FORMATS:
        yield f"There is no format “{format}”. Use one of: {', '.join(FORMATS)}."
    if not paths:
        yield "Name at least one course folder, as in: continua check courses/ethics-of-technology"
    for path in paths:
        if not Path(path).is_dir():
            yield f"There is no folder “{path}”. Check its name, and name the folder that holds course.md."


def as_text(checked: Iterable[Checked]) -> str:
    """Give one line a problem; nothing at all if there is none."""
    return "\n".join(map(str, _problems(checked)))


def as_json(checked: Sequence[Checked]) -> str:
    """Give problems and courses for a machine."""
    courses = [one.course for one in checked if one.course]
    found = {"problems": [asdict(problem) for problem in _problems(checked)], "courses": courses}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _problems(checked: Iterable[Checked]) -> list[Problem]:
    return sorted(problem for one in checked for problem in one.problems)


def _course(course: Course) -> dict[str, Any]:
    return {
        "code": course.code,
        "title": course.title,
        "modules": len(course.modules),
        "questions": sum(1 for _ in course.exam.questions()) if course.exam else 0,
        "words": course.words,
        "credit": credit(course.credit),
    }


def credit(hours: CreditHours) -> dict[str, Any]:
    """Give how the contact hours of a course were computed, every fraction exact."""
    return {
        "method": hours.method.value,
        "words": hours.words,
        "questions": hours.questions,
        "minutes": _exact(hours.minutes),
        "hours": _exact(hours.computed),
        "claimable": str(hours.claimable),
        "claimed": {kind.value: str(amount) for kind, amount in hours.claimed.items()},
    }


def _exact(number: Fraction) -> str:
    return f"{number.numerator}/{number.denominator}"
