"""`continua certificates`: revoking one, in the open."""

from __future__ import annotations

from typing import Annotated

import typer

from app import audit
from app.awards import certificates, numbers
from app.cli import office

app = typer.Typer(help="Certificates: look one up, revoke one.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="The certificate's number, in any case, with or without hyphens.")]


@app.command("revoke")
def revoke(number: Number, reason: Annotated[str, typer.Option(help="Why: shown to everyone who checks it.")]) -> None:
    """Revoke a certificate. Its number keeps its page, which says when and why; nothing is deleted."""
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        certificates.revoke(desk.db, certificate, reason=reason, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"Revoked: {numbers.in_groups(certificate.number)}.")


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
