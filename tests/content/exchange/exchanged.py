"""A course without an exam, held in memory, and the ways of its questions out and in again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from app.content import reader
from app.content.course import Course, Kind, Option, Pair, Question
from app.content.desk import Desk
from app.content.exchange import adding, proof
from app.content.exchange.adding import Plan
from app.content.exchange.items import Item
from app.content.exchange.leaving import Export
from app.content.folder import COURSE, EXAM, Held

TODAY = date(2026, 11, 20)
SAMPLE = Path(__file__).parents[2] / "courses" / "every-construct"
FILES = Path(__file__).parent / "files"
SETTINGS = "---\ntitle: Final exam\n---\n"
_DIGESTS: dict[str, bytes] = {}


def _keep(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    _DIGESTS[digest] = content
    return digest


def shelf(exam: str | bytes = SETTINGS) -> Held:
    """Give the settings of the sample course with another exam, and no modules: they are not exchanged."""
    files = {COURSE: (SAMPLE / COURSE).read_bytes(), EXAM: exam if isinstance(exam, bytes) else exam.encode()}
    return Held({name: _keep(content) for name, content in files.items()}, _DIGESTS.get)


@cache
def sample() -> Course:
    """Give the sample course, which asks every kind of question."""
    course = reader.read(SAMPLE, today=TODAY).course
    assert course is not None
    return course


@cache
def desk() -> Desk:
    """Give the desk at which its questions are read."""
    return adding._desk(shelf(), today=TODAY)[0]


def course(items: Iterable[Item]) -> Course:
    """Give the sample course with an exam of these questions, called q1, q2 and so on."""
    asked = tuple(proof.prove(item, desk(), name=f"q{number}").question for number, item in enumerate(items, 1))
    exam = sample().exam
    assert exam is not None
    return replace(sample(), exam=replace(exam, items=asked))


def plan(content: str | bytes, exam: str | bytes = SETTINGS) -> Plan:
    """Plan to add a file to the exam of the sample course."""
    return adding.plan(shelf(exam), content if isinstance(content, bytes) else content.encode(), today=TODAY)


def read(exam: str | bytes) -> Mapping[str, Question]:
    """Read the questions of an exam, by their ids."""
    return adding._questions(shelf(exam), today=TODAY).exam


def there_and_back(sent: Course, write: Callable[[Course], Export]) -> tuple[Export, Plan, Mapping[str, Question]]:
    """Export an exam, and import the file into the same course without one."""
    export = write(sent)
    back = plan(export.text)
    return export, back, read(back.exam)


def questions(sent: Course) -> dict[str, Question]:
    """Give the questions of an exam by their ids."""
    return {question.id: question for question in sent.exam.questions()} if sent.exam else {}


_QUOTES = str.maketrans("“”‘’", "\"\"''")


def _straight(html: str) -> str:
    """Write all quotation marks straight: which way one curls is guessed from what stands beside it."""
    return html.replace("&quot;", '"').replace("&#x27;", "'").translate(_QUOTES)


def meaning(question: Question) -> Question:
    """Give what a question means: not where it stands, nor what makes no difference to anybody."""
    shared = {Kind.CHOOSE_ALL, Kind.MATCHING, Kind.ORDERING, Kind.GAPS}
    options = [_said(option) for option in question.options]
    if question.kind is Kind.TRUE_FALSE:  # never shuffled, and shown in either order
        options.sort(key=lambda option: option.html)
    return replace(
        question,
        line=0,
        options=tuple(options),
        heading=_straight(question.heading),
        heading_html=_straight(question.heading_html),
        prompt_html=_straight(question.prompt_html),
        hint_html=_straight(question.hint_html),
        rationale_html=_straight(question.rationale_html),
        items=tuple(_said(item) for item in question.items),
        pairs=tuple(Pair("", "", _straight(each.term_html), _straight(each.meaning_html)) for each in question.pairs),
        partial_credit=question.partial_credit and question.kind in shared and len(question.gaps) != 1,
        shuffle=None if question.kind not in {Kind.CHOOSE_ONE, Kind.CHOOSE_ALL, Kind.MATCHING} else question.shuffle,
    )


def _said(option: Option) -> Option:
    return Option("", _straight(option.html), option.right, _straight(option.feedback_html))
