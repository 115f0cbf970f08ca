"""Checked answers: who has seen what an answer earns can no longer change it, on whatever way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import pytest
from cast import NOON, join
from makers import make_course, make_edition, make_enrollment, read_everything
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.assessment import attempts
from app.assessment.answer_events import AnswerLocked, NothingToCheck
from app.assessment.attempts import AlreadySubmitted, Attempt, NoChecking, NotAskedHere
from app.assessment.grading import Answer
from app.content.course import Feedback
from app.identity.people import Person
from app.kit.database import Database
from app.kit.errors import Refusal

FIRST, SECOND = "question-1", "question-2"


def begin(db: Session, person: Person, feedback: Feedback = Feedback.AFTER_EACH) -> Attempt:
    course = make_course()
    assert course.exam is not None
    edition = make_edition(db, replace(course, exam=replace(course.exam, feedback=feedback)))
    enrollment = make_enrollment(db, person, edition)
    read_everything(db, enrollment)
    return attempts.start(db, enrollment, now=NOON)


def save(db: Session, attempt: Attempt, answer: Answer, sequence: int, question: str = FIRST) -> attempts.Saved:
    key = f"answer-{question}-{sequence}"
    return attempts.save_answer(db, attempt, question, answer, sequence=sequence, key=key, now=NOON)


def check(db: Session, attempt: Attempt, question: str = FIRST) -> None:
    attempts.check_answer(db, attempt, question, now=NOON)


@pytest.fixture
def attempt(db: Session, ana: Person) -> Attempt:
    return begin(db, ana)


def test_a_checked_answer_counts_whatever_comes_after_it(db: Session, attempt: Attempt) -> None:
    save(db, attempt, 2, 5)
    check(db, attempt)
    for sequence in (4, 6):  # held up on its way, and given afterwards
        with pytest.raises(AnswerLocked, match="can no longer change"):
            save(db, attempt, 1, sequence)
    assert attempts.checked(db, attempt) == {FIRST}
    assert attempts.answers(db, attempt) == {FIRST: 2}
    save(db, attempt, 1, 7, SECOND)
    assert attempts.submit(db, attempt, now=NOON).score == str(Fraction(1))


def test_it_is_the_answer_that_counts_which_is_locked_and_not_the_last_to_arrive(db: Session, attempt: Attempt) -> None:
    save(db, attempt, 3, 9)
    save(db, attempt, 2, 5)
    check(db, attempt)
    assert attempts.answers(db, attempt) == {FIRST: 3}


def test_an_answer_sent_again_after_it_was_checked_is_told_that_it_counts(db: Session, attempt: Attempt) -> None:
    first = save(db, attempt, 2, 5)
    check(db, attempt)
    assert save(db, attempt, 2, 5) == first


def test_checking_again_changes_nothing(db: Session, attempt: Attempt) -> None:
    save(db, attempt, 2, 5)
    check(db, attempt)
    check(db, attempt)
    assert attempts.checked(db, attempt) == {FIRST}


@pytest.mark.parametrize("blank", [False, True])
def test_nothing_cannot_be_checked(db: Session, attempt: Attempt, blank: bool) -> None:  # noqa: FBT001
    if blank:
        save(db, attempt, 2, 1)
        save(db, attempt, None, 2)
    with pytest.raises(NothingToCheck):
        check(db, attempt)


@pytest.mark.parametrize("feedback", [Feedback.AFTER_SUBMIT, Feedback.AFTER_PASS])
def test_where_the_rules_show_nothing_yet_nothing_is_checked(db: Session, ana: Person, feedback: Feedback) -> None:
    attempt = begin(db, ana, feedback)
    save(db, attempt, 2, 1)
    with pytest.raises(NoChecking):
        check(db, attempt)
    assert attempts.checked(db, attempt) == frozenset()


def test_what_the_paper_does_not_ask_is_not_checked(db: Session, attempt: Attempt) -> None:
    with pytest.raises(NotAskedHere):
        check(db, attempt, "question-99")


def test_when_the_exam_is_over_there_is_nothing_left_to_check(db: Session, attempt: Attempt) -> None:
    save(db, attempt, 2, 1)
    attempts.submit(db, attempt, now=NOON)
    with pytest.raises(AlreadySubmitted):
        check(db, attempt)


@pytest.mark.parametrize("act", ["UPDATE locked_answer SET answer_event_id = 0", "DELETE FROM locked_answer"])
def test_the_database_opens_no_lock(db: Session, attempt: Attempt, act: str) -> None:
    save(db, attempt, 2, 1)
    check(db, attempt)
    with pytest.raises(DBAPIError, match="never deleted or rewritten"), db.begin_nested():
        db.execute(text(act))


def test_of_a_change_and_a_check_at_once_what_she_saw_is_what_counts(database: Database) -> None:
    with database.write() as db:
        attempt_id = begin(db, join(db, "ana")).id
        save(db, db.get_one(Attempt, attempt_id), 2, 1)

    def act(turn: int) -> str:
        try:
            with database.write() as db:
                attempt = db.get_one(Attempt, attempt_id)
                if turn % 2:
                    save(db, attempt, 1, 10 + turn)
                    return "saved"
                check(db, attempt)
                return f"saw {attempts.answers(db, attempt)[FIRST]}"
        except Refusal as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(8) as acts:
        told = list(acts.map(act, range(8)))
    with database.read() as db:
        counts = attempts.answers(db, db.get_one(Attempt, attempt_id))[FIRST]
    assert {one for one in told if one.startswith("saw")} == {f"saw {counts}"}
