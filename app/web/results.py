"""How an attempt went: by objective always, with keys and reasons only where the rules show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

from fastapi import APIRouter, Response

from app.assessment import attempts, grading, rulings
from app.assessment.grading import Answers, Result
from app.assessment.papers import Paper
from app.assessment.rulings import NOTHING_RULED, Force
from app.awards import certificates, completion
from app.awards.eligibility import Missing, Step
from app.content.course import Course, Feedback, Module, Question
from app.identity.people import Person
from app.kit import time_zones
from app.learning import enrollments
from app.learning.enrollments import Enrollment
from app.library import editions
from app.request import Db, Learner, RowNumber
from app.web import corrected, questions, report_forms
from app.web.exam_pages import with_stories
from app.web.questions import QuestionView
from app.web.render import Page, Shows, see_other
from app.web.report_forms import Reports

router = APIRouter()

RAN_OUT = "Your time ended, and what you had saved was submitted for you."
READ_AGAIN = "Read again what is marked below, then try the exam again when you are ready."


@dataclass(frozen=True, slots=True)
class TaughtIn:
    """A module that teaches an objective, and its sections."""

    href: str
    title: str
    sections: tuple[tuple[str, str], ...]  # address and title


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """How one objective went, and where it is taught."""

    words: str
    earned: str  # 3 of 4 points
    all_right: bool
    modules: tuple[TaughtIn, ...]


@dataclass(frozen=True, kw_only=True)
class ResultPage(Page):
    """How an attempt went, and the one next step."""

    template: ClassVar[str] = "exam/result.html"
    code: str
    course_title: str
    attempt_number: int
    passed: bool
    percent: int
    pass_mark: int
    points: str  # 8½ of 10 points
    submitted: str
    objectives: tuple[ObjectiveView, ...]
    questions: tuple[QuestionView, ...]  # with keys; empty where the rules do not show them
    shows_later: str  # when they will be shown; empty where they are
    advice: str  # what to do before the next step; empty where there is nothing else
    next_href: str
    next_words: str
    reports: Reports | None = None
    corrected: tuple[str, ...] = ()  # what was corrected of its questions, and what that did to the score


@dataclass(frozen=True, slots=True)
class Tried:
    """How an attempt stands on the record."""

    number: int
    passed: bool
    percent: int
    submitted: str  # when, in words


@router.get("/attempts/{attempt_id}/result")
def result(attempt_id: RowNumber, db: Db, learner: Learner, show: Shows) -> Response:
    """Show how an attempt went."""
    attempt = attempts.of(db, learner, attempt_id)
    if attempt.submitted_at is None:
        return see_other(f"/attempts/{attempt.id}")
    enrollment = enrollments.of(db, learner, attempt.enrollment_id)
    edition = editions.by_id(db, attempt.edition_id)
    force, course = rulings.in_force(db, edition), edition.course
    paper, given = rulings.laid_over(attempts.paper_of(course, attempt), force), attempts.answers(db, attempt)
    missing = _missing(db, enrollment, learner)
    of_exam = next((one for one in missing if one.step is Step.EXAM), None)
    page = result_page(
        course,
        paper,
        given,
        tried=Tried(
            number=attempt.number,
            passed=bool(attempt.passed),
            percent=attempt.percent,
            submitted=time_zones.in_words(attempt.submitted_at, learner.time_zone or "UTC"),
        ),
        advice=" ".join(filter(None, (RAN_OUT if attempt.ran_out else "", advice(missing, of_exam)))),
        next_step=_next(db, enrollment, course, of_exam),
        force=force,
    )
    page = replace(page, corrected=corrected.sentences(paper, force, rulings.of_attempt(db, attempt.id)))
    action = f"/attempts/{attempt.id}/reports"
    page = replace(page, reports=report_forms.of(db, learner, attempt.edition_id, action=action))
    return show(page, language=course.language)


def result_page(
    course: Course,
    paper: Paper,
    given: Answers,
    *,
    tried: Tried,
    advice: str,
    next_step: tuple[str, str],
    site: str = "",
    force: Force = NOTHING_RULED,
) -> ResultPage:
    """Build the page of a result; `site` stands before the addresses of modules, `force` tells of corrections."""
    exam = attempts.exam_of(course)
    outcome = grading.grade(paper.questions, given, pass_mark=exam.pass_mark)
    shows = exam.feedback != Feedback.AFTER_PASS or tried.passed
    next_href, next_words = next_step
    return ResultPage(
        title="Passed" if tried.passed else "Not yet passed",
        code=course.code,
        course_title=course.title,
        attempt_number=tried.number,
        passed=tried.passed,
        percent=tried.percent,
        pass_mark=exam.pass_mark,
        points=f"{_points(outcome.score)} of {_points(outcome.possible)} points",
        submitted=tried.submitted,
        objectives=_objectives(course, outcome, site=site),
        questions=_marked(course, paper, given, force) if shows else (),
        shows_later="" if shows else "Right answers and reasons are shown once you have passed.",
        advice=advice,
        next_href=next_href,
        next_words=next_words,
    )


def _marked(course: Course, paper: Paper, given: Answers, force: Force) -> tuple[QuestionView, ...]:
    """Give each question with its key, and what she wrote for herself without any."""
    labels = {reference.key: reference.label or reference.key for reference in course.references}
    return tuple(
        replace(
            questions.marked_view(slot, grading.mark(slot.question, given.get(slot.question.id)), story=opens),
            source=_source(slot.question, labels),
            corrected=corrected.remark(force.get(slot.question.id, ())),
        )
        for slot, opens in with_stories(paper)
    )


def _source(question: Question, labels: Mapping[str, str]) -> str:
    cited = question.source
    return ", ".join(filter(None, (labels.get(cited.key, cited.key), cited.locator))) if cited else ""


def _points(points: Fraction) -> str:
    return str(points) if points.denominator == 1 else f"{float(points):.2f}".rstrip("0")


def _objectives(course: Course, outcome: Result, *, site: str) -> tuple[ObjectiveView, ...]:
    views = []
    for number, words in enumerate(course.objectives, 1):
        marks = [mark for mark in outcome.marks if mark.question.objective == number]
        if marks:
            earned = sum((mark.points for mark in marks), Fraction(0))
            possible = sum((mark.question.points for mark in marks), Fraction(0))
            taught = [module for module in course.modules if number in module.objectives]
            views.append(
                ObjectiveView(
                    words=words,
                    earned=f"{_points(earned)} of {_points(possible)} points",
                    all_right=earned == possible,
                    modules=tuple(
                        _taught_in(f"{site}/courses/{course.code}/modules/{one.slug}", one) for one in taught
                    ),
                )
            )
    return tuple(views)


def _taught_in(href: str, module: Module) -> TaughtIn:
    sections = tuple((f"{href}#{section.id}", section.title) for section in module.sections)
    return TaughtIn(href, module.title, sections)


def _next(db: Db, enrollment: Enrollment, course: Course, exam: Missing | None) -> tuple[str, str]:
    """Give the address and the words of the next step; `exam` is what is missing of the exam by now."""
    if enrollment.completed_at is not None:
        return f"/certificates/{_number(db, enrollment)}", "See your certificate"
    if exam is None:
        return f"/enrollments/{enrollment.id}/evaluation", "Continue: evaluation"
    if exam.can_act:
        return f"/courses/{course.code}/exam", "Try the exam again"
    return "/policies", "How to reach the provider"


def _missing(db: Db, enrollment: Enrollment, learner: Person) -> tuple[Missing, ...]:
    return () if enrollment.completed_at is not None else completion.missing(db, enrollment, learner)


def advice(missing: tuple[Missing, ...], exam: Missing | None) -> str:
    """Say what to do before the next step, from what is missing and what of it is missing of the exam."""
    if exam is None:
        return " ".join(one.sentence for one in missing)
    return READ_AGAIN if exam.can_act else exam.sentence


def _number(db: Db, enrollment: Enrollment) -> str:
    earned = certificates.of_enrollment(db, enrollment.id)
    return earned.number if earned else ""
