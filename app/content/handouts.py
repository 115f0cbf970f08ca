"""Reading a handout: Markdown with boxes to tick and blanks to fill in becomes a `Handout`, or is refused.

A handout in the media folder of a course may do what its modules may: cite its references, link to its files. One that
lies anywhere else is read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from app.content import course_settings, credit_hours, folder, media, references
from app.content.comments import fenced
from app.content.course import Problem, Reference
from app.content.desk import Desk
from app.content.findings import Findings, Line
from app.content.folder import COURSE, MEDIA, Folder, Held, Source
from app.content.handout import BLANK, BOX, TICKED, Handout
from app.content.markdown import Scribe
from app.content.media import Library
from app.kit.errors import Refusal

ENDING = ".md"
DESCRIBED = media.PICTURES | media.SPOKEN | media.MOVING
_TITLE = re.compile(r" {0,3}#[ \t]+(?P<title>.*?)(?:[ \t]+#+)?[ \t]*")
_BOX = re.compile(r"\[(?P<mark>[ xX✓])\](?![(\[:])|(?<=[-*+.)] )\[\](?=[ \t])|(?P<drawn>[☐☑☒])")
_BLANK = re.compile(r"_{4,}|(?<!\w)___(?!\w)")  # three beside a word are emphasis
_OURS = re.compile(f"[{BOX}{TICKED}{BLANK}]")


class NotAHandout(Refusal):
    """The file has no title, or something in it has to be mended first."""

    message = "This file could not be read as a handout."


@dataclass(frozen=True, slots=True)
class Reading:
    """A handout, and what its author might still mend in it."""

    handout: Handout
    warnings: tuple[Problem, ...]


def described(path: Path) -> Path | None:
    """Give the picture or recording that a text is the description or transcript of; nothing if it is of none."""
    beside = sorted(path.parent.glob("*")) if path.parent.is_dir() else []
    return next((one for one in beside if one.stem == path.stem and media.ending(one.name) in DESCRIBED), None)


def read(path: Path, *, today: date) -> Reading:
    """Read a handout from a file; refuse with `NotAHandout`, which says what to mend and where."""
    held, name = _place(path)
    desk = Desk(held, Library(held), today)
    title = _settings(desk)
    source = desk.source(name)
    written = _written(desk, source, path) if source.readable else None
    problems = [_as_typed(problem, name, path) for problem in _problems(source, desk)]
    if errors := [str(problem) for problem in problems if problem.level == "error"]:
        raise NotAHandout("\n".join(errors))
    if written is None:
        raise NotAHandout(f"{path} cannot be read.")
    return Reading(replace(written, course=title, language=desk.language), tuple(problems))


def _place(path: Path) -> tuple[Folder, str]:
    """Say in which folder a handout is read, and under which name: in its course, or alone."""
    name = f"{MEDIA}/{path.name}"
    course = path.absolute().parent.parent
    if path.absolute().parent.name == MEDIA and (course / COURSE).is_file():
        held = folder.look_into(course)
        if name in held.names:
            return held, name
    alone = f"{MEDIA}/handout{ENDING}"
    return folder.look_into(Held({alone: ""}, lambda _: _bytes(path))), alone


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _settings(desk: Desk) -> str:
    """Learn from course.md what a handout needs, and give the title of the course; what else is wrong can wait."""
    source = desk.source(COURSE) if COURSE in desk.folder.names else None
    if source is None or not source.readable:
        return ""
    lines = list(source.written)
    told, _ = course_settings.read(lines, Findings(COURSE), today=desk.today, step=credit_hours.HALF)
    desk.code, desk.language = told.code, told.language or desk.language
    if told.references is not None:
        listed = ((one.name, one.text) for one in told.references)
        desk.references = {name: Reference(name, text, "", references.label(text)) for name, text in listed}
    return told.title


def _written(desk: Desk, source: Source, path: Path) -> Handout | None:
    lines = list(source.body())
    first = next((index for index, line in enumerate(lines) if not line.blank), 0)
    found = _TITLE.fullmatch(lines[first].text)
    if found is None or not found["title"]:
        raise NotAHandout(f"{path} has no title. Begin it with a line like: # My decision log")
    scribe = Scribe(desk, source.findings)
    title = scribe.inline([lines[first].cut(found.start("title"), found.end("title"))]).text
    return Handout(title, scribe.blocks(marked(lines[first + 1 :])))


def marked(lines: Sequence[Line]) -> list[Line]:
    """Put our letters where boxes and blanks are typed, each character at its place; code stays as it is."""
    code = fenced(lines)
    return [
        line if index in code else Line(line.number, line.column, _marked(line.text))
        for index, line in enumerate(lines)
    ]


def _marked(text: str) -> str:
    text = _BOX.sub(_box, _OURS.sub(" ", text))
    return _BLANK.sub(lambda found: BLANK * len(found.group()), text)


def _box(found: re.Match[str]) -> str:
    """Give the letter for a box, typed in brackets or drawn, with as much room as was typed."""
    is_ticked = (found["mark"] or "").strip() or (found["drawn"] or "☐") != "☐"
    return (TICKED if is_ticked else BOX).ljust(len(found.group()))


def _problems(source: Source, desk: Desk) -> Iterable[Problem]:
    """Give what is wrong with the handout and with the pictures that it shows."""
    yield from source.findings.unwaived()
    for findings in desk.library.findings:
        yield from findings.unwaived()


def _as_typed(problem: Problem, name: str, path: Path) -> Problem:
    """Name the file as it was typed; another one of its media folder, beside it."""
    typed = path if problem.path == name else path.parent / Path(problem.path).name
    return replace(problem, path=f"{typed}")
