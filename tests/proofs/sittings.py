"""Attempts against a model: whatever two tabs send, in whatever order it arrives, what counts is what she meant.

A learner sits exams in two tabs. Each is served by a process of its own over the one database. What she answers
waits in its tab, arrives late, twice or out of order, or its acknowledgement is lost; she starts, checks, submits
and lets the time run out, from either tab. A model of a few lines says what must be on the record after each act.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import makers
from cast import NOON
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, col, select

from app.assessment import answer_events, attempts
from app.assessment.answer_events import AnswerEvent
from app.assessment.attempts import CLOCK_SLACK_MS, GRACE, Attempt
from app.awards import time_up
from app.awards.issuer import Issuer
from app.content.course import Course, Feedback, Pool
from app.identity import people
from app.kit.database import Database, open_database
from app.kit.errors import Refusal
from app.kit.signing import KeptInMemory
from app.learning.enrollments import Enrollment
from app.library.editions import Edition

LIMIT, ALLOWED = 60, 3
STEPS = 30
ISSUER = Issuer(address="https://ce.example.org", demonstration=True, signer=KeptInMemory())
RIGHT = 1  # of makers.make_question
SLIPS = (0, 0, -90_000, -1, 1, 90_000, 10**11)  # how far a device's clock is off, in milliseconds


def the_course() -> Course:
    """A course whose exam has a time limit, few attempts, a pool, and answers that may be checked."""
    course = makers.make_course()
    assert course.exam is not None
    pool = Pool(id="pool", title="Pool", items=tuple(makers.make_question(one) for one in range(10, 14)), draw=2)
    exam = replace(
        course.exam,
        items=(*course.exam.items[:2], pool),
        attempts=ALLOWED,
        time_limit=LIMIT,
        feedback=Feedback.AFTER_EACH,
    )
    return replace(course, exam=exam)


# --- two processes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """One answer as a tab sends it, however often."""

    attempt_id: int
    question: str
    answer: int | None
    sequence: int
    key: str


@dataclass(frozen=True)
class Act:
    """One act, small enough to be sent to another process."""

    verb: str
    now: datetime
    subject: int = 0  # the enrollment, or the attempt
    sent: Sent | None = None
    question: str = ""


def perform(database: Database, act: Act) -> Any:
    """Do one act in a transaction of its own, as a request does; give what came of it, or the name of the refusal."""
    try:
        with database.write() as db:
            return _perform(db, act)
    except Refusal as refused:
        return type(refused).__name__


def _perform(db: Session, act: Act) -> Any:
    if act.verb == "start":
        attempt = attempts.start(db, db.get_one(Enrollment, act.subject), now=act.now)
        return attempt.id, [question.id for question in attempts.paper(db, attempt).questions]
    attempt = db.get_one(Attempt, act.subject)
    if act.verb == "submit":
        return attempts.submit(db, attempt, now=act.now).score
    if act.verb == "check":
        return attempts.check_answer(db, attempt, act.question, now=act.now)
    if act.verb == "time up":
        return time_up.close(db, attempt, issuer=ISSUER, now=act.now).score
    assert act.sent is not None
    sent = act.sent
    return attempts.save_answer(
        db, attempt, sent.question, sent.answer, sequence=sent.sequence, key=sent.key, now=act.now
    ).counts


def serve(url: str, line: Connection) -> None:
    """Perform whatever is asked for, in a process of its own, until nothing more is."""
    database = open_database(url)
    try:
        while (act := line.recv()) is not None:
            line.send(perform(database, act))
    finally:
        database.close()


@contextmanager
def another_process(url: str) -> Iterator[Connection]:
    """Open a second process over the same database, and end it."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(url, theirs), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        ours.send(None)
        process.join(10)
        process.kill()


# --- the model ---------------------------------------------------------------------------------------------------


@dataclass
class Try:
    """One attempt as the model sees it."""

    id: int
    paper: list[str]
    ends_at: datetime
    kept: dict[str, Sent] = field(default_factory=dict)  # by key, in the order in which they were kept
    locked: dict[str, Sent] = field(default_factory=dict)  # by question
    score: int | None = None

    def counts(self) -> dict[str, Sent]:
        """Give the answer that counts for each question: the checked one, else the latest by her own clock."""
        newest: dict[str, Sent] = {}
        for sent in sorted(self.kept.values(), key=lambda one: one.sequence):
            newest[sent.question] = sent
        return newest | self.locked

    def refusal(self, sent: Sent, now: datetime) -> str:
        """Say what an answer is refused with; empty where it is kept."""
        if first := self.kept.get(sent.key):
            return "" if (first.question, first.answer) == (sent.question, sent.answer) else "DifferentAnswer"
        if self.score is not None:
            return "AlreadySubmitted"
        if now >= self.ends_at + GRACE:
            return "TimeIsUp"
        return "AnswerLocked" if sent.question in self.locked else ""

    def grade(self) -> int:
        """Count the right answers among those that count."""
        return sum(sent.answer == RIGHT for sent in self.counts().values())


class Sitting(RuleBasedStateMachine):
    """She sits her exams, in two tabs."""

    database: Database
    line: Connection | None = None  # to the second process; without one, both tabs are served by this one
    people = itertools.count(1)
    performed = itertools.count(1)

    @initialize()
    def enroll(self) -> None:
        self.now, self.tries = NOON, list[Try]()
        self.waiting: tuple[list[Sent], list[Sent]] = ([], [])
        self.sent: list[Sent] = []
        with self.database.write() as db:
            edition = db.exec(select(Edition)).first() or makers.make_edition(db, the_course())
            person = people.find_or_add(db, f"learner-{next(self.people)}@example.org", now=NOON)
            enrollment = makers.make_enrollment(db, person, edition)
            makers.read_everything(db, enrollment)
            self.enrollment_id = enrollment.id
        self.start(0)

    # --- what she does

    @rule(tab=st.integers(0, 1))
    def start(self, tab: int) -> None:
        came = self._ask(tab, Act("start", self.now, self.enrollment_id))
        running = self._running()
        if running is not None:
            assert came[0] == running.id
        elif any(one.score == len(one.paper) for one in self.tries):
            assert came == "AlreadyPassed"
        elif len(self.tries) == ALLOWED:
            assert came == "AttemptsExhausted"
        else:
            self.tries.append(Try(came[0], came[1], self.now + timedelta(minutes=LIMIT)))
            self._assert_fresh()

    @rule(
        tab=st.integers(0, 1),
        place=st.sampled_from([0, 0, 0, 1, 2, 3]),  # what happens to one question is where the trouble is
        answer=st.sampled_from([RIGHT, RIGHT, 2, 3, None]),
        slip=st.sampled_from(SLIPS),
        arrives=st.booleans(),
    )
    def answer(self, tab: int, place: int, answer: int | None, slip: int, arrives: bool) -> None:  # noqa: FBT001
        if self.tries:
            last = self.tries[-1]
            sequence = int(self.now.timestamp() * 1000) + slip + len(self.sent)
            sent = Sent(last.id, last.paper[place], answer, sequence, key=f"answer-{len(self.sent):04}")
            self.sent.append(sent)
            if arrives:
                self._deliver(tab, sent)
            else:
                self.waiting[tab].append(sent)

    @rule(tab=st.integers(0, 1), draw=st.data(), acknowledged=st.booleans())
    def arrive(self, tab: int, draw: st.DataObject, acknowledged: bool) -> None:  # noqa: FBT001
        if self.waiting[tab]:
            sent = draw.draw(st.sampled_from(self.waiting[tab]))
            self._deliver(tab, sent)
            if acknowledged:
                self.waiting[tab].remove(sent)

    @rule(tab=st.integers(0, 1), draw=st.data())
    def send_again(self, tab: int, draw: st.DataObject) -> None:
        if self.sent:
            self._deliver(tab, draw.draw(st.sampled_from(self.sent)))

    @rule(tab=st.integers(0, 1), draw=st.data(), answer=st.sampled_from([None, RIGHT, 2]))
    def send_something_else_under_a_used_key(self, tab: int, draw: st.DataObject, answer: int | None) -> None:
        if self.sent:
            self._deliver(tab, replace(draw.draw(st.sampled_from(self.sent)), answer=answer))

    @rule(tab=st.integers(0, 1), draw=st.data())
    def check(self, tab: int, draw: st.DataObject) -> None:
        if not self.tries:
            return
        last = self.tries[-1]
        question = draw.draw(st.sampled_from([*last.counts(), last.paper[0]]))
        came = self._ask(tab, Act("check", self.now, last.id, question=question))
        counting = last.counts().get(question)
        if last.score is not None:
            assert came == "AlreadySubmitted"
        elif self.now >= last.ends_at + GRACE:
            assert came == "TimeIsUp"
        elif counting is None or counting.answer is None:
            assert came == "NothingToCheck"
        else:
            assert came is None
            last.locked.setdefault(question, counting)

    @rule(tab=st.integers(0, 1), sure=st.sampled_from([False, False, False, True]))
    def submit(self, tab: int, sure: bool) -> None:  # noqa: FBT001
        if sure and self.tries:
            last = self.tries[-1]
            came = self._ask(tab, Act("submit", self.now, last.id))
            last.score = last.grade() if last.score is None else last.score
            assert came == str(last.score)

    # --- what happens

    @rule(minutes=st.sampled_from([0, 0, 1, 1, 1, 5, 62]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(tab=st.integers(0, 1))
    def the_job_comes_by(self, tab: int) -> None:
        running = self._running()
        if running is not None and self.now >= running.ends_at + GRACE:
            running.score = running.grade()
            assert self._ask(tab, Act("time up", self.now, running.id)) == str(running.score)

    # --- what must hold

    @invariant()
    def the_record_is_what_the_model_says(self) -> None:
        with self.database.read() as db:
            mine = select(Attempt).where(col(Attempt.enrollment_id) == self.enrollment_id)
            found = db.exec(mine.order_by(col(Attempt.number))).all()
            assert [one.number for one in found] == list(range(1, len(self.tries) + 1))
            for attempt, model in zip(found, self.tries, strict=True):
                _assert_same(db, attempt, model)

    def _deliver(self, tab: int, sent: Sent) -> None:
        model = next(one for one in self.tries if one.id == sent.attempt_id)
        expected = model.refusal(sent, self.now)
        came = self._ask(tab, Act("save", self.now, sent.attempt_id, sent=sent))
        if expected:
            assert came == expected
            return
        latest = int(self.now.timestamp() * 1000) + CLOCK_SLACK_MS
        kept = model.kept.setdefault(sent.key, replace(sent, sequence=min(sent.sequence, latest)))
        assert came == (model.counts()[sent.question] == kept)

    def _ask(self, tab: int, act: Act) -> Any:
        next(self.performed)
        if tab == 0 or self.line is None:
            return perform(self.database, act)
        self.line.send(act)
        return self.line.recv()

    def _running(self) -> Try | None:
        return next((one for one in self.tries if one.score is None), None)

    def _assert_fresh(self) -> None:
        """Two of four in the pool: the second paper must bring the other two."""
        if len(self.tries) == 2:
            pools = [{question for question in one.paper if len(question) > len("question-1")} for one in self.tries]
            assert not pools[0] & pools[1]


def _assert_same(db: Session, attempt: Attempt, model: Try) -> None:
    assert [question.id for question in attempts.paper(db, attempt).questions] == model.paper
    assert attempts.answers(db, attempt) == {question: sent.answer for question, sent in model.counts().items()}
    assert attempts.checked(db, attempt) == set(model.locked)
    events = db.exec(select(AnswerEvent).where(col(AnswerEvent.attempt_id) == attempt.id)).all()
    assert {event.key: (event.question_id, json.loads(event.answer), event.sequence) for event in events} == {
        sent.key: (sent.question, sent.answer, sent.sequence) for sent in model.kept.values()
    }
    assert attempt.score == (None if model.score is None else str(model.score))


# --- running it --------------------------------------------------------------------------------------------------


def run(url: str, *, stories: int, same_each_time: bool = True, own_process: bool = True) -> int:
    """Tell this many stories; raise `AssertionError` at the first that ends otherwise. Give how many acts it took."""
    database = open_database(url)
    try:
        if not own_process:
            return _told(database, None, stories, same_each_time=same_each_time)
        with another_process(url) as line:
            return _told(database, line, stories, same_each_time=same_each_time)
    finally:
        database.close()


def _told(database: Database, line: Connection | None, stories: int, *, same_each_time: bool) -> int:
    performed = itertools.count()
    machine = type("Hers", (Sitting,), {"database": database, "line": line, "performed": performed})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=stories,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=same_each_time,
            phases=[Phase.generate],  # a story that ends wrong is told as it is: to shorten it takes minutes
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return next(performed)


def newest_by_arrival(db: Session, attempt_id: int) -> dict[str, Any]:
    """The control: let the answer count that arrived last, as a house without her sequence would."""
    events = select(AnswerEvent.question_id, AnswerEvent.answer).where(col(AnswerEvent.attempt_id) == attempt_id)
    return {question: json.loads(answer) for question, answer in db.exec(events.order_by(col(AnswerEvent.id)))}


COUNTS_BY_ARRIVAL = (answer_events, "of", newest_by_arrival)
