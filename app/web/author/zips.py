"""A course as one zip, out and in. What comes in is looked at first; only then is anything changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.background import BackgroundTask

from app.content import reader
from app.content.course import Reading
from app.kit.errors import Invalid
from app.library import drafts, parcels
from app.library.parcels import Unpacked
from app.request import Db, Form, House, Instructor, Now, Wiring
from app.web.author import frame, problems
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage, address
from app.web.author.problems import ProblemsOfFile, ProblemView
from app.web.author.uploads import Uploaded
from app.web.render import Shows, see_other

router = APIRouter()
course_router = APIRouter(prefix=frame.COURSE)

MOST_SHOWN = 100  # problems of a zip that a page lists


@dataclass(frozen=True, kw_only=True)
class UploadPage(StudioPage):
    """A form for a zip."""

    template: ClassVar[str] = "author/upload.html"
    act_href: str
    back_href: str
    course_title: str  # of the course it would go over; empty for a new one
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ParcelPage(StudioPage):
    """What a zip holds and what it would change, before it does."""

    template: ClassVar[str] = "author/parcel.html"
    course_title: str
    is_new: bool
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    same: str  # 12 files stay as they are; empty where none
    is_empty: bool
    left_out: tuple[str, ...]
    problem_words: str
    has_errors: bool
    problems: tuple[ProblemsOfFile, ...]
    over: str
    act_href: str
    again_href: str
    refused: str  # why it cannot be used; empty where it can


def opened(uploaded: Uploaded, house: House) -> Unpacked:
    """Unpack the zip of a form, before any database is opened for writing: it may take a while."""
    if not uploaded.files:
        return Unpacked(None, ("Choose a zip first.",))
    return parcels.unpack(uploaded.files[0].content, house.files)


Opened = Annotated[Unpacked, Depends(opened)]


@course_router.get("/download")
def download(desk: AtDesk) -> Response:
    """Give the course as a zip."""
    packed = parcels.pack(desk.shelf(), code=desk.draft.course_code)
    headers = {
        "Content-Disposition": f'attachment; filename="{packed.name}"',
        "Content-Length": str(packed.size),
        "Cache-Control": "no-store",
    }
    closing = BackgroundTask(packed.content.close)
    return StreamingResponse(packed.pieces(), media_type="application/zip", headers=headers, background=closing)


@router.get("/author/upload")
def ask_new(_author: Instructor, show: Shows) -> HTMLResponse:
    """Ask for the zip of a new course."""
    return show(_new_page())


@router.post("/author/upload")
def take_new(unpacked: Opened, _author: Instructor, show: Shows) -> Response:
    """Take a zip in, and look at it before anything begins."""
    if unpacked.parcel is None:
        return show(_new_page(*unpacked.problems), status=Invalid.status)
    return see_other(f"/author/upload/{unpacked.parcel.key}")


def _new_page(*found: str) -> UploadPage:
    return UploadPage(
        title="Upload a zip", act_href="/author/upload", back_href="/author", course_title="", problems=found
    )


@router.get("/author/upload/{key}")
def look_new(key: str, house: House, _author: Instructor, now: Now, show: Shows) -> HTMLResponse:
    """Show what a zip holds, before a course begins with it."""
    return show(_new_parcel(key, house, now))


def _new_parcel(key: str, house: Wiring, now: datetime, *, refused: str = "") -> ParcelPage:
    parcel = parcels.again(house.files, key)
    reading = reader.read(parcel.shelf(house.files), today=now.date(), label="")
    headline = parcel.headline(today=now.date())
    return ParcelPage(
        title="What this zip holds",
        course_title=headline.title or headline.code,
        is_new=True,
        added=tuple(sorted(parcel.files)),
        changed=(),
        removed=(),
        same="",
        is_empty=False,
        left_out=parcel.left_out,
        problem_words=problems.in_words(reading),
        has_errors=bool(reading.errors),
        problems=_views(reading),
        over="",
        act_href=f"/author/upload/{key}",
        again_href="/author/upload",
        refused=refused,
    )


@router.post("/author/upload/{key}")
def begin(key: str, house: House, db: Db, author: Instructor, now: Now, show: Shows) -> Response:
    """Begin a course with a zip."""
    try:
        draft = parcels.begin(db, parcels.again(house.files, key), by=author, now=now)
    except Invalid as invalid:
        return show(_new_parcel(key, house, now, refused=invalid.message), status=invalid.status)
    return see_other(address(draft))


@course_router.get("/upload")
def ask(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Ask for a zip to go over a course."""
    return show(_page(desk))


@course_router.post("/upload")
def take(unpacked: Opened, desk: AtDesk, show: Shows) -> Response:
    """Take a zip in, and look at it before anything changes."""
    if unpacked.parcel is None:
        return show(_page(desk, *unpacked.problems), status=Invalid.status)
    return see_other(desk.at(f"/upload/{unpacked.parcel.key}"))


def _page(desk: Desk, *found: str) -> UploadPage:
    return UploadPage(
        title="Upload a zip",
        studio=frame.studio(desk.draft, here="files"),
        act_href=desk.at("/upload"),
        back_href=desk.at(),
        course_title=desk.draft.title,
        problems=found,
    )


@course_router.get("/upload/{key}")
def look(key: str, desk: AtDesk, show: Shows) -> HTMLResponse:
    """Show what a zip would change."""
    parcel = parcels.again(desk.house.files, key)
    reading = drafts.checked(desk.draft, parcel.shelf(desk.house.files), today=desk.now.date())
    difference = parcels.compare(desk.db, desk.draft, parcel)
    same = len(difference.same)
    page = ParcelPage(
        title="What this zip would change",
        studio=frame.studio(desk.draft, here="files"),
        course_title=desk.draft.title,
        is_new=False,
        added=difference.added,
        changed=difference.changed,
        removed=difference.removed,
        same=f"{same} {'file stays as it is' if same == 1 else 'files stay as they are'}." if same else "",
        is_empty=difference.is_empty,
        left_out=parcel.left_out,
        problem_words=problems.in_words(reading),
        has_errors=bool(reading.errors),
        problems=_views(reading),
        over=difference.over,
        act_href=desk.at(f"/upload/{key}"),
        again_href=desk.at("/upload"),
        refused="",
    )
    return show(page)


@course_router.post("/upload/{key}")
def apply(key: str, desk: AtDesk, form: Form) -> RedirectResponse:
    """Let the course hold what the zip holds: all of it, or nothing."""
    parcel = parcels.again(desk.house.files, key)
    parcels.replace(desk.db, desk.draft, parcel, over=form.text("over"), by=desk.author, now=desk.now)
    return see_other(desk.at())


def _views(reading: Reading) -> tuple[ProblemsOfFile, ...]:
    """Show the problems of a zip: nothing of it is a draft yet, so no link leads to their lines."""
    found: dict[str, list[ProblemView]] = {}
    for problem in reading.problems[:MOST_SHOWN]:
        found.setdefault(problem.path, []).append(problems.plain(problem))
    return tuple(ProblemsOfFile(name, tuple(views)) for name, views in found.items())
