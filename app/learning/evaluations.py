"""Evaluations: what she thought of the course, kept apart from who she is.

That an enrollment has been evaluated is one row; what was said is another, with no way from one to the other. It
waits among what others said of the edition, mixed anew each time somebody adds to it. Once there are five, all of
it is counted at once: by the month, under random keys, in no order. So neither a row nor a report that is looked at
before and after tells what one person said.
"""

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, delete, select

from app.content.course import Course, Kind, Question
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Invalid
from app.learning.enrollments import Enrollment

LONGEST = 4_000
SCALE = ("1", "2", "3", "4", "5")
FEWEST = 5  # answers to an edition that are counted together, and that anything is told of


class Evaluation(SQLModel, table=True):
    """That the evaluation of an enrollment was sent, and when."""

    __tablename__ = "evaluation"

    enrollment_id: int = Field(primary_key=True, foreign_key="enrollment.id", ondelete="RESTRICT", sa_type=RowId)
    submitted_at: datetime = Field(sa_type=UtcDateTime)


class EvaluationResponse(SQLModel, table=True):
    """What somebody said of an edition. On SQLite the table has no row numbers: they would be an order."""

    __tablename__ = "evaluation_response"
    __table_args__ = {"sqlite_with_rowid": False}

    id: str = Field(primary_key=True)
    edition_id: int = Field(foreign_key="edition.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    counted_on: date | None = None  # the first of the month in which it was; None while it waits for others
    answers: str  # JSON: item → answer


@dataclass(frozen=True, slots=True)
class Item:
    """One thing the evaluation asks. A scale runs from 1 (not at all) to 5 (fully)."""

    name: str
    asks: str
    is_scale: bool
    is_required: bool = True
    choices: tuple[tuple[str, str], ...] = ()


# What every course is asked (NASW: the form mirrors the objectives; ASWB ACE practice adds the rest).
STANDARD = (
    Item("instructor", "The course was taught with knowledge and respect.", is_scale=True),
    Item("content", "The content was accurate, current and free of bias.", is_scale=True),
    Item("relevance", "The course was relevant to social work practice.", is_scale=True),
    Item("format", "The format suited the content, and the pages were accessible to me.", is_scale=True),
    Item("commercial", "The course was free of commercial influence.", is_scale=True),
    Item("practice", "What will you change in your practice?", is_scale=False, is_required=False),
)


def items(course: Course) -> tuple[Item, ...]:
    """Give everything the evaluation of a course asks: each objective, the standard items, the author's own."""
    objectives = (
        Item(f"objective-{number}", objective, is_scale=True) for number, objective in enumerate(course.objectives, 1)
    )
    return (*objectives, *STANDARD, *(_own_item(question) for question in course.evaluation))


def _own_item(question: Question) -> Item:
    is_scale = question.kind != Kind.FREE_TEXT
    return Item(f"own-{question.id}", question.heading, is_scale=is_scale, is_required=is_scale)


def read(course: Course, sent: Mapping[str, str]) -> dict[str, str]:
    """Read the answers as sent; raise `Invalid` with a sentence for each that is missing or cannot be."""
    answers, mistakes = {}, {}
    for item in items(course):
        answer = sent.get(item.name, "").strip()
        if item.is_scale and answer not in SCALE:
            mistakes[item.name] = "Choose a number from 1 to 5."
        elif len(answer) > LONGEST:
            mistakes[item.name] = f"Write at most {LONGEST:,} letters."
        elif answer:
            answers[item.name] = answer
    if mistakes:
        raise Invalid(mistakes)
    return answers


def submit(db: Session, enrollment: Enrollment, answers: Mapping[str, str], *, now: datetime) -> None:
    """Keep an evaluation, once: sending it again adds nothing."""
    if not insert_once(db, Evaluation(enrollment_id=enrollment.id, submitted_at=now)):
        return
    said = json.dumps(dict(answers), ensure_ascii=False, sort_keys=True)
    _mix(db, enrollment.edition_id, [*_taken_out(db, enrollment.edition_id), said], month=now.date().replace(day=1))


def _taken_out(db: Session, edition_id: int) -> list[str]:
    """Take out what waits to be counted: in the order of its keys, so that two at once never wait in a ring."""
    mine = select(EvaluationResponse).where(col(EvaluationResponse.edition_id) == edition_id)
    waiting = mine.where(col(EvaluationResponse.counted_on).is_(None)).order_by(col(EvaluationResponse.id))
    found = db.exec(waiting.with_for_update()).all()
    db.exec(delete(EvaluationResponse).where(col(EvaluationResponse.id).in_([one.id for one in found])))
    return [one.answers for one in found]


def _mix(db: Session, edition_id: int, said: list[str], *, month: date) -> None:
    """Write down what was said of an edition, in a new order and by one hand: counted if there is enough of it."""
    secrets.SystemRandom().shuffle(said)
    counted_on = month if len(said) >= FEWEST else None
    for answers in said:
        row = EvaluationResponse(id=str(uuid.uuid4()), edition_id=edition_id, counted_on=counted_on, answers=answers)
        db.add(row)
    db.flush()


def is_done(db: Session, enrollment: Enrollment) -> bool:
    """Say whether the evaluation of an enrollment was sent."""
    found = select(Evaluation.enrollment_id).where(col(Evaluation.enrollment_id) == enrollment.id)
    return db.exec(found).first() is not None


def sent_at(db: Session, enrollment_id: int) -> datetime | None:
    """Say when the evaluation of an enrollment was sent; nothing where it was not."""
    mine = select(Evaluation.submitted_at).where(col(Evaluation.enrollment_id) == enrollment_id)
    return db.exec(mine).first()
