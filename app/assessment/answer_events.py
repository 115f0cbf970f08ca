"""Answers as events: each is kept as it came and never changed; which one counts is decided when they are read.

What somebody wrote in her own words can be emptied once her account is erased, and not otherwise be changed.

“Newest” goes by the learner's own sequence, not by arrival: an answer that was held up on its way does not
overwrite a later one. An event sent twice under one key is one event. An answer that was checked is locked:
it counts, whatever comes after it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlalchemy import BigInteger, Select, UniqueConstraint, exists, func, update
from sqlmodel import Field, Session, SQLModel, col, select

from app.assessment.grading import Answer
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Invalid

BLANK = "null"  # JSON: nothing was answered


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


class LockedAnswer(SQLModel, table=True):
    """The answer that was checked: she has seen what it earns, so it is the one that counts. Append-only."""

    __tablename__ = "locked_answer"

    attempt_id: int = Field(primary_key=True, foreign_key="attempt.id", ondelete="RESTRICT", sa_type=RowId)
    question_id: str = Field(primary_key=True)
    answer_event_id: int = Field(foreign_key="answer_event.id", ondelete="RESTRICT", sa_type=RowId)
    locked_at: datetime = Field(sa_type=UtcDateTime)


class DifferentAnswer(Conflict):
    """One key was used for two answers."""

    message = "This answer was sent under a key that another answer has used. Reload the page and choose it again."


class AnswerLocked(Conflict):
    """She has checked this answer and seen what it earns."""

    message = "You have checked your answer to this question, so it can no longer change. Reload the page to see it."


class NothingToCheck(Invalid):
    """There is no answer yet that could be checked."""

    def __init__(self, question_id: str) -> None:
        """Name the question."""
        super().__init__({question_id: "Answer this question first. Then it can be checked."})


@dataclass(frozen=True, slots=True)
class Saved:
    """That an answer is kept, and whether a later one counts in its place."""

    at: datetime
    counts: bool


def known(db: Session, event: AnswerEvent) -> AnswerEvent | None:
    """Find an answer that was kept under this key before; raise `DifferentAnswer` where it was another one."""
    mine = select(AnswerEvent).where(col(AnswerEvent.attempt_id) == event.attempt_id)
    first = db.exec(mine.where(col(AnswerEvent.key) == event.key)).first()
    if first is not None and (first.question_id, first.answer) != (event.question_id, event.answer):
        raise DifferentAnswer
    return first


def keep(db: Session, event: AnswerEvent) -> Saved:
    """Add an answer, and say whether it counts; raise `AnswerLocked` where another one was checked already."""
    newest, checked = db.execute(_rivals(event)).one()
    assert_open(checked=checked)
    db.add(event)
    db.flush()
    # Of two with one sequence the later one counts, and this is the last.
    return Saved(at=event.received_at, counts=newest is None or event.sequence >= newest)


def _rivals(event: AnswerEvent) -> Select[tuple[int | None, bool]]:
    """Ask for the highest sequence among the answers to the same question, and whether one of them was checked."""
    same = (col(AnswerEvent.attempt_id) == event.attempt_id, col(AnswerEvent.question_id) == event.question_id)
    lock = (col(LockedAnswer.attempt_id) == event.attempt_id, col(LockedAnswer.question_id) == event.question_id)
    newest = select(func.max(AnswerEvent.sequence)).where(*same).scalar_subquery()
    return sqlalchemy.select(newest, exists().where(*lock))


def assert_open(*, checked: bool) -> None:
    """Raise `AnswerLocked` where an answer was checked already."""
    if checked:
        raise AnswerLocked


def counts(db: Session, event: AnswerEvent) -> bool:
    """Say whether an event is the one that counts for its question."""
    counting = _counting(db, event.attempt_id, event.question_id)
    return counting is not None and counting.key == event.key


def lock(db: Session, attempt_id: int, question_id: str, *, now: datetime) -> None:
    """Let the answer that counts now count for good; locking it again changes nothing."""
    if db.get(LockedAnswer, (attempt_id, question_id)) is not None:
        return
    counting = _counting(db, attempt_id, question_id)
    if counting is None or json.loads(counting.answer) is None:
        raise NothingToCheck(question_id)
    db.add(LockedAnswer(attempt_id=attempt_id, question_id=question_id, answer_event_id=counting.id, locked_at=now))
    db.flush()


def of(db: Session, attempt_id: int) -> dict[str, Answer]:
    """Give the answer that counts for each question: the one she checked, else the one with the highest sequence."""
    events = select(AnswerEvent.question_id, AnswerEvent.answer).where(col(AnswerEvent.attempt_id) == attempt_id)
    newest_last = db.exec(events.order_by(col(AnswerEvent.sequence), col(AnswerEvent.id))).all()
    kept = select(AnswerEvent.question_id, AnswerEvent.answer).join(
        LockedAnswer, col(LockedAnswer.answer_event_id) == col(AnswerEvent.id)
    )
    checked = db.exec(kept.where(col(LockedAnswer.attempt_id) == attempt_id)).all()
    return {question_id: json.loads(answer) for question_id, answer in (*newest_last, *checked)}


def locked(db: Session, attempt_id: int) -> frozenset[str]:
    """Give the questions whose answers were checked."""
    checked = select(LockedAnswer.question_id).where(col(LockedAnswer.attempt_id) == attempt_id)
    return frozenset(db.exec(checked))


def last_at(db: Session, attempt_id: int) -> datetime | None:
    """Say when the newest answer of an attempt was kept."""
    kept = select(AnswerEvent.received_at).where(col(AnswerEvent.attempt_id) == attempt_id)
    return db.exec(kept.order_by(col(AnswerEvent.id).desc()).limit(1)).first()


def _counting(db: Session, attempt_id: int, question_id: str) -> AnswerEvent | None:
    """Give the event that counts for a question: of those with the highest sequence, the one kept last."""
    rivals = select(AnswerEvent).where(
        col(AnswerEvent.attempt_id) == attempt_id, col(AnswerEvent.question_id) == question_id
    )
    if checked := db.get(LockedAnswer, (attempt_id, question_id)):
        rivals = rivals.where(col(AnswerEvent.id) == checked.answer_event_id)
    newest_first = (col(AnswerEvent.sequence).desc(), col(AnswerEvent.id).desc())
    return db.exec(rivals.order_by(*newest_first).limit(1)).first()


def forget(db: Session, attempt_id: int, question_ids: list[str]) -> None:
    """Empty every answer of an attempt to some questions: that there was one stays, what it said does not."""
    theirs = update(AnswerEvent).where(col(AnswerEvent.attempt_id) == attempt_id)
    db.execute(theirs.where(col(AnswerEvent.question_id).in_(question_ids)).values(answer=BLANK))
