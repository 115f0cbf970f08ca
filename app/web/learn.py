"""Reading: the text first, knowledge checks in its flow, and a place that is never lost."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from app.assessment import papers
from app.assessment.papers import Slot
from app.awards import completion
from app.content.course import Check, Course, Module, Prose, Question
from app.content.scenario import Scenario
from app.identity.people import Person
from app.kit.errors import NotFound
from app.learning import beats, enrollments, progress, readers, seat_time
from app.learning.enrollments import Enrollment, Student
from app.learning.progress import Reading
from app.library import editions
from app.library.editions import Edition
from app.request import Db, Form, House, MaybeStudent, Now, Sent, Wiring
from app.web import answers, choosing, playing, questions, report_forms, time_spent
from app.web.catalog import OutlineItem, outline
from app.web.playing import ScenarioView
from app.web.questions import QuestionView
from app.web.render import Page, Shows, safe, see_other
from app.web.report_forms import Reports
from app.web.words import minutes_in_words

router = APIRouter()

BLOCK = re.compile(r"b\d{1,5}")


@dataclass(frozen=True, slots=True)
class CheckView:
    """A knowledge check in the text: to be answered, or answered and explained."""

    id: str
    title: str
    intro: Markup
    questions: tuple[QuestionView, ...]
    answered: bool  # sent; some questions may still be open

    @property
    def is_open(self) -> bool:
        """Whether a question is left to answer. What is written for oneself is never sent, so it never is."""
        return any(not (question.verdict or question.stays) for question in self.questions)

    @property
    def is_sent(self) -> bool:
        """Whether there is anything to send at all."""
        return not all(question.stays for question in self.questions)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text, a knowledge check or a scenario: exactly one of the three."""

    prose: Markup | None = None
    check: CheckView | None = None
    scenario: ScenarioView | None = None


@dataclass(frozen=True, kw_only=True)
class ModulePage(Page):
    """One module to read."""

    template: ClassVar[str] = "learn/module.html"
    wide: ClassVar[bool] = True
    code: str
    course_title: str
    number: int
    count: int
    minutes: int
    minutes_left: str  # of the whole course; empty when all is read
    outline: tuple[OutlineItem, ...]
    sections: tuple[tuple[str, str], ...]  # id and title
    blocks: tuple[Block, ...]
    references: tuple[tuple[str, Markup], ...]  # key and text, of what this module cites
    is_done: bool
    previous: tuple[str, str] | None  # address and title
    following: str  # title of what comes after “Done, next”
    place: str  # id of the paragraph she was at; empty at the start
    may_keep_place: bool
    newer: str = ""  # the address where she chooses a newer edition; empty where none is offered
    reports: Reports | None = None
    opened: str = ""  # when this page was made, sealed; empty where her time is not counted
    counts_at: str = ""  # where its beats go; empty before she has marked anything
    counts_up_to: int = 0  # minutes, where no script runs


@router.get("/courses/{code}/modules/{slug}")
def module(
    code: str, slug: str, request: Request, house: House, db: Db, student: MaybeStudent, now: Now, show: Shows
) -> HTMLResponse:
    """Show a module. A knowledge check is answered by its address, so it works without a script or an account."""
    enrollment = enrollments.latest(db, student, code) if student else None
    edition = editions.by_id(db, enrollment.edition_id) if enrollment else editions.current(db, code)
    course = edition.course
    found = module_of(course, slug)
    reading = progress.of(db, enrollment.id) if enrollment else progress.NOTHING_YET
    page = module_page(course, found, reading, sent_in_address(request), keeps_place=enrollment is not None)
    page = replace(page, newer=choosing.newer(db, enrollment), **_counting(house, enrollment, found, code, now=now))
    person = student if isinstance(student, Person) else None
    reports = report_forms.of(db, person, edition.id, action=f"/courses/{code}/modules/{slug}/reports")
    return show(replace(page, reports=reports), language=course.language)


def _counting(
    house: Wiring, enrollment: Enrollment | None, module: Module, code: str, *, now: datetime
) -> dict[str, Any]:
    """Give what a page counts her time with; nothing once she has completed the course."""
    if enrollment is not None and enrollment.completed_at is not None:
        return {}
    return {
        "opened": house.stamps.seal(now),
        "counts_at": f"/courses/{code}/time" if enrollment else "",
        "counts_up_to": seat_time.without_script(progress.minutes(module)) // 60,
    }


def module_page(
    course: Course, module: Module, reading: Reading, sent: Sent, *, keeps_place: bool, site: str = ""
) -> ModulePage:
    """Build the page of a module, with its check as answered in `sent`; `site` stands before every address of it."""
    index = course.modules.index(module)
    before = course.modules[index - 1] if index else None
    left = reading.minutes_left(course)
    return ModulePage(
        title=module.title,
        code=course.code,
        course_title=course.title,
        number=index + 1,
        count=len(course.modules),
        minutes=progress.minutes(module),
        minutes_left=minutes_in_words(left) if left else "",
        outline=outline(course, reading, current=module.slug, site=site),
        sections=tuple((section.id, section.title) for section in module.sections),
        blocks=_blocks(module, sent),
        references=tuple((one.key, safe(one.html)) for one in course.references if one.key in module.cites),
        is_done=reading.is_done(module),
        previous=(f"{site}/courses/{course.code}/modules/{before.slug}", before.title) if before else None,
        following=_following(course, index),
        place=reading.place.block if reading.place and reading.place.module_slug == module.slug else "",
        may_keep_place=keeps_place,
    )


@router.post("/courses/{code}/modules/{slug}/done")
def done(code: str, slug: str, house: House, db: Db, student: MaybeStudent, form: Form, now: Now) -> RedirectResponse:
    """Mark a module as read and go on; the first mark of somebody unknown begins a reader's row."""
    edition = _edition(db, student, code)
    found = module_of(edition.course, slug)
    answer = see_other(after(edition.course, found))
    if student is not None and _has_finished(db, student, code):
        return answer  # reading it once more begins nothing: “Take it again” does
    if student is None:
        student, token = readers.begin(db, now=now)
        _keep_reader(answer, house, token)
    elif isinstance(student, readers.Reader):
        student.seen_at = now
        db.add(student)
    enrollment = enrollments.begin(db, student, edition, now=now)
    beats.take(db, student, enrollment.id, time_spent.told(house, form, found), now=now)
    progress.mark_done(db, enrollment.id, found, now=now)
    if isinstance(student, Person):
        completion.settle(db, enrollment, student, issuer=house.issuer, now=now)
    return answer


@router.post("/courses/{code}/place", status_code=204)
def place(code: str, db: Db, student: MaybeStudent, form: Form, now: Now) -> Response:
    """Remember the paragraph she is at; whoever has not begun yet has no place to keep."""
    enrollment = enrollments.open_one(db, student, code) if student else None
    block = form.text("block")
    if enrollment is not None and BLOCK.fullmatch(block):
        course = editions.by_id(db, enrollment.edition_id).course
        progress.keep_place(db, enrollment.id, module_of(course, form.text("module")), block=block, now=now)
    return Response(status_code=204)


def _edition(db: Db, student: Student | None, code: str) -> Edition:
    """Give the edition she reads: the one she began, or the one she begins now."""
    enrollment = enrollments.latest(db, student, code) if student else None
    return editions.by_id(db, enrollment.edition_id) if enrollment else editions.to_begin(db, code)


def _has_finished(db: Db, student: Student, code: str) -> bool:
    latest = enrollments.latest(db, student, code)
    return latest is not None and latest.completed_at is not None


def module_of(course: Course, slug: str) -> Module:
    """Find a module by its address, or say that there is none."""
    found = course.module(slug)
    if found is None:
        raise NotFound("This course has no such module. Its page lists them all.")
    return found


def after(course: Course, module: Module, *, site: str = "") -> str:
    """Give the address of what comes after a module."""
    index = course.modules.index(module) + 1
    if index < len(course.modules):
        return f"{site}/courses/{course.code}/modules/{course.modules[index].slug}"
    return f"{site}/courses/{course.code}/exam" if course.exam else f"{site}/courses/{course.code}"


def _following(course: Course, index: int) -> str:
    if index + 1 < len(course.modules):
        return course.modules[index + 1].title
    return "The exam" if course.exam else "The evaluation"


def _keep_reader(answer: Response, house: Wiring, token: str) -> None:
    answer.set_cookie(
        house.cookie("continua-reader"),
        token,
        max_age=int(readers.KEPT_FOR.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=house.settings.scheme == "https",
    )


def sent_in_address(request: Request) -> Sent:
    """Read the answers to a knowledge check from the address of its page."""
    fields: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        fields.setdefault(name, []).append(value)
    return Sent(fields)


def _blocks(module: Module, sent: Sent) -> tuple[Block, ...]:
    return tuple(_block(block, sent) for block in module.blocks)


def _block(block: Prose | Check | Scenario, sent: Sent) -> Block:
    if isinstance(block, Check):
        return Block(check=_check(block, sent))
    if isinstance(block, Scenario):
        return Block(scenario=playing.scenario_view(block, sent))
    return Block(prose=safe(block.html))


def _check(check: Check, sent: Sent) -> CheckView:
    answered = sent.text("check") == check.id
    return CheckView(
        id=check.id,
        title=check.title,
        intro=safe(check.intro_html),
        questions=tuple(
            _question(question, number, sent, answered=answered) for number, question in enumerate(check.questions, 1)
        ),
        answered=answered,
    )


def _question(question: Question, number: int, sent: Sent, *, answered: bool) -> QuestionView:
    slot = Slot(number=number, question=question, order=_order(question))
    return questions.practice_view(slot, answers.read(sent, slot) if answered else None)


def _order(question: Question) -> tuple[int, ...]:
    """Give the order of options in a check: fixed, but not the key's own where writing it down would show it."""
    count = len(question.options or question.pairs or question.items)
    numbers = tuple(range(1, count + 1))
    return papers.never_as_written(numbers, "check", question.id) if question.pairs or question.items else numbers
