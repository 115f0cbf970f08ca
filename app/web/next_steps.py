"""The one next step in a course: what home, the course's page and a result all lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.content.course import Course, Exam, Module
from app.learning.enrollments import Enrollment
from app.learning.progress import Reading, minutes
from app.web.words import minutes_in_words


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next, and where."""

    href: str
    words: str  # what its button says: Continue reading
    task: str  # the same, exactly: read “When clients find you”
    note: str = ""  # what to expect of it


def of(course: Course, enrollment: Enrollment | None, reading: Reading, tries: Sequence[Attempt]) -> NextStep:
    """Give the one next step in a course that is not finished."""
    module = reading.next_in(course)
    if enrollment is None:
        return first(course)
    if module is not None:
        return _read(course, module, words="Continue reading", block=_block(reading, module))
    if course.exam is None or any(one.passed for one in tries):
        return _evaluate(enrollment)
    return _take(course.code, course.exam, list(tries))


def first(course: Course, *, site: str = "") -> NextStep:
    """Give the step that everybody begins with; `site` stands before its address."""
    return _read(course, course.modules[0], words="Start reading", site=site)


def _read(course: Course, module: Module, *, words: str, block: str = "", site: str = "") -> NextStep:
    where = f"{site}/courses/{course.code}/modules/{module.slug}" + (f"#{block}" if block else "")
    number = f"Module {course.modules.index(module) + 1} of {len(course.modules)}"
    return NextStep(where, words, f"read “{module.title}”", f"{number} · {minutes_in_words(minutes(module))}")


def _block(reading: Reading, module: Module) -> str:
    """Give the paragraph she was at, if it was in this module."""
    return reading.place.block if reading.place and reading.place.module_slug == module.slug else ""


def _take(code: str, exam: Exam, tries: list[Attempt]) -> NextStep:
    door, rule = f"/courses/{code}/exam", f"You pass with {exam.pass_mark}% · no time limit"
    if running := attempts.open_one(tries):
        note = "Every answer you chose is saved."
        return NextStep(f"/attempts/{running.id}", "Go on with the exam", "finish the exam", note)
    if not tries:
        return NextStep(door, "Continue: exam", "take the exam", rule)
    if attempts.left(exam, tries) == 0:
        note = "You have used every attempt. Ask the provider for another."
        return NextStep(f"/attempts/{tries[-1].id}/result", "See your result", "see what to ask for", note)
    best = max(one.percent for one in tries)
    return NextStep(door, "Try the exam again", "try the exam again", f"{rule} · your best so far: {best}%")


def _evaluate(enrollment: Enrollment) -> NextStep:
    where, note = f"/enrollments/{enrollment.id}/evaluation", "About a minute, and the certificate is yours."
    return NextStep(where, "Continue: evaluation", "fill in the evaluation", note)
