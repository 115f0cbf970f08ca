"""The shop window: what there is, what a course gives, and everything a board wants disclosed first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from app.assessment import attempts
from app.awards import certificates, completion
from app.awards.document import wording
from app.content.course import Course
from app.identity.people import Person
from app.kit import time_zones
from app.learning import enrollments, progress
from app.learning.enrollments import Enrollment
from app.library import approvals, editions, provider
from app.request import Db, Learner, MaybeStudent, Now, Visitor
from app.web import disclosures
from app.web.render import Page, Shows, safe, see_other
from app.web.words import hours_by_type, minutes_in_words

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Card:
    """One course in the catalog."""

    href: str
    title: str
    summary: str
    hours: str  # 0.5 contact hours: 0.5 ethics
    format: str
    level: str
    minutes: str
    state: str  # what she has done of it; empty where nothing
    resume: str  # where to go on; empty where nothing is begun


@dataclass(frozen=True, kw_only=True)
class CatalogPage(Page):
    """Every course on offer, and where she left off."""

    template: ClassVar[str] = "catalog/catalog.html"
    wide: ClassVar[bool] = True
    cards: tuple[Card, ...]
    going_on: tuple[Card, ...]  # begun and not finished: what to do next


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """One module, or another step, in the outline of a course."""

    href: str
    title: str
    minutes: int
    is_done: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class PresenterView:
    """Who presents the course."""

    name: str
    credentials: str
    bio: str
    disclosure: str


@dataclass(frozen=True, kw_only=True)
class CoursePage(Page):
    """A course before it is begun: what it gives, what it asks, and who stands behind it."""

    template: ClassVar[str] = "catalog/course.html"
    code: str
    summary: str
    hours: str
    format: str
    level: str
    audience: str
    description: Markup
    objectives: tuple[str, ...]
    outline: tuple[OutlineItem, ...]
    presenters: tuple[PresenterView, ...]
    facts: tuple[tuple[str, str], ...]  # every further disclosure row: label and words
    policies: tuple[tuple[str, str], ...]
    approval_statements: tuple[str, ...]  # empty: not approved by any board
    references: tuple[tuple[str, Markup], ...]
    start: str  # the address of the one button
    start_words: str
    certificate: str  # the address of the certificate she has earned; empty where none
    missing: tuple[str, ...]  # what stands between her and the certificate, once she has begun


@dataclass(frozen=True, kw_only=True)
class PoliciesPage(Page):
    """What the provider promises, and how to reach it."""

    template: ClassVar[str] = "catalog/policies.html"
    policies: tuple[tuple[str, str], ...]
    contact: tuple[tuple[str, str], ...]


@router.get("/")
def catalog(db: Db, student: MaybeStudent, show: Shows) -> HTMLResponse:
    """Show every course on offer."""
    mine = {one.course_code: one for one in reversed(enrollments.all_of(db, student))} if student else {}
    ids = [one.id for one in mine.values()]
    readings, passed = progress.of_all(db, ids), attempts.passed_among(db, ids)
    cards = tuple(
        _card(edition.course, mine.get(edition.course_code), readings, passed) for edition in editions.on_offer(db)
    )
    going_on = tuple(card for card in cards if card.resume)
    return show(CatalogPage(title="Courses", cards=cards, going_on=going_on))


@router.get("/courses/{code}")
def course(code: str, db: Db, now: Now, visitor: Visitor, student: MaybeStudent, show: Shows) -> HTMLResponse:
    """Show a course and everything that is disclosed about it."""
    enrollment = enrollments.latest(db, student, code) if student else None
    edition = editions.by_id(db, enrollment.edition_id) if enrollment else editions.current(db, code)
    reading = progress.of(db, enrollment.id) if enrollment else progress.NOTHING_YET
    course = edition.course
    offered_by = provider.current(db)
    passed = attempts.passed_among(db, [enrollment.id] if enrollment else [])
    start, start_words = _start(course, enrollment, reading, passed)
    page = CoursePage(
        title=course.title,
        code=course.code,
        summary=course.summary,
        hours=hours_by_type(course.credit),
        format=wording.delivery(course.format),
        level=course.level,
        audience=course.audience,
        description=safe(course.description_html),
        objectives=course.objectives,
        outline=outline(course, reading),
        presenters=tuple(
            PresenterView(one.name, one.credentials, one.bio, one.disclosure) for one in course.instructors
        ),
        facts=disclosures.rows(course, offered_by),
        policies=disclosures.policies(offered_by),
        approval_statements=approvals.statements(
            db,
            provider=offered_by.name,
            course_code=course.code,
            delivery=str(course.format),
            hours={str(kind): amount for kind, amount in course.credit.claimed.items()},
            on=now.astimezone(time_zones.zone(visitor.time_zone if visitor else None)).date(),
        ),
        references=tuple((one.key, safe(one.html)) for one in course.references),
        start=start,
        start_words=start_words,
        certificate=_certificate(db, enrollment),
        missing=_missing(db, enrollment, visitor, reading),
    )
    return show(page, language=course.language)


@router.post("/courses/{code}/again")
def again(code: str, db: Db, learner: Learner, now: Now) -> RedirectResponse:
    """Take a finished course once more, for a new renewal period: a new enrollment in the current edition."""
    edition = editions.current(db, code)
    enrollments.begin(db, learner, edition, now=now)
    first = edition.course.modules[0]
    return see_other(f"/courses/{code}/modules/{first.slug}")


@router.get("/policies")
def policies(db: Db, show: Shows) -> HTMLResponse:
    """Show the provider's policies and how to reach it."""
    offered_by = provider.current(db)
    told = {
        "Name": offered_by.name,
        "Address": offered_by.address,
        "Phone": offered_by.phone,
        "E-mail": offered_by.email,
    }
    contact = tuple((label, words) for label, words in told.items() if words)
    return show(PoliciesPage(title="Policies", policies=disclosures.policies(offered_by), contact=contact))


def outline(course: Course, reading: progress.Reading, *, current: str = "") -> tuple[OutlineItem, ...]:
    """Give the modules of a course as its outline shows them."""
    return tuple(
        OutlineItem(
            href=f"/courses/{course.code}/modules/{module.slug}",
            title=module.title,
            minutes=progress.minutes(module),
            is_done=reading.is_done(module),
            is_current=module.slug == current,
        )
        for module in course.modules
    )


def _card(
    course: Course, enrollment: Enrollment | None, readings: Mapping[int, progress.Reading], passed: set[int]
) -> Card:
    reading = readings[enrollment.id] if enrollment else progress.NOTHING_YET
    begun = enrollment is not None and enrollment.completed_at is None
    return Card(
        href=f"/courses/{course.code}",
        title=course.title,
        summary=course.summary,
        hours=hours_by_type(course.credit),
        format=wording.delivery(course.format),
        level=course.level,
        minutes=minutes_in_words(sum(progress.minutes(module) for module in course.modules)),
        state=_state(course, enrollment, reading),
        resume=_start(course, enrollment, reading, passed)[0] if begun else "",
    )


def _state(course: Course, enrollment: Enrollment | None, reading: progress.Reading) -> str:
    if enrollment is None:
        return ""
    if enrollment.completed_at is not None:
        return "Completed"
    left = reading.minutes_left(course)
    read = f"{len(reading.done)} of {len(course.modules)} modules read"
    return f"{read} · {minutes_in_words(left)} left" if left else f"{read} · exam and evaluation next"


def _start(
    course: Course, enrollment: Enrollment | None, reading: progress.Reading, passed: set[int]
) -> tuple[str, str]:
    """Give the one next step: its address and its words."""
    root = f"/courses/{course.code}"
    if enrollment is None:
        return f"{root}/modules/{course.modules[0].slug}", "Start reading"
    module = reading.next_in(course)
    if module is None and (course.exam is None or enrollment.id in passed):
        return f"/enrollments/{enrollment.id}/evaluation", "Continue: evaluation"
    if module is None:
        return f"{root}/exam", "Continue: exam"
    at = reading.place
    anchor = f"#{at.block}" if at and at.module_slug == module.slug and at.block else ""
    return f"{root}/modules/{module.slug}{anchor}", "Continue reading"


def _certificate(db: Db, enrollment: Enrollment | None) -> str:
    if enrollment is None or enrollment.completed_at is None:
        return ""
    earned = certificates.of_enrollment(db, enrollment.id)
    return f"/certificates/{earned.number}" if earned else ""


def _missing(
    db: Db, enrollment: Enrollment | None, visitor: Person | None, reading: progress.Reading
) -> tuple[str, ...]:
    if enrollment is None or visitor is None or enrollment.completed_at is not None:
        return ()
    return tuple(one.sentence for one in completion.missing(db, enrollment, visitor, reading=reading))
