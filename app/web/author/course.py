"""One course in the Studio: its files, how it stands, what to do next; and how its draft is given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from app.content.course import Reading
from app.library import authors, drafts
from app.web.author import files, frame, problems
from app.web.author.desk import AtDesk, Desk
from app.web.author.files import FileView
from app.web.author.frame import StudioPage
from app.web.render import Shows, see_other

router = APIRouter(prefix=frame.COURSE)


@dataclass(frozen=True, kw_only=True)
class CoursePage(StudioPage):
    """One course: its files, how it stands, and what to do next."""

    template: ClassVar[str] = "author/course.html"
    state: str
    problem_words: str
    has_errors: bool
    next_words: str
    next_href: str
    texts: tuple[FileView, ...]
    media: tuple[FileView, ...]
    changed: str
    authors: tuple[str, ...]
    base: str


@dataclass(frozen=True, kw_only=True)
class DiscardPage(StudioPage):
    """Before a draft is closed."""

    template: ClassVar[str] = "author/discard.html"
    base: str
    is_new: bool  # nothing of it was ever published


@router.get("")
def course(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Show the files of a course, how it stands, and what to do next."""
    draft = desk.draft
    reading = desk.read(desk.shelf())
    views = files.file_views(drafts.files_of(desk.db, draft), draft, reading)
    next_words, next_href = _next(desk, reading)
    page = CoursePage(
        title=draft.title or draft.course_code,
        studio=frame.studio(draft, here="files"),
        state="Draft of the next edition" if draft.based_on else "Draft, never published",
        problem_words=problems.in_words(reading),
        has_errors=bool(reading.errors),
        next_words=next_words,
        next_href=next_href,
        texts=tuple(one for one in views if "/" not in one.name),
        media=tuple(one for one in views if "/" in one.name),
        changed=desk.moment(draft.changed_at),
        authors=tuple(person.label for person in authors.of(desk.db, draft.course_code)),
        base=desk.at(),
    )
    return show(page)


def _next(desk: Desk, reading: Reading) -> tuple[str, str]:
    """Say what to do next, and where."""
    if reading.errors:
        return "Put the errors right", desk.at("/problems")
    return "Review and publish", desk.at("/publish")


@router.get("/discard")
def ask_discard(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Ask before a draft is closed."""
    page = DiscardPage(
        title="Discard this draft",
        studio=frame.studio(desk.draft, here="files"),
        base=desk.at(),
        is_new=desk.draft.based_on is None,
    )
    return show(page)


@router.post("/discard")
def discard(desk: AtDesk) -> RedirectResponse:
    """Close a draft; what was written stays in the records."""
    drafts.discard(desk.db, desk.draft, by=desk.author, now=desk.now)
    return see_other("/author")
