"""Something is wrong with this question: told from under it, in an exam, a result or a knowledge check.

With a script it is sent in place. Without one the form opens a page of its own beside the one she is at, so that
no answer on that page is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from app.assessment import attempts, question_reports
from app.assessment.question_reports import About, Place
from app.content.course import Check, Module, Question
from app.identity.people import Person
from app.kit.errors import Invalid, NotFound
from app.learning import enrollments
from app.library import editions
from app.library.editions import Edition
from app.request import Db, Form, House, Learner, MaybeStudent, Now, RowNumber, Sent, Wiring
from app.web import learn, report_forms
from app.web.refusals import wants_json
from app.web.render import Page, Show, Shows, see_other
from app.web.report_forms import Reports

router = APIRouter()

IN_EXAM = "/attempts/{attempt_id}/reports"
IN_MODULE = "/courses/{code}/modules/{slug}/reports"


@dataclass(frozen=True, kw_only=True)
class ReportedPage(Page):
    """That a report was sent; or the form again, where it could not be."""

    template: ClassVar[str] = "exam/reported.html"
    reports: Reports
    thanks: str = "Thank you"
    question_id: str = ""  # empty where it was sent
    words: str = ""
    error: str = ""
    course_href: str


@router.post(IN_EXAM)
def report_in_exam(
    attempt_id: RowNumber, request: Request, house: House, db: Db, learner: Learner, form: Form, now: Now, show: Shows
) -> Response:
    """Keep what is wrong with a question of her paper, while the exam goes on or after it."""
    attempt = attempts.of(db, learner, attempt_id)
    edition = editions.by_id(db, attempt.edition_id)
    slot = attempts.paper_of(edition.course, attempt).slot(form.text("question"))
    if slot is None:
        raise attempts.NotAskedHere
    about = About(edition, slot.question, Place.RESULT if attempt.submitted_at else Place.EXAM)
    reports = Reports(f"/attempts/{attempt.id}/reports")
    try:
        _keep(db, learner, about, form, house, now=now)
    except Invalid as refused:
        return _again(request, refused, about, form, reports, show)
    return answered(request, reports)


@router.get(IN_EXAM)
def reported_in_exam(attempt_id: RowNumber, db: Db, learner: Learner, show: Shows) -> Response:
    """Say that a report was sent."""
    attempt = attempts.of(db, learner, attempt_id)
    edition = editions.by_id(db, attempt.edition_id)
    reports = Reports(f"/attempts/{attempt.id}/reports")
    return show(reported_page(reports, course_href=f"/courses/{edition.course_code}"))


@dataclass(frozen=True, slots=True)
class ReadHere:
    """A module, as somebody reads it who is known or not."""

    edition: Edition
    module: Module
    person: Person | None

    @property
    def reports(self) -> Reports:
        """Where her reports go, and what she may expect."""
        action = f"/courses/{self.edition.course_code}/modules/{self.module.slug}/reports"
        return Reports(action, promise=report_forms.UNANSWERED if self.person is None else report_forms.ANSWERED)


def read_here(code: str, slug: str, db: Db, student: MaybeStudent) -> ReadHere:
    """Give the module in the edition that she reads."""
    enrollment = enrollments.latest(db, student, code) if student else None
    edition = editions.by_id(db, enrollment.edition_id) if enrollment else editions.current(db, code)
    return ReadHere(edition, learn.module_of(edition.course, slug), student if isinstance(student, Person) else None)


Reading = Annotated[ReadHere, Depends(read_here)]


@router.post(IN_MODULE)
def report_in_module(
    reading: Reading, request: Request, house: House, db: Db, form: Form, now: Now, show: Shows
) -> Response:
    """Keep what is wrong with a question of a knowledge check; a reader without an account may say it too."""
    about = About(reading.edition, _asked_in(reading.module, form.text("question")), Place.CHECK)
    try:
        _keep(db, reading.person, about, form, house, now=now)
    except Invalid as refused:
        return _again(request, refused, about, form, reading.reports, show)
    return answered(request, reading.reports)


@router.get(IN_MODULE)
def reported_in_module(reading: Reading, show: Shows) -> Response:
    """Say that a report was sent."""
    return show(reported_page(reading.reports, course_href=f"/courses/{reading.edition.course_code}"))


def answered(request: Request, reports: Reports, *, thanks: str = "Sent. Thank you.") -> Response:
    """Answer a report that was kept: in a sentence for the script, by its page for everybody else."""
    if wants_json(request):
        return JSONResponse({"told": f"{thanks} {reports.promise}".strip()})
    return see_other(reports.action)


def reported_page(reports: Reports, *, course_href: str) -> ReportedPage:
    """Build the page that says thank you."""
    return ReportedPage(title="Your report is sent", reports=reports, course_href=course_href)


def _keep(db: Db, person: Person | None, about: About, form: Sent, house: Wiring, *, now: datetime) -> None:
    words = form.text(f"words.{about.question.id}")
    question_reports.report(db, person, about, words, address=house.settings.address, now=now)


def _again(request: Request, refused: Invalid, about: About, form: Sent, reports: Reports, show: Show) -> Response:
    """Show the form once more, with what she wrote."""
    if wants_json(request):
        raise refused
    page = ReportedPage(
        title="Your report is not sent yet",
        reports=reports,
        question_id=about.question.id,
        words=form.text(f"words.{about.question.id}"),
        error=refused.fields["words"],
        course_href=f"/courses/{about.edition.course_code}",
    )
    return show(page, status=refused.status)


def _asked_in(module: Module, question_id: str) -> Question:
    checks = (block for block in module.blocks if isinstance(block, Check))
    for question in (question for check in checks for question in check.questions):
        if question.id == question_id:
            return question
    raise NotFound("This module does not ask that question. Reload its page.")
