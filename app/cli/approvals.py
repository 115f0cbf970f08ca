"""`continua approvals`: dated records of what boards allow the provider to say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from app import audit
from app.cli import office
from app.library import approvals
from app.library.approvals import NotAnApproval

app = typer.Typer(help="Approvals by boards, with their dates and statements.", no_args_is_help=True)


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(help="A YAML file with one approval record (docs/operating.md).")],
) -> None:
    """Add an approval; certificates completed while it covers them print its statement."""
    with office.act() as desk:
        added = approvals.add(desk.db, _record(file), by=audit.OPERATOR, now=desk.now)
        typer.echo(f"Added: {added.body}, {added.provider_number}, {added.valid_from} to {added.valid_to}.")


@app.command("list")
def list_approvals() -> None:
    """List every approval, newest period first."""
    with office.act() as desk:
        for one in approvals.all_of(desk.db):
            typer.echo(
                f"{one.valid_from} to {one.valid_to}  {one.body}  {one.provider_number}  {one.course_code or 'all'}"
            )


def _record(file: Path) -> dict[str, object]:
    try:
        record = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError:
        raise NotAnApproval(f"{file} cannot be read. Check its name.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise NotAnApproval(f"{file} is not a YAML file: {error}") from None
    if not isinstance(record, dict):
        raise NotAnApproval(f"{file} holds no record: write one “name: value” a line.")
    return record
