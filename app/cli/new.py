"""`continua new`: a sample course to change into one’s own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.content import sample
from app.kit.clock import system_clock
from app.kit.errors import Conflict
from app.settings import Settings


class AlreadyThere(Conflict):
    """A new course never takes the place of something."""

    message = "There is something at this place already. Choose another name; nothing was changed."


def new(
    name: Annotated[str, typer.Argument(help="The course’s code, for the folder of courses; or a path.")],
    title: Annotated[str | None, typer.Option(help="Its title. Without it, the name in words.")] = None,
) -> None:
    """Write a sample course that shows the whole format, ready to be changed into your own."""
    where = begin(name, title=title, courses=Settings().courses)
    typer.echo(f"Your course is in {where}. It is complete, and every part says how it is made.")
    if where.parent.resolve() == Settings().courses.resolve():
        typer.echo("It is published the next time the site starts. Until it is yours, keep it in another folder.")
    typer.echo(f"Open {where / 'course.md'} in any editor, and change what it says.")
    typer.echo(f"To see it as learners will:    ./run preview {where}")
    typer.echo(f"To see what is still missing:  ./run check {where}")


def begin(name: str, *, title: str | None, courses: Path) -> Path:
    """Write a sample course where nothing is yet, and give its folder; refuse with `AlreadyThere`."""
    where = Path(name) if "/" in name else courses / name
    code = where.name
    files = sample.files(title or code.replace("-", " ").capitalize(), code, today=system_clock().date())
    if where.is_symlink() or where.exists():
        raise AlreadyThere(f"There is something at {where} already. Choose another name; nothing was changed.")
    for inside, content in files.items():
        path = where / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return where
