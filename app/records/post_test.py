"""The post-test as a reviewer reads it: every question with its key, its rationale and the objective it tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.awards.document.dossier import Asked, Choice, FactRows, Heading, Part, Rich, Words
from app.content import asked
from app.content.course import Case, Course, Exam, Feedback, Kind, Pool, Question
from app.records.printing import printed

RIGHT, WRONG, EXTRA = "Right", "Wrong", "Extra"
FEEDBACK = {
    Feedback.AFTER_SUBMIT: "Right answers and rationales are shown when the exam is submitted.",
    Feedback.AFTER_PASS: "Right answers and rationales are shown once the exam is passed.",
    Feedback.AFTER_EACH: "Right answers and rationales are shown after each question.",
}


def parts(course: Course) -> Iterator[Part]:
    """Print the exam: its rules, then every question in the order written, drawn or not."""
    if course.exam is None:
        yield Words("This course has no exam.")
        return
    yield FactRows(tuple(_rules(course.exam)))
    if course.exam.intro_html:
        yield Rich(printed(course.exam.intro_html))
    printer = _Printer({one.key: one.label or one.text for one in course.references})
    for item in course.exam.items:
        yield from printer.item(item)


def _rules(exam: Exam) -> Iterator[tuple[str, str]]:
    yield "Title", exam.title
    yield "To pass", f"{exam.pass_mark}%"
    yield "Attempts", "As many as a learner needs" if exam.attempts is None else f"At most {exam.attempts}"
    yield "Time", f"{exam.time_limit} minutes" if exam.time_limit else "No time limit"
    yield "Feedback", FEEDBACK[exam.feedback]
    questions = list(exam.questions())
    yield "Questions written", f"{len(questions)}, of them {sum(one.graded for one in questions)} graded"
    yield "Questions asked", f"{asked.graded(exam)} graded ones of every learner"


class _Printer:
    """Numbers the questions as it goes."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._number = 0

    def item(self, item: Question | Case | Pool) -> Iterator[Part]:
        if isinstance(item, Question):
            yield self._asked(item)
        elif isinstance(item, Case):
            yield Heading(f"Case: {item.title}")
            yield Rich(printed(item.story_html))
            yield from (self._asked(question) for question in item.questions)
        else:
            yield from self._pool(item)

    def _pool(self, pool: Pool) -> Iterator[Part]:
        yield Heading(f"Pool: {pool.title}")
        each = " of each objective" if pool.per_objective else ""
        yield Words(f"Each learner is asked {pool.draw}{each} of the {len(pool.items)} that follow.")
        for item in pool.items:
            yield from self.item(item)

    def _asked(self, question: Question) -> Asked:
        self._number += 1
        return Asked(
            number=self._number,
            heading=question.heading,
            prompt_html=printed(question.prompt_html),
            choices=_choices(question),
            key=_key(question),
            rationale_html=printed(question.rationale_html),
            notes=" · ".join(self._notes(question)),
        )

    def _notes(self, question: Question) -> Iterator[str]:
        if question.kind == Kind.FREE_TEXT:
            yield "Free text, not graded"
        if question.objective is not None:
            yield f"Objective {question.objective}"
        if question.graded and question.points != 1:
            yield f"{question.points} points"
        if question.partial_credit:
            yield "Part of the points for a part of the answer"
        if question.source is not None:
            named = self._sources.get(question.source.key, question.source.key)
            yield "Source: " + ", ".join(filter(None, (named, question.source.locator)))
        yield f"Id: {question.id}"


def _choices(question: Question) -> tuple[Choice, ...]:
    if question.kind == Kind.MATCHING:
        return tuple(
            Choice(RIGHT, f"{printed(pair.term_html)} → {printed(pair.meaning_html)}")
            if pair.term
            else Choice(EXTRA, printed(pair.meaning_html))
            for pair in question.pairs
        )
    if question.kind == Kind.ORDERING:
        return tuple(Choice(f"{place}.", printed(item.html)) for place, item in enumerate(question.items, 1))
    return tuple(
        Choice(_mark(question, right=option.right), printed(option.html), printed(option.feedback_html))
        for option in question.options
    )


def _mark(question: Question, *, right: bool) -> str:
    if not question.graded:
        return "Choice"
    return RIGHT if right else WRONG


def _key(question: Question) -> str:
    if question.number is not None:
        return f"{question.number}" + (f" ± {question.tolerance}" if question.tolerance else "")
    gaps = (f"gap {number}: {' or '.join(texts)}" for number, texts in enumerate(question.gaps, 1))
    return "; ".join(gaps) or " or ".join(question.accepted)
