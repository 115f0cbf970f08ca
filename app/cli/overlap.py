"""`continua overlap`: what a course has word for word from texts that it must not copy from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.cli import office
from app.cli.publish import NoFolder
from app.content import overlap as overlaps
from app.content.overlap import Run, Text
from app.kit.errors import Refusal, Unsupported

NONE_SHARED, SHARED, NOT_COMPARED = 0, 1, 2


class NotCompared(Unsupported):
    """A text that cannot be read, or says nothing: compared with it, everything would seem to be one's own."""

    message = "This text could not be compared."


def overlap(
    folder: Annotated[Path, typer.Argument(help="A course folder.")],
    texts: Annotated[list[Path], typer.Argument(metavar="TEXT…", help="Texts it must not copy from, as plain text.")],
    run: Annotated[int, typer.Option(min=2, help="How many words in a row are too many.")] = overlaps.RUN,
) -> None:
    """Name every run of words that a course shares with other texts. Exit: 0 none, 1 some, 2 not compared."""
    try:
        course, sources = _course(folder), [_source(path) for path in texts]
    except Refusal as refusal:
        typer.echo(f"continua: {refusal.message}", err=True)
        raise typer.Exit(NOT_COMPARED) from None
    found = list(overlaps.shared(course, sources, run=run))
    for one in found:
        typer.echo(office.harmless(_line(folder, one)))
    typer.echo(_sentence(course, sources, found, run=run))
    raise typer.Exit(SHARED if found else NONE_SHARED)


def _course(folder: Path) -> list[Text]:
    if not folder.is_dir():
        raise NoFolder(folder)
    sources = overlaps.of_course(folder)
    for source in sources:
        if not source.readable:
            raise NotCompared("\n".join(f"{folder}/{problem}" for problem in source.findings.unwaived()))
    texts = [overlaps.of_source(source) for source in sources]
    if not _words(texts):
        raise NotCompared(f"There is no text in “{folder}”. Name the folder that holds course.md.")
    return texts


def _source(path: Path) -> Text:
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except OSError:
        raise NotCompared(f"“{path}” cannot be opened. Check its name, and that you may read it.") from None
    except UnicodeDecodeError:
        raise NotCompared(
            f"“{path}” is not plain text. Save what it says as plain text (UTF-8), and name that."
        ) from None
    text = overlaps.of_plain(f"{path}", content)
    if not text.words:
        raise NotCompared(f"“{path}” holds no words. A page that was scanned has to be turned into text first.")
    return text


def _line(folder: Path, one: Run) -> str:
    where = f"{folder}/{one.text}:{one.line}"
    return f"{where}: {one.count} words also in {one.source}:{one.source_line}: “{one.words}”"


def _sentence(course: Sequence[Text], sources: Sequence[Text], found: Sequence[Run], *, run: int) -> str:
    """Say what came of it, and how much was compared: nothing found among nothing would be no comfort."""
    many = "No run" if not found else "1 run" if len(found) == 1 else f"{len(found)} runs"
    ours, theirs = f"{_words(course):,} words of the course", f"{_words(sources):,} words of {_files(sources)}"
    return f"{many} of {run} words or more: {ours} were compared with {theirs}."


def _words(texts: Iterable[Text]) -> int:
    return sum(len(text.words) for text in texts)


def _files(sources: Sequence[Text]) -> str:
    return "1 text" if len(sources) == 1 else f"{len(sources)} texts"
