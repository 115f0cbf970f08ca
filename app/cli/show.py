"""`continua show`: the exact text of any edition, and the very paper that a learner was given."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from app.assessment import attempts, papers
from app.assessment.papers import Paper, Slot
from app.cli import office
from app.cli.office import Desk
from app.content import question_facts
from app.content.passages import plain
from app.kit.errors import Conflict, Invalid, NotFound
from app.kit.files import Files
from app.library import editions, reviews, sources
from app.library.editions import Edition
from app.settings import Settings


class FolderInUse(Conflict):
    """Writing there would mix two texts."""

    def __init__(self, target: Path) -> None:
        """Name the folder."""
        super().__init__(f"{target} is not empty. Name a folder that is, or one that is not there yet.")


class NoSuchAttempt(NotFound):
    """No attempt has this number."""

    message = "There is no attempt of that number. It stands in the address of its result page: /attempts/12/result."


def show(
    edition: Annotated[str, typer.Argument(metavar="HASH", help="An edition, by the beginning of its hash.")] = "",
    to: Annotated[Path | None, typer.Option(help="Write the files into this folder instead of printing them.")] = None,
    exam: Annotated[str, typer.Option(metavar="SEED", help="Print the exam paper of a seed.")] = "",
    attempt: Annotated[int, typer.Option(help="Print the very paper of an attempt, by its number.")] = 0,
) -> None:
    """Show an edition: who published and reviewed it, and its exact text; or an exam paper, with its key."""
    with office.act() as desk:
        if attempt:
            _say_all(_attempt(desk, attempt))
            return
        if not edition:
            raise Invalid({"edition": "Name an edition by the beginning of its hash, or an attempt by its number."})
        found = editions.by_hash(desk.db, edition)
        _say_all(_about(desk, found))
        if exam:
            _say_all(_paper(papers.draw(attempts.exam_of(found.course), exam)))
        elif to is not None:
            _write(found, to)
        else:
            _say_all(_texts(found))


def _say_all(lines: Iterator[str]) -> None:
    for line in lines:
        typer.echo(line)


def _about(desk: Desk, edition: Edition) -> Iterator[str]:
    signed = reviews.of_text(desk.db, edition.content_hash)
    yield f"{edition.title} ({edition.course_code})"
    yield f"Edition {edition.content_hash}"
    yield f"Published {edition.published_at:%Y-%m-%d %H:%M} UTC by {edition.published_by}"
    yield f"{editions.review_state(edition, signed)}"
    yield from (f"  {one.note}" for one in signed if one.note)


def _write(edition: Edition, target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderInUse(target)
    shelf = editions.source(edition, Files(Settings().data / "media"))
    for path in sources.write(shelf, target):
        typer.echo(str(path))


def _texts(edition: Edition) -> Iterator[str]:
    for name, content in sorted(json.loads(edition.source).items()):
        yield f"\n=== {name}"
        yield base64.b64decode(content).decode("utf-8", errors="replace")


def _attempt(desk: Desk, number: int) -> Iterator[str]:
    found = desk.db.get(attempts.Attempt, number)
    if found is None:
        raise NoSuchAttempt
    edition = editions.by_id(desk.db, found.edition_id)
    yield from _about(desk, edition)
    began = f"begun {found.started_at:%Y-%m-%d %H:%M} UTC"
    ended = f"submitted {found.submitted_at:%Y-%m-%d %H:%M} UTC" if found.submitted_at else "not submitted"
    yield f"Attempt {found.id}, number {found.number} of its enrollment, {began}, {ended}"
    yield from _paper(attempts.paper_of(edition.course, found))


def _paper(paper: Paper) -> Iterator[str]:
    yield f"Paper of the seed {paper.seed}"
    told = None
    for slot in paper.slots:
        if slot.case is not None and slot.case != told:
            told = slot.case
            yield f"\n{slot.case.title}\n{plain(slot.case.story_html)}"
        yield from _question(slot)


def _question(slot: Slot) -> Iterator[str]:
    question = slot.question
    yield f"\n{slot.number}. {question.heading}  [{question.id}]"
    if prompt := plain(question.prompt_html):
        yield f"   {prompt}"
    if question.options:
        yield from (f"   ({'x' if option.right else ' '}) {option.text}" for _, option in slot.options)
        return
    shown = [question.pairs[number - 1].meaning for number in slot.order] if question.pairs else []
    shown = shown or [question.items[number - 1].text for number in slot.order if question.items]
    yield from (f"   - {words}" for words in shown)
    if key := question_facts.key(question):
        yield f"   Key: {key}"
