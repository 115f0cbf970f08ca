"""Time with a course: beats come in, and she sees what is on record, in the words a board would see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.awards.document import wording
from app.content.course import Course, Module
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import NotFound
from app.learning import beats, enrollments, progress, seat_time
from app.learning.beats import Beat, SeatTime
from app.learning.enrollments import Enrollment, Student
from app.library import editions
from app.request import Db, Form, House, Learner, MaybeStudent, Now, RowNumber, Sent, Wiring
from app.web.render import Page, Shows
from app.web.words import counted, time_in_words

router = APIRouter()

LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class ModuleTime:
    """One module: the time in it, and when that was."""

    title: str
    time: str
    days: str  # empty where there was none


@dataclass(frozen=True, kw_only=True)
class TimePage(Page):
    """Her time in a course."""

    template: ClassVar[str] = "learn/time.html"
    code: str
    course_title: str
    total: str
    asked: str  # how it stands to what the course asks for; empty where that is nothing
    modules: tuple[ModuleTime, ...]
    days: tuple[tuple[str, str], ...]  # the day, and its time
    zone: str
    still_minutes: int  # after so long without a sign of her, nothing is counted
    is_over: bool


class NothingBegun(NotFound):
    """She has marked nothing in this course, so there is no time on record."""

    title = "There is no time on record yet"
    message = "Your time in a course is on record from the first module you mark with “Done, next”."


@router.post("/courses/{code}/time", status_code=204)
def beat(code: str, house: House, db: Db, student: MaybeStudent, form: Form, now: Now) -> Response:
    """Count what a page says. Whoever has not begun yet brings it along with her first mark."""
    enrollment = enrollments.open_one(db, student, code) if student else None
    if student is not None and enrollment is not None:
        course = editions.by_id(db, enrollment.edition_id).course
        module = course.module(form.text("module"))
        if module is None:
            raise NotFound
        beats.take(db, student, enrollment.id, told(house, form, module), now=now)
    return Response(status_code=204)


def told(house: Wiring, form: Sent, module: Module) -> Beat:
    """Read what a page says of the time in a module; where no script could count it, up to a limit."""
    opened_at = house.stamps.read(form.text("opened"))
    digits = form.text("seconds")
    if not digits:
        most = seat_time.without_script(progress.minutes(module)) if opened_at else 0
        return Beat(module.slug, most, opened_at=opened_at)
    seconds = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
    longest = int(seat_time.LONGEST.total_seconds())
    key = form.text("key").replace(" ", "")[:LONGEST_KEY]
    return Beat(module.slug, min(seconds, longest), key=key, opened_at=opened_at)


@router.get("/courses/{code}/time")
def of_course(code: str, db: Db, student: MaybeStudent, show: Shows) -> HTMLResponse:
    """Show her time in a course, as it was taken last."""
    enrollment = enrollments.latest(db, student, code) if student else None
    if student is None or enrollment is None:
        raise NothingBegun
    return show(_page(db, enrollment, student))


@router.get("/enrollments/{enrollment_id}/time")
def of_enrollment(enrollment_id: RowNumber, db: Db, learner: Learner, show: Shows) -> HTMLResponse:
    """Show her time in a course, as she took it then."""
    return show(_page(db, enrollments.of(db, learner, enrollment_id), learner))


def _page(db: Session, enrollment: Enrollment, student: Student) -> TimePage:
    course, found = editions.by_id(db, enrollment.edition_id).course, beats.of(db, enrollment.id)
    zone = student.time_zone if isinstance(student, Person) else None
    return TimePage(
        title="Your time in this course",
        code=course.code,
        course_title=course.title,
        total=time_in_words(found.seconds),
        asked=asked(course, found.minutes_short(course)),
        modules=tuple(_modules(course, found, zone)),
        days=tuple((wording.date_in_words(day), time_in_words(seconds)) for day, seconds in _days(found, zone)),
        zone=time_zones.title(zone or "UTC"),
        still_minutes=round(seat_time.STILL.total_seconds() / 60),
        is_over=enrollment.completed_at is not None,
    )


def left(db: Session, enrollment: Enrollment | None, course: Course) -> str:
    """Say what is left until a course opens its exam, kindly; nothing where that is nothing."""
    if enrollment is None or not course.minimum_minutes:
        return ""
    short = beats.minutes_short(db, enrollment.id, course)
    return asked(course, short) if short else ""


def asked(course: Course, short: int) -> str:
    """Say how her time stands to what a course asks for before its exam; nothing where it asks for none."""
    if not course.minimum_minutes:
        return ""
    wanted = f"This course asks for {counted(course.minimum_minutes, 'minute')} with the text before its exam."
    if not short:
        return f"{wanted} You have them."
    return f"{wanted} {short} {'is' if short == 1 else 'are'} left."


def _days(found: SeatTime, zone: str | None) -> tuple[tuple[date, int], ...]:
    return found.by_day(time_zones.zone(zone))


def _modules(course: Course, found: SeatTime, zone: str | None) -> Iterator[ModuleTime]:
    for one in found.by_module(course, time_zones.zone(zone)):
        yield ModuleTime(one.title, time_in_words(one.seconds), days_in_words(one.days))


def days_in_words(days: Sequence[date]) -> str:
    """Say from which day to which: November 20, 2026, to November 22, 2026."""
    told = [wording.date_in_words(day) for day in days]
    return told[0] if len(told) == 1 else f"{told[0]}, to {told[-1]}" if told else ""
