"""Reports in the Studio: what learners say is wrong with questions, without their names, and how it is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from app.assessment import question_reports, report_answers
from app.assessment.question_reports import Outcome, Told
from app.assessment.report_answers import LONGEST, Reply
from app.content.course import Check, Course, Question
from app.kit import time_zones
from app.kit.errors import Invalid, NotFound
from app.library import editions
from app.library.editions import Edition
from app.request import Form
from app.web.author import frame
from app.web.author.desk import AtDesk
from app.web.author.frame import StudioPage
from app.web.author.shelved import SHELF, AtShelf, Shelved
from app.web.preview import keys
from app.web.questions import QuestionView
from app.web.render import Shows, see_other
from app.web.words import counted, listed

router = APIRouter(prefix=frame.COURSE)
shelf_router = APIRouter(prefix=SHELF)

OUTCOMES = (
    (str(Outcome.KEPT), "It stays as it is"),
    (str(Outcome.LATER), "It will be corrected"),
    (str(Outcome.CORRECTED), "It is corrected"),
)
MET = {"exam": "in the exam", "result": "in the result", "check": "in a knowledge check"}


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report: when and where, and what was written. Who wrote it is nobody's business here."""

    who: str  # a learner, November 20, in the exam
    remarks: tuple[str, ...]
    answer: str  # what it was answered with; empty while it waits


@dataclass(frozen=True, slots=True)
class ThreadView:
    """One question of one edition, with everything that was reported of it and waits, or was settled."""

    anchor: str
    heading: str
    counts: str  # 2 learners and 1 reader without an account
    edition_words: str
    edition: str
    question_id: str
    reports: tuple[ReportView, ...]
    asked: QuestionView | None  # with its key, for authors alone
    seen: int  # the newest remark on the page
    correct_href: str  # where its key is corrected and attempts are graded again; empty where it is in no exam


@dataclass(frozen=True, kw_only=True)
class ReportsPage(StudioPage):
    """What was reported of a course: what waits first, then what is settled."""

    template: ClassVar[str] = "author/reports.html"
    action: str
    waiting: tuple[ThreadView, ...]
    settled: tuple[ThreadView, ...]
    nothing: str
    outcomes: tuple[tuple[str, str], ...] = OUTCOMES
    longest: int = LONGEST
    sent: Mapping[str, str]
    error: tuple[str, str] = ("", "")  # the anchor of the thread, and what is wrong with its answer


@router.get("/reports")
def of_draft(desk: AtDesk, show: Shows) -> Response:
    """Lead to the reports of what was published; a course that never was has none."""
    if editions.newest(desk.db, desk.draft.course_code) is not None:
        return see_other(f"/author/shelf/{desk.draft.course_code}/reports")
    studio = frame.studio(desk.draft, here="reports")
    nothing = "Learners report questions of what they read. This course was not published yet."
    return show(
        ReportsPage(title="Reports", studio=studio, action="", waiting=(), settled=(), nothing=nothing, sent={})
    )


@shelf_router.get("/reports")
def of_course(at: AtShelf, show: Shows) -> HTMLResponse:
    """Show what was reported of a course."""
    return show(_page(at, sent={}))


@shelf_router.post("/reports")
def answer(at: AtShelf, form: Form, show: Shows) -> Response:
    """Answer what was reported of a question, and tell everybody who did."""
    edition = editions.by_hash(at.db, form.text("of"))
    if edition.course_code != at.edition.course_code:
        raise NotFound
    try:
        reply = _reply(form.text("outcome"), form.text("words"), form.text("seen"))
        report_answers.answer(
            at.db,
            edition,
            form.text("question"),
            reply,
            by=at.author,
            address=at.house.settings.address,
            now=at.now,
        )
    except Invalid as refused:
        thread, sentence = _anchor(edition, form.text("question")), next(iter(refused.fields.values()))
        return show(_page(at, sent=form.texts(), error=(thread, sentence)), status=refused.status)
    return see_other(at.at("reports"))


def _reply(outcome: str, words: str, seen: str) -> Reply:
    if outcome not in set(Outcome):
        raise Invalid({"outcome": "Choose what comes of it."})
    newest = int(seen) if re.fullmatch(r"[0-9]{1,18}", seen) else 0
    return Reply(Outcome(outcome), words, newest)


def _page(at: Shelved, *, sent: Mapping[str, str], error: tuple[str, str] = ("", "")) -> ReportsPage:
    told = question_reports.of_course(at.db, at.edition.course_code)
    texts = editions.of_all(at.db, {one.report.edition_id for one in told})
    return ReportsPage(
        title="Reports",
        studio=at.studio(here="reports"),
        action=f"/author/shelf/{at.edition.course_code}/reports",
        waiting=_threads(at, [one for one in told if not one.is_settled], texts),
        settled=_threads(at, [one for one in told if one.is_settled], texts),
        nothing="Nobody has reported a question of this course.",
        sent=sent,
        error=error,
    )


def _threads(at: Shelved, told: Sequence[Told], texts: Mapping[int, Edition]) -> tuple[ThreadView, ...]:
    """Gather reports by question and edition: most reported first, then the newest."""

    def place(one: Told) -> tuple[int, str]:
        return one.report.edition_id, one.report.question_id

    groups = [list(group) for _, group in groupby(sorted(told, key=place), key=place)]
    groups.sort(key=lambda group: (len(group), group[0].report.id), reverse=True)
    return tuple(_thread(at, group, texts[group[0].report.edition_id]) for group in groups)


def _thread(at: Shelved, told: Sequence[Told], edition: Edition) -> ThreadView:
    first = told[0].report
    course, code = edition.course, edition.course_code
    question, in_exam = _find(course, first.question_id)
    anchor = _anchor(edition, first.question_id)
    published = frame.moment(edition.published_at, at.author, now=at.now)
    return ThreadView(
        anchor=anchor,
        heading=first.heading,
        counts=_counts(told),
        edition_words=f"Edition {edition.short}, published {published}",
        edition=edition.short,
        question_id=first.question_id,
        reports=tuple(_view(at, one) for one in sorted(told, key=lambda one: one.report.id)),
        asked=keys.keyed(question, place=anchor) if question else None,
        seen=max((remark.id for one in told for remark in one.remarks), default=0),
        correct_href=f"/author/shelf/{code}/questions/{first.question_id}/correct" if in_exam else "",
    )


def _anchor(edition: Edition, question_id: str) -> str:
    return f"report-{edition.short}-{question_id}"


def _find(course: Course, question_id: str) -> tuple[Question | None, bool]:
    """Find a question by its id, and whether it is the exam's: ids of checks may be the same."""
    in_exam = {one.id: one for one in (course.exam.questions() if course.exam else ())}
    if question_id in in_exam:
        return in_exam[question_id], in_exam[question_id].graded
    checks = (block for module in course.modules for block in module.blocks if isinstance(block, Check))
    return next((one for check in checks for one in check.questions if one.id == question_id), None), False


def _counts(told: Sequence[Told]) -> str:
    known = len({one.report.person_id for one in told if one.report.person_id is not None})
    unknown = sum(one.report.person_id is None for one in told)
    words = [counted(known, "learner")] if known else []
    words += [f"{counted(unknown, 'report')} without an account"] if unknown else []
    return listed(words)


def _view(at: Shelved, one: Told) -> ReportView:
    zone = time_zones.zone(at.author.time_zone)
    who = "a learner" if one.report.person_id is not None else "a reader without an account"
    day = time_zones.date_in_words(one.report.reported_at.astimezone(zone))
    return ReportView(
        who=f"{who}, {day}, {MET[one.report.place]}",
        remarks=tuple(remark.words for remark in one.remarks if remark.words),
        answer=f"{one.answer.sentence} {one.answer.words}" if one.answer else "",
    )
