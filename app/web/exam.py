"""The exam: every answer is kept as it is chosen, and nothing shows a key before the rules allow it."""

from __future__ import annotations

import secrets
from datetime import datetime

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.assessment import attempts
from app.assessment.answer_events import Saved
from app.assessment.attempts import Attempt
from app.assessment.grading import Answers
from app.assessment.papers import Paper
from app.awards import completion
from app.content.course import Course
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import NotFound
from app.learning import enrollments, progress
from app.library import editions
from app.request import Db, Form, House, Learner, MaybeStudent, Now, RowNumber, Sent, Visitor
from app.web import answers, exam_pages
from app.web.render import Shows, see_other

router = APIRouter()


@router.get("/courses/{code}/exam")
def door(code: str, db: Db, student: MaybeStudent, visitor: Visitor, show: Shows) -> HTMLResponse:
    """Show the rules of an exam, and what stands before it."""
    enrollment = enrollments.latest(db, student, code) if student else None
    course = (editions.by_id(db, enrollment.edition_id) if enrollment else editions.current(db, code)).course
    reading = progress.of(db, enrollment.id) if enrollment else progress.NOTHING_YET
    tries = attempts.all_of(db, enrollment) if enrollment and visitor else []
    return show(exam_pages.door_page(course, reading, tries, signed_in=visitor is not None), language=course.language)


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
    at = f"/attempts/{attempt.id}"
    page = exam_pages.review_page(course, paper, given, exam_href=at, submit_href=f"{at}/submit")
    return show(page, language=course.language)


@router.post("/attempts/{attempt_id}/submit")
def submit(attempt_id: RowNumber, db: Db, learner: Learner, house: House, now: Now) -> RedirectResponse:
    """Grade the attempt; where nothing else is missing, this is the act that completes the course."""
    attempt = attempts.submit(db, attempts.of(db, learner, attempt_id), now=now)
    enrollment = enrollments.of(db, learner, attempt.enrollment_id)
    completion.settle(db, enrollment, learner, issuer=house.issuer, now=now)
    return see_other(f"/attempts/{attempt.id}/result")


def _exam_page(db: Db, attempt: Attempt, learner: Person, *, now: datetime) -> exam_pages.ExamPage:
    course, paper, given = laid_out(db, attempt)
    saved_at = attempts.last_saved_at(db, attempt)
    return exam_pages.exam_page(
        course,
        paper,
        given,
        save_href=f"/attempts/{attempt.id}/answers",
        number=attempt.number,
        saved_at=_clock(saved_at, learner) if saved_at else "",
        now=now,
    )


def laid_out(db: Db, attempt: Attempt) -> tuple[Course, Paper, Answers]:
    """Give the course, the paper and the answers of an attempt."""
    course = editions.by_id(db, attempt.edition_id).course
    return course, attempts.paper_of(course, attempt), attempts.answers(db, attempt)


def _save_one(db: Db, attempt: Attempt, form: Sent, *, now: datetime) -> tuple[Saved, str]:
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
