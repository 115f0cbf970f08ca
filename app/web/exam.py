"""The exam: every answer is kept as it is chosen, and nothing shows a key before the rules allow it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.assessment import attempts, rulings
from app.assessment.answer_events import NothingToCheck, Saved
from app.assessment.attempts import Attempt
from app.assessment.grading import Answers
from app.assessment.papers import Paper
from app.awards import completion, time_up
from app.content.course import Course
from app.identity import requests
from app.identity.people import Person
from app.kit import time_zones
from app.learning import enrollments, progress
from app.library import editions
from app.request import Db, Form, House, Learner, MaybeStudent, Now, RowNumber, Sent, Visitor
from app.web import answers, choosing, exam_pages, exam_rules, report_forms, time_spent
from app.web.exam_pages import Sitting
from app.web.render import Show, Shows, see_other

router = APIRouter()

LONGEST_NUMBER = 5  # digits of a question's number in an address


@router.get("/courses/{code}/exam")
def door(code: str, db: Db, student: MaybeStudent, visitor: Visitor, show: Shows) -> HTMLResponse:
    """Show the rules of an exam, and what stands before it."""
    enrollment = enrollments.latest(db, student, code) if student else None
    course = (editions.by_id(db, enrollment.edition_id) if enrollment else editions.current(db, code)).course
    reading = progress.of(db, enrollment.id) if enrollment else progress.NOTHING_YET
    tries = attempts.all_of(db, enrollment) if enrollment and visitor else []
    granted = requests.granted(db, visitor.id) if visitor else None
    terms = exam_rules.terms_of(granted, attempts.open_one(tries))
    left = time_spent.left(db, enrollment, course) if not tries else ""
    page = exam_pages.door_page(course, reading, tries, signed_in=visitor is not None, terms=terms, time_left=left)
    return show(replace(page, newer=choosing.newer(db, enrollment)), language=course.language)


@router.post("/courses/{code}/exam")
def start(code: str, house: House, db: Db, learner: Learner, now: Now, later: BackgroundTasks) -> RedirectResponse:
    """Start an attempt, or go on with the one that is open. What draws certificates gets ready meanwhile."""
    later.add_task(house.draws.warm)
    begun = enrollments.open_one(db, learner, code)
    enrollment = begun or enrollments.begin(db, learner, editions.to_begin(db, code), now=now)
    attempt = attempts.start(db, enrollment, now=now)
    return see_other(f"/attempts/{attempt.id}")


@router.get("/attempts/{attempt_id}")
def exam(attempt_id: RowNumber, db: Db, learner: Learner, now: Now, show: Shows, at: str = "") -> Response:
    """Show the exam with every answer that is kept; `at` is the question she is at where they come one at a time."""
    attempt = attempts.of(db, learner, attempt_id)
    return _elsewhere(db, attempt, show, now=now) or show(_exam_page(db, attempt, learner, at=at, now=now))


@router.post("/attempts/{attempt_id}/answers")
def answer(
    attempt_id: RowNumber,
    request: Request,
    house: House,
    form: Form,  # read before the writers' turn is taken
    db: Db,
    learner: Learner,
    now: Now,
    show: Shows,
) -> Response:
    """Keep what was answered. Once this is answered with success, the answer is there for good."""
    attempt = attempts.of(db, learner, attempt_id)
    if form.text("question"):
        saved, remark = _save_one(db, attempt, form, now=now)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"saved": _clock(now, learner), "counts": saved.counts, "remark": remark})
    elif attempts.is_over(attempt, now=now):
        time_up.close(db, attempt, issuer=house.issuer, now=now)
        return see_other(f"/attempts/{attempt.id}/result")
    else:
        _save_changes(db, attempt, form, now=now)
    if form.text("check"):
        return _check(db, attempt, learner, form, show, now=now)
    return see_other(_onward(db, attempt, form.text("then")))


@router.get("/attempts/{attempt_id}/review")
def review(attempt_id: RowNumber, db: Db, learner: Learner, now: Now, show: Shows) -> Response:
    """Show what would be submitted."""
    attempt = attempts.of(db, learner, attempt_id)
    if elsewhere := _elsewhere(db, attempt, show, now=now):
        return elsewhere
    course, paper, given = laid_out(db, attempt)
    at, clock = f"/attempts/{attempt.id}", exam_rules.clock(attempt, zone=learner.time_zone, now=now)
    sitting = Sitting(number=attempt.number, terms=exam_rules.terms_of(None, attempt), clock=clock)
    page = exam_pages.review_page(course, paper, given, exam_href=at, submit_href=f"{at}/submit", sitting=sitting)
    return show(page, language=course.language)


@router.post("/attempts/{attempt_id}/submit")
def submit(attempt_id: RowNumber, db: Db, learner: Learner, house: House, now: Now) -> RedirectResponse:
    """Grade the attempt; where nothing else is missing, this is the act that completes the course."""
    attempt = attempts.of(db, learner, attempt_id)
    if attempts.is_over(attempt, now=now):
        time_up.close(db, attempt, issuer=house.issuer, now=now)
        return see_other(f"/attempts/{attempt.id}/result")
    attempt = attempts.submit(db, attempt, now=now)
    enrollment = enrollments.of(db, learner, attempt.enrollment_id)
    completion.settle(db, enrollment, learner, issuer=house.issuer, now=now)
    return see_other(f"/attempts/{attempt.id}/result")


def _elsewhere(db: Db, attempt: Attempt, show: Show, *, now: datetime) -> Response | None:
    """Answer where an attempt is over: with its result, or with the way to it while nobody has submitted it yet."""
    if attempt.submitted_at is not None:
        return see_other(f"/attempts/{attempt.id}/result")
    if not attempts.is_over(attempt, now=now):
        return None
    course = editions.by_id(db, attempt.edition_id).course
    at = f"/attempts/{attempt.id}/submit"
    page = exam_pages.TimeUpPage(title="Your time is up", course_title=course.title, code=course.code, submit_href=at)
    return show(page, language=course.language)


def _exam_page(
    db: Db,
    attempt: Attempt,
    learner: Person,
    *,
    at: str,
    remarks: Mapping[str, str] = exam_pages.NO_REMARKS,
    now: datetime,
) -> exam_pages.ExamPage:
    course, paper, given = laid_out(db, attempt)
    saved_at = attempts.last_saved_at(db, attempt)
    page = exam_pages.exam_page(
        course,
        paper,
        given,
        save_href=f"/attempts/{attempt.id}/answers",
        sitting=Sitting(
            number=attempt.number,
            saved_at=_clock(saved_at, learner) if saved_at else "",
            checked=attempts.checked(db, attempt),
            remarks=remarks,
            at=_place(paper, given, at) if attempt.one_at_a_time else 0,
            terms=exam_rules.terms_of(None, attempt),
            clock=exam_rules.clock(attempt, zone=learner.time_zone, now=now),
        ),
        now=now,
    )
    action = f"/attempts/{attempt.id}/reports"
    return replace(page, reports=report_forms.of(db, learner, attempt.edition_id, action=action))


def _place(paper: Paper, given: Answers, at: str) -> int:
    """Give the question to show of a paper: the one asked for, else the first that has no answer."""
    if at.isascii() and at.isdigit() and len(at) < LONGEST_NUMBER and 1 <= int(at) <= len(paper.slots):
        return int(at)
    return next((slot.number for slot in paper.slots if given.get(slot.question.id) is None), 1)


def _onward(db: Db, attempt: Attempt, then: str) -> str:
    """Give the way on from a page of answers: the review, another question, or the same in the other view."""
    if then == "review":
        return f"/attempts/{attempt.id}/review"
    if then in {"one", "all"}:
        attempts.choose_view(db, attempt, one_at_a_time=then == "one")
    return f"/attempts/{attempt.id}" + (f"?at={then}" if then.isascii() and then.isdigit() else "")


def _check(db: Db, attempt: Attempt, learner: Person, form: Sent, show: Show, *, now: datetime) -> Response:
    """Lock an answer and show what it earns; one that is not there, or cannot be read, is to be mended first."""
    course, paper, given = laid_out(db, attempt)
    slot = paper.slot(form.text("check"))
    if slot is None:
        raise attempts.NotAskedHere
    number = str(slot.number)
    try:
        if not answers.remark(slot, given.get(slot.question.id)):
            attempts.check_answer(db, attempt, slot.question.id, now=now)
            where = f"?at={number}" if attempt.one_at_a_time else ""
            return see_other(f"/attempts/{attempt.id}{where}#q-{slot.question.id}")
        remarks = exam_pages.NO_REMARKS
    except NothingToCheck as refused:
        remarks = refused.fields
    page = _exam_page(db, attempt, learner, at=number, remarks=remarks, now=now)
    return show(page, status=NothingToCheck.status, language=course.language)


def laid_out(db: Db, attempt: Attempt) -> tuple[Course, Paper, Answers]:
    """Give the course, the paper and the answers of an attempt, every key as it was corrected since."""
    edition = editions.by_id(db, attempt.edition_id)
    paper = rulings.laid_over(attempts.paper_of(edition.course, attempt), rulings.in_force(db, edition))
    return edition.course, paper, attempts.answers(db, attempt)


def _save_one(db: Db, attempt: Attempt, form: Sent, *, now: datetime) -> tuple[Saved, str]:
    slot = attempts.asked(db, attempt, form.text("question"))
    digits = form.text("sequence")
    sequence = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 17 else -1
    given, key = answers.read(form, slot), form.text("key")
    saved = attempts.keep(db, attempt, slot, given, sequence=sequence, key=key, now=now)
    return saved, answers.remark(slot, given)


def _save_changes(db: Db, attempt: Attempt, form: Sent, *, now: datetime) -> None:
    """Keep what was changed on a whole page sent without script: an untouched answer is not sent as new.

    What was checked meanwhile, in another window, stays as it is: the page that follows shows it.
    """
    checked = attempts.checked(db, attempt)
    for slot in attempts.paper(db, attempt).slots:
        given = answers.read(form, slot)
        if slot.question.id not in checked and answers.as_kept(slot, given) != form.text(f"was.{slot.question.id}"):
            sequence, key = int(now.timestamp() * 1000), secrets.token_hex(16)
            attempts.keep(db, attempt, slot, given, sequence=sequence, key=key, now=now)


def _clock(moment: datetime, learner: Person) -> str:
    return time_zones.clock_time(moment.astimezone(time_zones.zone(learner.time_zone)))
