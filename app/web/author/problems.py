"""Problems of a draft, in the words of `continua check`, each with a link to the line where it is put right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.content.course import Problem, Reading
from app.content.folder import Held
from app.library.drafts import Draft
from app.web.author import frame
from app.web.author.desk import AtDesk
from app.web.author.frame import StudioPage
from app.web.render import Shows
from app.web.words import counted, listed

router = APIRouter(prefix=frame.COURSE)

LONGEST_EXCERPT = 160  # letters of the line that a problem stands in


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One problem, and the way to its line."""

    where: str  # Line 12, or the name of the file as well where it is another
    href: str  # empty where no page shows the line
    line: int
    column: int
    level: str
    tone: str
    rule: str
    message: str
    remedy: str
    excerpt: str
    is_here: bool  # in the file that is open


@dataclass(frozen=True, slots=True)
class ProblemsOfFile:
    """The problems of one file."""

    name: str
    problems: tuple[ProblemView, ...]


@dataclass(frozen=True, kw_only=True)
class ProblemsPage(StudioPage):
    """Every problem of a draft, file by file."""

    template: ClassVar[str] = "author/problems.html"
    summary_words: str  # 2 errors and 1 warning
    files: tuple[ProblemsOfFile, ...]
    has_errors: bool


@router.get("/problems")
def problems(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Show every problem of a draft."""
    held = desk.shelf()
    reading = desk.read(held)
    by_name: dict[str, list[ProblemView]] = {}
    for problem in reading.problems:
        by_name.setdefault(problem.path, []).append(view(desk.draft, problem, held))
    page = ProblemsPage(
        title="Problems",
        studio=frame.studio(desk.draft, here="problems"),
        summary_words=in_words(reading),
        files=tuple(ProblemsOfFile(name, tuple(views)) for name, views in by_name.items()),
        has_errors=bool(reading.errors),
    )
    return show(page)


def view(draft: Draft, problem: Problem, held: Held, *, here: str = "") -> ProblemView:
    """Show a problem; `here` names the file that is open."""
    is_there = held.read(problem.path) is not None
    line = f"?line={problem.line}&column={problem.column}"
    below = f"/files/{problem.path}{line}#problems-title" if is_there else "/add"
    return ProblemView(
        where=f"Line {problem.line}" if is_there else f"Add {problem.path}",
        href=frame.address(draft, below),
        line=problem.line,
        column=problem.column,
        level=problem.level,
        tone=tone(problem),
        rule=problem.rule,
        message=problem.message,
        remedy=problem.remedy,
        excerpt=excerpt(held, problem.path, problem.line) if is_there else "",
        is_here=problem.path == here,
    )


def plain(problem: Problem) -> ProblemView:
    """Show a problem of a text that is nobody's draft yet: without a way to its line."""
    return ProblemView(
        where=f"Line {problem.line}",
        href="",
        line=problem.line,
        column=problem.column,
        level=problem.level,
        tone=tone(problem),
        rule=problem.rule,
        message=problem.message,
        remedy=problem.remedy,
        excerpt="",
        is_here=False,
    )


def tone(problem: Problem) -> str:
    """Give the color of a problem."""
    return "wrong" if problem.level == "error" else "attention"


def excerpt(held: Held, name: str, number: int) -> str:
    """Give a line of a text, as long as anybody would read it to know it again."""
    lines = (held.read(name) or b"").decode("utf-8", errors="replace").splitlines()
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return line if len(line) <= LONGEST_EXCERPT else f"{line[:LONGEST_EXCERPT]}…"


def by_file(reading: Reading) -> Mapping[str, list[Problem]]:
    """Give the problems of each file."""
    found: dict[str, list[Problem]] = {}
    for problem in reading.problems:
        found.setdefault(problem.path, []).append(problem)
    return found


def in_words(reading: Reading) -> str:
    """Say how many problems there are, and of which kind: 2 errors and 1 warning."""
    errors = len(reading.errors)
    warnings = len(reading.problems) - errors
    kinds = [counted(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    return listed(kinds) if kinds else "No problems"


def elsewhere(found: Iterable[Problem], *, here: str) -> str:
    """Say how many problems the other files have; nothing where they have none."""
    count = sum(problem.path != here for problem in found)
    return counted(count, "problem") if count else ""
