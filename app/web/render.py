"""Pages: a frozen value that names its template and holds all it shows, and nothing that could query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlmodel import Session

from app.identity import access, sign_in
from app.identity.access import Right
from app.identity.people import Person
from app.kit.templates import environment
from app.library import logos, provider
from app.library.logos import Shown
from app.request import Db, House, Now, Visitor, Wiring

DESCRIPTION = "Continuing education for social workers: read, take the exam, get a certificate anyone can check."
THEMES = ("", "light", "dark")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    title: str
    path: str
    provider_name: str
    demonstration: bool
    person_name: str = ""
    person_id: str = ""  # whose unsaved answers this device may keep
    theme: str = ""
    language: str = "en"
    wide: bool = False
    studio: bool = False  # she may write courses, or review what others wrote
    admin: bool = False  # she may run the office, or read its records
    evidence: bool = False  # she may see what led to anybody's
    logo: Shown | None = None
    officer: bool = False  # she looks up certificates for a board, and has no office to go to
    site: str = ""  # what stands before the site's own addresses: nothing, but in a preview
    description: str = DESCRIPTION


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one template shows. A subclass names the template and holds plain values only."""

    template: ClassVar[str]
    wide: ClassVar[bool] = False
    title: str

    def described(self) -> dict[str, str]:
        """Give what a search engine shows of the page, where it has a summary of its own."""
        summary = getattr(self, "summary", "")
        return {"description": summary} if summary else {}


def html(page: Page, frame: Frame) -> str:
    """Write a page."""
    template = environment().get_template(page.template)
    return template.render(page=page, frame=frame)


def fragment(page: Page) -> str:
    """Write a part of a page, for a script that puts it into the page that is there."""
    return environment().get_template(page.template).render(page=page)


def safe(html_text: str) -> Markup:
    """Mark HTML that the course reader has sanitized, so that it is not escaped again."""
    return Markup(html_text)  # noqa: S704 - compiled by content.markdown, which ends in an allow-list


Show = Callable[..., HTMLResponse]


async def show(request: Request, house: House, db: Db, visitor: Visitor) -> Show:
    """Give the verb that answers with a page."""

    def answer(page: Page, *, status: int = 200, language: str = "en") -> HTMLResponse:
        frame = _frame(request, house, page, visitor, db=db, language=language)
        return HTMLResponse(html(page, frame), status_code=status)

    return answer


async def show_by_reading(request: Request, house: House, now: Now) -> Show:
    """Give the same verb to a form that writes nothing: no writer waits for however long it takes."""

    def answer(page: Page, *, status: int = 200, language: str = "en") -> HTMLResponse:
        with house.database.read() as db:
            token = request.cookies.get(house.cookie("continua"))
            known = sign_in.known(db, token, now=now) if token else None
            person = known.person if known and known.is_live else None
            frame = _frame(request, house, page, person, db=db, language=language)
        return HTMLResponse(html(page, frame), status_code=status)

    return answer


def _frame(request: Request, house: Wiring, page: Page, visitor: Person | None, *, db: Session, language: str) -> Frame:
    offered_by = provider.current(db)
    return Frame(
        title=page.title,
        path=request.url.path,
        provider_name=offered_by.name,
        logo=logos.shown(db, offered_by.logo),
        demonstration=house.settings.demonstration,
        person_name=visitor.label if visitor else "",
        person_id=str(visitor.id) if visitor else "",
        theme=theme_of(request),
        language=language,
        wide=page.wide,
        studio=visitor is not None and access.may(visitor, Right.REVIEW),
        admin=visitor is not None and access.may(visitor, Right.OVERSEE),
        evidence=visitor is not None and access.may(visitor, Right.EVIDENCE),
        officer=visitor is not None and access.may(visitor, Right.LOOK_UP) and not access.may(visitor, Right.OVERSEE),
        **page.described(),
    )


Shows = Annotated[Show, Depends(show)]
ShowsByReading = Annotated[Show, Depends(show_by_reading)]


def theme_of(request: Request) -> str:
    """Give the theme the browser chose, or none for the system's own."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def see_other(path: str) -> RedirectResponse:
    """Answer a form: the act is done, and its page is over there."""
    return RedirectResponse(path, status_code=303)


def local_path(next_path: str, otherwise: str = "/") -> str:
    """Give a path of this site to go on to; anything that could lead elsewhere becomes `otherwise`."""
    fits = next_path.startswith("/") and not next_path.startswith(("//", "/\\"))
    return next_path if fits and next_path.isprintable() and "\\" not in next_path else otherwise
