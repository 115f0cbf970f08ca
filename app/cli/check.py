"""`continua check`: the problems of courses, in the words that the browser and CI use too."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.content import reader
from app.content.course import Course, Reading

PASSED, FAILED, COULD_NOT_RUN = 0, 1, 2
FORMATS = ("text", "json")

Write = Callable[[str], None]


def check(
    paths: Sequence[str], *, format: str, today: date, write: Write, complain: Write | None = None  # noqa: A002
) -> int:  # fmt: skip
    """Read the courses in some folders, say what is wrong with them, and give the exit status."""
    complain = complain or _to_stderr
    refusals = list(_refusals(paths, format))
    for refusal in refusals:
        complain(refusal)
    if refusals:
        return COULD_NOT_RUN
    readings = reader.read_all([(Path(path), path) for path in paths], today=today)
    if text := as_json(readings) if format == "json" else as_text(readings):
        write(text)
    return FAILED if any(reading.errors for reading in readings) else PASSED


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


def as_text(readings: Iterable[Reading]) -> str:
    """Give one line a problem; nothing at all if there is none."""
    problems = sorted(problem for reading in readings for problem in reading.problems)
    return "\n".join(str(problem) for problem in problems)


def as_json(readings: Sequence[Reading]) -> str:
    """Give problems and courses for a machine."""
    problems = sorted(problem for reading in readings for problem in reading.problems)
    courses = [_course(reading.course) for reading in readings if reading.course]
    found = {"problems": [asdict(problem) for problem in problems], "courses": courses}
    return json.dumps(found, ensure_ascii=False, indent=2)


def _course(course: Course) -> dict[str, Any]:
    return {
        "code": course.code,
        "title": course.title,
        "modules": len(course.modules),
        "questions": sum(1 for _ in course.exam.questions()) if course.exam else 0,
        "words": course.words,
        "credit": {
            "method": course.credit.method.value,
            "words": course.credit.words,
            "questions": course.credit.questions,
            "minutes": _exact(course.credit.minutes),
            "hours": _exact(course.credit.computed),
            "claimable": str(course.credit.claimable),
            "claimed": {kind.value: str(hours) for kind, hours in course.credit.claimed.items()},
        },
    }


def _exact(number: Fraction) -> str:
    return f"{number.numerator}/{number.denominator}"
