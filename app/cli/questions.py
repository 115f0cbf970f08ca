"""`continua questions`: the questions of other systems into an exam, and an exam’s questions out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.content import reader
from app.content.exchange import adding, gift_out, moodle_xml_out
from app.content.exchange.adding import Fate, Plan
from app.content.exchange.formats import SAID, Format
from app.content.folder import COURSE, EXAM
from app.kit.clock import system_clock

app = typer.Typer(help="Questions in from other systems, and out to them.", no_args_is_help=True)


@app.command("import")
def import_questions(
    file: Annotated[Path, typer.Argument(help="A question file: GIFT, Moodle XML, Aiken, CSV or Blackboard’s text.")],
    into: Annotated[Path, typer.Option("--into", help="The exam.md to add them to, or its course folder.")],
    form: Annotated[Format | None, typer.Option("--format", help="The file’s format, if it is not recognized.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be added, and add nothing.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Add the questions of a file to an exam, with a line on each. Exit: 0 added, 1 nothing to add, 2 not run."""
    folder = into.parent if into.name == EXAM else into
    if not (folder / COURSE).is_file():
        _stop(f"There is no course in “{folder}”. Name a folder that holds course.md, or the exam.md in it.")
    try:
        content = file.read_bytes()
    except OSError:
        _stop(f"“{file}” cannot be opened. Check its name, and that you may read it.")
    plan = adding.plan(folder, content, today=system_clock().date(), form=form)
    typer.echo("\n".join(_report(plan, file, dry_run=dry_run)))
    if plan.additions and not dry_run:
        _replace(folder / EXAM, plan.exam)
    raise typer.Exit(0 if plan.additions else 1)


def _report(plan: Plan, file: Path, *, dry_run: bool) -> list[str]:
    lines = [(remark.line, f"{file}:{remark.line}: {remark.text}") for remark in plan.remarks]
    lines += [(entry.line, f"{file}:{entry.line}: {entry}") for entry in plan.entries]
    added, changed, out = (plan.count(fate) for fate in (Fate.ADDED, Fate.CHANGED, Fate.LEFT_OUT))
    said = f"Read as {SAID[plan.form]}: {added} added, {changed} added with a loss, {out} left out."
    end = "This was a dry run: nothing was written." if dry_run else ""
    checks = [str(problem) for problem in plan.problems]
    return [*(text for _, text in sorted(lines)), *checks, f"{said} {end}".strip()]


def _replace(path: Path, content: bytes) -> None:
    """Put a new text in the place of an old one in one step, so that no half of it is ever read."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


@app.command("export")
def export_questions(
    course: Annotated[Path, typer.Argument(help="A course folder.")],
    form: Annotated[Literal["gift", "moodle-xml"], typer.Option("--format", help="What to write them as.")],
    to: Annotated[Path | None, typer.Option("--to", help="The file to write; without it they are printed.")] = None,
) -> None:
    """Write the questions of an exam for another system; what it cannot hold is said on stderr."""
    reading = reader.read(course, today=system_clock().date())
    if reading.course is None:
        for problem in reading.errors or ():
            typer.echo(str(problem), err=True)
        _stop("This course has errors. Mend them first: only what can be read can be written.")
        return
    export = (gift_out if form == "gift" else moodle_xml_out).write(reading.course)
    if to is None:
        sys.stdout.write(export.text)
    else:
        _replace(to, export.text.encode())
    for sent in export.sent:
        if sent.lost:
            typer.echo(f"{course / EXAM}:{sent.line}: {sent}", err=True)
    typer.echo(f"{export.written} of {len(export.sent)} questions are written.", err=True)


def _stop(sentence: str) -> None:
    typer.echo(f"continua: {sentence}", err=True)
    raise typer.Exit(2)
