"""`continua handout`: a handout written in Markdown as a PDF to print, to write on, and to have read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.awards.document.handout_sheets import MAKER, PAPERS
from app.awards.drawing import DrawingRoom, FontsMissing, NotDrawn, PangoMissing
from app.content import handouts
from app.kit.clock import system_clock
from app.kit.errors import Conflict, Invalid, Refusal, Unavailable
from app.records import printing

TIMEOUT_SECONDS = 60.0


class HandoutNotDrawn(Unavailable):
    """The handout is sound, and its PDF could not be drawn."""

    message = "The PDF could not be drawn just now. Nothing is wrong with the handout. Try again in a minute."


class NotOurPdf(Conflict):
    """A file of that name is there already, and it is not a handout that was drawn here."""

    def __init__(self, target: Path) -> None:
        """Name the file."""
        super().__init__(f"{target} is there already and was not drawn from a handout. Move it away, or name another.")


def handout(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.md…", help="Handouts in Markdown.")],
    to: Annotated[Path | None, typer.Option(help="The PDF to write; without it, beside the handout.")] = None,
    paper: Annotated[str, typer.Option(help=f"The paper: {' or '.join(PAPERS)}.")] = "letter",
) -> None:
    """Draw handouts as PDFs to print and write on; descriptions of pictures are passed over. Exit: 1 if one fails."""
    _check(files, to, paper)
    room, refused = DrawingRoom(), False
    try:
        for path in files:
            try:
                _each(path, to or path.with_suffix(".pdf"), paper, room)
            except Refusal as refusal:
                refused = True
                typer.echo(f"continua: {refusal.message}", err=True)
    finally:
        room.close()
    if refused:
        raise typer.Exit(1)


def _check(files: Sequence[Path], to: Path | None, paper: str) -> None:
    if paper not in PAPERS:
        raise Invalid({"paper": f"Handouts are drawn on: {', '.join(PAPERS)}."})
    if to is not None and len(files) > 1:
        raise Invalid({"to": "One PDF holds one handout. Leave --to out, and each is written beside its handout."})


def _each(path: Path, target: Path, paper: str, room: DrawingRoom) -> None:
    """Draw one handout, and say where it is; or say why it is none."""
    if medium := handouts.described(path):
        typer.echo(f"{path} tells what {medium.name} shows or says, so it is no handout: passed over.", err=True)
        return
    if target.exists() and not _is_ours(target):
        raise NotOurPdf(target)
    reading = handouts.read(path, today=system_clock().date())
    for warning in reading.warnings:
        typer.echo(str(warning), err=True)
    told = replace(reading.handout, html=printing.sheet(reading.handout.html))
    try:
        drawn = room.draw_handout(told, timeout=TIMEOUT_SECONDS, paper=paper)
    except NotDrawn as refused:
        raise _refusal(path, refused) from refused
    _write(target, drawn)
    typer.echo(str(target))


def _is_ours(target: Path) -> bool:
    return target.is_file() and MAKER.encode() in target.read_bytes()


def _refusal(path: Path, refused: NotDrawn) -> HandoutNotDrawn:
    if isinstance(refused, FontsMissing):
        letters = refused.message.rpartition(": ")[2]
        return HandoutNotDrawn(f"{path} has letters that no font on this machine has: {letters}")
    if isinstance(refused, PangoMissing):
        return HandoutNotDrawn("Handouts cannot be drawn on this machine before Pango is installed. It sets the type.")
    return HandoutNotDrawn()


def _write(target: Path, content: bytes) -> None:
    """Write aside, then rename: half a PDF is never taken for a whole one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    aside.write_bytes(content)
    aside.replace(target)
