"""Who writes a course: its authors, and how a colleague becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.kit.errors import Invalid, NotFound
from app.library import authors
from app.request import Form, RowNumber
from app.web.author import frame
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage
from app.web.render import Shows, see_other

router = APIRouter(prefix=frame.COURSE)


@dataclass(frozen=True, slots=True)
class AuthorRow:
    """One author."""

    name: str
    email: str
    remove_href: str  # empty for the last one: a course needs somebody
    is_you: bool


@dataclass(frozen=True, kw_only=True)
class AuthorsPage(StudioPage):
    """Everybody who may write the course."""

    template: ClassVar[str] = "author/authors.html"
    authors: tuple[AuthorRow, ...]
    add_href: str
    sent: str
    errors: tuple[tuple[str, str], ...]


@router.get("/authors")
def colleagues(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Show who writes a course."""
    return show(_page(desk))


@router.post("/authors")
def add(desk: AtDesk, form: Form, show: Shows) -> Response:
    """Add a colleague by her address."""
    try:
        authors.add(desk.db, desk.draft.course_code, form.text("email"), by=desk.author, now=desk.now)
    except Invalid as invalid:
        errors = tuple(invalid.fields.items())
        return show(_page(desk, sent=form.text("email"), errors=errors), status=invalid.status)
    return see_other(desk.at("/authors"))


@router.post("/authors/{person_id}/remove")
def remove(desk: AtDesk, person_id: RowNumber) -> RedirectResponse:
    """Remove an author; at least one stays."""
    db, code = desk.db, desk.draft.course_code
    leaving = next((one for one in authors.of(db, code) if one.id == person_id), None)
    if leaving is None:
        raise NotFound
    authors.remove(db, code, leaving, by=desk.author, now=desk.now)
    return see_other(desk.at("/authors") if authors.may_write(db, desk.author, code) else "/author")


def _page(desk: Desk, *, sent: str = "", errors: tuple[tuple[str, str], ...] = ()) -> AuthorsPage:
    every = authors.of(desk.db, desk.draft.course_code)
    rows = tuple(
        AuthorRow(
            name=one.label,
            email=one.email if one.label != one.email else "",
            remove_href=desk.at(f"/authors/{one.id}/remove") if len(every) > 1 else "",
            is_you=one.id == desk.author.id,
        )
        for one in every
    )
    return AuthorsPage(
        title="Authors",
        studio=frame.studio(desk.draft, here="files"),
        authors=rows,
        add_href=desk.at("/authors"),
        sent=sent,
        errors=errors,
    )
