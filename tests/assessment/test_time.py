"""Time: it runs on the server from the start, answers on their way have a grace, and nobody's browser has to end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cast import NOON, join
from makers import ISSUER, answer_all, evaluate, make_course, make_edition, make_enrollment, read_everything
from sqlmodel import Session, select

from app import audit
from app.assessment import attempts
from app.assessment.attempts import GRACE, TIME_UP, AlreadySubmitted, Attempt, TimeIsUp
from app.awards import certificates, time_up
from app.content.course import Course
from app.identity import requests
from app.identity.people import Person
from app.identity.requests import TimeFactor
from app.kit.database import Database
from app.kit.jobs import Job, Worker
from app.learning.enrollments import Enrollment

LIMIT = 60
END = NOON + timedelta(minutes=LIMIT)
MOMENT = timedelta(seconds=1)


def timed_course(limit: int | None = LIMIT) -> Course:
    course = make_course()
    assert course.exam is not None
    return replace(course, exam=replace(course.exam, time_limit=limit))


def begin(db: Session, person: Person, limit: int | None = LIMIT) -> Attempt:
    enrollment = make_enrollment(db, person, make_edition(db, timed_course(limit)))
    read_everything(db, enrollment)
    return attempts.start(db, enrollment, now=NOON)


def save(db: Session, attempt: Attempt, pick: int = 1, *, key: str = "the-answer", now: datetime) -> attempts.Saved:
    sequence = int(now.timestamp() * 1000)
    return attempts.save_answer(db, attempt, "question-1", pick, sequence=sequence, key=key, now=now)


def grant(db: Session, person: Person, factor: TimeFactor, *, one: bool = False) -> None:
    requests.grant(db, person, factor, one_at_a_time=one, note="", by=audit.OPERATOR, now=NOON)


# --- how much ----------------------------------------------------------------------------------------------------


def test_an_exam_has_no_time_limit_unless_its_author_sets_one(db: Session, ana: Person) -> None:
    attempt = begin(db, ana, limit=None)
    assert attempt.ends_at is None
    assert not attempts.is_over(attempt, now=NOON + timedelta(days=3650))
    assert db.exec(select(Job).where(Job.kind == TIME_UP)).all() == []


@pytest.mark.parametrize(
    ("factor", "minutes"),
    [(TimeFactor.USUAL, 60), (TimeFactor.QUARTER_MORE, 75), (TimeFactor.HALF_MORE, 90), (TimeFactor.DOUBLE, 120)],
)
def test_her_time_is_the_limit_times_what_was_granted(
    db: Session, ana: Person, factor: TimeFactor, minutes: int
) -> None:
    grant(db, ana, factor)
    assert begin(db, ana).ends_at == NOON + timedelta(minutes=minutes)


def test_who_was_granted_no_limit_has_none(db: Session, ana: Person) -> None:
    grant(db, ana, TimeFactor.UNTIMED, one=True)
    attempt = begin(db, ana)
    assert (attempt.ends_at, attempt.one_at_a_time, attempt.time_factor) == (None, True, "untimed")


def test_an_attempt_keeps_what_it_was_started_with(db: Session, ana: Person) -> None:
    attempt = begin(db, ana)
    grant(db, ana, TimeFactor.DOUBLE, one=True)
    db.refresh(attempt)
    assert (attempt.ends_at, attempt.one_at_a_time, attempt.time_factor) == (END, False, "1")


def test_starting_again_does_not_start_the_time_again(db: Session, ana: Person) -> None:
    attempt = begin(db, ana)
    enrollment = db.get_one(Enrollment, attempt.enrollment_id)
    assert attempts.start(db, enrollment, now=NOON + timedelta(minutes=30)).ends_at == END


# --- its end -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [-MOMENT, timedelta(0), GRACE - MOMENT])
def test_an_answer_on_its_way_at_the_end_is_kept(db: Session, ana: Person, after: timedelta) -> None:
    assert save(db, begin(db, ana), now=END + after).counts


@pytest.mark.parametrize("after", [GRACE, GRACE + MOMENT, timedelta(days=9)])
def test_after_the_grace_no_answer_is_added_and_she_is_told(db: Session, ana: Person, after: timedelta) -> None:
    attempt = begin(db, ana)
    with pytest.raises(TimeIsUp, match="Your time is up"):
        save(db, attempt, now=END + after)
    assert attempts.answers(db, attempt) == {}


def test_an_answer_kept_in_time_is_not_called_late_when_it_is_sent_again(db: Session, ana: Person) -> None:
    attempt = begin(db, ana)
    first = save(db, attempt, now=NOON)
    sequence = int(NOON.timestamp() * 1000)
    again = attempts.save_answer(
        db, attempt, "question-1", 1, sequence=sequence, key="the-answer", now=END + timedelta(days=1)
    )
    assert again == first


def test_what_was_saved_is_submitted_although_nobody_comes(database: Database) -> None:
    clock = Clockwork()
    with database.write() as db:
        attempt = begin(db, join(db, "ana"))
        answer_all(db, attempt)
    worker = Worker(database, clock, {TIME_UP: time_up.closer(database, ISSUER, clock)})
    clock.now = END + GRACE - MOMENT
    assert not worker.run_once()
    clock.now = END + GRACE
    assert worker.run_once()
    with database.read() as db:
        done = db.exec(select(Attempt)).one()
        assert (done.submitted_at, done.passed, done.percent, done.ran_out) == (END + GRACE, True, 100, True)
        acts = [line.act for line in db.exec(select(audit.AuditLine))]
    assert acts.count("attempt.time_up") == 1
    assert not worker.run_once()


def test_the_end_of_her_time_completes_the_course_where_nothing_else_is_missing(db: Session, ana: Person) -> None:
    attempt = begin(db, ana)
    answer_all(db, attempt)
    enrollment = db.get_one(Enrollment, attempt.enrollment_id)
    evaluate(db, enrollment, ana)
    time_up.close(db, attempt, issuer=ISSUER, now=END + GRACE)
    assert certificates.of_enrollment(db, enrollment.id) is not None


def test_whoever_submits_in_time_was_not_stopped_by_it(db: Session, ana: Person) -> None:
    attempt = attempts.submit(db, begin(db, ana), now=END)
    assert not attempt.ran_out
    assert time_up.close(db, attempt, issuer=ISSUER, now=END + GRACE).submitted_at == END
    with pytest.raises(AlreadySubmitted):
        save(db, attempt, now=END)


class Clockwork:
    """A clock that a test sets."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now
