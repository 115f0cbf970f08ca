"""Progress: which modules are done, and the paragraph she was at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app.content.course import Course, Module
from app.kit.database import RowId, UtcDateTime, insert_once

WORDS_PER_MINUTE = 167  # 10,000 words are one hour to NASW, so this is the pace the hours were computed at


class ModuleMark(SQLModel, table=True):
    """“Done, next” on one module. It is never taken back."""

    __tablename__ = "module_mark"
    __table_args__ = (UniqueConstraint("enrollment_id", "module_slug"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    enrollment_id: int = Field(foreign_key="enrollment.id", ondelete="RESTRICT", sa_type=RowId)
    module_slug: str
    done_at: datetime = Field(sa_type=UtcDateTime)


class Place(SQLModel, table=True):
    """Where she is: the module and the paragraph."""

    __tablename__ = "place"

    enrollment_id: int = Field(primary_key=True, foreign_key="enrollment.id", ondelete="RESTRICT", sa_type=RowId)
    module_slug: str
    block: str = ""  # the id of a paragraph: b12
    seen_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Reading:
    """How far she is in the text of a course."""

    done: Mapping[str, datetime]  # by module
    place: Place | None

    def is_done(self, module: Module) -> bool:
        """Say whether a module is done."""
        return module.slug in self.done

    def next_in(self, course: Course) -> Module | None:
        """Give the module to go on with: the first that is not done."""
        return next((module for module in course.modules if module.slug not in self.done), None)

    def minutes_left(self, course: Course) -> int:
        """Estimate the reading that is left, at the pace the contact hours were computed at."""
        left = [module for module in course.modules if module.slug not in self.done]
        return sum(minutes(module) for module in left)


NOTHING_YET = Reading(done={}, place=None)


def minutes(module: Module) -> int:
    """Estimate the minutes a module takes: its words at the pace of the word rate, and its media."""
    return max(1, round(module.words / WORDS_PER_MINUTE) + module.minutes)


def of_all(db: Session, enrollment_ids: Sequence[int]) -> dict[int, Reading]:
    """Give how far she is in each of several enrollments, in two queries however many there are."""
    marks = db.exec(select(ModuleMark).where(col(ModuleMark.enrollment_id).in_(enrollment_ids))).all()
    places = db.exec(select(Place).where(col(Place.enrollment_id).in_(enrollment_ids))).all()
    at = {place.enrollment_id: place for place in places}
    return {
        one: Reading({mark.module_slug: mark.done_at for mark in marks if mark.enrollment_id == one}, at.get(one))
        for one in enrollment_ids
    }


def of(db: Session, enrollment_id: int) -> Reading:
    """Give how far she is."""
    return of_all(db, [enrollment_id])[enrollment_id]


def mark_done(db: Session, enrollment_id: int, module: Module, *, now: datetime) -> None:
    """Mark a module as done; marking it again changes nothing."""
    insert_once(db, ModuleMark(enrollment_id=enrollment_id, module_slug=module.slug, done_at=now))


def keep_place(db: Session, enrollment_id: int, module: Module, *, block: str, now: datetime) -> None:
    """Remember the paragraph she is at."""
    insert_once(db, Place(enrollment_id=enrollment_id, module_slug=module.slug, seen_at=now))
    place = db.get_one(Place, enrollment_id)
    place.module_slug, place.block, place.seen_at = module.slug, block, now
    db.add(place)
