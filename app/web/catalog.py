"""The shop window: what there is, what a course gives, and everything a board wants disclosed first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.awards import certificates, completion
from app.awards.document import wording
from app.content.course import Course
from app.identity.people import Person
from app.kit import time_zones
from app.learning import enrollments, progress
from app.learning.enrollments import Enrollment
from app.library import approvals, editions, provider
from app.library.provider import Provider
from app.request import Db, Learner, MaybeStudent, Now, Visitor
from app.web import choosing, disclosures, next_steps, report_forms
from app.web.next_steps import NextStep
from app.web.render import Page, Shows, safe, see_other
from app.web.report_forms import ReportLine
from app.web.words import counted, hours_by_type, minutes_in_words

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


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A course she has begun, and what to do next in it."""

    title: str
    step: NextStep
    done: int  # modules read
    count: int  # modules there are


@dataclass(frozen=True, kw_only=True)
class CatalogPage(Page):
    """What to do next, for somebody who has begun; what this is, for somebody who has not; every course on offer."""

    template: ClassVar[str] = "catalog/catalog.html"
    wide: ClassVar[bool] = True
    cards: tuple[Card, ...]
    going_on: tuple[GoingOn, ...]  # begun and not finished, the one she was at last first
    is_new: bool  # nothing begun yet: say what this is


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
    newer: str = ""  # the address where she chooses a newer edition; empty where none is offered
    time_href: str = ""  # her time in it; empty where she has not begun
    reports: tuple[ReportLine, ...] = ()  # what she said is wrong with questions, and what came of it


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
    readings, tries = progress.of_all(db, ids), attempts.of_all(db, ids)
    offered = {edition.id: edition.course for edition in editions.on_offer(db)}
    courses = list(offered.values())
    begun = [(course, mine[course.code]) for course in _hers(db, mine, offered)]
    under_way = [(course, one) for course, one in begun if one.completed_at is None]
    under_way.sort(key=lambda pair: _last_seen(pair[1], readings[pair[1].id]), reverse=True)
    states = {course.code: _state(course, one, readings[one.id], tries[one.id]) for course, one in begun}
    page = CatalogPage(
        title="Courses",
        cards=tuple(_card(course, state=states.get(course.code, "")) for course in courses),
        going_on=tuple(_going_on(course, one, readings[one.id], tries[one.id]) for course, one in under_way),
        is_new=not mine,
    )
    return show(page)


def catalog_page(courses: Sequence[Course], *, site: str = "") -> CatalogPage:
    """Build the catalog for somebody who has begun nothing; `site` stands before the addresses of courses."""
    cards = tuple(_card(course, state="", site=site) for course in courses)
    return CatalogPage(title="Courses", cards=cards, going_on=(), is_new=True)


def _hers(db: Db, mine: Mapping[str, Enrollment], offered: Mapping[int, Course]) -> list[Course]:
    """Give the courses she has begun as she reads them: in her editions, and also where they are offered no more."""
    others = {one.edition_id for one in mine.values()} - offered.keys()
    known = {**offered, **{one: edition.course for one, edition in editions.of_all(db, others).items()}}
    return [known[one.edition_id] for one in mine.values()]


@router.get("/courses/{code}")
def course(code: str, db: Db, now: Now, visitor: Visitor, student: MaybeStudent, show: Shows) -> HTMLResponse:
    """Show a course and everything that is disclosed about it."""
    enrollment = enrollments.latest(db, student, code) if student else None
    edition = editions.by_id(db, enrollment.edition_id) if enrollment else editions.current(db, code)
    reading = progress.of(db, enrollment.id) if enrollment else progress.NOTHING_YET
    course = edition.course
    offered_by, tries = provider.current(db), attempts.all_of(db, enrollment) if enrollment else []
    page = course_page(
        course,
        reading,
        offered_by=offered_by,
        step=next_steps.of(course, enrollment, reading, tries),
        approval_statements=approvals.statements(
            db,
            provider=offered_by.name,
            course_code=course.code,
            delivery=str(course.format),
            hours={str(kind): amount for kind, amount in course.credit.claimed.items()},
            on=now.astimezone(time_zones.zone(visitor.time_zone if visitor else None)).date(),
        ),
        certificate=_certificate(db, enrollment),
        missing=_missing(db, enrollment, visitor, reading, tries),
    )
    page = replace(page, time_href=f"/courses/{code}/time" if enrollment else "")
    page = replace(page, newer=choosing.newer(db, enrollment), reports=report_forms.lines(db, visitor, code))
    return show(page, language=course.language)


def course_page(
    course: Course,
    reading: progress.Reading,
    *,
    offered_by: Provider,
    step: NextStep,
    approval_statements: tuple[str, ...] = (),
    certificate: str = "",
    missing: tuple[str, ...] = (),
    site: str = "",
) -> CoursePage:
    """Build the page of a course; `site` stands before the addresses of its modules."""
    return CoursePage(
        title=course.title,
        code=course.code,
        summary=course.summary,
        hours=hours_by_type(course.credit),
        format=wording.delivery(course.format),
        level=course.level,
        audience=course.audience,
        description=safe(course.description_html),
        objectives=course.objectives,
        outline=outline(course, reading, site=site),
        presenters=tuple(
            PresenterView(one.name, one.credentials, one.bio, one.disclosure) for one in course.instructors
        ),
        facts=disclosures.rows(course, offered_by),
        policies=disclosures.policies(offered_by),
        approval_statements=approval_statements,
        references=tuple((one.key, safe(one.html)) for one in course.references),
        start=step.href,
        start_words=step.words,
        certificate=certificate,
        missing=missing,
    )


@router.post("/courses/{code}/again")
def again(code: str, db: Db, learner: Learner, now: Now) -> RedirectResponse:
    """Take a finished course once more, for a new renewal period: a new enrollment in the current edition."""
    edition = editions.to_begin(db, code)
    enrollments.begin(db, learner, edition, now=now)
    first = edition.course.modules[0]
    return see_other(f"/courses/{code}/modules/{first.slug}")


@router.get("/policies")
def policies(db: Db, show: Shows) -> HTMLResponse:
    """Show the provider's policies and how to reach it."""
    return show(policies_page(provider.current(db)))


def policies_page(offered_by: Provider) -> PoliciesPage:
    """Build the page of a provider's policies."""
    told = {
        "Name": offered_by.name,
        "Address": offered_by.address,
        "Phone": offered_by.phone,
        "E-mail": offered_by.email,
    }
    contact = tuple((label, words) for label, words in told.items() if words)
    return PoliciesPage(title="Policies", policies=disclosures.policies(offered_by), contact=contact)


def outline(course: Course, reading: progress.Reading, *, current: str = "", site: str = "") -> tuple[OutlineItem, ...]:
    """Give the modules of a course as its outline shows them."""
    return tuple(
        OutlineItem(
            href=f"{site}/courses/{course.code}/modules/{module.slug}",
            title=module.title,
            minutes=progress.minutes(module),
            is_done=reading.is_done(module),
            is_current=module.slug == current,
        )
        for module in course.modules
    )


def _card(course: Course, *, state: str, site: str = "") -> Card:
    return Card(
        href=f"{site}/courses/{course.code}",
        title=course.title,
        summary=course.summary,
        hours=hours_by_type(course.credit),
        format=wording.delivery(course.format),
        level=course.level,
        minutes=minutes_in_words(sum(progress.minutes(module) for module in course.modules)),
        state=state,
    )


def _going_on(course: Course, enrollment: Enrollment, reading: progress.Reading, tries: list[Attempt]) -> GoingOn:
    return GoingOn(
        title=course.title,
        step=next_steps.of(course, enrollment, reading, tries),
        done=_read(course, reading),
        count=len(course.modules),
    )


def _last_seen(enrollment: Enrollment, reading: progress.Reading) -> datetime:
    """Say when she was last at a course: what she was at last is what she comes back for."""
    return max(enrollment.began_at, *reading.done.values(), *([reading.place.seen_at] if reading.place else []))


def _read(course: Course, reading: progress.Reading) -> int:
    return sum(reading.is_done(module) for module in course.modules)


def _state(course: Course, enrollment: Enrollment, reading: progress.Reading, tries: list[Attempt]) -> str:
    if enrollment.completed_at is not None:
        return "Completed"
    if left := reading.minutes_left(course):
        of_all = counted(len(course.modules), "module")
        return f"{_read(course, reading)} of {of_all} read · {minutes_in_words(left)} left"
    return f"Next: {next_steps.of(course, enrollment, reading, tries).task}"


def _certificate(db: Db, enrollment: Enrollment | None) -> str:
    if enrollment is None or enrollment.completed_at is None:
        return ""
    earned = certificates.of_enrollment(db, enrollment.id)
    return f"/certificates/{earned.number}" if earned else ""


def _missing(
    db: Db, enrollment: Enrollment | None, visitor: Person | None, reading: progress.Reading, tries: list[Attempt]
) -> tuple[str, ...]:
    if enrollment is None or visitor is None or enrollment.completed_at is not None:
        return ()
    return tuple(one.sentence for one in completion.missing(db, enrollment, visitor, reading=reading, tries=tries))
