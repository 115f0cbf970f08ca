"""Attempts: one paper, answered. Every answer is an event that is never changed; the newest one counts.

“Newest” goes by the learner's own sequence, not by arrival: an answer that was held up on its way
does not overwrite a later one. An event sent twice under one key is one event.
"""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, Session, SQLModel, col, select

from app.assessment import grading, papers
from app.assessment.grading import Answer, Result
from app.assessment.papers import Paper
from app.content.course import Course, Exam, Module
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Invalid, NotFound
from app.learning import enrollments, progress
from app.learning.enrollments import Enrollment
from app.library import editions

KEY = re.compile(r"[0-9a-zA-Z-]{8,64}")
LARGEST_ANSWER = 20_000  # letters of one answer as JSON
CLOCK_SLACK_MS = 60_000


class Attempt(SQLModel, table=True):
    """One try at the exam of an edition. Score and possible are exact fractions, written p/q."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(submitted_at IS NULL) = (score IS NULL)", name="graded"),
        Index(
            "uq_attempt_open",
            "enrollment_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    enrollment_id: int = Field(foreign_key="enrollment.id", ondelete="RESTRICT", sa_type=RowId)
    edition_id: int = Field(foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    number: int
    seed: str
    started_at: datetime = Field(sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    score: str | None = None
    possible: str | None = None
    passed: bool | None = None

    @property
    def percent(self) -> int:
        """The score in whole percent, rounded down: what is shown never looks like a pass that was not one."""
        if not self.score or not self.possible or not Fraction(self.possible):
            return 0
        return int(Fraction(self.score) * 100 / Fraction(self.possible))


class AnswerEvent(SQLModel, table=True):
    """One answer as it was chosen. Append-only: the database refuses to change or delete it."""

    __tablename__ = "answer_event"
    __table_args__ = (UniqueConstraint("attempt_id", "key"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    attempt_id: int = Field(foreign_key="attempt.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    question_id: str
    sequence: int = Field(sa_type=BigInteger)  # the learner's own count: milliseconds, never the same twice
    key: str
    answer: str  # JSON
    received_at: datetime = Field(sa_type=UtcDateTime)


class NotHers(NotFound):
    """There is no such attempt, or it is somebody else's: nobody is told which."""


class AttemptsExhausted(Conflict):
    """The course allows so many attempts, and she has used them."""

    def __init__(self, allowed: int) -> None:
        """Say how many there were."""
        super().__init__(f"You have used all {allowed} attempts that this course allows. Ask the provider for another.")


class AlreadySubmitted(Conflict):
    """The attempt is over, so the answer that came after it was not kept."""

    message = "This attempt was submitted already, so this answer was not added to it. Your result is on its page."


class AlreadyPassed(Conflict):
    """She has passed; another attempt could only confuse."""

    message = "You have passed this exam. There is nothing more to answer."


class ReadingLeft(Conflict):
    """The exam opens when the text is read: the contact hours are for reading it."""

    def __init__(self, module: Module) -> None:
        """Name the next module."""
        super().__init__(f"The exam opens when every module is marked as done. Next: “{module.title}”.")


class NoExam(NotFound):
    """The course has no exam."""

    message = "This course has no exam."


class DifferentAnswer(Conflict):
    """One key was used for two answers."""

    message = "This answer was sent under a key that another answer has used. Reload the page and choose it again."


@dataclass(frozen=True, slots=True)
class Saved:
    """That an answer is kept, and whether a later one counts in its place."""

    at: datetime
    counts: bool


def of(db: Session, person: Person, attempt_id: int) -> Attempt:
    """Give an attempt of hers, or raise `NotHers`."""
    attempt = db.get(Attempt, attempt_id)
    if attempt is None or db.get_one(Enrollment, attempt.enrollment_id).person_id != person.id:
        raise NotHers
    return attempt


def all_of(db: Session, enrollment: Enrollment) -> list[Attempt]:
    """Give the attempts of an enrollment, first to last."""
    mine = select(Attempt).where(col(Attempt.enrollment_id) == enrollment.id)
    return list(db.exec(mine.order_by(col(Attempt.number))))


def of_all(db: Session, enrollment_ids: Sequence[int]) -> dict[int, list[Attempt]]:
    """Give the attempts of each of several enrollments, first to last, in one query however many there are."""
    theirs = select(Attempt).where(col(Attempt.enrollment_id).in_(enrollment_ids)).order_by(col(Attempt.number))
    found = db.exec(theirs).all()
    return {one: [attempt for attempt in found if attempt.enrollment_id == one] for one in enrollment_ids}


def open_one(attempts: list[Attempt]) -> Attempt | None:
    """Find the attempt that is not submitted yet."""
    return next((attempt for attempt in attempts if attempt.submitted_at is None), None)


def left(exam: Exam, attempts: list[Attempt]) -> int | None:
    """Say how many more attempts may be started; None where there is no limit."""
    return None if exam.attempts is None else max(0, exam.attempts - len(attempts))


def start(db: Session, enrollment: Enrollment, *, now: datetime) -> Attempt:
    """Start an attempt, or go on with the one that is open. Limits hold however many starts race."""
    enrollment = enrollments.locked(db, enrollment)
    course = editions.by_id(db, enrollment.edition_id).course
    exam = exam_of(course)
    attempts = all_of(db, enrollment)
    if running := open_one(attempts):
        return running
    if unread := progress.of(db, enrollment.id).next_in(course):
        raise ReadingLeft(unread)
    if any(attempt.passed for attempt in attempts):
        raise AlreadyPassed
    if left(exam, attempts) == 0:
        raise AttemptsExhausted(len(attempts))
    attempt = Attempt(
        enrollment_id=enrollment.id,
        edition_id=enrollment.edition_id,
        number=len(attempts) + 1,
        seed=secrets.token_hex(16),
        started_at=now,
    )
    db.add(attempt)
    db.flush()
    return attempt


def exam_of(course: Course) -> Exam:
    """Give the exam of a course, or raise `NoExam`."""
    if course.exam is None:
        raise NoExam
    return course.exam


def paper(db: Session, attempt: Attempt) -> Paper:
    """Lay out the paper of an attempt again, exactly as it was."""
    return paper_of(editions.by_id(db, attempt.edition_id).course, attempt)


def paper_of(course: Course, attempt: Attempt) -> Paper:
    """Lay out the paper of an attempt from the edition it was drawn from."""
    return papers.draw(exam_of(course), attempt.seed)


def save_answer(
    db: Session, attempt: Attempt, question_id: str, answer: Answer, *, sequence: int, key: str, now: datetime
) -> Saved:
    """Keep an answer. It is there for good once this commits; a later sequence wins, whatever arrives first."""
    _assert_asked(db, attempt, question_id)
    if not KEY.fullmatch(key) or not 0 <= sequence < 2**53:
        raise Invalid({question_id: "This answer came without its place in the order. Reload the page."})
    event = AnswerEvent(
        attempt_id=attempt.id,
        question_id=question_id,
        # A device whose clock runs ahead must not outrank every answer that another one gives after it.
        sequence=min(sequence, int(now.timestamp() * 1000) + CLOCK_SLACK_MS),
        key=key,
        answer=json.dumps(None if grading.is_blank(answer) else answer, ensure_ascii=False, sort_keys=True),
        received_at=now,
    )
    if len(event.answer) > LARGEST_ANSWER:
        raise Invalid({question_id: f"An answer may have at most {LARGEST_ANSWER:,} letters."})
    kept = _kept_once(db, attempt, event)
    return Saved(at=kept.received_at, counts=_counting_key(db, kept) == kept.key)


def _kept_once(db: Session, attempt: Attempt, event: AnswerEvent) -> AnswerEvent:
    # Held until the commit: an answer is either graded with the attempt or told that it came too late.
    attempt = _locked(db, attempt)
    mine = select(AnswerEvent).where(col(AnswerEvent.attempt_id) == attempt.id, col(AnswerEvent.key) == event.key)
    if known := db.exec(mine).first():
        if (known.question_id, known.answer) != (event.question_id, event.answer):
            raise DifferentAnswer
        return known  # also after the exam is over: it was kept in time, only our answer to it was lost
    if attempt.submitted_at is not None:
        raise AlreadySubmitted
    db.add(event)
    db.flush()
    return event


def _counting_key(db: Session, event: AnswerEvent) -> str:
    """Give the key of the answer that counts for a question: of those with the highest sequence, the one kept last."""
    rivals = select(AnswerEvent.key).where(col(AnswerEvent.attempt_id) == event.attempt_id)
    newest_first = (col(AnswerEvent.sequence).desc(), col(AnswerEvent.id).desc())
    return db.exec(
        rivals.where(col(AnswerEvent.question_id) == event.question_id).order_by(*newest_first).limit(1)
    ).one()


def answers(db: Session, attempt: Attempt) -> dict[str, Answer]:
    """Give the answer that counts for each question: the one with the highest sequence."""
    events = select(AnswerEvent.question_id, AnswerEvent.answer).where(col(AnswerEvent.attempt_id) == attempt.id)
    newest_last = db.exec(events.order_by(col(AnswerEvent.sequence), col(AnswerEvent.id)))
    return {question_id: json.loads(answer) for question_id, answer in newest_last}


def last_saved_at(db: Session, attempt: Attempt) -> datetime | None:
    """Say when the newest answer of an attempt was kept."""
    kept = select(AnswerEvent.received_at).where(col(AnswerEvent.attempt_id) == attempt.id)
    return db.exec(kept.order_by(col(AnswerEvent.id).desc()).limit(1)).first()


def submit(db: Session, attempt: Attempt, *, now: datetime) -> Attempt:
    """Grade an attempt and close it; submitting it again changes nothing."""
    enrollments.locked(db, db.get_one(Enrollment, attempt.enrollment_id))
    attempt = _locked(db, attempt)
    if attempt.submitted_at is not None:
        return attempt
    result = regarded(db, attempt)
    attempt.submitted_at = now
    attempt.score, attempt.possible, attempt.passed = str(result.score), str(result.possible), result.passed
    db.add(attempt)
    db.flush()
    return attempt


def regarded(db: Session, attempt: Attempt) -> Result:
    """Grade the answers as they stand."""
    exam = exam_of(editions.by_id(db, attempt.edition_id).course)
    questions = papers.draw(exam, attempt.seed).questions
    return grading.grade(questions, answers(db, attempt), pass_mark=exam.pass_mark)


def _assert_asked(db: Session, attempt: Attempt, question_id: str) -> None:
    if paper(db, attempt).slot(question_id) is None:
        raise NotFound("This exam does not ask that question. Reload the page.")


def _locked(db: Session, attempt: Attempt) -> Attempt:
    mine = select(Attempt).where(col(Attempt.id) == attempt.id)
    return db.exec(mine.with_for_update().execution_options(populate_existing=True)).one()
