"""`continua restore`: opening a database again that was put back from an older backup."""

from __future__ import annotations

from typing import Annotated

import typer

from app import audit
from app.awards import issuing, losses
from app.awards.register import log
from app.cli import opening
from app.kit.clock import system_clock
from app.kit.errors import Refusal
from app.settings import Settings


class SayWhatToAccept(Refusal):
    """A loss is accepted by name."""

    message = (
        "Put the backup in its place first. If entries of the register are missing then, and no newer backup is left, "
        'accept that on record: ./run restore --accept-loss --reason "…"'
    )


def restore(
    accept_loss: Annotated[bool, typer.Option(help="Go on without the entries that are missing.")] = False,  # noqa: FBT002 - an option
    reason: Annotated[str, typer.Option(help="What happened: it stands in the register for everybody to read.")] = "",
) -> None:
    """Go on with a database that is older than its register. What was lost is told by the register itself."""
    if not accept_loss:
        raise SayWhatToAccept
    settings, issuer = Settings(), issuing.of(Settings())
    database = opening.records(settings, losses_too=True)
    try:
        with database.write() as db:
            entry = losses.accept(db, issuer, reason=reason, by=audit.OPERATOR, now=system_clock())
            newest = log.newest(db)
        if newest and issuer.remembers:
            issuer.remembers.replace(newest.note)
    finally:
        database.close()
    typer.echo(f"The register goes on with entry {entry.seq}, which tells of the loss: {entry.said['why']}")
    typer.echo("Certificates from the lost time are known by their sealed PDFs: ./run certificates readmit FILE")
