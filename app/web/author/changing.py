"""Files that come, go, or get another name: each asked for on a page of its own, so that nothing goes by a slip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.content import sample
from app.content.folder import EVALUATION, EXAM
from app.content.spelling import slug
from app.kit.errors import Invalid
from app.library import drafts
from app.library.drafts import DraftFile, NoSuchFile
from app.request import Form, Sent
from app.web.author import frame, kinds
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage, seen
from app.web.render import Shows, see_other

router = APIRouter(prefix=frame.COURSE)

MODULE = "module"
SPARE = {EXAM: "The final exam", EVALUATION: "Your own questions for the evaluation"}
BEGINNING = """---
objectives: [1]
---
# {title}

Write here. A line that begins with ## is a heading; a blank line begins a new paragraph.
"""


@dataclass(frozen=True, kw_only=True)
class AddPage(StudioPage):
    """What a course can have more of."""

    template: ClassVar[str] = "author/add.html"
    missing: tuple[tuple[str, str], ...]  # files that a course has once, and this one has not: name and words
    sent: str
    errors: tuple[tuple[str, str], ...]
    add_href: str
    media_href: str


@dataclass(frozen=True, kw_only=True)
class RenamePage(StudioPage):
    """Another name for a file."""

    template: ClassVar[str] = "author/rename.html"
    name: str
    sent: str
    errors: tuple[tuple[str, str], ...]
    revision: int
    act_href: str
    file_href: str
    is_module: bool


@dataclass(frozen=True, kw_only=True)
class RemovePage(StudioPage):
    """Before a file is taken out."""

    template: ClassVar[str] = "author/remove.html"
    name: str
    kind: str
    revision: int
    act_href: str
    file_href: str


@router.get("/add")
def ask_add(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Ask what to add."""
    return show(_add_page(desk))


@router.post("/add")
def add(desk: AtDesk, form: Form, show: Shows) -> Response:
    """Add a module under its title, or a file that a course has once."""
    try:
        name, text = _beginning(desk, form)
        file = drafts.write(desk.db, desk.draft, name, text, over=0, by=desk.author, now=desk.now)
    except Invalid as invalid:
        errors = tuple((("title", said) if key == "name" else (key, said)) for key, said in invalid.fields.items())
        return show(_add_page(desk, sent=form.text("title"), errors=errors), status=invalid.status)
    return see_other(desk.at(f"/files/{file.name}"))


def _add_page(desk: Desk, *, sent: str = "", errors: tuple[tuple[str, str], ...] = ()) -> AddPage:
    there = {file.name for file in drafts.files_of(desk.db, desk.draft)}
    return AddPage(
        title="Add a file",
        studio=frame.studio(desk.draft, here="files"),
        missing=tuple((name, words) for name, words in SPARE.items() if name not in there),
        sent=sent,
        errors=errors,
        add_href=desk.at("/add"),
        media_href=desk.at("/media"),
    )


def _beginning(desk: Desk, form: Sent) -> tuple[str, str]:
    kind, draft = form.text("kind"), desk.draft
    if kind in SPARE:
        begun = sample.files(draft.title or draft.course_code, draft.course_code, today=desk.now.date())
        return kind, begun[kind].decode()
    title = sample.plain(form.text("title"))
    ending = slug(title)
    if not ending:
        raise Invalid({"title": "Give the module a title. You can change it later."})
    number = _next_number(drafts.files_of(desk.db, desk.draft))
    return f"{number:02}-{ending[:60].strip('-')}.md", BEGINNING.format(title=title)


def _next_number(there: Iterable[DraftFile]) -> int:
    numbers = [kinds.place(file.name)[1] for file in there if "/" not in file.name]
    return max(numbers, default=0) + 1


@router.get("/rename/{name:path}")
def ask_rename(desk: AtDesk, name: str, show: Shows) -> HTMLResponse:
    """Ask for another name."""
    return show(_rename_page(desk, file_of(desk, name)))


@router.post("/rename/{name:path}")
def rename(desk: AtDesk, name: str, form: Form, show: Shows) -> Response:
    """Give a file another name; its history comes along."""
    file = file_of(desk, name)
    to = form.text("name")
    try:
        renamed = drafts.rename(desk.db, desk.draft, name, to=to, over=seen(form), by=desk.author, now=desk.now)
    except Invalid as invalid:
        return show(_rename_page(desk, file, sent=to, errors=tuple(invalid.fields.items())), status=invalid.status)
    return see_other(desk.at(f"/files/{renamed.name}"))


def _rename_page(
    desk: Desk, file: DraftFile, *, sent: str = "", errors: tuple[tuple[str, str], ...] = ()
) -> RenamePage:
    return RenamePage(
        title=f"Rename {file.name}",
        studio=frame.studio(desk.draft, here="files"),
        name=file.name,
        sent=sent or file.name,
        errors=errors,
        revision=file.revision,
        act_href=desk.at(f"/rename/{file.name}"),
        file_href=desk.at(f"/files/{file.name}"),
        is_module="/" not in file.name,
    )


@router.get("/remove/{name:path}")
def ask_remove(desk: AtDesk, name: str, show: Shows) -> HTMLResponse:
    """Ask before a file is taken out."""
    file = file_of(desk, name)
    page = RemovePage(
        title=f"Remove {file.name}",
        studio=frame.studio(desk.draft, here="files"),
        name=file.name,
        kind=kinds.kind_of(file.name),
        revision=file.revision,
        act_href=desk.at(f"/remove/{file.name}"),
        file_href=desk.at(f"/files/{file.name}"),
    )
    return show(page)


@router.post("/remove/{name:path}")
def remove(desk: AtDesk, name: str, form: Form) -> RedirectResponse:
    """Take a file out of the course; its history stays."""
    drafts.remove(desk.db, desk.draft, name, over=seen(form), by=desk.author, now=desk.now)
    return see_other(desk.at())


def file_of(desk: Desk, name: str) -> DraftFile:
    """Give a file of a draft, or raise `NoSuchFile`."""
    found = next((file for file in drafts.files_of(desk.db, desk.draft) if file.name == name), None)
    if found is None:
        raise NoSuchFile
    return found
