"""`continua evidence`: the evidence pack of a published course, as an application for approval asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from app.awards.drawing import DrawingRoom
from app.cli import opening
from app.kit.clock import system_clock
from app.kit.errors import Conflict
from app.kit.files import Files
from app.library import editions, provider
from app.library.editions import Edition, NoSuchCourse, NoSuchEdition
from app.records import active_time, evidence_pack
from app.records.evidence_pack import Pack
from app.settings import Settings
from app.web import disclosures


class FileInUse(Conflict):
    """A file of that name is there already."""

    def __init__(self, target: Path) -> None:
        """Name the file."""
        super().__init__(f"{target} is there already, and was not written over. Name another file, or move it away.")


def evidence(
    code: Annotated[str, typer.Argument(help="The course's code.")],
    to: Annotated[Path, typer.Option(help="The zip file to write.")],
    edition: Annotated[
        str, typer.Option(metavar="HASH", help="An edition, by the beginning of its hash. Else the current one.")
    ] = "",
) -> None:
    """Write the evidence pack of a course: one PDF, a sample certificate, every section as text, the exact source."""
    settings = Settings()
    if to.exists():
        raise FileInUse(to)
    database, room = opening.records(settings), DrawingRoom()
    try:
        with database.read() as db:  # a drawing takes seconds: it must keep nobody from writing
            _write(_pack(db, _edition(db, code, edition), room, settings), to)
    finally:
        room.close()
        database.close()
    typer.echo(str(to))


def _edition(db: Session, code: str, typed: str) -> Edition:
    found = editions.by_hash(db, typed) if typed else editions.newest(db, code)
    if found is None:
        raise NoSuchCourse
    if found.course_code != code:
        raise NoSuchEdition(typed)
    return found


def _pack(db: Session, edition: Edition, room: DrawingRoom, settings: Settings) -> Pack:
    rows, files = disclosures.rows(edition.course, provider.current(db)), Files(settings.data / "media")
    measured, now = active_time.of(db, edition), system_clock()
    subject, source = evidence_pack.of_edition(db, edition, files, disclosed=rows, measured=measured, now=now)
    return evidence_pack.pack(
        subject, source, evidence_pack.sample(db, subject, address=settings.address), draws=room
    )  # fmt: skip


def _write(pack: Pack, to: Path) -> None:
    """Write aside, then rename: half a pack is never taken for a whole one."""
    to.parent.mkdir(parents=True, exist_ok=True)
    aside = to.with_name(f"{to.name}.part")
    with aside.open("wb") as file:
        for piece in pack.stream():
            file.write(piece)
    aside.replace(to)
