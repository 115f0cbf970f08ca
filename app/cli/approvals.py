"""`continua approvals`: dated records of what boards allow the provider to say."""

from __future__ import annotations

from datetime import datetime
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
    """List every approval, newest period first, each with its number in front."""
    with office.act() as desk:
        for record in approvals.all_of(desk.db):
            one, ended = record.approval, "withdrawn  " if record.is_withdrawn else ""
            period = f"{one.valid_from} to {record.last_day}"
            typer.echo(f"{one.id}  {ended}{period}  {one.body}  {one.provider_number}  {one.course_code or 'all'}")


@app.command("end")
def end(
    number: Annotated[int, typer.Argument(help="The number in front of it in: approvals list.")],
    last_day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it holds.")],
    reason: Annotated[str, typer.Option(help="Why. It stays on record.")],
) -> None:
    """Let an approval end early. Certificates completed after that day do not print it."""
    with office.act() as desk:
        record = approvals.by_id(desk.db, number)
        approvals.end(desk.db, record, last_day=last_day.date(), reason=reason, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"{record.approval.body} ends on {last_day.date()}.")


@app.command("withdraw")
def withdraw(
    number: Annotated[int, typer.Argument(help="The number in front of it in: approvals list.")],
    reason: Annotated[str, typer.Option(help="What was wrong with it. It stays on record.")],
) -> None:
    """Take back an approval that was entered by mistake. Certificates issued before keep their words."""
    with office.act() as desk:
        record = approvals.by_id(desk.db, number)
        approvals.withdraw(desk.db, record, reason=reason, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"{record.approval.body} is withdrawn.")


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
