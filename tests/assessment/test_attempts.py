"""Attempts: limits that hold however many starts race, one open at a time, graded once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from cast import NOON, join
from makers import answer_all, make_course, make_edition, make_enrollment, make_question, pass_exam, read_everything
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.assessment import attempts
from app.assessment.attempts import AlreadyPassed, Attempt, AttemptsExhausted, NoExam, NotHers, ReadingLeft
from app.content.course import Course
from app.identity.people import Person
from app.kit.database import Database
from app.kit.errors import Refusal
from app.learning import enrollments
from app.learning.enrollments import Enrollment

STARTS = 50


def course_with(*, allowed: int | None) -> Course:
    course = make_course()
    assert course.exam is not None
    return replace(course, exam=replace(course.exam, attempts=allowed))


@pytest.fixture
def enrollment(db: Session, ana: Person) -> Enrollment:
    """Ana, who has read everything in a course that allows two attempts."""
    mine = make_enrollment(db, ana, make_edition(db, course_with(allowed=2)))
    read_everything(db, mine)
    return mine


def fail(db: Session, enrollment: Enrollment) -> Attempt:
    attempt = attempts.start(db, enrollment, now=NOON)
    answer_all(db, attempt, right=False)
    return attempts.submit(db, attempt, now=NOON)


# --- starting ----------------------------------------------------------------------------------------------------


def test_the_exam_opens_when_every_module_is_done(db: Session, ana: Person) -> None:
    mine = make_enrollment(db, ana)
    with pytest.raises(ReadingLeft, match="“First”"):
        attempts.start(db, mine, now=NOON)
    read_everything(db, mine)
    assert attempts.start(db, mine, now=NOON).number == 1


def test_a_course_without_an_exam_has_none_to_start(db: Session, ana: Person) -> None:
    mine = make_enrollment(db, ana, make_edition(db, make_course(exam=None)))
    with pytest.raises(NoExam):
        attempts.start(db, mine, now=NOON)


def test_starting_again_goes_on_with_the_attempt_that_is_open(db: Session, enrollment: Enrollment) -> None:
    first = attempts.start(db, enrollment, now=NOON)
    again = attempts.start(db, enrollment, now=NOON + timedelta(days=1))
    assert again.id == first.id
    assert again.started_at == NOON


def test_each_attempt_has_its_own_paper(db: Session, enrollment: Enrollment) -> None:
    assert fail(db, enrollment).seed != attempts.start(db, enrollment, now=NOON).seed


def test_an_attempt_stays_in_the_edition_it_was_drawn_from(db: Session, enrollment: Enrollment) -> None:
    attempt = attempts.start(db, enrollment, now=NOON)
    before = attempts.paper(db, attempt)
    make_edition(db, make_course(questions=(make_question(7),)))
    assert attempts.paper(db, attempt) == before


def test_a_failed_attempt_leaves_one_less_and_the_last_one_leaves_none(db: Session, enrollment: Enrollment) -> None:
    exam = attempts.exam_of(course_with(allowed=2))
    for left in (1, 0):
        fail(db, enrollment)
        assert attempts.left(exam, attempts.all_of(db, enrollment)) == left
    with pytest.raises(AttemptsExhausted, match="all 2 attempts"):
        attempts.start(db, enrollment, now=NOON)


def test_where_there_is_no_limit_there_is_always_another_attempt(db: Session, ana: Person) -> None:
    mine = make_enrollment(db, ana, make_edition(db, course_with(allowed=None)))
    read_everything(db, mine)
    assert [fail(db, mine).number for _ in range(6)] == [1, 2, 3, 4, 5, 6]
    assert attempts.left(attempts.exam_of(course_with(allowed=None)), attempts.all_of(db, mine)) is None


def test_whoever_has_passed_starts_no_other(db: Session, enrollment: Enrollment) -> None:
    pass_exam(db, enrollment)
    with pytest.raises(AlreadyPassed):
        attempts.start(db, enrollment, now=NOON)


def test_an_attempt_of_somebody_else_is_not_there(
    db: Session, ana: Person, ben: Person, enrollment: Enrollment
) -> None:
    attempt = attempts.start(db, enrollment, now=NOON)
    assert attempts.of(db, ana, attempt.id) == attempt
    for attempt_id in (attempt.id, 10**9):
        with pytest.raises(NotHers):
            attempts.of(db, ben, attempt_id)


# --- grading -----------------------------------------------------------------------------------------------------


def test_a_submitted_attempt_keeps_its_exact_score(db: Session, enrollment: Enrollment) -> None:
    attempt = attempts.start(db, enrollment, now=NOON)
    for number, pick in ((1, 1), (2, 2)):
        attempts.save_answer(db, attempt, f"question-{number}", pick, sequence=number, key=f"answer-{number}", now=NOON)
    attempt = attempts.submit(db, attempt, now=NOON)
    assert (Fraction(attempt.score or 0), Fraction(attempt.possible or 0), attempt.passed) == (1, 3, False)
    assert attempt.percent == 33


def test_submitting_again_changes_nothing(db: Session, enrollment: Enrollment) -> None:
    attempt = pass_exam(db, enrollment)
    again = attempts.submit(db, attempt, now=NOON + timedelta(hours=1))
    assert (again.submitted_at, again.score, again.passed) == (NOON, "3", True)


@pytest.mark.parametrize(("right", "passed", "percent"), [(None, False, 0), (False, False, 0), (True, True, 100)])
def test_a_blank_paper_and_an_all_wrong_one_score_nothing(
    db: Session,
    enrollment: Enrollment,
    right: bool | None,  # noqa: FBT001
    passed: bool,  # noqa: FBT001
    percent: int,
) -> None:
    attempt = attempts.start(db, enrollment, now=NOON)
    if right is not None:
        answer_all(db, attempt, right=right)
    attempt = attempts.submit(db, attempt, now=NOON)
    assert (attempt.passed, attempt.percent) == (passed, percent)


@pytest.mark.parametrize("right", range(10))
def test_the_percent_that_is_shown_never_looks_like_a_pass_that_was_not_one(right: int) -> None:
    attempt = Attempt(score=str(Fraction(right, 3)), possible="3")
    exact = Fraction(right, 9) * 100
    assert attempt.percent <= exact < attempt.percent + 1


def test_no_row_is_submitted_without_a_score(db: Session, enrollment: Enrollment) -> None:
    attempt = attempts.start(db, enrollment, now=NOON)
    attempt.submitted_at = NOON
    with pytest.raises(IntegrityError, match="graded"):
        db.flush()


# --- at the same moment ------------------------------------------------------------------------------------------


def prepared(database: Database, *, allowed: int) -> int:
    with database.write() as db:
        mine = make_enrollment(db, join(db, "ana"), make_edition(db, course_with(allowed=allowed)))
        read_everything(db, mine)
        return mine.id


def start_and_fail(database: Database, enrollment_id: int, *, submits: bool) -> str:
    """Start an attempt as one of many would, and say how it went."""
    try:
        with database.write() as db:
            attempt = attempts.start(db, db.get_one(Enrollment, enrollment_id), now=NOON)
            if submits:
                attempts.submit(db, attempt, now=NOON)
            return f"attempt {attempt.number}"
    except Refusal as refused:
        return type(refused).__name__


def test_of_fifty_starts_at_once_all_find_the_same_open_attempt(database: Database) -> None:
    enrollment_id = prepared(database, allowed=2)
    with ThreadPoolExecutor(16) as starts:
        told = list(starts.map(lambda _: start_and_fail(database, enrollment_id, submits=False), range(STARTS)))
    assert Counter(told) == {"attempt 1": STARTS}


def test_fifty_starts_at_once_use_up_the_attempts_and_no_more(database: Database) -> None:
    enrollment_id = prepared(database, allowed=3)
    with ThreadPoolExecutor(16) as starts:
        told = list(starts.map(lambda _: start_and_fail(database, enrollment_id, submits=True), range(STARTS)))
    assert Counter(told) == {"attempt 1": 1, "attempt 2": 1, "attempt 3": 1, "AttemptsExhausted": STARTS - 3}
    with database.read() as db:
        assert sorted(attempt.number for attempt in db.exec(select(Attempt))) == [1, 2, 3]


def test_behind_the_lock_two_open_attempts_are_refused_by_the_table(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the lock two starts race, and only the unique index stands between them."""
    enrollment_id = prepared(postgres_database, allowed=3)
    both_have_looked = threading.Barrier(2)

    def looked(db: Session, enrollment: Enrollment) -> list[Attempt]:
        found = list(db.exec(select(Attempt).where(Attempt.enrollment_id == enrollment.id)))
        both_have_looked.wait()
        return found

    monkeypatch.setattr(enrollments, "locked", lambda _db, enrollment: enrollment)
    monkeypatch.setattr(attempts, "all_of", looked)

    def start(_turn: int) -> str:
        try:
            return start_and_fail(postgres_database, enrollment_id, submits=False)
        except IntegrityError:
            return "refused by the table"

    with ThreadPoolExecutor(2) as starts:
        told = list(starts.map(start, range(2)))
    assert sorted(told) == ["attempt 1", "refused by the table"]


def test_of_eight_submissions_at_once_one_grades(database: Database) -> None:
    enrollment_id = prepared(database, allowed=2)
    with database.write() as db:
        attempt_id = attempts.start(db, db.get_one(Enrollment, enrollment_id), now=NOON).id
        answer_all(db, db.get_one(Attempt, attempt_id))

    def submit(second: int) -> object:
        with database.write() as db:
            return attempts.submit(
                db, db.get_one(Attempt, attempt_id), now=NOON + timedelta(seconds=second)
            ).submitted_at

    with ThreadPoolExecutor(8) as acts:
        assert len(set(acts.map(submit, range(8)))) == 1
