"""A course in figures, written as a person reads it: hours, modules, exam, objectives, areas."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.columns import hanging, table
from app.content import traceability, worked_sum
from app.content.course import Course
from app.content.inventory import ExamCount, Inventory, ModuleCount, Story, Told
from app.content.question_facts import KINDS
from app.content.readability import Readability
from app.content.traceability import Row, Tested
from app.records.evidence_sections import AREAS

LABELS = 15  # how wide the names at the left are
MODULE_HEAD = ("Modules", "Words", "Grade", "Ease", "Checks", "Questions", "Scenarios", "Reflections", "Pictures")


def lines(found: Inventory) -> Iterator[str]:
    """Write everything down, with an empty line between one part and the next."""
    course = found.course
    yield f"{course.title} ({course.code})"
    parts = (_hours(course), _modules(found), _exam(found.exam), _objectives(found), _areas(course))
    for part in parts:
        written = list(part)
        yield from ("", *written) if written else ()


def _hours(course: Course) -> Iterator[str]:
    """Write out the sum as the Studio and the evidence pack do."""
    worked = worked_sum.of(course)
    rows = [(line.label, line.reckoning, line.gives) for line in worked.lines]
    yield from table(("Contact hours", worked.method, ""), rows, words=3)


def _modules(found: Inventory) -> Iterator[str]:
    rows = [_module(one) for one in found.modules]
    sums = [sum(figures) for figures in zip(*map(_counts, found.modules), strict=True)]
    whole = ("In all", f"{found.course.words:,}", *_level(found.read), *map(str, sums))
    yield from table(MODULE_HEAD, [*rows, whole])
    if found.read is None:
        yield f"No grade and no ease: the formulas are for English, and this course is in “{found.course.language}”."
    for one in found.modules:
        yield from _row("Scenarios", *map(_story, one.stories)) if one.stories else ()
        yield from _row(f"Module {one.module.number}", *_feedback(one.told)) if one.check_questions else ()


def _module(one: ModuleCount) -> tuple[str, ...]:
    named = f"{one.module.number}. {one.module.title}"
    return (named, f"{one.module.words:,}", *_level(one.read), *map(str, _counts(one)))


def _story(one: Story) -> str:
    return f"“{one.title}”: {_many(one.steps, 'step')}, {_many(one.endings, 'ending')}"


def _counts(one: ModuleCount) -> tuple[int, ...]:
    return one.checks, one.check_questions, len(one.stories), one.reflections, one.pictures


def _level(read: Readability | None) -> tuple[str, str]:
    return (f"{read.grade}", f"{read.ease}") if read and read.words else ("–", "–")


def _exam(exam: ExamCount | None) -> Iterator[str]:
    if exam is None:
        yield "There is no exam."
        return
    yield from _row(
        "Exam", f"{_many(exam.questions, 'question')}, {exam.graded} graded; {exam.asked} asked of a learner"
    )
    pools = [f"“{pool.title}”: {_many(pool.questions, 'question')}, {pool.asked} asked" for pool in exam.pools]
    yield from _row("Pools", *(pools or ["none: every learner is asked every question"]))
    yield from _row("Kinds", ", ".join(f"{count} {KINDS[kind].lower()}" for kind, count in exam.kinds.items()))
    if exam.one_key:
        yield from _row("Right answers", *_keys(exam))
    yield from _row("Options", *_feedback(exam.told))


def _keys(exam: ExamCount) -> Iterator[str]:
    """Say where right answers stand, and whether their length betrays them."""
    places = ", ".join(f"{_nth(place)} {count}" for place, count in enumerate(exam.places, 1))
    yield f"of {exam.one_key} with one right answer, as written: {places}"
    shuffled = exam.one_key - exam.fixed
    yield f"shuffled for each learner in {shuffled} of {exam.one_key}"
    yield f"the longest option in {exam.longest} of {exam.one_key} ({_share(exam.longest, exam.one_key)})"


def _feedback(told: Told) -> Iterator[str]:
    if not told.silent:
        yield f"feedback on each of {_many(told.options, 'option')}" if told.options else "no options to explain"
        return
    yield f"no feedback on {told.without_feedback} of {_many(told.options, 'option')}:"
    yield from (f"  line {one.line}: {one.heading} ({_many(one.options, 'option')})" for one in told.silent)


def _objectives(found: Inventory) -> Iterator[str]:
    """Write the objectives map: what teaches each, and what tests it."""
    course, traced = found.course, traceability.of(found.course)
    numbers = {module.slug: module.number for module in course.modules}
    asked = {one.number: str(one.asked) for one in found.exam.objectives} if found.exam else {}
    for row in traced.rows:
        yield from ("",) if row.number > 1 else ()
        yield from hanging(f"Objective {row.number}", [row.objective], room=LABELS)
        yield from _row("  taught in", *(f"{numbers[one.slug]}. {one.title}" for one in row.taught))
        yield from _row(
            "  checked by", *(map(_asked, row.checks) if row.checks else ["no knowledge check that names it"])
        )
        yield from _row("  tested by", *_tested(row, asked.get(row.number, "0")))
    if loose := [*traced.gaps, *traced.loose]:
        yield ""
        yield from _row("Loose ends", *loose)


def _tested(row: Row, asked: str) -> Iterator[str]:
    if row.tested:
        yield f"{_many(len(row.tested), 'question')} of the exam, {asked} asked of a learner:"
    yield from map(_asked, row.tested)


def _asked(one: Tested) -> str:
    return f"{one.heading} (drawn from “{one.drawn_from}”)" if one.drawn_from else one.heading


def _areas(course: Course) -> Iterator[str]:
    shares = sorted(course.ethics_areas.items())
    yield from (
        _row("Ethics areas", *(f"{share:>3}%  {letter}  {AREAS[letter]}" for letter, share in shares)) if shares else ()
    )


def _row(label: str, *told: str) -> Iterator[str]:
    return hanging(label, told or ("–",), room=LABELS)


def _nth(place: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(place, f"{place}th")


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)}%"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
