"""`continua courses`, `check` and `grade`: what is on the shelf, and what is wrong with a folder."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import typer

from app.cli import check as checking
from app.cli import office
from app.kit.clock import system_clock
from app.library import editions, folders

app = typer.Typer(help="The courses on offer and the state of their folders.", no_args_is_help=True)


@app.command("list")
def list_courses() -> None:
    """List every course: its edition, and what stands in the way of a newer one."""
    with office.act() as desk:
        for offering in editions.shelf(desk.db):
            edition = editions.by_id(desk.db, offering.edition_id).content_hash[:12] if offering.edition_id else "–"
            typer.echo(f"{offering.course_code}  edition {edition}  {folders.state(offering)}  {offering.folder}")
            for line in (offering.conflict, *offering.problem_lines):
                if line:
                    typer.echo(f"  {line}")


def check(
    paths: Annotated[list[str], typer.Argument(help="Course folders.")],
    output: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")] = "text",
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date to check against.")] = None,
) -> None:
    """Check course folders: a line for each problem, with what to do. Exit: 0 sound, 1 errors, 2 not run."""
    day = (today or system_clock()).date()
    raise typer.Exit(checking.check(paths, format=output, today=day, write=_print))


def _print(text: str) -> None:
    if text:
        typer.echo(text)
