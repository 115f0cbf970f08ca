"""What a course holds, counted: module by module, its exam, and which objective leads where.

Whatever another module reckons already is asked of it: words and hours of the credit rules, what one learner is asked,
the objectives map, what gives answers away. Nothing is counted twice, so no two figures of a course can differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.content import asked, giveaways, readability, running_text
from app.content.course import Case, Course, Exam, Kind, Module, Pool, Question
from app.content.readability import Readability
from app.content.scenario import Scenario

_PICTURE, _REFLECT = "<img ", 'class="box box-reflect"'


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario by its size: its steps, and at how many of them it may end."""

    title: str
    steps: int
    endings: int


@dataclass(frozen=True, slots=True)
class Silent:
    """A question that says nothing about some of its options: whoever chose one of those learns no more."""

    heading: str
    line: int  # of its own file
    options: int


@dataclass(frozen=True, slots=True)
class Told:
    """How far options are explained."""

    options: int
    silent: tuple[Silent, ...]

    @property
    def without_feedback(self) -> int:
        """How many options nothing is said about."""
        return sum(one.options for one in self.silent)


@dataclass(frozen=True, slots=True)
class ModuleCount:
    """What one module holds."""

    module: Module
    read: Readability | None  # None: the formulas are not for this language
    checks: int
    check_questions: int
    stories: tuple[Story, ...]
    reflections: int  # boxes to pause at, and questions that only the learner reads
    pictures: int
    told: Told


@dataclass(frozen=True, slots=True)
class Span:
    """How many, at the least and at the most: a draw may bring a case of two questions, or one of three."""

    least: int
    most: int

    def __str__(self) -> str:
        """Write it as one reads it."""
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class PoolCount:
    """A pool: how many questions it holds, and how many of them one learner is asked."""

    title: str
    questions: int
    asked: Span


@dataclass(frozen=True, slots=True)
class ObjectiveCount:
    """How often the exam asks about one objective; None: about none that is named."""

    number: int | None
    questions: int
    asked: Span


@dataclass(frozen=True, slots=True)
class ExamCount:
    """What the exam holds."""

    questions: int
    graded: int
    asked: Span  # of the graded ones, of one learner
    pools: tuple[PoolCount, ...]
    objectives: tuple[ObjectiveCount, ...]
    kinds: dict[Kind, int]
    places: tuple[int, ...]  # how many right answers stand first, second …, as written
    longest: int  # how many of those are longer than every other option
    fixed: int  # how many of those a learner sees in the author's order
    told: Told

    @property
    def one_key(self) -> int:
        """How many questions have one right answer among several: what places and lengths are counted of."""
        return sum(self.places)


@dataclass(frozen=True, slots=True)
class Inventory:
    """A course, counted."""

    course: Course
    modules: tuple[ModuleCount, ...]
    exam: ExamCount | None

    @property
    def read(self) -> Readability | None:
        """How all modules together read."""
        if not readability.speaks(self.course.language):
            return None
        return sum((one.read for one in self.modules if one.read), Readability())


def of(course: Course) -> Inventory:
    """Count what a course holds."""
    modules = tuple(_module(module, course.language) for module in course.modules)
    return Inventory(course, modules, _exam(course, course.exam) if course.exam else None)


def _module(module: Module, language: str) -> ModuleCount:
    checks = list(module.checks())
    questions = [question for check in checks for question in check.questions]
    html = "".join(running_text.pieces(module))
    return ModuleCount(
        module=module,
        read=readability.of(running_text.of(module)) if readability.speaks(language) else None,
        checks=len(checks),
        check_questions=len(questions),
        stories=tuple(_story(block) for block in module.blocks if isinstance(block, Scenario)),
        reflections=html.count(_REFLECT) + sum(question.kind is Kind.FREE_TEXT for question in questions),
        pictures=html.count(_PICTURE),
        told=_told(questions),
    )


def _story(scenario: Scenario) -> Story:
    return Story(scenario.title, len(scenario.steps), sum(not step.choices for step in scenario.steps))


def _told(questions: Iterable[Question]) -> Told:
    graded = [question for question in questions if question.graded]
    silent = ((one, sum(not option.feedback_html for option in one.options)) for one in graded)
    return Told(
        options=sum(len(question.options) for question in graded),
        silent=tuple(Silent(one.heading, one.line, options) for one, options in silent if options),
    )


def _exam(course: Course, exam: Exam) -> ExamCount:
    questions = list(exam.questions())
    plain = [question for question in questions if giveaways.has_one_key(question)]
    kinds = Counter(question.kind for question in questions)
    return ExamCount(
        questions=len(questions),
        graded=sum(question.graded for question in questions),
        asked=_asked(exam, lambda question: question.graded),
        pools=tuple(_pools(exam)),
        objectives=tuple(_objectives(course, exam)),
        kinds={kind: kinds[kind] for kind in Kind if kinds[kind]},
        places=_places(plain),
        longest=sum(map(giveaways.key_is_longest, plain)),
        fixed=sum(not giveaways.is_shuffled(question, exam) for question in plain),
        told=_told(questions),
    )


def _asked(exam: Exam, counts: asked.Counts) -> Span:
    return Span(asked.fewest(exam, counts), asked.most(exam, counts))


def _pools(exam: Exam) -> Iterator[PoolCount]:
    for pool in exam.items:
        if isinstance(pool, Pool):
            held = {question.id for item in pool.items for question in _questions(item)}
            yield PoolCount(pool.title, len(held), _asked(exam, _among(held)))


def _questions(item: Question | Case) -> tuple[Question, ...]:
    return item.questions if isinstance(item, Case) else (item,)


def _among(held: set[str]) -> asked.Counts:
    return lambda question: question.id in held


def _objectives(course: Course, exam: Exam) -> Iterator[ObjectiveCount]:
    """Count by objective, and at the end what names none, if there is any."""
    graded = [question for question in exam.questions() if question.graded]
    for number in (*range(1, len(course.objectives) + 1), None):
        count = sum(question.objective == number for question in graded)
        if count or number is not None:
            tests = _tests(number)
            yield ObjectiveCount(number, count, _asked(exam, tests))


def _tests(number: int | None) -> asked.Counts:
    return lambda question: question.graded and question.objective == number


def _places(plain: Iterable[Question]) -> tuple[int, ...]:
    """Count right answers by place, through the last place that any option stands at."""
    found = Counter(giveaways.place_of_key(question) for question in plain)
    last = max((len(question.options) for question in plain), default=0)
    return tuple(found[place] for place in range(last))
