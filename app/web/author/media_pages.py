"""Pictures, recordings and handouts of a draft: how they come in, and the line that shows each in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from app.content.folder import MEDIA
from app.kit.errors import Invalid
from app.library import drafts, media, names
from app.library.drafts import Draft, DraftFile, NoSuchFile
from app.library.media import Arrived, NotDescribed
from app.request import House, Sent
from app.web import files as served
from app.web import refusals
from app.web.author import frame, kinds
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage, address, seen
from app.web.author.uploads import Uploaded
from app.web.render import Shows, see_other

router = APIRouter(prefix=frame.COURSE)


@dataclass(frozen=True, kw_only=True)
class AddMediumPage(StudioPage):
    """A form for one file."""

    template: ClassVar[str] = "author/add_medium.html"
    act_href: str
    back_href: str
    sent: str
    errors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class MediumPage(StudioPage):
    """One picture or recording, and the line that shows it."""

    template: ClassVar[str] = "author/medium.html"
    name: str
    kind: str
    raw_href: str
    shows: str  # picture | video | audio | nothing
    line: str
    is_described: bool
    needs: tuple[str, ...]  # captions and transcripts that must lie beside it, and do not
    revision: int
    replace_href: str
    rename_href: str
    remove_href: str
    history_href: str
    saved: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of an upload: it is kept, or a sentence says why not."""

    form: Sent
    arrived: Arrived | None
    refused: Invalid | None


def arrival(uploaded: Uploaded, house: House) -> Arrival:
    """Keep the file of a form. This comes before any database is opened for writing: it may take a while."""
    if not uploaded.files:
        return Arrival(uploaded.form, None, Invalid({"file": "Choose a file first."}, "Choose a file first."))
    sent = uploaded.files[0]
    try:
        return Arrival(uploaded.form, media.keep(sent.content, sent.name, house.files), None)
    except Invalid as invalid:
        return Arrival(uploaded.form, None, invalid)


Came = Annotated[Arrival, Depends(arrival)]


@router.get("/media")
def ask(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Ask for a file and the words that stand for it."""
    return show(_form(desk.draft))


@router.post("/media")
def add(came: Came, desk: AtDesk, request: Request, show: Shows) -> Response:
    """Add a file to the course, or put it in the place of another."""
    words = came.form.text("alt")
    try:
        file, line = _put(desk, came)
    except Invalid as invalid:
        if refusals.wants_json(request):
            raise
        return show(_form(desk.draft, sent=words, errors=tuple(invalid.fields.items())), status=invalid.status)
    if refusals.wants_json(request):
        return JSONResponse({"name": file.name, "line": line}, headers={"Cache-Control": "no-store"})
    described = f"?alt={quote(words)}" if words and not names.is_text(file.name) else ""
    return see_other(desk.at(f"/files/{file.name}{described}"))


def _put(desk: Desk, came: Arrival) -> tuple[DraftFile, str]:
    if came.refused or came.arrived is None:
        raise came.refused or NoSuchFile
    arrived, form = came.arrived, came.form
    if replaced := form.text("replace"):
        over = seen(form)
        return drafts.replace_media(desk.db, desk.draft, replaced, arrived, over=over, by=desk.author, now=desk.now), ""
    line = media.line(arrived.name, alt=form.text("alt"), decorative=bool(form.text("decorative")))
    return drafts.add_media(desk.db, desk.draft, arrived, by=desk.author, now=desk.now), line


def _form(draft: Draft, *, sent: str = "", errors: tuple[tuple[str, str], ...] = ()) -> AddMediumPage:
    return AddMediumPage(
        title="Add a picture or recording",
        studio=frame.studio(draft, here="files"),
        act_href=address(draft, "/media"),
        back_href=address(draft),
        sent=sent,
        errors=errors,
    )


def page_of(desk: Desk, name: str, *, alt: str) -> MediumPage:
    """Show one medium of a draft."""
    draft = desk.draft
    standing = {file.name: file for file in drafts.files_of(desk.db, draft)}
    if name not in standing:
        raise NoSuchFile
    file = standing[name]
    return MediumPage(
        title=name,
        studio=frame.studio(draft, here="files"),
        name=name,
        kind=kinds.kind_of(name),
        raw_href=address(draft, f"/raw/{name}"),
        shows=_shows(name),
        line=_line(name, alt),
        is_described=bool(alt),
        needs=tuple(f"{MEDIA}/{one.rpartition('/')[2]}" for one in _wants(file) if one not in standing),
        revision=file.revision,
        replace_href=address(draft, "/media"),
        rename_href=address(draft, f"/rename/{name}"),
        remove_href=address(draft, f"/remove/{name}"),
        history_href=address(draft, f"/history/{name}"),
        saved=desk.moment(file.changed_at),
    )


def _line(name: str, alt: str) -> str:
    try:
        return media.line(name, alt=alt)
    except NotDescribed:
        return media.line(name, alt="What the picture shows")


def _wants(file: DraftFile) -> tuple[str, ...]:
    return Arrived(file.name, media.Content(file.sha256, file.size)).wants


def _shows(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    if ending in kinds.PICTURES:
        return "picture"
    return {"mp4": "video", "webm": "video", "mp3": "audio", "m4a": "audio"}.get(ending, "nothing")


@router.get("/raw/{name:path}")
def raw(desk: AtDesk, name: str) -> Response:
    """Serve a medium to those who write the course: it is nobody else's before it is published."""
    file = next((one for one in drafts.files_of(desk.db, desk.draft) if one.name == name), None)
    path = media.lies(desk.house.files, file.sha256, name) if file and not names.is_text(name) else None
    if path is None:
        raise NoSuchFile
    headers = {"Cache-Control": "private, no-cache", "Content-Security-Policy": served.SANDBOX}
    return FileResponse(path, media_type=served.media_type(name), headers=headers)
