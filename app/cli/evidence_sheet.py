"""`continua certificates evidence`: what led to a certificate, as its holder and licensing staff see it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from app import audit
from app.awards import certificates, evidence_sheets
from app.cli import office
from app.web import evidence_parts


def evidence(
    number: Annotated[str, typer.Argument(help="The certificate's number, in any case, with or without hyphens.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Show what led to a certificate: attempts, time, evaluation date, edition. The holder sees that you looked."""
    with office.act() as desk:
        certificate = certificates.by_number(desk.db, number)
        form = "json" if as_json else "text"
        evidence_sheets.look(
            desk.db, certificate, by=audit.OPERATOR, role=audit.OPERATOR.label, form=form, now=desk.now
        )
        sheet = evidence_sheets.of(desk.db, certificate)
        if as_json:
            typer.echo(json.dumps(sheet.plain(), ensure_ascii=False, indent=2))
        else:
            typer.echo(office.harmless(evidence_parts.text(evidence_parts.sections(sheet))))
