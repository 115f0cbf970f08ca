"""Choosing after a major edition: what changed, what she keeps, and two buttons that are both right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app import audit
from app.assessment import choices
from app.assessment.choices import NothingToChoose, Offer
from app.content.course import Course
from app.identity.people import Person
from app.learning import enrollments, progress
from app.learning.enrollments import Enrollment, Student
from app.library import editions
from app.request import Db, Form, MaybeStudent, Now
from app.web.render import Page, Shows, see_other
from app.web.words import counted, listed

router = APIRouter()

READER = audit.Actor(id=None, label="a reader")


@dataclass(frozen=True, kw_only=True)
class ChoicePage(Page):
    """A newer edition, beside the one she began."""

    template: ClassVar[str] = "learn/choice.html"
    code: str
    course_title: str
    changes: tuple[str, ...]
    kept: tuple[str, ...]  # what stays done if she takes the newer one
    exam: str  # the exam under way, which comes first; empty where none
    is_declined: bool


@router.get("/courses/{code}/edition")
def choose(code: str, db: Db, student: MaybeStudent, show: Shows) -> Response:
    """Show what a newer edition would change, and what she keeps; where there is nothing to choose, the course."""
    enrollment = enrollments.open_one(db, student, code) if student else None
    offered = choices.offer(db, enrollment) if enrollment else None
    if enrollment is None or offered is None:
        return see_other(f"/courses/{editions.offering(db, code).course_code}")
    page = ChoicePage(
        title="There is a newer edition",
        code=code,
        course_title=offered.begun.title,
        changes=offered.told,
        kept=_kept(offered, progress.of(db, enrollment.id)),
        exam=f"/attempts/{offered.exam.id}" if offered.exam else "",
        is_declined=offered.is_declined,
    )
    return show(page)


@router.post("/courses/{code}/edition")
def chosen(code: str, db: Db, student: MaybeStudent, form: Form, now: Now) -> RedirectResponse:
    """Take the newer edition, or go on with the one she began."""
    enrollment = _begun(db, student, code)
    by = student.actor if isinstance(student, Person) else READER
    if form.text("edition") == "newer":
        choices.move(db, enrollment, by=by, now=now)
    else:
        choices.stay(db, enrollment, by=by, now=now)
    return see_other(f"/courses/{code}")


def newer(db: Session, enrollment: Enrollment | None) -> str:
    """Give the address where she chooses; empty where nothing is offered, or she has chosen."""
    if enrollment is None or not choices.waits(db, enrollment):
        return ""
    return f"/courses/{enrollment.course_code}/edition"


def _begun(db: Session, student: Student | None, code: str) -> Enrollment:
    enrollment = enrollments.open_one(db, student, code) if student else None
    if enrollment is None:
        editions.offering(db, code)  # or there is no such course
        raise NothingToChoose
    return enrollment


def _kept(offered: Offer, reading: progress.Reading) -> tuple[str, ...]:
    course: Course = offered.newer.course
    done = [module.title for module in course.modules if reading.is_done(module)]
    left = [module for module in course.modules if not reading.is_done(module)]
    kept = [f"{listed([f'“{title}”' for title in done])} {'stays' if len(done) == 1 else 'stay'} done."] if done else []
    if left:
        kept.append(f"{counted(len(left), 'module')} {'is' if len(left) == 1 else 'are'} left to read.")
    if course.exam is not None and course.exam.attempts is not None:
        kept.append("Attempts at the exam that you have used still count as used.")
    return tuple(kept)
