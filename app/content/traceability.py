"""Traceability: each objective, where it is taught, what tests it, and what asks whether it was met.

Approving bodies ask for this map (NASW and ASWB ACE: objectives, content, post-test and evaluation belong together).
It is a pure function of the course, so the Studio, the evidence pack and a test in CI can never differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.content import asked
from app.content.course import Case, Course, Exam, Module, Pool, Question

EVALUATION_ASKS = "How far was it met? (1 to 5)"


@dataclass(frozen=True, slots=True)
class Taught:
    """A module that names the objective, and its sections by their headings."""

    slug: str
    title: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """A question that tests the objective. A drawn one is asked of some learners and not of others."""

    id: str
    heading: str
    drawn_from: str = ""  # the title of the pool; empty where every learner is asked


@dataclass(frozen=True, slots=True)
class Row:
    """One objective and everything that hangs on it."""

    number: int
    objective: str
    taught: tuple[Taught, ...]
    checks: tuple[Tested, ...]  # knowledge checks: they teach, and count neither way
    tested: tuple[Tested, ...]  # graded questions of the exam
    surely_asked: int  # how many of those the least favorable draw holds
    evaluation: str  # the item of the evaluation that asks whether it was met
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Map:
    """The whole map, and what is loose in it."""

    rows: tuple[Row, ...]
    loose: tuple[str, ...]  # modules and questions that serve no objective, in sentences

    @property
    def gaps(self) -> tuple[str, ...]:
        """Every gap of every objective, in sentences that name it."""
        return tuple(f"Objective {row.number}: {gap}" for row in self.rows for gap in row.gaps)

    @property
    def is_whole(self) -> bool:
        """Whether each objective is taught, surely tested and evaluated."""
        return not self.gaps


def of(course: Course) -> Map:
    """Trace every objective of a course."""
    rows = (_row(course, number, objective) for number, objective in enumerate(course.objectives, 1))
    return Map(rows=tuple(rows), loose=tuple(_loose(course)))


def evaluation_item(number: int) -> str:
    """Name the item of the standard evaluation that asks whether an objective was met."""
    return f"objective-{number}"


def _row(course: Course, number: int, objective: str) -> Row:
    taught = tuple(_taught(module) for module in course.modules if number in module.objectives)
    tested = tuple(_tested_by(course.exam, number)) if course.exam else ()
    surely = asked.fewest(course.exam, _tests(number)) if course.exam else 0
    return Row(
        number=number,
        objective=objective,
        taught=taught,
        checks=tuple(_checked(course.modules, number)),
        tested=tested,
        surely_asked=surely,
        evaluation=evaluation_item(number),
        gaps=tuple(_gaps(course.exam, taught, tested, surely)),
    )


def _taught(module: Module) -> Taught:
    return Taught(module.slug, module.title, tuple(section.title for section in module.sections))


def _checked(modules: Iterable[Module], number: int) -> Iterator[Tested]:
    for module in modules:
        for check in module.checks():
            yield from (Tested(one.id, one.heading) for one in check.questions if one.objective == number)


def _tested_by(exam: Exam, number: int) -> Iterator[Tested]:
    for item in exam.items:
        drawn_from = item.title if isinstance(item, Pool) and not _holds_all(exam, item, number) else ""
        yield from (Tested(one.id, one.heading, drawn_from) for one in _in(item) if _tests(number)(one))


def _holds_all(exam: Exam, pool: Pool, number: int) -> bool:
    """Say whether every draw of a pool holds all its questions on an objective."""
    alone = replace(exam, items=(pool,))
    return asked.fewest(alone, _tests(number)) == asked.most(replace(exam, items=pool.items), _tests(number))


def _in(item: Question | Case | Pool) -> Iterator[Question]:
    if isinstance(item, Question):
        yield item
        return
    for inner in item.questions if isinstance(item, Case) else item.items:
        yield from _in(inner)


def _tests(number: int) -> asked.Counts:
    return lambda question: question.graded and question.objective == number


def _gaps(exam: Exam | None, taught: tuple[Taught, ...], tested: tuple[Tested, ...], surely: int) -> Iterator[str]:
    if not taught:
        yield "no module says that it teaches this. Add its number to a module’s “objectives”."
    if exam is None:
        yield "the course has no exam, so nothing tests it."
    elif not tested:
        yield "no graded question of the exam tests it. Add “Objective:” and its number to one."
    elif not surely:
        pools = " and ".join(f"“{title}”" for title in dict.fromkeys(one.drawn_from for one in tested))
        yield f"some learners are not tested on it: it is left to the draw of {pools}."


def _loose(course: Course) -> Iterator[str]:
    for module in course.modules:
        if not module.objectives:
            yield f"The module “{module.title}” names no objective."
    questions = course.exam.questions() if course.exam else iter(())
    without = [one for one in questions if one.graded and one.objective is None]
    for question in without:
        yield f"The exam question “{question.heading}” names no objective."
