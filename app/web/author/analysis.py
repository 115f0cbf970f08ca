"""Results: what the first attempts of many say of each question, and which questions to mend first."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from app.assessment import item_analysis, mending, pace
from app.assessment.item_analysis import Analysis
from app.assessment.items import CHOICES, FEWEST_ASKED, FEWEST_COMPARED, Item, Pull
from app.assessment.mending import Mending
from app.library import editions
from app.library.editions import Edition
from app.web import charts
from app.web.author import frame, shelved
from app.web.author.desk import AtDesk
from app.web.author.frame import Studio, StudioPage
from app.web.author.shelved import SHELF, AtShelf, EditionLink
from app.web.charts import Chart
from app.web.render import Shows
from app.web.words import counted

router = APIRouter(prefix=frame.COURSE)
shelf_router = APIRouter(prefix=SHELF)

UNKNOWN = "–"
STRONGEST, WEAKEST = "Strongest third", "Weakest third"


@dataclass(frozen=True, slots=True)
class ItemView:
    """One question, with what is known of it."""

    anchor: str
    heading: str
    facts: tuple[tuple[str, str], ...]
    too_few: str  # why nothing more is said; empty where something is
    chart: Chart | None
    reasons: tuple[str, ...]
    correct_href: str  # where its key is corrected, and attempts are graded again


@dataclass(frozen=True, slots=True)
class FirstView:
    """One question worth mending, and why."""

    href: str
    heading: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One question in the table of all."""

    href: str
    heading: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that is known of the questions of one edition."""

    attempts_words: str
    first: tuple[FirstView, ...]
    overview: tuple[OverviewRow, ...]
    items: tuple[ItemView, ...]


@dataclass(frozen=True, kw_only=True)
class ResultsPage(StudioPage):
    """The results of one edition, or that there is none yet."""

    template: ClassVar[str] = "author/analysis.html"
    text_words: str
    results: Results | None  # None: nobody has taken the exam yet, or there is none
    nothing: str
    fewest_asked: int = FEWEST_ASKED
    fewest_compared: int = FEWEST_COMPARED
    longest_minutes: int = int(pace.LONGEST.total_seconds() // 60)
    editions: tuple[EditionLink, ...] = ()


@router.get("/results")
def of_draft(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Show the results of what learners read while a next edition is being written."""
    edition = editions.newest(desk.db, desk.draft.course_code)
    studio = frame.studio(desk.draft, here="results")
    if edition is None:
        nothing = "Results begin with the first learner. This course was not published yet."
        return show(ResultsPage(title="Results", studio=studio, text_words="", results=None, nothing=nothing))
    at = shelved.Shelved(edition, True, desk.author, desk.db, desk.house, desk.now)
    return show(
        _page(desk.db, edition, studio, shelved.edition_links(at, "results"), desk.moment(edition.published_at))
    )


@shelf_router.get("/results")
def of_edition(at: AtShelf, show: Shows) -> HTMLResponse:
    """Show the results of an edition."""
    published = frame.moment(at.edition.published_at, at.author, now=at.now)
    links = shelved.edition_links(at, "results")
    return show(_page(at.db, at.edition, at.studio(here="results"), links, published))


def _page(
    db: Session, edition: Edition, studio: Studio, links: tuple[EditionLink, ...], published: str
) -> ResultsPage:  # fmt: skip
    found = item_analysis.of(db, edition)
    return ResultsPage(
        title="Results",
        studio=studio,
        text_words=f"Edition {edition.short}, published {published}",
        results=_results(found, edition) if found.attempts else None,
        nothing="Nobody has submitted the exam of this edition yet.",
        editions=links,
    )


def _results(found: Analysis, edition: Edition) -> Results:
    worth = mending.first(found.items)
    reasons = {one.item.question.id: tuple(reason.sentence for reason in one.reasons) for one in worth}
    return Results(
        attempts_words=counted(found.attempts, "first attempt"),
        first=tuple(_first(one) for one in worth),
        overview=tuple(_overview(item) for item in found.items),
        items=tuple(_view(item, edition, reasons.get(item.question.id, ())) for item in found.items),
    )


def _anchor(item: Item) -> str:
    return f"item-{item.question.id}"


def _first(one: Mending) -> FirstView:
    sentences = tuple(reason.sentence for reason in one.reasons)
    return FirstView(f"#{_anchor(one.item)}", one.item.question.heading, sentences)


def _overview(item: Item) -> OverviewRow:
    figures = (f"{item.asked:,}", _share(item.difficulty), _edge(item), f"{item.blank:,}", _time(item.seconds))
    return OverviewRow(f"#{_anchor(item)}", item.question.heading, figures)


def _view(item: Item, edition: Edition, reasons: tuple[str, ...]) -> ItemView:
    at = f"/author/shelf/{edition.course_code}/questions/{quote(item.question.id)}"
    too_few = f"Too few answers to say: {item.asked} of the {FEWEST_ASKED} that it takes."
    return ItemView(
        anchor=_anchor(item),
        heading=item.question.heading,
        facts=_facts(item) if item.is_told else (),
        too_few="" if item.is_told else too_few,
        chart=_chart(item) if item.pulls else None,
        reasons=reasons,
        correct_href=f"{at}/correct?edition={edition.short}",
    )


def _facts(item: Item) -> tuple[tuple[str, str], ...]:
    back = f", {item.taken_back} of them after a first answer" if item.taken_back else ""
    return (
        ("Asked", f"{item.asked:,}"),
        ("Points earned", _share(item.difficulty)),
        ("Discrimination", _edge_in_words(item)),
        ("Blank", f"{item.blank:,}{back}"),
        ("Median time", _time_in_words(item)),
    )


def _chart(item: Item) -> Chart:
    compares = item.is_compared and item.pulls[0].upper is not None
    marks = ascii_uppercase if item.question.kind in CHOICES else ""
    rows = tuple(
        _chart_row(pull, marks[place] if place < len(marks) else str(place + 1), compares=compares)
        for place, pull in enumerate(item.pulls)
    )
    what = "Option" if marks else "Outcome"
    head = ("Bar", what, "Chosen by", "Share", *((STRONGEST, WEAKEST) if compares else ()))
    series = (STRONGEST, WEAKEST) if compares else ("All who were asked",)
    return charts.bars(f"Answers to “{item.question.heading}”", head=head, series=series, rows=rows)


def _chart_row(pull: Pull, label: str, *, compares: bool) -> charts.Row:
    words = f"{pull.label} (right)" if pull.is_right and pull.label != "Right" else pull.label
    figures = (words, f"{pull.count:,}", mending.percent(pull.share))
    if not compares:
        return charts.Row(label, figures, (pull.share,))
    thirds = (pull.upper or 0.0, pull.lower or 0.0)
    return charts.Row(label, (*figures, *(mending.percent(one) for one in thirds)), thirds)


def _share(share: float | None) -> str:
    return UNKNOWN if share is None else mending.percent(share)


def _edge(item: Item) -> str:
    return UNKNOWN if item.discrimination is None else mending.signed(item.discrimination)


def _edge_in_words(item: Item) -> str:
    if not item.is_compared:
        return f"too few answers to say: {item.asked} of the {FEWEST_COMPARED} that it takes"
    if item.discrimination is None:
        return "none: everybody earned the same here, or on the rest"
    return f"{mending.signed(item.discrimination)} ({_judged(item.discrimination)})"


def _judged(edge: float) -> str:
    """Judge a discrimination in the words of Ebel and Frisbie (1991)."""
    if edge >= 0.4:
        return "very good"
    if edge >= 0.3:
        return "good"
    return "fair" if edge >= mending.POOR else "poor"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _time_in_words(item: Item) -> str:
    if item.seconds is None:
        return f"not known: told of {item.timed} of the {FEWEST_ASKED} that it takes"
    return f"{_time(item.seconds)} (of {item.timed:,})"
