"""`continua audit`: whether everything is as it was written."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from app.awards import auditing, issuing
from app.awards.auditing import Finding
from app.awards.register import log
from app.cli import against, opening
from app.settings import Settings


def audit(
    seen: Annotated[
        list[Path] | None,
        typer.Option("--against", help="An old certificate (PDF) or proof: what it saw must still be there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for a machine.")] = False,  # noqa: FBT002 - an option
    documents: Annotated[bool, typer.Option(help="Check every stored PDF as well.")] = True,  # noqa: FBT002 - an option
    signatures: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--signatures", help="Check every signature ever made, and not the newest alone: slower.")
    ] = False,
) -> None:
    """Check the register, certificates and stored PDFs, and name each row that was touched. Status 1: some were."""
    settings = Settings()
    database, begun = opening.records(settings, losses_too=True), perf_counter()
    gc.freeze()  # what is loaded by now stays: looking through it again and again would take a sixth of the time
    try:
        with database.read() as db:
            found = list(auditing.audit(db, issuing.of(settings), documents=documents, signatures=signatures))
            for path in seen or ():
                proof, leaf = against.read(path)
                found += [Finding(f"{path.name}: {one.where}", one.what) for one in auditing.against(db, proof, leaf)]
            entries = log.size(db)
    finally:
        database.close()
    seconds = perf_counter() - begun
    if as_json:
        told = [{"where": one.where, "what": one.what} for one in found]
        typer.echo(json.dumps({"entries": entries, "seconds": round(seconds, 2), "findings": told}, ensure_ascii=False))
    else:
        for one in found:
            typer.echo(f"{one.where}: {one.what}")
        verdict = f"{len(found)} findings" if found else "everything is as it was written"
        typer.echo(f"{entries} entries checked in {seconds:.1f} s: {verdict}.")
    if found:
        raise typer.Exit(1)
