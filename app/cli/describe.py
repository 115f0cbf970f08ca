"""`continua describe`: courses in figures, as their authors and whoever approves them ask for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli import course_folders, described, described_plainly, office
from app.cli.publish import NoFolder
from app.content import inventory, reader
from app.content.inventory import Inventory
from app.kit.clock import system_clock
from app.kit.errors import Conflict


class NothingToDescribe(Conflict):
    """A folder with errors is no course yet, so there is nothing to count."""

    def __init__(self, folder: Path, errors: int) -> None:
        """Name the folder, how many errors are in its way, and what lists them."""
        many = "1 error" if errors == 1 else f"{errors} errors"
        super().__init__(
            f"{folder} has {many}, so it is no course yet. Mend what this lists first: ./run check {folder}"
        )


def describe(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="Course folders.")],
    output: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print.")] = "text",
) -> None:
    """Describe courses in figures: length, reading level, questions and keys, and which objective leads where."""
    found = [counted(Path(folder)) for folder in course_folders.named(map(str, folders))]
    if output == "json":
        told = {"courses": [described_plainly.of(one) for one in found]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        typer.echo(office.harmless("\n\n\n".join("\n".join(described.lines(one)) for one in found)))


def counted(folder: Path) -> Inventory:
    """Read a folder and count what it holds; refuse with `NoFolder` or `NothingToDescribe`."""
    if not folder.is_dir():
        raise NoFolder(folder)
    reading = reader.read(folder, today=system_clock().date())
    if reading.course is None:
        raise NothingToDescribe(folder, len(reading.errors))
    return inventory.of(reading.course)
