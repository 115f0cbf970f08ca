"""The Studio's first page, and each course's: what there is to write, how it stands, and how one begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.assessment import question_reports
from app.content import sample
from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit.errors import Invalid
from app.library import authors, drafts, editions, reviews
from app.library.drafts import Draft, hands
from app.library.editions import Edition, NoSuchCourse
from app.request import Db, Form, House, Instructor, Now, Reviewer
from app.web.author import frame
from app.web.author.frame import StudioPage, address
from app.web.render import Shows, see_other
from app.web.words import counted

router = APIRouter()


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One course that is being written."""

    title: str
    href: str
    state: str
    changed: str


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One published course that is not open for writing."""

    code: str
    title: str
    href: str
    published: str


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """One course whose learners say that something is wrong with a question."""

    title: str
    href: str
    count: str


@dataclass(frozen=True, kw_only=True)
class StudioHomePage(StudioPage):
    """Everything she writes and may open."""

    template: ClassVar[str] = "author/home.html"
    may_write: bool
    awaiting: tuple[DraftRow, ...]  # what somebody asked her to review
    reported: tuple[ReportedRow, ...]  # courses with reports that nobody has answered
    drafts: tuple[DraftRow, ...]
    published: tuple[ShelfRow, ...]


@dataclass(frozen=True, kw_only=True)
class NewCoursePage(StudioPage):
    """How a course begins: a title and a code."""

    template: ClassVar[str] = "author/new.html"
    sent: Mapping[str, str]
    errors: tuple[tuple[str, str], ...]


@router.get("/author")
def home(db: Db, reader: Reviewer, now: Now, show: Shows) -> HTMLResponse:
    """Show what she writes, what she may open, and what awaits her signature."""
    hers = drafts.of_author(db, reader) if access.may(reader, Right.AUTHOR) else []
    current = {edition.course_code: edition for edition in editions.on_shelf(db)}
    mine = _published_and_hers(db, reader, current)
    page = StudioHomePage(
        title="Studio",
        may_write=access.may(reader, Right.AUTHOR),
        awaiting=_awaiting(db, reader, now=now),
        reported=_reported(db, mine, current),
        drafts=tuple(_draft_row(draft, current.get(draft.course_code), reader, now=now) for draft in hers),
        published=_openable(reader, mine, hers, current, now=now),
    )
    return show(page)


def _awaiting(db: Db, person: Person, *, now: datetime) -> tuple[DraftRow, ...]:
    """Give what waits for a signature, without what she wrote herself."""
    asked = drafts.open_ones(db, (one.draft_id for one in reviews.waiting(db)))
    return tuple(
        DraftRow(
            title=one.title,
            href=address(one, "/publish"),
            state="A colleague asks you to read it",
            changed=frame.moment(one.changed_at, person, now=now),
        )
        for one in hands.readable(db, person, asked)
    )


def _published_and_hers(db: Db, person: Person, current: Mapping[str, Edition]) -> set[str]:
    """Give the codes of the published courses that she may write."""
    if access.may(person, Right.AUTHOR_ALL):
        return set(current)
    return authors.courses_of(db, person) & current.keys() if access.may(person, Right.AUTHOR) else set()


def _reported(db: Db, mine: set[str], current: Mapping[str, Edition]) -> tuple[ReportedRow, ...]:
    """Give the courses of hers that have reports waiting."""
    return tuple(
        ReportedRow(current[code].title, f"/author/shelf/{code}/reports", f"{counted(number, 'report')} waiting")
        for code, number in sorted(question_reports.waiting(db, mine).items())
    )


def _draft_row(draft: Draft, edition: Edition | None, person: Person, *, now: datetime) -> DraftRow:
    return DraftRow(
        title=draft.title or draft.course_code,
        href=address(draft),
        state="On offer; this is the draft of its next edition" if edition else "Never published",
        changed=frame.moment(draft.changed_at, person, now=now),
    )


def _openable(
    person: Person, mine: set[str], hers: list[Draft], current: Mapping[str, Edition], *, now: datetime
) -> tuple[ShelfRow, ...]:
    """Give what is published, hers to write, and not open."""
    closed = mine - {draft.course_code for draft in hers}
    return tuple(
        ShelfRow(code, one.title, f"/courses/{code}", frame.moment(one.published_at, person, now=now))
        for code, one in sorted(current.items(), key=lambda item: item[1].title)
        if code in closed
    )


@router.get("/author/new")
def new(_author: Instructor, show: Shows) -> HTMLResponse:
    """Ask for the title of a new course."""
    return show(NewCoursePage(title="New course", sent={}, errors=()))


@router.post("/author/new")
def begin(form: Form, house: House, db: Db, author: Instructor, now: Now, show: Shows) -> Response:
    """Begin a course with the sample; without a code of her own it gets one from its title."""
    title = form.text("title")
    code = form.text("code").strip() or sample.code_for(title)
    try:
        draft = drafts.begin(db, title=title, code=code, by=author, files=house.files, now=now)
    except Invalid as invalid:
        sent = {"title": title, "code": code}
        page = NewCoursePage(title="New course", sent=sent, errors=tuple(invalid.fields.items()))
        return show(page, status=invalid.status)
    return see_other(address(draft))


@router.post("/author/open")
def open_published(form: Form, house: House, db: Db, author: Instructor, now: Now) -> RedirectResponse:
    """Open a published course for writing: a draft of its next edition."""
    edition = editions.newest(db, form.text("code"))
    if edition is None:
        raise NoSuchCourse
    draft = drafts.from_edition(db, edition, by=author, files=house.files, now=now)
    return see_other(address(draft))
