"""The exam: every answer is kept as it is chosen, and nothing shows a key before the rules allow it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from markupsafe import Markup

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.assessment.grading import Answers
from app.assessment.papers import Paper, Slot
from app.awards import completion
from app.content import asked
from app.content.course import Course, Exam
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import NotFound
from app.learning import enrollments, progress
from app.library import editions
from app.request import Db, Form, House, Learner, MaybeStudent, Now, RowNumber, Sent, Visitor
from app.web import answers, questions
from app.web.answers import Standing
from app.web.catalog import OutlineItem, outline
from app.web.questions import QuestionView
from app.web.render import Page, Shows, safe, see_other
from app.web.words import counted

router = APIRouter()


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


@dataclass(frozen=True, slots=True)
class Place:
    """One question in the map of an exam."""

    number: int
    id: str
    answered: bool


@dataclass(frozen=True, kw_only=True)
class ExamPage(Page):
    """The exam itself: every question, with what was answered so far."""

    template: ClassVar[str] = "exam/exam.html"
    wide: ClassVar[bool] = True
    attempt_id: RowNumber
    attempt_number: int
    course_title: str
    code: str
    pass_mark: int
    questions: tuple[QuestionView, ...]
    map: tuple[Place, ...]
    answered: int
    saved_at: str  # 10:42 AM; empty before the first answer
    server_ms: int  # the server's clock, so that a browser's sequence does not depend on its own


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One question before submitting, and how far it is answered."""

    number: int
    id: str
    heading: Markup
    state: str  # in words: Answered in part
    is_whole: bool


@dataclass(frozen=True, kw_only=True)
class ReviewPage(Page):
    """What will be submitted: what is answered, what is blank."""

    template: ClassVar[str] = "exam/review.html"
    attempt_id: RowNumber
    course_title: str
    code: str
    lines: tuple[ReviewLine, ...]
    left_open: str  # how many graded questions are not answered, or not wholly; empty where none
    all_answered: bool  # what is not graded as well


@router.get("/courses/{code}/exam")
def door(code: str, db: Db, student: MaybeStudent, visitor: Visitor, show: Shows) -> HTMLResponse:
    """Show the rules of an exam, and what stands before it."""
    enrollment = enrollments.latest(db, student, code) if student else None
    course = (editions.by_id(db, enrollment.edition_id) if enrollment else editions.current(db, code)).course
    exam = attempts.exam_of(course)
    reading = progress.of(db, enrollment.id) if enrollment else progress.NOTHING_YET
    tries = attempts.all_of(db, enrollment) if enrollment and visitor else []
    running = attempts.open_one(tries)
    shut = _shut(exam, tries)
    page = ExamDoorPage(
        title=exam.title,
        code=code,
        course_title=course.title,
        intro=safe(exam.intro_html),
        rules=_rules(exam),
        unread=tuple(one for one in outline(course, reading) if not one.is_done),
        needs_sign_in=visitor is None,
        running=f"/attempts/{running.id}" if running else "",
        past=tuple((f"/attempts/{one.id}/result", _past(one)) for one in tries if one.submitted_at),
        may_start=not shut and running is None,
        shut=shut,
    )
    return show(page, language=course.language)


@router.post("/courses/{code}/exam")
def start(code: str, house: House, db: Db, learner: Learner, now: Now, later: BackgroundTasks) -> RedirectResponse:
    """Start an attempt, or go on with the one that is open. What draws certificates gets ready meanwhile."""
    later.add_task(house.draws.warm)
    enrollment = enrollments.begin(db, learner, editions.current(db, code), now=now)
    attempt = attempts.start(db, enrollment, now=now)
    return see_other(f"/attempts/{attempt.id}")


@router.get("/attempts/{attempt_id}")
def exam(attempt_id: RowNumber, db: Db, learner: Learner, now: Now, show: Shows) -> Response:
    """Show the exam with every answer that is kept."""
    attempt = attempts.of(db, learner, attempt_id)
    if attempt.submitted_at is not None:
        return see_other(f"/attempts/{attempt.id}/result")
    return show(_exam_page(db, attempt, learner, now=now))


@router.post("/attempts/{attempt_id}/answers")
def answer(attempt_id: RowNumber, request: Request, db: Db, learner: Learner, form: Form, now: Now) -> Response:
    """Keep what was answered. Once this is answered with success, the answer is there for good."""
    attempt = attempts.of(db, learner, attempt_id)
    if form.text("question"):
        saved, remark = _save_one(db, attempt, form, now=now)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"saved": _clock(now, learner), "counts": saved.counts, "remark": remark})
    else:
        _save_changes(db, attempt, form, now=now)
    return see_other(f"/attempts/{attempt.id}/review" if form.text("then") == "review" else f"/attempts/{attempt.id}")


@router.get("/attempts/{attempt_id}/review")
def review(attempt_id: RowNumber, db: Db, learner: Learner, show: Shows) -> Response:
    """Show what would be submitted."""
    attempt = attempts.of(db, learner, attempt_id)
    if attempt.submitted_at is not None:
        return see_other(f"/attempts/{attempt.id}/result")
    course, paper, given = laid_out(db, attempt)
    states = [answers.standing(slot, given.get(slot.question.id)) for slot in paper.slots]
    page = ReviewPage(
        title="Review your answers",
        attempt_id=attempt.id,
        course_title=course.title,
        code=course.code,
        lines=tuple(_review_line(slot, state) for slot, state in zip(paper.slots, states, strict=True)),
        all_answered=Standing.BLANK not in states,
        left_open=_left_open([state for slot, state in zip(paper.slots, states, strict=True) if slot.question.graded]),
    )
    return show(page, language=course.language)


@router.post("/attempts/{attempt_id}/submit")
def submit(attempt_id: RowNumber, db: Db, learner: Learner, house: House, now: Now) -> RedirectResponse:
    """Grade the attempt; where nothing else is missing, this is the act that completes the course."""
    attempt = attempts.submit(db, attempts.of(db, learner, attempt_id), now=now)
    enrollment = enrollments.of(db, learner, attempt.enrollment_id)
    completion.settle(db, enrollment, learner, issuer=house.issuer, now=now)
    return see_other(f"/attempts/{attempt.id}/result")


def _exam_page(db: Db, attempt: Attempt, learner: Person, *, now: datetime) -> ExamPage:
    course, paper, given = laid_out(db, attempt)
    exam = attempts.exam_of(course)
    places = _map(paper, given)
    saved_at = attempts.last_saved_at(db, attempt)
    return ExamPage(
        title=exam.title,
        attempt_id=attempt.id,
        attempt_number=attempt.number,
        course_title=course.title,
        code=course.code,
        pass_mark=exam.pass_mark,
        questions=_blank(paper, given),
        map=places,
        answered=sum(place.answered for place in places),
        saved_at=_clock(saved_at, learner) if saved_at else "",
        server_ms=int(now.timestamp() * 1000),
    )


def laid_out(db: Db, attempt: Attempt) -> tuple[Course, Paper, Answers]:
    """Give the course, the paper and the answers of an attempt."""
    course = editions.by_id(db, attempt.edition_id).course
    return course, attempts.paper_of(course, attempt), attempts.answers(db, attempt)


def _opens_case(slot: Slot, before: Slot | None) -> bool:
    return slot.case is not None and (before is None or before.case != slot.case)


def with_stories(paper: Paper) -> list[tuple[Slot, bool]]:
    """Give each question with whether it opens its case: the story is told once."""
    befores = (None, *paper.slots)
    return [(slot, _opens_case(slot, before)) for slot, before in zip(paper.slots, befores, strict=False)]


def _blank(paper: Paper, given: Answers) -> tuple[QuestionView, ...]:
    return tuple(
        questions.blank_view(slot, given.get(slot.question.id), story=opens) for slot, opens in with_stories(paper)
    )


def _map(paper: Paper, given: Answers) -> tuple[Place, ...]:
    return tuple(
        Place(number=slot.number, id=slot.question.id, answered=given.get(slot.question.id) is not None)
        for slot in paper.slots
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


def _review_line(slot: Slot, state: Standing) -> ReviewLine:
    return ReviewLine(
        number=slot.number,
        id=slot.question.id,
        heading=safe(slot.question.heading_html),
        state=str(state) if slot.question.graded else f"{state}, not graded",
        is_whole=state is Standing.WHOLE,
    )


def _save_one(db: Db, attempt: Attempt, form: Sent, *, now: datetime) -> tuple[attempts.Saved, str]:
    slot = attempts.paper(db, attempt).slot(form.text("question"))
    if slot is None:
        raise NotFound("This exam does not ask that question. Reload the page.")
    digits = form.text("sequence")
    sequence = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 17 else -1
    given, key = answers.read(form, slot), form.text("key")
    saved = attempts.save_answer(db, attempt, slot.question.id, given, sequence=sequence, key=key, now=now)
    return saved, answers.remark(slot, given)


def _save_changes(db: Db, attempt: Attempt, form: Sent, *, now: datetime) -> None:
    """Keep what was changed on a whole page sent without script: an untouched answer is not sent as new."""
    for slot in attempts.paper(db, attempt).slots:
        given = answers.read(form, slot)
        if answers.as_kept(slot, given) != form.text(f"was.{slot.question.id}"):
            attempts.save_answer(
                db,
                attempt,
                slot.question.id,
                given,
                sequence=int(now.timestamp() * 1000),
                key=secrets.token_hex(16),
                now=now,
            )


def _clock(moment: datetime, learner: Person) -> str:
    return time_zones.clock_time(moment.astimezone(time_zones.zone(learner.time_zone)))


def _rules(exam: Exam) -> tuple[str, ...]:
    tries = (
        "You may try as often as you need."
        if exam.attempts is None
        else f"You have {counted(exam.attempts, 'attempt')}."
    )
    return (
        f"{_asked(exam)}. You pass with {exam.pass_mark}%.",
        tries,
        "There is no time limit. Every answer is saved as you choose it, so you can stop and come back.",
        "You may go back to the modules while you work.",
    )


def _asked(exam: Exam) -> str:
    """Say how many questions one learner is asked: of a pool, as many as are drawn."""
    fewest, most = asked.fewest(exam, lambda _: True), asked.most(exam, lambda _: True)
    return counted(most, "question") if fewest == most else f"{fewest} to {most} questions"


def _shut(exam: Exam, tries: list[Attempt]) -> str:
    if any(one.passed for one in tries):
        return "You have passed this exam."
    if attempts.left(exam, tries) == 0 and attempts.open_one(tries) is None:
        return "You have used every attempt. Ask the provider for another."
    return ""


def _past(attempt: Attempt) -> str:
    outcome = "passed" if attempt.passed else "not passed"
    return f"Attempt {attempt.number}: {attempt.percent}%, {outcome}"
