"""What a file has been: every version that was saved, what was different then, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from app.library import drafts, names
from app.library.drafts import NoSuchFile, Step
from app.request import RowNumber
from app.web.author import frame
from app.web.author.comparing import ComparedRow, rows
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage
from app.web.render import Shows, see_other
from app.web.words import counted

router = APIRouter(prefix=frame.COURSE)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a file's history."""

    href: str
    saved: str
    who: str
    how: str
    folded: str  # and 12 versions while typing; empty where there were none
    is_now: bool


@dataclass(frozen=True, kw_only=True)
class HistoryPage(StudioPage):
    """Every step of a file, newest first."""

    template: ClassVar[str] = "author/history.html"
    name: str
    steps: tuple[StepView, ...]
    is_text: bool
    file_href: str  # empty where the file was removed


@dataclass(frozen=True, kw_only=True)
class VersionPage(StudioPage):
    """One version of a file, beside what the file holds now."""

    template: ClassVar[str] = "author/version.html"
    name: str
    saved: str
    text: str
    is_text: bool
    rows: tuple[ComparedRow, ...]
    too_long: bool
    is_now: bool
    is_removal: bool
    restore_href: str
    history_href: str


@router.get("/history/{name:path}")
def history(desk: AtDesk, name: str, show: Shows) -> HTMLResponse:
    """Show what a file has been; also one that was removed."""
    steps = drafts.history(desk.db, desk.draft, name)
    if not steps:
        raise NoSuchFile
    standing = {file.name: file for file in drafts.files_of(desk.db, desk.draft)}
    now_held = standing[name].revision if name in standing else 0
    page = HistoryPage(
        title=f"History of {name}",
        studio=frame.studio(desk.draft, here="files"),
        name=name,
        steps=tuple(_step(desk, step, name=name, standing=now_held) for step in steps),
        is_text=names.is_text(name),
        file_href=desk.at(f"/files/{name}") if name in standing else "",
    )
    return show(page)


def _step(desk: Desk, step: Step, *, name: str, standing: int) -> StepView:
    version = step.revision
    return StepView(
        href=desk.at(f"/versions/{version.id}"),
        saved=desk.moment(version.saved_at),
        who=step.who,
        how=f"{version.how} from {version.was}" if version.was else version.how,
        folded=f"and {counted(len(step.folded), 'version')} while typing" if step.folded else "",
        is_now=version.name == name and version.number == standing,
    )


@router.get("/versions/{revision_id}")
def version(desk: AtDesk, revision_id: RowNumber, show: Shows) -> HTMLResponse:
    """Show one version, and what the file holds now that it did not hold then."""
    db, draft = desk.db, desk.draft
    found = drafts.revision(db, draft, revision_id)
    is_text = names.is_text(found.name)
    standing = next((file for file in drafts.files_of(db, draft) if file.name == found.name), None)
    text = drafts.text_of(db, found) if is_text else ""
    today = drafts.read(db, draft, found.name).text if is_text and standing else ""
    compared = drafts.compare(text, today)
    page = VersionPage(
        title="Earlier version",
        studio=frame.studio(desk.draft, here="files"),
        name=found.name,
        saved=desk.moment(found.saved_at),
        text=text,
        is_text=is_text,
        rows=rows(compared) if standing and compared.differs else (),
        too_long=compared.too_long,
        is_now=standing is not None and standing.sha256 == found.sha256,
        is_removal=found.sha256 is None,
        restore_href=desk.at(f"/versions/{found.id}/restore"),
        history_href=desk.at(f"/history/{found.name}"),
    )
    return show(page)


@router.post("/versions/{revision_id}/restore")
def restore(desk: AtDesk, revision_id: RowNumber) -> RedirectResponse:
    """Let the file hold again what it held then."""
    version = drafts.revision(desk.db, desk.draft, revision_id)
    file = drafts.restore(desk.db, desk.draft, version, by=desk.author, now=desk.now)
    return see_other(desk.at(f"/files/{file.name}"))
