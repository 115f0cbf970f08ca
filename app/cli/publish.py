"""`continua publish`: a course folder becomes an edition, by an explicit act."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import audit
from app.cli import office
from app.cli.office import Desk
from app.content import reader
from app.content.course import Reading
from app.kit.errors import NotFound
from app.kit.files import Files
from app.learning import publishing
from app.library import editions, folders, reviews, sources
from app.library.reviews import Review, Signature
from app.settings import Settings


class NoFolder(NotFound):
    """There is nothing to publish at this path."""

    def __init__(self, path: Path) -> None:
        """Repeat the path."""
        super().__init__(f"There is no folder “{path}”. Check its name, and name the folder that holds course.md.")


def publish(
    path: Annotated[Path, typer.Argument(help="A course folder.")],
    over: Annotated[str, typer.Option(help="The edition this text replaces, by the beginning of its hash.")] = "",
    reviewed_by: Annotated[str, typer.Option(help="Who reviewed this very text.")] = "",
    license: Annotated[str, typer.Option(help="The reviewer's license: state, type, number.")] = "",  # noqa: A002
    note: Annotated[str, typer.Option(help="What the reviewer remarked.")] = "",
) -> None:
    """Publish a folder now. Exit: 0 published or served already, 1 refused or with errors."""
    if not path.is_dir():
        raise NoFolder(path)
    still = sources.still(path)
    with office.act() as desk:
        reading = reader.read(still, today=desk.now.date(), label=str(path))
        for problem in reading.problems:
            typer.echo(str(problem))
        if reading.course is None:
            raise typer.Exit(1)
        code = reading.course.code
        typed = Signature(reviewed_by, license, note) if reviewed_by or license else None
        review = _vouched(desk, typed, code, reader.content_hash(still)) if typed else None
        named = editions.by_hash(desk.db, over).content_hash if over else folders.made_from(desk.db, path, code)
        typer.echo(_published(desk, still, reading, over=named, review=review))


def _vouched(desk: Desk, typed: Signature, code: str, content_hash: str) -> Review:
    return reviews.vouch(desk.db, typed, course_code=code, content_hash=content_hash, by=audit.OPERATOR, now=desk.now)


def _published(desk: Desk, still: sources.Still, reading: Reading, *, over: str | None, review: Review | None) -> str:
    files = Files(Settings().data / "media")
    offering = publishing.publish_folder(
        desk.db, still, reading, by=audit.OPERATOR, files=files, over=over, review=review, now=desk.now
    )
    edition = editions.by_id(desk.db, offering.edition_id or 0)
    signed = editions.review_state(edition, reviews.of_text(desk.db, edition.content_hash))
    if edition.published_at != desk.now:
        return f"Served already: {edition.course_code}, edition {edition.short}. {signed}."
    return f"Published: {edition.course_code}, edition {edition.short}, {edition.kind_in_words}. {signed}."
