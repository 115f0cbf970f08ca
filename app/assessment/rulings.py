"""Rulings: what was decided about a question after people had answered it, by whom and why. Append-only.

A ruling holds for a question as it was published: for one edition, or wherever the same text stands with a key that was
ruled on. An edition that carries another key since is not touched by it.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, Session, SQLModel, col, select

from app.assessment import corrections, grading
from app.assessment.corrections import Correction
from app.assessment.papers import Paper
from app.content.course import Question
from app.kit import time_zones
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import NotFound
from app.library.editions import Edition


class Ruling(SQLModel, table=True):
    """One correction in force, with what it was made from."""

    __tablename__ = "ruling"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    course_code: str = Field(index=True)
    question_id: str
    heading: str
    edition_id: int | None = Field(default=None, foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    prints: str = Field(sa_type=Text)  # JSON: fingerprints of the question as it was published
    correction: str = Field(sa_type=Text)  # JSON
    was: str = Field(sa_type=Text)  # the key before, in words
    became: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    plan: str = Field(unique=True)  # the digest of what was shown before it was decided: applying it twice is once
    takes_passes: bool  # that was chosen, by name: without it everybody keeps what she has
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str

    @property
    def laid(self) -> Correction:
        """What is laid over the question."""
        return corrections.from_json(self.correction)

    @property
    def on(self) -> str:
        """The day on which it was made, in words."""
        return time_zones.date_in_words(self.made_at)

    @property
    def drops(self) -> bool:
        """Whether the question counts neither way since."""
        return self.laid.drops


class RegradedAttempt(SQLModel, table=True):
    """What a ruling did to an attempt: its score before and after, and its pass. Append-only."""

    __tablename__ = "regraded_attempt"
    __table_args__ = (CheckConstraint("earned OR NOT passed OR was_passed", name="kept"),)

    ruling_id: int = Field(primary_key=True, foreign_key="ruling.id", ondelete="RESTRICT", sa_type=RowId)
    attempt_id: int = Field(
        primary_key=True, foreign_key="attempt.id", ondelete="RESTRICT", index=True, sa_type=RowId
    )  # fmt: skip
    was_score: str  # exact fractions, written p/q
    was_possible: str
    was_passed: bool
    score: str
    possible: str
    earned: bool  # the corrected score is a pass
    passed: bool  # what stands on the record: a pass that she had may stand although the score is none

    @property
    def was_percent(self) -> int:
        """The score before, in whole percent, rounded down."""
        return grading.percent(Fraction(self.was_score), Fraction(self.was_possible))

    @property
    def percent(self) -> int:
        """The score since, in whole percent, rounded down."""
        return grading.percent(Fraction(self.score), Fraction(self.possible))

    @property
    def is_kept(self) -> bool:
        """Whether she keeps a pass that the corrected score would not be."""
        return self.passed and not self.earned


class NoSuchRuling(NotFound):
    """The course has no such correction."""

    message = "This course has no correction at this address."


Force = Mapping[str, Sequence[Ruling]]  # question → the rulings that hold for it, oldest first
NOTHING_RULED: Force = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Told:
    """A ruling that touched an attempt, and what it did to it."""

    ruling: Ruling
    attempt: RegradedAttempt


def in_force(db: Session, edition: Edition) -> Force:
    """Give the rulings that hold for the questions of an edition."""
    return holding(of_course(db, edition.course_code), edition)


def holding(made: Sequence[Ruling], edition: Edition) -> Force:
    """Give those of a course's rulings that hold for the questions of an edition."""
    found = [one for one in made if one.edition_id in (None, edition.id)]
    if not found or edition.course.exam is None:
        return {}
    asked = {one.question_id for one in found}
    prints = {one.id: corrections.print_of(one) for one in edition.course.exam.questions() if one.id in asked}
    held = defaultdict(list)
    for ruling in found:
        if prints.get(ruling.question_id) in json.loads(ruling.prints):
            held[ruling.question_id].append(ruling)
    return dict(held)


def laid(force: Force) -> corrections.InForce:
    """Give what rulings lay over their questions."""
    return {question_id: tuple(one.laid for one in rulings) for question_id, rulings in force.items()}


def laid_over(paper: Paper, force: Force) -> Paper:
    """Give a paper with every question as it is graded now."""
    return corrections.laid_over(paper, laid(force))


def standing(question: Question, force: Force) -> Question:
    """Give a question as it is graded now."""
    return corrections.standing(question, laid(force))


def of_question(db: Session, code: str, question_id: str) -> list[Ruling]:
    """Give everything that was decided about a question, in whichever edition, oldest first."""
    made = select(Ruling).where(Ruling.course_code == code, Ruling.question_id == question_id)
    return list(db.exec(made.order_by(col(Ruling.id))))


def of_course(db: Session, code: str) -> list[Ruling]:
    """Give everything that was decided about the questions of a course, oldest first."""
    return list(db.exec(select(Ruling).where(Ruling.course_code == code).order_by(col(Ruling.id))))


def of(db: Session, code: str, ruling_id: int) -> Ruling:
    """Give a ruling of a course, or raise `NoSuchRuling`."""
    found = db.get(Ruling, ruling_id)
    if found is None or found.course_code != code:
        raise NoSuchRuling
    return found


def by_plan(db: Session, digest: str) -> Ruling | None:
    """Find the ruling that a plan became."""
    return db.exec(select(Ruling).where(Ruling.plan == digest)).first()


def of_attempt(db: Session, attempt_id: int) -> list[Told]:
    """Give what rulings did to an attempt, oldest first."""
    touched = select(Ruling, RegradedAttempt).join(RegradedAttempt, col(RegradedAttempt.ruling_id) == col(Ruling.id))
    mine = touched.where(RegradedAttempt.attempt_id == attempt_id).order_by(col(Ruling.id))
    return [Told(ruling, regraded) for ruling, regraded in db.exec(mine)]


def touched(db: Session, ruling: Ruling) -> list[RegradedAttempt]:
    """Give what a ruling did to every attempt that it touched."""
    mine = select(RegradedAttempt).where(RegradedAttempt.ruling_id == ruling.id)
    return list(db.exec(mine.order_by(col(RegradedAttempt.attempt_id))))
