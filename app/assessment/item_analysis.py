"""Item analysis of an edition: its first attempts, read once as a stream, with nobody's name.

Only a person's first attempt at a course counts: whoever tries again has seen questions and reasons. One statement
reads the attempts and their answers in order, so that 100,000 answers never stand in memory as rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.assessment import items, pace, papers
from app.assessment.answer_events import AnswerEvent
from app.assessment.attempts import Attempt
from app.assessment.grading import Answer
from app.assessment.items import Item, Sitting
from app.content.course import Exam, Pool, Question
from app.learning.enrollments import Enrollment
from app.library.editions import Edition

AT_A_TIME = 2_000  # rows


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the first attempts at one edition say of its questions."""

    attempts: int
    items: tuple[Item, ...]


def of(db: Session, edition: Edition) -> Analysis:
    """Analyze an edition, whatever of it was answered so far."""
    exam = edition.course.exam
    if exam is None:
        return Analysis(0, ())
    counted = _Counted(_sittings(exam, db.execute(_first_attempts(edition), execution_options=STREAMED)))
    found = items.analyze(exam.questions(), counted)
    return Analysis(counted.count, found)


STREAMED = {"yield_per": AT_A_TIME}


class _Counted:
    """Lets sittings pass, and knows how many there were."""

    def __init__(self, sittings: Iterable[Sitting]) -> None:
        self._sittings = sittings
        self.count = 0

    def __iter__(self) -> Iterator[Sitting]:
        for sitting in self._sittings:
            self.count += 1
            yield sitting


def _first_attempts(edition: Edition) -> Select[Any]:
    """Ask for the first attempts that were submitted, with every answer: attempt by attempt, the newest answer last."""
    earlier = aliased(Enrollment)
    again = exists().where(
        col(earlier.person_id) == col(Enrollment.person_id),
        col(earlier.course_code) == col(Enrollment.course_code),
        col(earlier.id) < col(Enrollment.id),
    )
    columns: tuple[Any, ...] = (
        Attempt.id,
        Attempt.seed,
        Attempt.started_at,
        AnswerEvent.question_id,
        AnswerEvent.answer,
        AnswerEvent.received_at,
    )
    asked: Select[Any] = select(*columns)
    return (
        asked.join(Enrollment, col(Enrollment.id) == col(Attempt.enrollment_id))
        .outerjoin(AnswerEvent, col(AnswerEvent.attempt_id) == col(Attempt.id))
        .where(col(Attempt.edition_id) == edition.id, col(Attempt.number) == 1, ~again)
        .where(col(Attempt.submitted_at).is_not(None))
        .order_by(col(Attempt.id), col(AnswerEvent.sequence), col(AnswerEvent.id))
    )


def _sittings(exam: Exam, rows: Iterable[Any]) -> Iterator[Sitting]:
    everybody = None if _draws(exam) else tuple(one for one in exam.questions() if one.graded)
    for (_, seed, started_at), answered in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
        asked = everybody if everybody is not None else _asked(exam, seed)
        yield _sitting(asked, started_at, answered)


def _draws(exam: Exam) -> bool:
    return any(isinstance(item, Pool) for item in exam.items)


def _asked(exam: Exam, seed: str) -> tuple[Question, ...]:
    return tuple(question for question in papers.draw(exam, seed).questions if question.graded)


def _sitting(asked: tuple[Question, ...], started_at: datetime, answered: Iterable[Any]) -> Sitting:
    answers: dict[str, Answer] = {}
    arrivals: list[pace.Arrival] = []
    for _, _, _, question_id, answer, received_at in answered:
        if question_id is not None:
            answers[question_id] = json.loads(answer)
            arrivals.append((received_at, question_id))
    return Sitting(asked, answers, pace.seconds(started_at, arrivals))
