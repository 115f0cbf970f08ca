"""Attempts: one paper, answered, within her time where the course sets one.

An attempt keeps what it was started with: the edition, the seed, what earlier papers had shown, and the terms
that were granted to her. Its paper can be laid out again for ever, and nothing that changes later changes it.
"""

import json
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, Session, SQLModel, col, select

from app.assessment import answer_events, grading, papers, rulings
from app.assessment.answer_events import AnswerEvent, Saved
from app.assessment.grading import Answer, Result
from app.assessment.papers import Paper, Slot
from app.content.course import Course, Exam, Feedback, Module
from app.identity import requests
from app.identity.people import Person
from app.identity.requests import TimeFactor
from app.kit import jobs
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Invalid, NotFound
from app.learning import beats, enrollments, progress
from app.learning.enrollments import Enrollment
from app.library import editions

KEY = re.compile(r"[0-9a-zA-Z-]{8,64}")
LARGEST_ANSWER = 20_000  # letters of one answer as JSON
CLOCK_SLACK_MS = 60_000
GRACE = timedelta(minutes=2)  # for answers that are on their way when the time ends
TIME_UP = "exam.time_up"  # the job that submits what was saved, so that nobody's browser has to


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
    seen: str = Field(default="{}", sa_type=Text)  # JSON: what earlier papers showed when this one was drawn
    time_factor: str = TimeFactor.USUAL  # what was granted to her when she started
    one_at_a_time: bool = False
    started_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # None: no time limit
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    score: str | None = None
    possible: str | None = None
    passed: bool | None = None

    @property
    def percent(self) -> int:
        """The score in whole percent, rounded down: what is shown never looks like a pass that was not one."""
        return grading.percent(Fraction(self.score or 0), Fraction(self.possible or 0))

    @property
    def ran_out(self) -> bool:
        """Whether it was submitted because its time was up."""
        return is_over(self, now=self.submitted_at) if self.submitted_at else False


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


class TimeIsUp(Conflict):
    """The time of the attempt is over, and so is the grace for answers on their way."""

    message = "Your time is up, so this answer was not added. What was saved before is being submitted for you."


class NotAskedHere(NotFound):
    """The paper does not ask that question."""

    message = "This exam does not ask that question. Reload the page."


class NoChecking(Conflict):
    """The course shows what an answer earns only when the exam is over."""

    message = "This exam does not check single answers. Your result comes when you submit it."


def of(db: Session, person: Person, attempt_id: int) -> Attempt:
    """Give an attempt of hers, or raise `NotHers`."""
    hers = select(Attempt).join(Enrollment, col(Enrollment.id) == col(Attempt.enrollment_id))
    attempt = db.exec(hers.where(Attempt.id == attempt_id, Enrollment.person_id == person.id)).first()
    if attempt is None:
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
    beats.assert_enough(db, enrollment.id, course)
    if any(attempt.passed for attempt in attempts):
        raise AlreadyPassed
    if left(exam, attempts) == 0:
        raise AttemptsExhausted(len(attempts))
    attempt = _drawn(db, enrollment, exam, tries=attempts, now=now)
    db.add(attempt)
    db.flush()
    if attempt.ends_at:
        due = attempt.ends_at + GRACE
        jobs.queue(db, kind=TIME_UP, key=f"{TIME_UP}:{attempt.id}", payload={"attempt": attempt.id}, now=due)
    return attempt


def _drawn(db: Session, enrollment: Enrollment, exam: Exam, *, tries: list[Attempt], now: datetime) -> Attempt:
    terms = requests.granted(db, enrollment.person_id)
    factor = terms.factor if terms else TimeFactor.USUAL
    minutes = factor.of(exam.time_limit)
    return Attempt(
        enrollment_id=enrollment.id,
        edition_id=enrollment.edition_id,
        number=len(tries) + 1,
        seed=secrets.token_hex(16),
        seen=json.dumps(dict(_seen_by(db, enrollment)), sort_keys=True),
        time_factor=factor,
        one_at_a_time=terms is not None and terms.one_at_a_time,
        started_at=now,
        ends_at=now + timedelta(minutes=minutes) if minutes else None,
    )


def _seen_by(db: Session, enrollment: Enrollment) -> papers.Seen:
    """Give what all her papers in this course showed, in this enrollment and in earlier ones."""
    hers = select(Attempt).join(Enrollment, col(Attempt.enrollment_id) == col(Enrollment.id))
    in_course = hers.where(
        col(Enrollment.person_id) == enrollment.person_id, col(Enrollment.course_code) == enrollment.course_code
    )
    last = db.exec(in_course.order_by(col(Attempt.id).desc()).limit(1)).first()
    return papers.seen_with(json.loads(last.seen), paper(db, last)) if last else papers.NOTHING_SEEN


def is_over(attempt: Attempt, *, now: datetime) -> bool:
    """Say whether its time is up, and the grace for answers on their way as well."""
    return attempt.ends_at is not None and now >= attempt.ends_at + GRACE


def exam_of(course: Course) -> Exam:
    """Give the exam of a course, or raise `NoExam`."""
    if course.exam is None:
        raise NoExam
    return course.exam


def paper(db: Session, attempt: Attempt) -> Paper:
    """Lay out the paper of an attempt again, exactly as it was."""
    return paper_of(editions.course(db, attempt.edition_id), attempt)


def paper_of(course: Course, attempt: Attempt) -> Paper:
    """Lay out the paper of an attempt from the edition it was drawn from."""
    return papers.draw(exam_of(course), attempt.seed, seen=json.loads(attempt.seen))


def asked(db: Session, attempt: Attempt, question_id: str) -> Slot:
    """Give a question as her paper asks it, or raise `NotAskedHere`."""
    exam = exam_of(editions.course(db, attempt.edition_id))
    if slot := papers.draw_slot(exam, attempt.seed, question_id, seen=json.loads(attempt.seen)):
        return slot
    raise NotAskedHere


def save_answer(
    db: Session, attempt: Attempt, question_id: str, answer: Answer, *, sequence: int, key: str, now: datetime
) -> Saved:
    """Keep an answer to a question that is known by its id only."""
    return keep(db, attempt, asked(db, attempt, question_id), answer, sequence=sequence, key=key, now=now)


def keep(db: Session, attempt: Attempt, slot: Slot, answer: Answer, *, sequence: int, key: str, now: datetime) -> Saved:
    """Keep an answer. It is there for good once this commits; a later sequence wins, whatever arrives first."""
    question_id = slot.question.id
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
    return _kept_once(db, attempt, event)


def _kept_once(db: Session, attempt: Attempt, event: AnswerEvent) -> Saved:
    # Held until the commit: an answer is either graded with the attempt or told that it came too late.
    attempt = _locked(db, attempt)
    if known := answer_events.known(db, event):  # also after the exam: only our answer to it was lost
        return Saved(at=known.received_at, counts=answer_events.counts(db, known))
    _assert_under_way(attempt, now=event.received_at)
    return answer_events.keep(db, event)


def check_answer(db: Session, attempt: Attempt, question_id: str, *, now: datetime) -> None:
    """Lock the answer that counts, so that she may see what it earns. It can no longer change."""
    if exam_of(editions.course(db, attempt.edition_id)).feedback != Feedback.AFTER_EACH:
        raise NoChecking
    if not asked(db, attempt, question_id).question.graded:
        raise NotAskedHere
    attempt = _locked(db, attempt)
    _assert_under_way(attempt, now=now)
    answer_events.lock(db, attempt.id, question_id, now=now)


def _assert_under_way(attempt: Attempt, *, now: datetime) -> None:
    if attempt.submitted_at is not None:
        raise AlreadySubmitted
    if is_over(attempt, now=now):
        raise TimeIsUp


def choose_view(db: Session, attempt: Attempt, *, one_at_a_time: bool) -> None:
    """Show this exam one question at a time, or all on one page: anybody's own choice, at any moment."""
    attempt.one_at_a_time = one_at_a_time
    db.add(attempt)


def answers(db: Session, attempt: Attempt) -> dict[str, Answer]:
    """Give the answer that counts for each question."""
    return answer_events.of(db, attempt.id)


def checked(db: Session, attempt: Attempt) -> frozenset[str]:
    """Give the questions whose answers she has checked."""
    return answer_events.locked(db, attempt.id)


def last_saved_at(db: Session, attempt: Attempt) -> datetime | None:
    """Say when the newest answer of an attempt was kept."""
    return answer_events.last_at(db, attempt.id)


def submit(db: Session, attempt: Attempt, *, now: datetime) -> Attempt:
    """Grade an attempt and close it; submitting it again changes nothing."""
    enrollment = db.get_one(Enrollment, attempt.enrollment_id)
    editions.hold(db, enrollment.course_code)  # first of all: a key that is being corrected is waited for
    enrollments.locked(db, enrollment)
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
    """Grade the answers as they stand, with every key as it was corrected since."""
    edition = editions.by_id(db, attempt.edition_id)
    paper = rulings.laid_over(paper_of(edition.course, attempt), rulings.in_force(db, edition))
    return grading.grade(paper.questions, answers(db, attempt), pass_mark=exam_of(edition.course).pass_mark)


def _locked(db: Session, attempt: Attempt) -> Attempt:
    mine = select(Attempt).where(col(Attempt.id) == attempt.id)
    return db.exec(mine.with_for_update().execution_options(populate_existing=True)).one()
