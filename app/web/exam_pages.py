"""The pages of an exam, built from a course, a paper and answers: for her, and for a preview that keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar

from markupsafe import Markup

from app.assessment import attempts, grading
from app.assessment.attempts import Attempt
from app.assessment.grading import Answers
from app.assessment.papers import Paper, Slot
from app.content.course import Course, Exam, Feedback
from app.learning.progress import Reading
from app.web import answers, exam_rules, questions
from app.web.answers import Standing
from app.web.catalog import OutlineItem, outline
from app.web.exam_rules import USUAL, Clock, Terms
from app.web.questions import QuestionView
from app.web.render import Page, safe
from app.web.report_forms import Reports
from app.web.words import counted

NO_REMARKS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sitting:
    """How an exam stands when its page is made; a preview always sits down for the first time."""

    number: int = 1
    saved_at: str = ""  # 10:42 AM
    checked: frozenset[str] = frozenset()  # questions whose answers are locked
    remarks: Mapping[str, str] = field(default_factory=dict)  # by question: what to mend first
    at: int = 0
    terms: Terms = USUAL
    clock: Clock | None = None


FIRST = Sitting()


@dataclass(frozen=True, kw_only=True)
class ExamDoorPage(Page):
    """Before the exam: its rules, what is left to read, and the attempts so far."""

    template: ClassVar[str] = "exam/door.html"
    code: str
    course_title: str
    intro: str
    rules: tuple[str, ...]
    unread: tuple[OutlineItem, ...]  # modules to finish first; the exam opens when none is left
    needs_sign_in: bool
    running: str  # the address of the attempt under way; empty where none
    past: tuple[tuple[str, str], ...]  # earlier attempts: address and words
    may_start: bool
    shut: str  # why it cannot be started; empty where it can
    time_left: str  # what is left of the time that the course asks for; empty where the exam may open
    asks_help: bool  # leads to where she asks for other terms; a preview does not
    newer: str = ""  # the address where she chooses a newer edition; empty where none is offered


@dataclass(frozen=True, slots=True)
class Place:
    """One question in the map of an exam."""

    number: int
    id: str
    href: str
    answered: bool


@dataclass(frozen=True, kw_only=True)
class ExamPage(Page):
    """The exam itself: every question, with what was answered so far."""

    template: ClassVar[str] = "exam/exam.html"
    wide: ClassVar[bool] = True
    save_href: str
    saves: bool  # each answer as it is chosen; a preview keeps none
    attempt_number: int
    course_title: str
    code: str
    pass_mark: int
    questions: tuple[QuestionView, ...]
    map: tuple[Place, ...]
    answered: int
    at: int  # the one question that is shown; 0 where all are
    chooses_view: bool  # between one at a time and all; a preview shows all
    checks: bool  # an answer may be checked before the exam is over
    time: str  # what holds for her, in a sentence
    clock: Clock | None
    saved_at: str  # 10:42 AM; empty before the first answer
    server_ms: int  # the server's clock, so that a browser's sequence does not depend on its own
    reports: Reports | None = None


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One question before submitting, and how far it is answered."""

    number: int
    href: str
    heading: Markup
    state: str  # in words: Answered in part
    is_whole: bool


@dataclass(frozen=True, kw_only=True)
class ReviewPage(Page):
    """What will be submitted: what is answered, what is blank."""

    template: ClassVar[str] = "exam/review.html"
    exam_href: str
    submit_href: str
    course_title: str
    code: str
    lines: tuple[ReviewLine, ...]
    left_open: str  # how many graded questions are not answered, or not wholly; empty where none
    all_answered: bool  # what is not graded as well
    may_change: str  # which answers may still change, in a sentence
    clock: Clock | None = None


@dataclass(frozen=True, kw_only=True)
class TimeUpPage(Page):
    """The time of an exam is up, and what was saved is being submitted."""

    template: ClassVar[str] = "exam/time_up.html"
    course_title: str
    code: str
    submit_href: str


def door_page(
    course: Course,
    reading: Reading,
    tries: list[Attempt],
    *,
    signed_in: bool,
    terms: Terms = USUAL,
    time_left: str = "",
    site: str = "",
) -> ExamDoorPage:
    """Build the page before the exam; `site` stands before every address of it."""
    exam = attempts.exam_of(course)
    running, shut = attempts.open_one(tries), _shut(exam, tries)
    return ExamDoorPage(
        title=exam.title,
        code=course.code,
        course_title=course.title,
        intro=safe(exam.intro_html),
        rules=(*exam_rules.rules(exam, terms), *exam_rules.before(course)),
        unread=tuple(one for one in outline(course, reading, site=site) if not one.is_done),
        needs_sign_in=not signed_in,
        running=f"{site}/attempts/{running.id}" if running else "",
        past=tuple((f"{site}/attempts/{one.id}/result", _past(one)) for one in tries if one.submitted_at),
        may_start=not shut and running is None,
        shut=shut,
        time_left=time_left,
        asks_help=signed_in and not site,
    )


def exam_page(
    course: Course,
    paper: Paper,
    given: Answers,
    *,
    save_href: str,
    sitting: Sitting = FIRST,
    saves: bool = True,
    now: datetime,
) -> ExamPage:
    """Build the page of the exam itself. What was checked shows what it earned, and can no longer change."""
    exam = attempts.exam_of(course)
    places = _map(paper, given, one_at_a_time=sitting.at > 0)
    return ExamPage(
        title=exam.title,
        save_href=save_href,
        saves=saves,
        attempt_number=sitting.number,
        course_title=course.title,
        code=course.code,
        pass_mark=exam.pass_mark,
        questions=tuple(
            _asked(slot, given, sitting, story=opens or sitting.at > 0) for slot, opens in with_stories(paper)
        ),
        map=places,
        answered=sum(place.answered for place in places),
        at=sitting.at,
        chooses_view=saves and len(paper.slots) > 1,
        checks=saves and exam.feedback == Feedback.AFTER_EACH,
        time=exam_rules.time(exam, sitting.terms),
        clock=sitting.clock,
        saved_at=sitting.saved_at,
        server_ms=int(now.timestamp() * 1000),
    )


def review_page(
    course: Course, paper: Paper, given: Answers, *, exam_href: str, submit_href: str, sitting: Sitting = FIRST
) -> ReviewPage:
    """Build the page that shows what would be submitted."""
    states = [answers.standing(slot, given.get(slot.question.id)) for slot in paper.slots]
    return ReviewPage(
        title="Review your answers",
        exam_href=exam_href,
        submit_href=submit_href,
        course_title=course.title,
        code=course.code,
        lines=tuple(
            _review_line(slot, state, exam_href, sitting) for slot, state in zip(paper.slots, states, strict=True)
        ),
        all_answered=Standing.BLANK not in states,
        may_change=(
            "What you have not checked may still change."
            if attempts.exam_of(course).feedback == Feedback.AFTER_EACH
            else "You may still change any answer."
        ),
        left_open=_left_open([state for slot, state in zip(paper.slots, states, strict=True) if slot.question.graded]),
        clock=sitting.clock,
    )


def with_stories(paper: Paper) -> list[tuple[Slot, bool]]:
    """Give each question with whether it opens its case: the story is told once."""
    befores = (None, *paper.slots)
    return [(slot, _opens_case(slot, before)) for slot, before in zip(paper.slots, befores, strict=False)]


def _opens_case(slot: Slot, before: Slot | None) -> bool:
    return slot.case is not None and (before is None or before.case != slot.case)


def _asked(slot: Slot, given: Answers, sitting: Sitting, *, story: bool) -> QuestionView:
    answer, remark = given.get(slot.question.id), sitting.remarks.get(slot.question.id)
    if slot.question.id in sitting.checked:
        return questions.marked_view(slot, grading.mark(slot.question, answer), story=story)
    view = questions.blank_view(slot, answer, story=story and slot.case is not None)
    return replace(view, remark=remark) if remark else view


def _map(paper: Paper, given: Answers, *, one_at_a_time: bool) -> tuple[Place, ...]:
    return tuple(
        Place(
            number=slot.number,
            id=slot.question.id,
            href=f"?at={slot.number}" if one_at_a_time else f"#q-{slot.question.id}",
            answered=given.get(slot.question.id) is not None,
        )
        for slot in paper.slots
    )


def _review_line(slot: Slot, state: Standing, exam_href: str, sitting: Sitting) -> ReviewLine:
    place = f"?at={slot.number}" if sitting.terms.one_at_a_time else ""
    return ReviewLine(
        number=slot.number,
        href=f"{exam_href}{place}#q-{slot.question.id}",
        heading=safe(slot.question.heading_html),
        state=str(state) if slot.question.graded else f"{state}, not graded",
        is_whole=state is Standing.WHOLE,
    )


def _left_open(states: list[Standing]) -> str:
    blank = states.count(Standing.BLANK)
    partly = len(states) - blank - states.count(Standing.WHOLE)
    told = []
    if blank:
        told.append(f"{counted(blank, 'question')} {'has' if blank == 1 else 'have'} no answer yet")
    if partly:
        told.append(f"{counted(partly, 'question')} {'is' if partly == 1 else 'are'} not finished")
    return ", ".join(told)


def _shut(exam: Exam, tries: list[Attempt]) -> str:
    if any(one.passed for one in tries):
        return "You have passed this exam."
    if attempts.left(exam, tries) == 0 and attempts.open_one(tries) is None:
        return "You have used every attempt. Ask the provider for another."
    return ""


def _past(attempt: Attempt) -> str:
    outcome = "passed" if attempt.passed else "not passed"
    return f"Attempt {attempt.number}: {attempt.percent}%, {outcome}"
