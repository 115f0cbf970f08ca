"""Item analysis over the records: first attempts of the edition alone, read as one stream, nobody's name in it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cast import NOON
from makers import make_course, make_edition, make_enrollment, make_question, read_everything
from sqlalchemy import event
from sqlmodel import Session

from app.assessment import attempts, item_analysis, papers
from app.assessment.attempts import Attempt
from app.content.course import Exam, Pool
from app.identity import people
from app.learning.enrollments import Enrollment
from app.library.editions import Edition


def sit(db: Session, enrollment: Enrollment, picks: list[int | None], *, now: datetime = NOON) -> Attempt:
    """Take the exam with these options for the first, second, third question; a minute each."""
    attempt = attempts.start(db, enrollment, now=now)
    for place, (slot, pick) in enumerate(zip(attempts.paper(db, attempt).slots, picks, strict=False), 1):
        if pick is not None:
            attempts.save_answer(
                db,
                attempt,
                slot.question.id,
                pick,
                sequence=place,
                key=f"answer-{attempt.id}-{place}",
                now=now + timedelta(minutes=place),
            )
    return attempts.submit(db, attempt, now=now + timedelta(minutes=9))


def somebody(db: Session, number: int, edition: Edition) -> Enrollment:
    person = people.find_or_add(db, f"learner-{number}@example.org", now=NOON)
    enrollment = make_enrollment(db, person, edition)
    read_everything(db, enrollment)
    return enrollment


def test_what_was_answered_at_the_first_attempt_is_analyzed(db: Session) -> None:
    edition = make_edition(db)
    for number in range(12):
        sit(db, somebody(db, number, edition), [1, 2 if number < 3 else 1, None])
    found = item_analysis.of(db, edition)
    assert found.attempts == 12
    assert [item.difficulty for item in found.items] == [1.0, 0.75, 0.0]
    assert [item.blank for item in found.items] == [0, 0, 12]
    assert [item.seconds for item in found.items] == [60.0, 60.0, None]


def test_second_attempts_other_editions_open_papers_and_courses_taken_again_do_not_count(db: Session) -> None:
    edition = make_edition(db)
    again = somebody(db, 1, edition)
    sit(db, again, [2, 2, 2])
    sit(db, again, [1, 1, 1])
    attempts.start(db, somebody(db, 2, edition), now=NOON)
    other = make_edition(db, make_course(questions=tuple(make_question(number) for number in (1, 2))))
    sit(db, somebody(db, 3, other), [1, 1])
    assert item_analysis.of(db, edition).attempts == 1
    finished = db.get_one(Enrollment, again.id)
    finished.completed_at = NOON
    db.add(finished)
    db.flush()
    person = people.find_or_add(db, "learner-1@example.org", now=NOON)
    anew = make_enrollment(db, person, other)
    read_everything(db, anew)
    sit(db, anew, [1, 1])
    assert item_analysis.of(db, other).attempts == 1, "she has seen the course before"


def test_the_answer_that_counts_is_the_one_with_the_highest_sequence(db: Session) -> None:
    edition = make_edition(db)
    for number in range(10):
        enrollment = somebody(db, number, edition)
        attempt = attempts.start(db, enrollment, now=NOON)
        for sequence, pick in ((5, 1), (3, 2)):
            key = f"answer-{attempt.id}-{sequence}"
            attempts.save_answer(db, attempt, "question-1", pick, sequence=sequence, key=key, now=NOON)
        attempts.submit(db, attempt, now=NOON)
    assert item_analysis.of(db, edition).items[0].difficulty == 1.0


def test_a_drawn_question_is_judged_by_those_who_were_asked_it(db: Session) -> None:
    pool = Pool("pool", "Pool", tuple(make_question(number) for number in (1, 2, 3, 4)), draw=2)
    edition = make_edition(db, make_course(exam=Exam("Exam", 80, None, items=(pool,))))
    asked: dict[str, int] = {}
    for number in range(30):
        attempt = sit(db, somebody(db, number, edition), [1, 1])
        for question in papers.draw(edition.course.exam, attempt.seed).questions:  # type: ignore[arg-type]
            asked[question.id] = asked.get(question.id, 0) + 1
    found = item_analysis.of(db, edition)
    assert {item.question.id: item.asked for item in found.items} == asked
    assert sum(asked.values()) == 60


def test_a_course_without_an_exam_has_nothing_to_analyze(db: Session) -> None:
    assert item_analysis.of(db, make_edition(db, make_course(exam=None))) == item_analysis.Analysis(0, ())


@pytest.mark.parametrize("learners", [1, 25])
def test_one_statement_reads_them_all(db: Session, learners: int) -> None:
    edition = make_edition(db, replace(make_course(), title="Counted"))
    chance = random.Random(1)  # noqa: S311 - a test's own dice
    for number in range(learners):
        sit(db, somebody(db, number, edition), [chance.randint(1, 4) for _ in range(3)])
    db.refresh(edition)
    ran: list[str] = []

    def note(_connection, _cursor, statement: str, *_more: object) -> None:
        ran.append(statement)

    engine = db.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert item_analysis.of(db, edition).attempts == learners
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(ran) == 1
