"""Answers: kept as they are chosen, in the learner's own order, each once, and none after the exam is over."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from cast import NOON, join
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from makers import make_enrollment, read_everything
from sqlmodel import Session, select

from app.assessment import attempts
from app.assessment.answer_events import AnswerEvent, DifferentAnswer, Saved
from app.assessment.attempts import LARGEST_ANSWER, AlreadySubmitted, Attempt
from app.assessment.grading import Answer
from app.identity.people import Person
from app.kit.database import Database
from app.kit.errors import Invalid, NotFound
from app.library.editions import Edition

FIRST, SECOND, THIRD = "question-1", "question-2", "question-3"


@pytest.fixture
def attempt(db: Session, ana: Person) -> Attempt:
    return begin(db, ana)


def begin(db: Session, person: Person) -> Attempt:
    edition = db.exec(select(Edition)).first()
    enrollment = make_enrollment(db, person, edition)
    read_everything(db, enrollment)
    return attempts.start(db, enrollment, now=NOON)


def save(
    db: Session,
    attempt: Attempt,
    answer: Answer,
    *,
    sequence: int,
    question: str = FIRST,
    key: str = "",
    now: datetime = NOON,
) -> Saved:
    key = key or f"answer-{sequence}"
    return attempts.save_answer(db, attempt, question, answer, sequence=sequence, key=key, now=now)


def events(db: Session) -> list[AnswerEvent]:
    return list(db.exec(select(AnswerEvent)))


# --- the newest counts -------------------------------------------------------------------------------------------


def test_an_answer_that_is_saved_is_there(db: Session, attempt: Attempt) -> None:
    assert save(db, attempt, 2, sequence=1) == Saved(at=NOON, counts=True)
    assert attempts.answers(db, attempt) == {FIRST: 2}
    assert attempts.last_saved_at(db, attempt) == NOON


def test_nothing_answered_is_nothing_kept(db: Session, attempt: Attempt) -> None:
    assert attempts.answers(db, attempt) == {}
    assert attempts.last_saved_at(db, attempt) is None


@pytest.mark.parametrize("arrival", list(permutations((1, 2, 3, 4))))
def test_the_newest_answer_counts_in_whatever_order_they_arrive(
    db: Session, attempt: Attempt, arrival: tuple[int, ...]
) -> None:
    for so_far, sequence in enumerate(arrival, 1):
        saved = save(db, attempt, sequence, sequence=sequence)
        newest = max(arrival[:so_far])
        assert saved.counts == (sequence == newest)
        assert attempts.answers(db, attempt) == {FIRST: newest}
    assert len(events(db)) == 4


def test_each_question_has_its_own_newest_answer(db: Session, attempt: Attempt) -> None:
    save(db, attempt, 1, sequence=1, question=FIRST)
    save(db, attempt, 2, sequence=9, question=SECOND)
    save(db, attempt, 3, sequence=5, question=FIRST)
    assert attempts.answers(db, attempt) == {FIRST: 3, SECOND: 2}


def test_of_two_answers_with_one_sequence_the_later_one_counts(db: Session, attempt: Attempt) -> None:
    save(db, attempt, 1, sequence=7, key="the-phone")
    save(db, attempt, 2, sequence=7, key="the-laptop")
    assert attempts.answers(db, attempt) == {FIRST: 2}
    assert not save(db, attempt, 1, sequence=7, key="the-phone").counts


@pytest.mark.parametrize("blank", [None, "", "  ", [], {}, ["", " "]])
def test_a_blank_clears_the_answer_and_is_an_event_of_its_own(db: Session, attempt: Attempt, blank: Answer) -> None:
    save(db, attempt, 2, sequence=1)
    save(db, attempt, blank, sequence=2)
    assert attempts.answers(db, attempt) == {FIRST: None}
    assert [json.loads(event.answer) for event in events(db)] == [2, None]


@pytest.mark.parametrize("answer", [3, "“Ich” \x00 我 🙂", [1, 3], ["a", ""], {"1": 2}])
def test_an_answer_comes_back_as_it_was_given(db: Session, attempt: Attempt, answer: Answer) -> None:
    save(db, attempt, answer, sequence=1)
    assert attempts.answers(db, attempt) == {FIRST: answer}


def test_a_device_whose_clock_runs_ahead_does_not_outrank_what_is_answered_later(db: Session, attempt: Attempt) -> None:
    next_year = int((NOON + timedelta(days=365)).timestamp() * 1000)
    later = NOON + timedelta(minutes=2)
    save(db, attempt, 1, sequence=next_year)
    save(db, attempt, 2, sequence=int(later.timestamp() * 1000), now=later)
    assert attempts.answers(db, attempt) == {FIRST: 2}


# --- once --------------------------------------------------------------------------------------------------------


def test_an_answer_sent_twice_under_one_key_is_one_event(db: Session, attempt: Attempt) -> None:
    first = save(db, attempt, 2, sequence=1)
    again = save(db, attempt, 2, sequence=1, now=NOON + timedelta(seconds=30))
    assert again == first
    assert len(events(db)) == 1


def test_an_answer_sent_again_after_its_clock_was_set_back_still_counts(db: Session, attempt: Attempt) -> None:
    next_year = int((NOON + timedelta(days=365)).timestamp() * 1000)
    save(db, attempt, 2, sequence=next_year)
    assert save(db, attempt, 2, sequence=next_year, now=NOON + timedelta(minutes=5)).counts


def test_an_answer_sent_again_after_a_newer_one_is_told_that_it_does_not_count(db: Session, attempt: Attempt) -> None:
    save(db, attempt, 1, sequence=1)
    save(db, attempt, 2, sequence=2)
    assert not save(db, attempt, 1, sequence=1).counts


@pytest.mark.parametrize(("question", "answer"), [(FIRST, 3), (SECOND, 2), (FIRST, None)])
def test_one_key_for_two_answers_is_refused(db: Session, attempt: Attempt, question: str, answer: Answer) -> None:
    save(db, attempt, 2, sequence=1, key="one-and-the-same")
    with pytest.raises(DifferentAnswer):
        save(db, attempt, answer, sequence=2, question=question, key="one-and-the-same")
    assert attempts.answers(db, attempt) == {FIRST: 2}


def test_two_learners_may_use_the_same_key(db: Session, attempt: Attempt, ben: Person) -> None:
    his = begin(db, ben)
    save(db, attempt, 1, sequence=1)
    save(db, his, 2, sequence=1)
    assert (attempts.answers(db, attempt), attempts.answers(db, his)) == ({FIRST: 1}, {FIRST: 2})


# --- refused -----------------------------------------------------------------------------------------------------


def test_an_answer_that_comes_after_the_exam_is_over_is_refused_and_told(db: Session, attempt: Attempt) -> None:
    save(db, attempt, 1, sequence=1)
    attempts.submit(db, attempt, now=NOON)
    with pytest.raises(AlreadySubmitted, match="not added"):
        save(db, attempt, 2, sequence=2)
    assert attempts.answers(db, attempt) == {FIRST: 1}


def test_an_answer_that_was_kept_is_not_called_lost_when_it_is_sent_again_after_the_exam(
    db: Session, attempt: Attempt
) -> None:
    """The answer to her first sending was lost on its way, so her browser sent it again."""
    first = save(db, attempt, 1, sequence=1)
    attempts.submit(db, attempt, now=NOON + timedelta(seconds=5))
    assert save(db, attempt, 1, sequence=1, now=NOON + timedelta(seconds=9)) == first
    with pytest.raises(DifferentAnswer):
        save(db, attempt, 2, sequence=1, now=NOON + timedelta(seconds=9))


def test_a_question_that_is_not_on_her_paper_takes_no_answer(db: Session, attempt: Attempt) -> None:
    with pytest.raises(NotFound):
        save(db, attempt, 1, sequence=1, question="question-99")


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "white space", "key-\x00-key", "schlüssel", "key-12345\n"])
def test_an_answer_without_a_proper_key_is_refused(db: Session, attempt: Attempt, key: str) -> None:
    with pytest.raises(Invalid):
        attempts.save_answer(db, attempt, FIRST, 1, sequence=1, key=key, now=NOON)


@pytest.mark.parametrize("sequence", [-1, 2**53, 2**70])
def test_an_answer_without_a_proper_place_in_the_order_is_refused(db: Session, attempt: Attempt, sequence: int) -> None:
    with pytest.raises(Invalid):
        save(db, attempt, 1, sequence=sequence)


def test_an_answer_has_an_end(db: Session, attempt: Attempt) -> None:
    save(db, attempt, "x" * (LARGEST_ANSWER - 2), sequence=1)
    with pytest.raises(Invalid, match="another look"):
        save(db, attempt, "x" * (LARGEST_ANSWER - 1), sequence=2)


# --- at the same moment ------------------------------------------------------------------------------------------


def _kept(database: Database) -> int:
    with database.write() as db:
        return begin(db, join(db, "ana")).id


def test_the_same_answer_sent_eight_times_at_once_is_one_event(database: Database) -> None:
    attempt_id = _kept(database)

    def send(_turn: int) -> Saved:
        with database.write() as db:
            return save(db, db.get_one(Attempt, attempt_id), 2, sequence=1)

    with ThreadPoolExecutor(8) as acts:
        assert set(acts.map(send, range(8))) == {Saved(at=NOON, counts=True)}
    with database.read() as db:
        assert len(events(db)) == 1


def test_two_answers_under_one_key_at_once_are_one_event_and_one_refusal(database: Database) -> None:
    attempt_id = _kept(database)

    def send(answer: int) -> str:
        try:
            with database.write() as db:
                save(db, db.get_one(Attempt, attempt_id), answer, sequence=1)
        except DifferentAnswer:
            return "refused"
        return "kept"

    with ThreadPoolExecutor(2) as acts:
        assert sorted(acts.map(send, (1, 2))) == ["kept", "refused"]


def test_an_answer_that_races_the_submission_is_graded_with_it_or_told_that_it_was_late(database: Database) -> None:
    attempt_id = _kept(database)

    def answer(sequence: int) -> bool:
        try:
            with database.write() as db:
                save(db, db.get_one(Attempt, attempt_id), 1, sequence=sequence, question=f"question-{sequence}")
        except AlreadySubmitted:
            return False
        return True

    def submit() -> str | None:
        with database.write() as db:
            return attempts.submit(db, db.get_one(Attempt, attempt_id), now=NOON).score

    with ThreadPoolExecutor(4) as acts:
        answering = [acts.submit(answer, sequence) for sequence in (1, 2)]
        submitting = acts.submit(submit)
        answering.append(acts.submit(answer, 3))
        kept = sum(one.result() for one in answering)
        assert submitting.result() == str(kept)


# --- against a model ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """One sending: what a browser may repeat."""

    question: str
    answer: Any
    sequence: int
    key: str


class Answering(RuleBasedStateMachine):
    """A learner who answers, whose browser repeats and reorders what it sends, and who at last submits."""

    db: Session
    ana: Person

    @initialize()
    def begin(self) -> None:
        self.savepoint = self.db.begin_nested()
        self.attempt = begin(self.db, self.ana)
        self.sent: list[Sent] = []
        self.kept: dict[str, Sent] = {}
        self.submitted = False

    @rule(
        question=st.sampled_from([FIRST, SECOND, THIRD]),
        answer=st.sampled_from([None, 1, 2, 3, 4]),
        sequence=st.integers(0, 12),
    )
    def answer(self, question: str, answer: int | None, sequence: int) -> None:
        self._send(Sent(question, answer, sequence, key=f"answer-{len(self.sent)}"))

    @rule(draw=st.data())
    def send_again(self, draw: st.DataObject) -> None:
        if self.sent:
            self._send(draw.draw(st.sampled_from(self.sent)))

    @rule(draw=st.data(), answer=st.sampled_from([None, 1, 2, 3, 4]))
    def send_something_else_under_a_used_key(self, draw: st.DataObject, answer: int | None) -> None:
        if self.kept:
            first = draw.draw(st.sampled_from(list(self.kept.values())))
            self._send(Sent(first.question, answer, first.sequence, first.key))

    @rule()
    def submit(self) -> None:
        attempts.submit(self.db, self.attempt, now=NOON)
        self.submitted = True

    @invariant()
    def what_counts_is_what_the_model_says(self) -> None:
        assert attempts.answers(self.db, self.attempt) == {
            question: newest.answer for question, newest in self._newest().items()
        }

    @invariant()
    def every_kept_answer_is_one_event(self) -> None:
        assert len(events(self.db)) == len(self.kept)

    def teardown(self) -> None:
        self.savepoint.rollback()

    def _send(self, sent: Sent) -> None:
        self.sent.append(sent)
        first = self.kept.get(sent.key)
        if first is not None and (first.question, first.answer) != (sent.question, sent.answer):
            with pytest.raises(DifferentAnswer):
                self._save(sent)
        elif first is None and self.submitted:
            with pytest.raises(AlreadySubmitted):
                self._save(sent)
        else:
            self.kept.setdefault(sent.key, sent)
            saved = self._save(sent)
            assert saved.counts == (self._newest()[sent.question].key == sent.key)

    def _save(self, sent: Sent) -> Saved:
        return save(self.db, self.attempt, sent.answer, sequence=sent.sequence, question=sent.question, key=sent.key)

    def _newest(self) -> dict[str, Sent]:
        """Of each question the kept answer with the highest sequence; of equals the one kept last."""
        newest: dict[str, Sent] = {}
        for sent in sorted(self.kept.values(), key=lambda one: one.sequence):
            newest[sent.question] = sent
        return newest


def test_answers_follow_the_model_through_any_story(db: Session, ana: Person) -> None:
    machine = type("Hers", (Answering,), {"db": db, "ana": ana})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
