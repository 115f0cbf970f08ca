"""Evaluations in the Studio: what learners said of a course, or of whoever teaches it, five and more together."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit import tables
from app.kit.errors import NotFound
from app.learning import evaluation_reports
from app.learning.evaluation_reports import Figures, Quarter, Rating, Report
from app.learning.evaluations import FEWEST
from app.library import authors, editions
from app.library.editions import Edition
from app.request import Db, Instructor
from app.web import charts
from app.web.author import frame
from app.web.author.desk import AtDesk
from app.web.author.frame import StudioPage
from app.web.author.shelved import SHELF, AtShelf, EditionLink, Shelved
from app.web.charts import Chart
from app.web.render import Shows, see_other
from app.web.words import counted

router = APIRouter(prefix=frame.COURSE)
shelf_router = APIRouter(prefix=SHELF)
instructors_router = APIRouter(prefix="/author/evaluations")

MEANS = {5: "Fully", 1: "Not at all"}


@dataclass(frozen=True, slots=True)
class RatingView:
    """One item on the scale: its mean, how the answers spread, and how the mean went."""

    anchor: str
    asks: str
    mean: str  # 4.3; empty where too few answered
    people: str
    spread: Chart | None
    trend: Chart | None  # None where there is but one quarter


@dataclass(frozen=True, slots=True)
class CommentsView:
    """What was written to one item."""

    asks: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that is told of what was said."""

    people: str
    waiting: str  # how many are not counted yet; empty where none
    hidden: str
    ratings: tuple[RatingView, ...]
    comments: tuple[CommentsView, ...]


@dataclass(frozen=True, kw_only=True)
class EvaluationsPage(StudioPage):
    """What was said of a course, in all its editions or one, or of an instructor."""

    template: ClassVar[str] = "author/evaluations.html"
    about: str
    report: ReportView | None  # None: the course was never published
    nothing: str = ""
    choices: tuple[EditionLink, ...] = ()
    csv_href: str = ""
    fewest: int = FEWEST


@dataclass(frozen=True, slots=True)
class Line:
    """One course or instructor, and how many were counted."""

    words: str
    href: str
    people: str


@dataclass(frozen=True, kw_only=True)
class AllEvaluationsPage(StudioPage):
    """Her courses and whoever teaches them."""

    template: ClassVar[str] = "author/all_evaluations.html"
    courses: tuple[Line, ...]
    instructors: tuple[Line, ...]


# --- of a course -------------------------------------------------------------------------------------------------


@router.get("/evaluations")
def of_draft(desk: AtDesk, show: Shows) -> Response:
    """Lead to what was said of what was published."""
    if editions.newest(desk.db, desk.draft.course_code) is not None:
        return see_other(f"/author/shelf/{desk.draft.course_code}/evaluations")
    nothing = "Evaluations begin with the first learner who finishes. This course was not published yet."
    studio = frame.studio(desk.draft, here="evaluations")
    return show(EvaluationsPage(title="Evaluations", studio=studio, about="", report=None, nothing=nothing))


@shelf_router.get("/evaluations")
def of_course(at: AtShelf, show: Shows, edition: str = "") -> HTMLResponse:
    """Show what was said of a course: of all its editions together, or of the one that is asked for."""
    every = editions.history(at.db, at.edition.course_code)
    chosen = [at.edition] if edition else every
    page = EvaluationsPage(
        title="Evaluations",
        studio=at.studio(here="evaluations"),
        about=f"Edition {at.edition.short}" if edition else "All editions together",
        report=_view(evaluation_reports.of(at.db, chosen, among=every)),
        choices=_choices(at, every, edition) if len(every) > 1 else (),
        csv_href=f"{_at(at)}.csv" + (f"?edition={at.edition.short}" if edition else ""),
    )
    return show(page)


@shelf_router.get("/evaluations.csv")
def sheet_of_course(at: AtShelf, edition: str = "") -> Response:
    """Give the same figures as a sheet."""
    every = editions.history(at.db, at.edition.course_code)
    found = evaluation_reports.of(at.db, [at.edition] if edition else every, among=every)
    return _sheet(found, f"evaluations-{at.edition.course_code}{'-' + at.edition.short if edition else ''}")


def _at(at: Shelved) -> str:
    return f"/author/shelf/{at.edition.course_code}/evaluations"


def _choices(at: Shelved, every: Sequence[Edition], chosen: str) -> tuple[EditionLink, ...]:
    links = tuple(
        EditionLink(
            words=f"Edition {one.short}, published {frame.moment(one.published_at, at.author, now=at.now)}",
            href=f"{_at(at)}?edition={one.short}",
            is_here=bool(chosen) and one.id == at.edition.id,
        )
        for one in every
    )
    return (EditionLink("All editions together", _at(at), not chosen), *links)


# --- of an instructor --------------------------------------------------------------------------------------------


@instructors_router.get("")
def everything(db: Db, author: Instructor, show: Shows, instructor: str = "") -> HTMLResponse:
    """Show her courses and who teaches them, or what was said of one who does."""
    hers = _hers(db, author)
    if instructor:
        page = EvaluationsPage(
            title=f"Evaluations: {instructor}",
            about="Every course that names this instructor and that you may write",
            report=_view(_of_instructor(db, instructor, hers)),
            csv_href=f"/author/evaluations/instructor.csv?{urlencode({'instructor': instructor})}",
        )
        return show(page)
    people = evaluation_reports.counts(db, hers)
    return show(
        AllEvaluationsPage(
            title="Evaluations",
            courses=tuple(_courses(hers, people)),
            instructors=tuple(_instructors(hers, people)),
        )
    )


@instructors_router.get("/instructor.csv")
def sheet_of_instructor(db: Db, author: Instructor, instructor: str = "") -> Response:
    """Give the figures of an instructor as a sheet."""
    return _sheet(_of_instructor(db, instructor, _hers(db, author)), "evaluations-instructor")


def _of_instructor(db: Session, name: str, hers: Sequence[Edition]) -> Report:
    if not any(evaluation_reports.teaches(one.course, name) for one in hers):
        raise NotFound
    return evaluation_reports.of_instructor(db, name, hers)


def _hers(db: Session, author: Person) -> list[Edition]:
    """Give every edition of the courses that she may write."""
    if access.may(author, Right.AUTHOR_ALL):
        return editions.of_courses(db, {one.course_code for one in editions.on_shelf(db)})
    return editions.of_courses(db, authors.courses_of(db, author))


def _courses(hers: Sequence[Edition], people: dict[int, int]) -> Iterator[Line]:
    titles = {one.course_code: one.title for one in reversed(hers)}
    for code, title in sorted(titles.items(), key=lambda pair: pair[1]):
        number = sum(people.get(one.id, 0) for one in hers if one.course_code == code)
        yield Line(title, f"/author/shelf/{code}/evaluations", _people(number))


def _instructors(hers: Sequence[Edition], people: dict[int, int]) -> Iterator[Line]:
    names = {one.name for edition in hers for one in edition.course.instructors}
    for name in sorted(names):
        number = sum(people.get(one.id, 0) for one in hers if evaluation_reports.teaches(one.course, name))
        yield Line(name, f"/author/evaluations?{urlencode({'instructor': name})}", _people(number))


def _people(number: int) -> str:
    return f"{counted(number, 'answer')} counted" if number else "Nothing counted yet"


# --- in figures --------------------------------------------------------------------------------------------------


def _view(found: Report) -> ReportView:
    waits = "" if not found.waiting else f"{counted(found.waiting, 'more answer')} will be counted with others."
    return ReportView(
        people=counted(found.people, "answer"),
        waiting=waits,
        hidden=found.hidden,
        ratings=tuple(_rating(one, number) for number, one in enumerate(found.ratings, 1)),
        comments=tuple(CommentsView(one.item.asks, one.texts) for one in found.comments),
    )


def _rating(one: Rating, number: int) -> RatingView:
    told = one.figures
    return RatingView(
        anchor=f"item-{number}",
        asks=one.item.asks,
        mean=_mean(told) if told else "",
        people=f"{told.n:,}" if told else f"fewer than {FEWEST}",
        spread=_spread(one.item.asks, told) if told else None,
        trend=_trend(one.item.asks, one.quarters) if len(one.quarters) > 1 else None,
    )


def _mean(told: Figures) -> str:
    return f"{told.mean:.1f}"


def _spread(asks: str, told: Figures) -> Chart:
    rows = [
        charts.Row(str(step), (MEANS.get(step, ""), f"{count:,}", f"{round(100 * count / told.n)}%"), (count / told.n,))
        for step, count in reversed(list(enumerate(told.counts, 1)))
    ]
    title = f"Answers to “{asks}”"
    return charts.bars(title, head=("Answer", "Means", "People", "Share"), series=("All",), rows=rows)


def _trend(asks: str, quarters: Sequence[tuple[Quarter, Figures]]) -> Chart:
    rows = [
        charts.Row(str(number), (quarter.in_words, f"{told.n:,}", _mean(told)), (told.mean / 5,), (_mean(told),))
        for number, (quarter, told) in enumerate(quarters, 1)
    ]
    title = f"Mean by quarter: “{asks}”"
    return charts.bars(title, head=("Bar", "Counted in", "People", "Mean"), series=("Mean",), rows=rows)


def _sheet(found: Report, name: str) -> Response:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(("item", "counted in", "people", "mean", "1", "2", "3", "4", "5", "comment"))
    if found.hidden:
        rows.writerow((found.hidden,))
    for one in found.ratings:
        whole = [("all", one.figures)] if one.figures else []
        for when, told in (*whole, *((quarter.in_words, figures) for quarter, figures in one.quarters)):
            rows.writerow((_plain(one.item.asks), when, told.n, f"{told.mean:.2f}", *told.counts, ""))
    for comments in found.comments:
        rows.writerows((_plain(comments.item.asks), *("",) * 8, _plain(text)) for text in comments.texts)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _plain(text: str) -> str:
    """Give a text that no sheet takes for a formula."""
    return str(tables.harmless(text))
