"""The files of a draft, and the editor: a form with a text in it, that saves over what was opened and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from app.content.course import Reading
from app.content.folder import COURSE, Held
from app.library import drafts, names
from app.library.drafts import ChangedMeanwhile, Draft, DraftFile, Opened
from app.request import Form
from app.web import refusals
from app.web.author import frame, kinds, media_pages, problems
from app.web.author.comparing import ComparedRow, rows
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage, address, seen
from app.web.author.problems import ProblemView
from app.web.middleware import FRAMES_OURS
from app.web.render import Page, Shows, fragment, see_other

router = APIRouter(prefix=frame.COURSE)


@dataclass(frozen=True, slots=True)
class FileView:
    """One file to choose."""

    name: str
    href: str
    kind: str
    drawing: str
    problems: int
    tone: str
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class BenchProblems(Page):
    """The problems beside the editor."""

    template: ClassVar[str] = "author/bench_problems.html"
    here: tuple[ProblemView, ...]
    elsewhere: str
    problems_href: str


@dataclass(frozen=True, kw_only=True)
class BenchFiles(Page):
    """The files beside the editor."""

    template: ClassVar[str] = "author/bench_files.html"
    files: tuple[FileView, ...]


@dataclass(frozen=True, kw_only=True)
class EditorPage(StudioPage):
    """One text on the bench."""

    template: ClassVar[str] = "author/editor.html"
    name: str
    kind: str
    text: str
    revision: int
    saved: str
    files: tuple[FileView, ...]
    here: tuple[ProblemView, ...]
    elsewhere: str
    problems_href: str
    problem_count: int
    line_asked: str  # the line that a problem's link asked for; empty where none
    home_href: str
    save_href: str
    preview_href: str
    media_href: str
    history_href: str
    rename_href: str  # empty for course.md, which every course has
    remove_href: str
    notice: str


@dataclass(frozen=True, kw_only=True)
class ChangedPage(StudioPage):
    """Her text and somebody else's, before anything is overwritten."""

    template: ClassVar[str] = "author/changed.html"
    name: str
    message: str
    who: str
    rows: tuple[ComparedRow, ...]
    too_long: bool
    typed: str
    revision: int
    save_href: str
    keep_href: str
    was_removed: bool


@router.get("/files/{name:path}")
def edit(desk: AtDesk, name: str, request: Request, show: Shows) -> HTMLResponse:
    """Open a file: a text in the editor, a medium on its own page."""
    if not names.is_text(name):
        alt = request.query_params.get("alt", "")
        return show(media_pages.page_of(desk, name, alt=alt))
    opened = drafts.read(desk.db, desk.draft, name)
    answer = show(_editor(desk, opened, line=request.query_params.get("line", "")))
    answer.headers["Content-Security-Policy"] = FRAMES_OURS  # its preview stands beside it
    return answer


@router.post("/files/{name:path}")
def save(desk: AtDesk, name: str, request: Request, form: Form, show: Shows) -> Response:
    """Save a text. What somebody else has saved meanwhile is shown first, and hers is kept beside it."""
    put = drafts.autosave if form.text("while_typing") else drafts.write
    try:
        file = put(desk.db, desk.draft, name, form.text("content"), over=seen(form), by=desk.author, now=desk.now)
    except ChangedMeanwhile as changed:
        # Answered, not raised: her text was kept aside in this very transaction.
        return _changed(request, desk, name, changed, show)
    if refusals.wants_json(request):
        return _saved(desk, file)
    return see_other(desk.at(f"/files/{file.name}"))


def _editor(desk: Desk, opened: Opened, *, line: str) -> EditorPage:
    draft, held = desk.draft, desk.shelf()
    reading = desk.read(held)
    beside = _beside(draft, reading, held, opened.name)
    is_needed = opened.name == COURSE
    below = f"/{opened.name}"
    return EditorPage(
        title=opened.name,
        studio=frame.studio(draft, here="files"),
        name=opened.name,
        kind=kinds.kind_of(opened.name),
        text=opened.text,
        revision=opened.over,
        saved=_saved_words(desk, opened),
        files=file_views(drafts.files_of(desk.db, draft), draft, reading, here=opened.name),
        here=beside.here,
        elsewhere=beside.elsewhere,
        problems_href=beside.problems_href,
        problem_count=len(beside.here),
        line_asked=_line_asked(held, opened.name, line),
        home_href=address(draft),
        save_href=address(draft, f"/files{below}"),
        preview_href=kinds.preview_of(draft, opened.name),
        media_href=address(draft, "/media"),
        history_href=address(draft, f"/history{below}"),
        rename_href="" if is_needed else address(draft, f"/rename{below}"),
        remove_href="" if is_needed else address(draft, f"/remove{below}"),
        notice=""
        if opened.is_utf8
        else "This file was not saved as UTF-8. Look at its special letters before you save.",
    )


def _saved_words(desk: Desk, opened: Opened) -> str:
    by = "" if opened.who == desk.author.label else f" by {opened.who}"
    return f"Saved {desk.moment(opened.changed_at)}{by}"


def _line_asked(held: Held, name: str, written: str) -> str:
    number = int(written) if written.isdecimal() and len(written) < 8 else 0
    found = problems.excerpt(held, name, number)
    return f"Line {number}: {found}" if found else ""


def _beside(draft: Draft, reading: Reading, held: Held, name: str) -> BenchProblems:
    here = (problem for problem in reading.problems if problem.path == name)
    return BenchProblems(
        title=name,
        here=tuple(problems.view(draft, problem, held, here=name) for problem in here),
        elsewhere=problems.elsewhere(reading.problems, here=name),
        problems_href=address(draft, "/problems"),
    )


def _saved(desk: Desk, file: DraftFile) -> JSONResponse:
    """Answer the script: the version to save over next, and what is wrong by now."""
    held = desk.shelf()
    reading = desk.read(held)
    beside = _beside(desk.draft, reading, held, file.name)
    views = file_views(drafts.files_of(desk.db, desk.draft), desk.draft, reading, here=file.name)
    told = {
        "revision": file.revision,
        "words": f"Saved {desk.moment(desk.now)}",
        "problems": fragment(beside),
        "files": fragment(BenchFiles(title=file.name, files=views)),
        "count": len(beside.here),
        "is_whole": reading.course is not None,  # otherwise there is no new page to show
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _changed(request: Request, desk: Desk, name: str, changed: ChangedMeanwhile, show: Shows) -> Response:
    theirs = changed.theirs
    over = theirs.over if theirs else 0
    if refusals.wants_json(request):
        told = {"message": changed.message, "revision": over, "theirs": theirs.text if theirs else None}
        return JSONResponse(told, changed.status, headers={"Cache-Control": "no-store"})
    page = ChangedPage(
        title="Changed while you were writing",
        studio=frame.studio(desk.draft, here="files"),
        name=name,
        message=changed.message,
        who=changed.who,
        rows=rows(changed.comparison),
        too_long=changed.comparison.too_long,
        typed=changed.typed,
        revision=over,
        save_href=desk.at(f"/files/{name}"),
        keep_href=desk.at(f"/files/{name}") if theirs else desk.at(),
        was_removed=theirs is None,
    )
    return show(page, status=changed.status)


def file_views(files: list[DraftFile], draft: Draft, reading: Reading, *, here: str = "") -> tuple[FileView, ...]:
    """Show the files in the order of the course."""
    found = problems.by_file(reading)
    return tuple(
        FileView(
            name=file.name,
            href=address(draft, f"/files/{file.name}"),
            kind=kinds.kind_of(file.name),
            drawing=kinds.drawing(file.name),
            problems=len(found.get(file.name, ())),
            tone="wrong" if any(one.level == "error" for one in found.get(file.name, ())) else "attention",
            is_here=file.name == here,
        )
        for file in sorted(files, key=lambda file: kinds.place(file.name))
    )
