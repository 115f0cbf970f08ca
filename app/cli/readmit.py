"""`continua certificates readmit`: taking a certificate back from its file, when its record was lost."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import typer

from app import audit
from app.awards import losses, pdfs
from app.cli import office
from app.identity import people
from app.kit.errors import NotFound


class NoFileThere(NotFound):
    """There is nothing to read."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__(f"{path} cannot be read. Give the sealed PDF, as its holder downloaded it.")


def readmit(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The sealed PDF, as its holder downloaded it.")],
    to: Annotated[str, typer.Option(metavar="EMAIL", help="Whose it is: then she finds it in her account.")] = "",
    alone: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--alone", help="The one that it replaced is lost for good, and its file with it.")
    ] = False,
) -> None:
    """Take a certificate back whose record was lost, from its sealed PDF. The same file is the original again."""
    try:
        content = path.read_bytes()
    except OSError:
        raise NoFileThere(path) from None
    with office.act() as desk:
        holder = people.known(desk.db, to) if to else None
        certificate = losses.readmit(
            desk.db,
            losses.proven(desk.db, content, now=desk.now),
            holder=holder,
            alone=alone,
            issuer=desk.issuer,
            by=audit.OPERATOR,
            now=desk.now,
        )
        pdfs.keep(desk.db, certificate, content, paper=_paper(content), now=desk.now)
        facts = certificate.facts
        typer.echo(
            f"Taken back: {facts.number_in_groups}, {office.harmless(facts.holder_name)}, {facts.course_title}, "
            f"{facts.total_hours} contact hours, {facts.completed_on}."
        )
        typer.echo("If it was corrected, replaced or revoked in the lost time, say so again: nobody knows it here.")


def _paper(content: bytes) -> str:
    """Say on which size of paper a sealed PDF of ours was drawn."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        box = pdf.pages[0].mediabox
        shorter = min(float(box[2]) - float(box[0]), float(box[3]) - float(box[1]))
    return pdfs.A4 if shorter < 600 else pdfs.LETTER  # 595 points against 612
