"""Beats: a page says every half minute that she is at it, and her clock moves on.

What is kept is coarse: a sitting has a module, a beginning, an end and its seconds. Nothing is kept of what she
pressed, where she looked or which device she held. Each person, and each reader without an account, has one clock,
whatever is open in how many tabs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, delete
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.content.course import Course
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Conflict
from app.learning import seat_time
from app.learning.readers import Reader
from app.learning.seat_time import Stretch


class SeatClock(SQLModel, table=True):
    """Up to when her time is counted, and the sitting that is open. One for each person or reader."""

    __tablename__ = "seat_clock"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (reader_id IS NULL)", name="somebodys"),
        CheckConstraint("seconds >= 0 AND began_at <= counted_until", name="forward"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int | None = Field(
        default=None, foreign_key="person.id", ondelete="RESTRICT", unique=True, sa_type=RowId
    )
    reader_id: int | None = Field(
        default=None, foreign_key="reader.id", ondelete="RESTRICT", unique=True, sa_type=RowId
    )
    enrollment_id: int = Field(foreign_key="enrollment.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    module_slug: str
    began_at: datetime = Field(sa_type=UtcDateTime)
    counted_until: datetime = Field(sa_type=UtcDateTime)
    seconds: int = 0
    keys: str = ""  # of the last few beats: what arrives twice counts once

    @property
    def stretch(self) -> Stretch:
        """The sitting that is open."""
        return Stretch(self.enrollment_id, self.module_slug, self.began_at, self.counted_until, self.seconds)


class Sitting(SQLModel, table=True):
    """A sitting that is over. A person's stands for ever; a reader's until she is known, or gone."""

    __tablename__ = "sitting"
    __table_args__ = (CheckConstraint("seconds > 0 AND began_at <= ended_at", name="forward"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    enrollment_id: int = Field(foreign_key="enrollment.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    module_slug: str
    began_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime = Field(sa_type=UtcDateTime)
    seconds: int

    @property
    def stretch(self) -> Stretch:
        """What is counted of it."""
        return Stretch(self.enrollment_id, self.module_slug, self.began_at, self.ended_at, self.seconds)


class TimeLeft(Conflict):
    """The course asks for some time with its text before the exam."""

    def __init__(self, minutes: int) -> None:
        """Say how much is left."""
        left = "1 more minute" if minutes == 1 else f"{minutes} more minutes"
        super().__init__(
            f"The exam opens after {left} with the text. Go on reading, or read again what matters to you; "
            "what you have done stays done."
        )


@dataclass(frozen=True, slots=True)
class Beat:
    """What a page says: how many seconds she was at a module since it last said so."""

    module_slug: str
    seconds: int
    key: str = ""  # the same beat sent again has the same
    opened_at: datetime | None = None  # when the page was made, as far as its seal can be read


@dataclass(frozen=True, slots=True)
class ModuleTime:
    """The time that is counted for one module, and on which days of her calendar that was."""

    title: str
    seconds: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class SeatTime:
    """The time that is counted for an enrollment."""

    stretches: tuple[Stretch, ...] = ()

    @property
    def seconds(self) -> int:
        """In all."""
        return sum(one.seconds for one in self.stretches)

    def of_module(self, slug: str) -> int:
        """Give the seconds counted for a module."""
        return sum(one.seconds for one in self.stretches if one.module_slug == slug)

    def by_day(self, zone: ZoneInfo) -> tuple[tuple[date, int], ...]:
        """Give the days on her calendar and their seconds; a sitting belongs to the day it began on."""
        days = [(one.began_at.astimezone(zone).date(), one.seconds) for one in self.stretches]
        grouped = groupby(sorted(days), key=lambda pair: pair[0])
        return tuple((day, sum(seconds for _, seconds in found)) for day, found in grouped)

    def by_module(self, course: Course, zone: ZoneInfo) -> tuple[ModuleTime, ...]:
        """Give every module of a course, and those of earlier editions that she spent time in."""
        titles = {module.slug: module.title for module in course.modules}
        for one in self.stretches:
            titles.setdefault(one.module_slug, "A module of an earlier edition")
        found = []
        for slug, title in titles.items():
            in_it = SeatTime(tuple(one for one in self.stretches if one.module_slug == slug))
            found.append(ModuleTime(title, in_it.seconds, tuple(day for day, _ in in_it.by_day(zone))))
        return tuple(found)

    def minutes_short(self, course: Course) -> int:
        """Say how many minutes are left until what a course asks for, each begun one counted; 0 where none."""
        return max(0, -(-(course.minimum_minutes * 60 - self.seconds) // 60))


NONE_YET = SeatTime()


def of(db: Session, enrollment_id: int) -> SeatTime:
    """Give the time of an enrollment, first to last, with the sitting that is still open."""
    over = db.exec(select(Sitting).where(col(Sitting.enrollment_id) == enrollment_id)).all()
    going_on = db.exec(select(SeatClock).where(col(SeatClock.enrollment_id) == enrollment_id)).all()
    found = [*(one.stretch for one in over), *(one.stretch for one in going_on)]
    return SeatTime(tuple(sorted((one for one in found if one.seconds), key=lambda one: one.began_at)))


def minutes_short(db: Session, enrollment_id: int, course: Course) -> int:
    """Say how many minutes are left until what a course asks for; nothing is looked up where it asks for none."""
    return of(db, enrollment_id).minutes_short(course) if course.minimum_minutes else 0


def assert_enough(db: Session, enrollment_id: int, course: Course) -> None:
    """Raise `TimeLeft` while a course asks for more time than is counted."""
    if short := minutes_short(db, enrollment_id, course):
        raise TimeLeft(short)


def take(db: Session, student: Person | Reader, enrollment_id: int, beat: Beat, *, now: datetime) -> int:
    """Count a beat, as far as time has passed since the last moment counted for her; say how many seconds it gave."""
    clock = _clock(db, student, enrollment_id, beat.module_slug, now=min(beat.opened_at or now, now))
    known = clock.keys.split()
    if beat.key and beat.key in known:
        return 0
    given = seat_time.credit(beat.seconds, opened_at=beat.opened_at, counted_until=clock.counted_until, now=now)
    if given.seconds:
        if not seat_time.goes_on(clock.stretch, enrollment_id, beat.module_slug, given):
            _close(db, clock)
            clock.enrollment_id, clock.module_slug = enrollment_id, beat.module_slug
        if not clock.seconds:
            clock.began_at = given.since
        clock.seconds += given.seconds
    elif not clock.seconds:
        clock.began_at = given.until
    clock.counted_until = given.until
    clock.keys = " ".join([*known, beat.key][-seat_time.SEVERAL :]).strip()
    db.add(clock)
    db.flush()
    return given.seconds


def adopt(db: Session, person: Person, reader: Reader, becomes: Mapping[int, int]) -> None:
    """Add a reader's time to a person's, under the enrollments that hers become; what ran at once counts once."""
    theirs = [one for enrollment_id in becomes for one in of(db, enrollment_id).stretches]
    last = db.exec(select(SeatClock).where(col(SeatClock.reader_id) == reader.id)).first()
    if last is None:
        return
    counted_until, slug, target = last.counted_until, last.module_slug, becomes[last.enrollment_id]
    for enrollment_id in becomes:
        forget(db, enrollment_id)
    clock = _clock(db, person, target, slug, now=counted_until)
    _close(db, clock)
    for one in seat_time.apart(theirs, _of_person(db, person)):
        _write(db, one, becomes[one.enrollment_id])
    clock.counted_until = max(clock.counted_until, counted_until)
    clock.began_at = clock.counted_until
    db.add(clock)
    db.flush()


def forget(db: Session, enrollment_id: int) -> None:
    """Forget the time of an enrollment that is nobody's any more. The database refuses to forget a person's."""
    for table in (SeatClock, Sitting):
        db.execute(delete(table).where(col(table.enrollment_id) == enrollment_id))


def _clock(db: Session, student: Person | Reader, enrollment_id: int, slug: str, *, now: datetime) -> SeatClock:
    """Give her clock, and hold it until the act ends: her beats take turns, wherever they come from."""
    clock = db.exec(_hers(student)).first()
    if clock is None:
        insert_once(db, _new(student, enrollment_id, slug, now=now))
        clock = db.exec(_hers(student)).one()
    return clock


def _new(student: Person | Reader, enrollment_id: int, slug: str, *, now: datetime) -> SeatClock:
    return SeatClock(
        person_id=student.id if isinstance(student, Person) else None,
        reader_id=student.id if isinstance(student, Reader) else None,
        enrollment_id=enrollment_id,
        module_slug=slug,
        began_at=now,
        counted_until=now,
    )


def _hers(student: Person | Reader) -> SelectOfScalar[SeatClock]:
    column = SeatClock.person_id if isinstance(student, Person) else SeatClock.reader_id
    mine = select(SeatClock).where(col(column) == student.id)
    return mine.with_for_update().execution_options(populate_existing=True)


def _close(db: Session, clock: SeatClock) -> None:
    """Write down the sitting that was open, for good."""
    if clock.seconds:
        _write(db, clock.stretch, clock.enrollment_id)
    clock.seconds, clock.began_at = 0, clock.counted_until


def _write(db: Session, one: Stretch, enrollment_id: int) -> None:
    db.add(
        Sitting(
            enrollment_id=enrollment_id,
            module_slug=one.module_slug,
            began_at=one.began_at,
            ended_at=one.ended_at,
            seconds=one.seconds,
        )
    )
    db.flush()


def _of_person(db: Session, person: Person) -> Sequence[Stretch]:
    """Give every sitting of hers that is over, in any course."""
    enrollment = SQLModel.metadata.tables["enrollment"]  # its module builds on this one, so it is named as text
    hers = select(Sitting).join(enrollment, col(Sitting.enrollment_id) == enrollment.c.id)
    return [one.stretch for one in db.exec(hers.where(enrollment.c.person_id == person.id))]
