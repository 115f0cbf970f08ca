"""Regrading: every submitted attempt at some editions, graded again with a correction laid over, in two statements.

Nothing is written until the regraded attempts are handed back to `write`: a dry run and the act are one computation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from app.assessment import corrections, grading, papers, rulings
from app.assessment.answer_events import AnswerEvent, LockedAnswer
from app.assessment.attempts import Attempt
from app.assessment.corrections import Correction, Regrade
from app.assessment.grading import Answer
from app.assessment.rulings import RegradedAttempt, Ruling
from app.content.course import Exam, Feedback, Pool, Question
from app.learning.enrollments import Enrollment
from app.library.editions import Edition

AT_A_TIME = 2_000  # rows


@dataclass(frozen=True, slots=True)
class Sheet:
    """An exam as it would be graded: its questions by id, with everything laid over them."""

    exam: Exam
    questions: Mapping[str, Question]
    question_id: str  # what is being corrected: a paper without it stays as it is

    def asked(self, seed: str, seen: str) -> tuple[Question, ...]:
        """Give what a paper asked, as it is graded now."""
        if not any(isinstance(item, Pool) for item in self.exam.items):
            return tuple(self.questions.values())
        drawn = papers.draw(self.exam, seed, seen=json.loads(seen)).questions
        return tuple(self.questions[one.id] for one in drawn)


def of(
    db: Session, editions: Sequence[Edition], question_id: str, correction: Correction, *, over: Sequence[Ruling]
) -> list[Regrade]:
    """Grade every submitted attempt that asked a question again, with a correction `over` what was ruled before."""
    sheets = {edition.id: sheet for edition in editions if (sheet := _sheet(edition, question_id, correction, over))}
    checked = [one for one, sheet in sheets.items() if sheet.exam.feedback is Feedback.AFTER_EACH]
    locked = _locked_answers(db, checked) if checked else {}
    rows = db.execute(_submitted(list(sheets)), execution_options={"yield_per": AT_A_TIME})
    return list(_regraded(sheets, locked, rows))


def _sheet(edition: Edition, question_id: str, correction: Correction, made: Sequence[Ruling]) -> Sheet | None:
    exam = edition.course.exam
    if exam is None:
        return None
    held = dict(rulings.laid(rulings.holding(made, edition)))
    held[question_id] = (*held.get(question_id, ()), correction)
    questions = {one.id: corrections.standing(one, held) for one in exam.questions()}
    return Sheet(exam, questions, question_id) if question_id in questions else None


def _submitted(edition_ids: list[int]) -> Any:
    """Ask for every submitted attempt with every answer: attempt by attempt, the newest answer last."""
    columns: tuple[Any, ...] = (
        Attempt.id,
        Attempt.enrollment_id,
        Attempt.edition_id,
        Attempt.number,
        Attempt.seed,
        Attempt.seen,
        Attempt.score,
        Attempt.possible,
        Attempt.passed,
        AnswerEvent.question_id,
        AnswerEvent.answer,
    )
    asked = select(*columns).outerjoin(AnswerEvent, col(AnswerEvent.attempt_id) == col(Attempt.id))
    done = asked.where(col(Attempt.edition_id).in_(edition_ids), col(Attempt.submitted_at).is_not(None))
    return done.order_by(col(Attempt.id), col(AnswerEvent.sequence), col(AnswerEvent.id))


def _locked_answers(db: Session, edition_ids: list[int]) -> dict[int, dict[str, Answer]]:
    """Give the answers that were checked: whatever came after them, they count."""
    columns: tuple[Any, ...] = (LockedAnswer.attempt_id, LockedAnswer.question_id, AnswerEvent.answer)
    kept = select(*columns).join(AnswerEvent, col(AnswerEvent.id) == col(LockedAnswer.answer_event_id))
    kept = kept.join(Attempt, col(Attempt.id) == col(LockedAnswer.attempt_id))
    found: dict[int, dict[str, Answer]] = {}
    for attempt_id, question_id, answer in db.execute(kept.where(col(Attempt.edition_id).in_(edition_ids))):
        found.setdefault(attempt_id, {})[question_id] = json.loads(answer)
    return found


def _regraded(
    sheets: Mapping[int, Sheet], locked: Mapping[int, dict[str, Answer]], rows: Iterable[Any]
) -> Iterator[Regrade]:
    for _, answered in groupby(rows, key=lambda row: row[0]):
        events = list(answered)
        attempt_id, enrollment_id, edition_id, number, seed, seen, score, possible, passed, *_ = events[0]
        sheet = sheets[edition_id]
        questions = sheet.asked(seed, seen)
        if not any(one.id == sheet.question_id for one in questions):
            continue
        newest = {row[9]: row[10] for row in events if row[9] is not None}
        given = {question_id: json.loads(answer) for question_id, answer in newest.items()} | locked.get(attempt_id, {})
        result = grading.grade(questions, given, pass_mark=sheet.exam.pass_mark)
        was = Fraction(score), Fraction(possible), bool(passed)
        now = result.score, result.possible, result.passed
        yield Regrade(attempt_id, enrollment_id, number, *was, *now, pass_mark=sheet.exam.pass_mark)


def write(db: Session, ruling: Ruling, edition_ids: Sequence[int], kept: Sequence[tuple[Regrade, bool]]) -> None:
    """Write new scores, each with whether it stands as a pass, and keep the old ones beside them."""
    wanted = {regrade.attempt_id: (regrade, passed) for regrade, passed in kept}
    theirs = select(Attempt).where(col(Attempt.edition_id).in_(edition_ids), col(Attempt.submitted_at).is_not(None))
    for attempt in db.exec(theirs.order_by(col(Attempt.id)).execution_options(populate_existing=True)):
        if attempt.id in wanted:
            _write_one(db, ruling, attempt, *wanted[attempt.id])
    db.flush()


def _write_one(db: Session, ruling: Ruling, attempt: Attempt, regrade: Regrade, passed: bool) -> None:  # noqa: FBT001 - as it is kept
    db.add(
        RegradedAttempt(
            ruling_id=ruling.id,
            attempt_id=attempt.id,
            was_score=str(regrade.was_score),
            was_possible=str(regrade.was_possible),
            was_passed=regrade.was_passed,
            score=str(regrade.score),
            possible=str(regrade.possible),
            earned=regrade.earned,
            passed=passed,
        )
    )
    attempt.score, attempt.possible, attempt.passed = str(regrade.score), str(regrade.possible), passed
    db.add(attempt)


def passed_in(db: Session, course_code: str) -> dict[int, set[int]]:
    """Give for each enrollment in a course which of its attempts are passes."""
    passes: Any = select(Attempt.enrollment_id, Attempt.id).join(
        Enrollment, col(Enrollment.id) == col(Attempt.enrollment_id)
    )
    found: dict[int, set[int]] = {}
    for enrollment_id, attempt_id in db.execute(
        passes.where(Enrollment.course_code == course_code, col(Attempt.passed).is_(True))
    ):
        found.setdefault(enrollment_id, set()).add(attempt_id)
    return found
