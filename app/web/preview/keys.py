"""The key of a paper, for its author: every right answer, every reason, and what the seed drew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from app.assessment import grading
from app.assessment.grading import Answer
from app.assessment.papers import Paper, Slot
from app.content.course import Case, Exam, Kind, Pool, Question
from app.content.folder import EXAM
from app.web import questions
from app.web.exam_pages import with_stories
from app.web.questions import QuestionView
from app.web.render import Page


@dataclass(frozen=True, slots=True)
class Draw:
    """What a seed took out of one pool."""

    pool: str
    count: str  # 2 of 5
    items: tuple[tuple[str, bool], ...]  # heading, and whether it was drawn


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its key."""

    view: QuestionView
    notes: tuple[str, ...]  # what else is right, and what it tests
    line: int
    source_href: str


@dataclass(frozen=True, kw_only=True)
class KeyPage(Page):
    """Every question of a paper with its key."""

    template: ClassVar[str] = "preview/key.html"
    code: str
    course_title: str
    seed: int
    exam_href: str
    draws: tuple[Draw, ...]
    entries: tuple[Entry, ...]
    opens_elsewhere: bool


def entries(paper: Paper, mend_at: Callable[[str, int], str]) -> tuple[Entry, ...]:
    """Give the questions of a paper, each as it is shown when it was answered rightly."""
    return tuple(
        Entry(
            view=_keyed(
                questions.marked_view(slot, grading.mark(slot.question, right_answer(slot.question)), story=opens)
            ),
            notes=_notes(slot.question),
            line=slot.question.line,
            source_href=mend_at(EXAM, slot.question.line),
        )
        for slot, opens in with_stories(paper)
    )


def _keyed(view: QuestionView) -> QuestionView:
    """Say “right answer” where the page of a result says “your answer: right”: nobody has answered here."""

    def of_key(state: str) -> str:
        return "key" if state == "right" else state

    return replace(
        view,
        options=tuple(replace(one, state=of_key(one.state)) for one in view.options),
        terms=tuple(replace(one, state=of_key(one.state)) for one in view.terms),
        texts=tuple(replace(one, state=of_key(one.state)) for one in view.texts),
        verdict="",
        earned="",
    )


def right_answer(question: Question) -> Answer:
    """Give an answer that earns everything; nothing where nothing is graded."""
    if not question.graded:
        return None
    right = [number for number, option in enumerate(question.options, 1) if option.right]
    if question.kind in {Kind.CHOOSE_ONE, Kind.TRUE_FALSE}:
        return right[0]
    answers: dict[Kind, Callable[[], Answer]] = {
        Kind.CHOOSE_ALL: lambda: right,
        Kind.MATCHING: lambda: {str(number): number for number, pair in enumerate(question.pairs, 1) if pair.term},
        Kind.ORDERING: lambda: list(range(1, len(question.items) + 1)),
        Kind.SHORT: lambda: question.accepted[0],
        Kind.GAPS: lambda: [accepted[0] for accepted in question.gaps],
        Kind.NUMBER: lambda: str(question.number),
    }
    return answers[question.kind]() if question.kind in answers else None


def _notes(question: Question) -> tuple[str, ...]:
    """Say what the page of a right answer does not show: other right answers, and what the question is for."""
    told = [f"Also right: {', '.join(question.accepted[1:])}"] if len(question.accepted) > 1 else []
    told += [
        f"Also right in gap {number}: {', '.join(accepted[1:])}"
        for number, accepted in enumerate(question.gaps, 1)
        if len(accepted) > 1
    ]
    told += [f"Right within {question.tolerance} either way"] if question.tolerance else []
    told += [f"Tests objective {question.objective}"] if question.objective else []
    return tuple(told)


def draws(exam: Exam, paper: Paper) -> tuple[Draw, ...]:
    """Say of each pool which of its questions the paper asks."""
    asked = {question.id for question in paper.questions} | {slot.case.id for slot in paper.slots if slot.case}
    return tuple(_draw(item, asked) for item in exam.items if isinstance(item, Pool))


def _draw(pool: Pool, asked: set[str]) -> Draw:
    items = tuple((_heading(one), one.id in asked) for one in pool.items)
    drawn = sum(was_drawn for _, was_drawn in items)
    return Draw(pool.title or pool.id, f"{drawn} of {len(items)}", items)


def _heading(item: Question | Case) -> str:
    return f"Case: {item.title}" if isinstance(item, Case) else item.heading


def keyed(question: Question, *, place: str) -> QuestionView:
    """Show one question with its right answer, outside of any paper; `place` keeps its id apart on its page."""
    count = len(question.options or question.pairs or question.items)
    slot = Slot(number=1, question=question, order=tuple(range(1, count + 1)))
    view = _keyed(questions.marked_view(slot, grading.mark(question, right_answer(question))))
    return replace(view, id=f"{place}-{question.id}")
