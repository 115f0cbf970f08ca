"""`continua certificates`: looking one up, writing PDFs, revoking in the open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import audit
from app.awards import certificates, numbers, pdfs
from app.awards.drawing import DrawingRoom
from app.cli import migrate, office
from app.kit.clock import system_clock
from app.kit.database import open_database
from app.settings import Settings

app = typer.Typer(help="Certificates: look one up, revoke one.", no_args_is_help=True)

EXPORT_TIMEOUT_SECONDS = 60.0

Number = Annotated[str, typer.Argument(help="The certificate's number, in any case, with or without hyphens.")]


@app.command("revoke")
def revoke(number: Number, reason: Annotated[str, typer.Option(help="Why: shown to everyone who checks it.")]) -> None:
    """Revoke a certificate. Its number keeps its page, which says when and why; nothing is deleted."""
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        certificates.revoke(desk.db, certificate, reason=reason, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"Revoked: {numbers.in_groups(certificate.number)}.")


@app.command("export")
def export(
    chosen: Annotated[list[str], typer.Argument(metavar="NUMBER…", help="Certificate numbers.")],
    to: Annotated[Path, typer.Option(help="The folder to write the PDFs into; it is made if need be.")],
) -> None:
    """Write certificates as PDF files, the very bytes their holders download, each named by its number."""
    settings = Settings()
    migrate.upgrade(settings.database)
    database, room = open_database(settings.database), DrawingRoom()
    to.mkdir(parents=True, exist_ok=True)
    try:
        for number in chosen:
            drawing = pdfs.of(database, room, number, timeout=EXPORT_TIMEOUT_SECONDS, clock=system_clock)
            target = to / f"{numbers.read(number)}.pdf"
            target.write_bytes(drawing.content)
            typer.echo(str(target))
    finally:
        room.close()
        database.close()


@app.command("show")
def show(number: Number) -> None:
    """Show what a certificate says and how it stands."""
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        facts = certificate.facts
        standing = f"revoked: {certificate.revocation_reason}" if certificate.revoked_at else "valid"
        typer.echo(f"{facts.number_in_groups}  {standing}")
        typer.echo(
            f"{facts.holder_name}, {facts.course_title}, {facts.total_hours} contact hours, {facts.completed_on}"
        )
