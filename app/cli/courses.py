"""`continua courses`, `check`: what is on the shelf, how it came there, and what is wrong with a folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

import typer

from app import audit
from app.cli import check as checking
from app.cli import office
from app.content import changes
from app.content.changes import Changes, Part
from app.kit.clock import system_clock
from app.library import editions, folders, publication, reviews

app = typer.Typer(help="The courses on offer, their editions and the state of their folders.", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="The course's code.")]
Hash = Annotated[str, typer.Argument(metavar="HASH", help="An edition, by the beginning of its hash.")]
Reason = Annotated[str, typer.Option(help="Why. It stays on record.")]


@app.command("list")
def list_courses() -> None:
    """List every course: its edition, and what stands in the way of a newer one."""
    with office.act() as desk:
        for offering in editions.shelf(desk.db):
            edition = editions.by_id(desk.db, offering.edition_id).short if offering.edition_id else "–"
            where = offering.folder or "written in the Studio"
            typer.echo(f"{offering.course_code}  edition {edition}  {folders.state(offering)}  {where}")
            for line in (offering.conflict, *offering.problem_lines):
                if line:
                    typer.echo(f"  {line}")


@app.command("history")
def history(code: Code) -> None:
    """List the editions of a course, newest first: when, by whom, minor or major, reviewed by whom."""
    with office.act() as desk:
        offered = editions.offering(desk.db, code)
        found = editions.history(desk.db, code)
        signed = reviews.of_texts(desk.db, [one.content_hash for one in found])
        for one in found:
            here = "  (served)" if one.id == offered.edition_id else ""
            typer.echo(f"{one.short}  {one.published_at:%Y-%m-%d %H:%M}  {one.kind_in_words}  {one.published_by}{here}")
            typer.echo(f"  {editions.review_state(one, signed[one.content_hash])}")


@app.command("diff")
def diff(old: Hash, new: Hash) -> None:
    """Tell two editions apart: settings, modules paragraph by paragraph, questions with their keys."""
    with office.act() as desk:
        before, after = editions.by_hash(desk.db, old), editions.by_hash(desk.db, new)
        for line in as_text(changes.compare(before.course, after.course)):
            typer.echo(line)


@app.command("roll-back")
def roll_back(edition: Hash, reason: Reason) -> None:
    """Give new learners an earlier edition again. Whoever has begun a later one goes on with it."""
    with office.act() as desk:
        found = editions.by_hash(desk.db, edition)
        publication.roll_back(desk.db, found, by=audit.OPERATOR, reason=reason, now=desk.now)
        typer.echo(f"Served again: {found.course_code}, edition {found.short}.")


@app.command("retire")
def retire(code: Code, reason: Reason) -> None:
    """Take no new learners. Those in the middle finish; certificates and evidence stay for ever."""
    with office.act() as desk:
        publication.retire(desk.db, code, by=audit.OPERATOR, reason=reason, now=desk.now)
        typer.echo(f"Retired: {code}. Learners who have begun it can finish it.")


@app.command("offer")
def offer(code: Code) -> None:
    """Take new learners again in a course that was retired."""
    with office.act() as desk:
        publication.offer_again(desk.db, code, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"Offered again: {code}.")


def as_text(found: Changes) -> Iterator[str]:
    """Write what changed as text."""
    if not found.parts and not found.reasons:
        yield "Nothing that a reader could see is different."
        return
    yield f"A {found.kind} change." if not found.reasons else "A major change:"
    yield from (f"  {reason}" for reason in found.reasons)
    for part in found.parts:
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    yield ""
    yield f"{part.title}{f' ({part.note})' if part.note else ''}"
    for passage in part.passages:
        label = f"{passage.label}: " if passage.label else ""
        if passage.note:
            yield f"  {label}{passage.after}  ({passage.note})"
            continue
        if passage.before:
            yield f"- {label}{passage.before}"
        if passage.after:
            yield f"+ {label}{passage.after}"


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
