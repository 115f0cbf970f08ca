"""What only the author of a course sees: the desk around a preview, the source of a file, and the key of an exam."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.content import folder
from app.content.course import Course
from app.kit.errors import NotFound
from app.request import RowNumber
from app.web.middleware import FRAMED_BY_OURS
from app.web.preview import keys
from app.web.preview.keys import Draw, KeyPage
from app.web.preview.learners import paper_of
from app.web.preview.showing import Seen, to_author, to_learner
from app.web.preview.view import OnView
from app.web.render import Page, see_other
from app.web.words import counted, listed

PAPER = re.compile(r"/attempts/([1-9][0-9]{0,8})(/key)?(?![0-9])")
HIGHEST_SEED = 999_999_999
A_FEW = 1_000  # seeds to draw one from by chance: small numbers are easily said and typed again
PHONE = "phone"


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One mistake: where it is mended, and what `continua check` says of it."""

    href: str
    place: str  # 01-first.md:47:12
    says: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """One page to look at: its own address, and that of the desk with it."""

    words: str
    page: str
    desk: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Seeds:
    """The paper that is shown, and the ways to others."""

    seed: int
    previous: Stop | None
    following: Stop
    chance: str
    key: Stop
    shows_key: bool
    draws: tuple[Draw, ...]


@dataclass(frozen=True, kw_only=True)
class DeskPage(Page):
    """The desk: a slim ribbon, and below it the page that learners will see."""

    template: ClassVar[str] = "preview/desk.html"
    page_href: str
    site: str  # what the addresses of learners' pages begin with
    course_title: str
    tally: str  # 2 errors and 1 warning; empty where there is nothing to mend
    has_errors: bool
    problems: tuple[ProblemView, ...]
    opens_elsewhere: bool  # a problem's link leads to an editor, not to the source beside it
    remark: str  # why the page is not the newest; empty where it is
    stops: tuple[Stop, ...]
    seeds: Seeds | None  # only beside an exam
    is_phone: bool
    width: Stop  # to the other width
    changes: str
    back: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a file, and what is wrong with it."""

    number: int
    text: str
    says: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SourcePage(Page):
    """A file as its author wrote it."""

    template: ClassVar[str] = "preview/source.html"
    lines: tuple[SourceLine, ...]


def desk(
    request: Request, view: Seen, at: str = "", width: str = "", seed: str = ""
) -> HTMLResponse | RedirectResponse:
    """Show the desk with a page on it; `seed` lays out the exam it draws."""
    if seed == "any":
        return see_other(_desk(view, f"/attempts/{secrets.randbelow(A_FEW) + 1}", width))
    if seed.isascii() and seed.isdigit() and 0 < int(seed[:10]) <= HIGHEST_SEED:
        at = f"/attempts/{int(seed)}"
    is_phone = width == PHONE
    at = at if at.startswith("/") else _first(view)
    other = "" if is_phone else PHONE
    return to_author(
        request,
        view,
        DeskPage(
            title=f"Preview of {view.course.title}" if view.course else "Preview",
            page_href=f"{view.site}{at}",
            site=view.site,
            course_title=view.course.title if view.course else "your course",
            tally=_tally(view),
            has_errors=bool(view.reading.errors),
            problems=_problems(view),
            opens_elsewhere=view.edit is not None,
            remark=_remark(view),
            stops=_stops(view, at, width),
            seeds=_seeds(view, at, width),
            is_phone=is_phone,
            width=Stop("Full width" if is_phone else "Phone width", f"{view.site}{at}", _desk(view, at, other)),
            changes=view.changes,
            back=view.back,
        ),
    )


def _desk(view: OnView, at: str, width: str) -> str:
    asked = {"at": at} | ({"width": width} if width == PHONE else {})
    return f"{view.at}/?{urlencode(asked, safe='/')}"


def _first(view: OnView) -> str:
    return f"/courses/{view.course.code}" if view.course else "/"


def _tally(view: OnView) -> str:
    errors = len(view.reading.errors)
    warnings = len(view.reading.problems) - errors
    return listed([counted(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number])


def _problems(view: OnView) -> tuple[ProblemView, ...]:
    return tuple(
        ProblemView(
            href=view.mend_at(view.file_of(one), one.line),
            place=f"{one.path}:{one.line}:{one.column}",
            says=str(one).removeprefix(f"{one.path}:{one.line}:{one.column}: "),
            is_error=one.level == "error",
        )
        for one in sorted(view.reading.problems, key=lambda one: (one.level != "error", one))
    )


def _remark(view: OnView) -> str:
    if view.remark or not view.reading.errors:
        return view.remark
    if view.course is None:
        return "These errors keep the course from being shown."
    return "The page below is the last version without errors. Mend these, and it follows."


def _stops(view: OnView, at: str, width: str) -> tuple[Stop, ...]:
    """List every page of a course, in the order a learner comes to them."""
    if view.course is None:
        return ()
    places = list(_places(view.course))
    return tuple(
        Stop(words, f"{view.site}{path}", _desk(view, path, width), _is_at(at, path)) for words, path in places
    )


def _places(course: Course) -> list[tuple[str, str]]:
    page = f"/courses/{course.code}"
    modules = [
        (f"{number}. {module.title}", f"{page}/modules/{module.slug}")
        for number, module in enumerate(course.modules, 1)
    ]
    exam = [("Before the exam", f"{page}/exam"), ("The exam", "/attempts/1")] if course.exam else []
    return [
        ("In the catalog", "/"),
        ("Course page", page),
        *modules,
        *exam,
        ("Evaluation", "/evaluation"),
        ("Certificate, a sample", "/certificate"),
    ]


def _is_at(at: str, path: str) -> bool:
    here = at.partition("?")[0]
    return here == path or (path.startswith("/attempts/") and here.startswith("/attempts/"))


def _seeds(view: OnView, at: str, width: str) -> Seeds | None:
    found = PAPER.match(at)
    if found is None or view.course is None or view.course.exam is None:
        return None
    seed, shows_key = int(found[1]), bool(found[2])

    def stop(words: str, number: int, *, key: bool) -> Stop:
        path = f"/attempts/{number}{'/key' if key else ''}"
        return Stop(words, f"{view.site}{path}", _desk(view, path, width))

    return Seeds(
        seed=seed,
        previous=stop("Previous seed", seed - 1, key=shows_key) if seed > 1 else None,
        following=stop("Next seed", min(seed + 1, HIGHEST_SEED), key=shows_key),
        chance=f"{view.at}/?{urlencode({'seed': 'any'} | ({'width': width} if width == PHONE else {}))}",
        key=stop("Hide the key" if shows_key else "Show the key", seed, key=not shows_key),
        shows_key=shows_key,
        draws=keys.draws(view.course.exam, paper_of(view.course, seed)),
    )


def source(request: Request, view: Seen, name: str) -> HTMLResponse:
    """Show a file as it was written, each line at an address of its own, with what is wrong beside it."""
    content = folder.look_into(view.shelf).read(name)
    if content is None:
        raise NotFound("This course has no file of that name.")
    found: dict[int, list[str]] = {}
    for problem in view.reading.problems:
        if view.file_of(problem) == name:
            found.setdefault(problem.line, []).append(f"{problem.message} {problem.remedy}".strip())
    lines = content.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = (SourceLine(number, text, tuple(found.get(number, ()))) for number, text in enumerate(lines, 1))
    return to_author(request, view, SourcePage(title=name, lines=tuple(told)), policy=FRAMED_BY_OURS)


def key(request: Request, view: Seen, attempt_id: RowNumber) -> HTMLResponse:
    """Show the key of a paper, which no learner ever sees in this form."""
    exam = view.shown.exam
    paper = paper_of(view.shown, attempt_id)
    page = KeyPage(
        title="The key",
        code=view.shown.code,
        course_title=view.shown.title,
        seed=attempt_id,
        exam_href=f"{view.site}/attempts/{attempt_id}",
        draws=keys.draws(exam, paper) if exam else (),
        entries=keys.entries(paper, view.mend_at),
        opens_elsewhere=view.edit is not None,
    )
    return to_learner(request, view, page)
