"""The editions of a course: what was published when and by whom, what is different, and the ways back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from app.content import changes
from app.content.changes import Part
from app.kit.errors import NotFound
from app.library import authors, editions, publication, reviews
from app.library.editions import Edition, Offering
from app.request import Form
from app.web.author import frame
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage
from app.web.author.publishing import ReadingDesk
from app.web.render import Shows, see_other

router = APIRouter(prefix=frame.COURSE)


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition in the history of a course."""

    short: str
    kind: str  # first edition, minor change, major change
    published: str
    by: str
    review: str
    is_served: bool
    diff: str  # the address of what is different from the one before; empty for the first


@dataclass(frozen=True, kw_only=True)
class EditionsPage(StudioPage):
    """Every edition of a course, newest first."""

    template: ClassVar[str] = "author/editions.html"
    base: str
    rows: tuple[EditionRow, ...]
    retired: str  # when and why; empty where it is on offer
    may_write: bool


@dataclass(frozen=True, kw_only=True)
class DiffPage(StudioPage):
    """What is different between two editions."""

    template: ClassVar[str] = "author/diff.html"
    base: str
    old: str
    new: str
    reasons: tuple[str, ...]
    parts: tuple[Part, ...]


@router.get("/editions")
def history(desk: ReadingDesk, show: Shows) -> HTMLResponse:
    """Show every edition of a course."""
    code = desk.draft.course_code
    found = editions.history(desk.db, code)
    signed = reviews.of_texts(desk.db, [one.content_hash for one in found])
    offered = desk.db.get(Offering, code)
    shorts = {one.id: one.short for one in found}
    writes = authors.may_write(desk.db, desk.author, code)
    page = EditionsPage(
        title="Editions",
        studio=frame.studio(desk.draft, here="publish", writes=writes),
        base=desk.at(),
        rows=tuple(
            EditionRow(
                short=one.short,
                kind=one.kind_in_words,
                published=desk.moment(one.published_at),
                by=one.published_by,
                review=editions.review_state(one, signed[one.content_hash]),
                is_served=offered is not None and one.id == offered.edition_id,
                diff=_diff(desk, shorts.get(one.descends_from or 0, ""), one.short),
            )
            for one in found
        ),
        retired=_retired(desk, offered),
        may_write=writes,
    )
    return show(page)


def _diff(desk: Desk, old: str, new: str) -> str:
    return f"{desk.at('/editions/diff')}?old={old}&new={new}" if old else ""


def _retired(desk: Desk, offered: Offering | None) -> str:
    if offered is None or offered.retired_at is None:
        return ""
    return f"{desk.moment(offered.retired_at)}, by {offered.retired_by}: {offered.retirement_reason}"


@router.get("/editions/diff")
def diff(desk: ReadingDesk, show: Shows, old: str = "", new: str = "") -> HTMLResponse:
    """Show what is different between two editions of a course."""
    before, after = _edition(desk, old), _edition(desk, new)
    found = changes.compare(before.course, after.course)
    page = DiffPage(
        title="What is different",
        studio=frame.studio(
            desk.draft, here="publish", writes=authors.may_write(desk.db, desk.author, desk.draft.course_code)
        ),
        base=desk.at(),
        old=f"{before.short}, {desk.moment(before.published_at)}",
        new=f"{after.short}, {desk.moment(after.published_at)}",
        reasons=found.reasons,
        parts=found.parts,
    )
    return show(page)


@router.post("/editions/roll-back")
def roll_back(desk: AtDesk, form: Form) -> RedirectResponse:
    """Give new learners an earlier edition again."""
    edition = _edition(desk, form.text("edition"))
    publication.roll_back(desk.db, edition, by=desk.author.actor, reason=form.text("reason"), now=desk.now)
    return see_other(desk.at("/editions"))


@router.post("/editions/retire")
def retire(desk: AtDesk, form: Form) -> RedirectResponse:
    """Take no new learners."""
    publication.retire(desk.db, desk.draft.course_code, by=desk.author.actor, reason=form.text("reason"), now=desk.now)
    return see_other(desk.at("/editions"))


@router.post("/editions/offer")
def offer(desk: AtDesk) -> RedirectResponse:
    """Take new learners again."""
    publication.offer_again(desk.db, desk.draft.course_code, by=desk.author.actor, now=desk.now)
    return see_other(desk.at("/editions"))


def _edition(desk: Desk, typed: str) -> Edition:
    found = editions.by_hash(desk.db, typed)
    if found.course_code != desk.draft.course_code:
        raise NotFound
    return found
