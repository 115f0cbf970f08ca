"""Evidence: the sum behind the contact hours, the map of objectives, and the pack that an application asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from sqlmodel import Session

from app.content import traceability, worked_sum
from app.content.course import Course
from app.content.folder import Held
from app.content.traceability import Row, Tested
from app.content.worked_sum import WorkedSum
from app.kit.errors import Conflict
from app.library import provider
from app.records import active_time, checklist, evidence_pack
from app.records.checklist import Point
from app.records.evidence_sections import Subject
from app.request import Wiring
from app.web import disclosures
from app.web.author import frame, shelved
from app.web.author.desk import AtDesk, Desk
from app.web.author.frame import StudioPage
from app.web.author.shelved import SHELF, AtShelf, EditionLink, Shelved
from app.web.render import Shows

router = APIRouter(prefix=frame.COURSE)
shelf_router = APIRouter(prefix=SHELF)


class NoEvidenceYet(Conflict):
    """The draft has errors, so there is no course yet to give evidence of."""

    message = "This draft has errors, so there is no pack of it yet. Put them right under “Problems”, then try again."


@dataclass(frozen=True, slots=True)
class MapRow:
    """One objective, and everything that hangs on it."""

    objective: str
    taught: tuple[tuple[str, str], ...]  # a module, and its sections in one line
    tested: tuple[str, ...]
    checks: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to show of a text that can be read."""

    worked: WorkedSum
    drift: str
    is_alarm: bool
    rows: tuple[MapRow, ...]
    loose: tuple[str, ...]
    is_whole: bool
    points: tuple[Point, ...]
    by_hand: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EvidencePage(StudioPage):
    """The evidence of one text."""

    template: ClassVar[str] = "author/evidence.html"
    text_words: str  # which text this is: the draft, or an edition
    is_draft: bool
    evidence: Evidence | None  # None: the draft has errors
    pack_href: str
    problems_href: str  # of a draft
    published_href: str  # the evidence of what learners read, where this is its draft
    editions: tuple[EditionLink, ...] = ()


@router.get("/evidence")
def of_draft(desk: AtDesk, show: Shows) -> HTMLResponse:
    """Show the evidence of a draft as it stands."""
    held = desk.shelf()
    course = desk.read(held).course
    page = EvidencePage(
        title="Evidence",
        studio=frame.studio(desk.draft, here="evidence"),
        text_words="The draft as it stands now",
        is_draft=True,
        evidence=_evidence(_of_draft(desk, course, held)) if course else None,
        pack_href=desk.at("/evidence.zip"),
        problems_href=desk.at("/problems"),
        published_href=f"/author/shelf/{desk.draft.course_code}/evidence" if desk.draft.based_on else "",
    )
    return show(page)


@router.get("/evidence.zip")
def pack_of_draft(desk: AtDesk) -> Response:
    """Give the pack of a draft, marked as one on every page."""
    held = desk.shelf()
    course = desk.read(held).course
    if course is None:
        raise NoEvidenceYet
    return _sent(_of_draft(desk, course, held), held, db=desk.db, house=desk.house)


@shelf_router.get("/evidence")
def of_edition(at: AtShelf, show: Shows) -> HTMLResponse:
    """Show the evidence of an edition."""
    subject, _ = _of_edition(at)
    published = frame.moment(at.edition.published_at, at.author, now=at.now)
    page = EvidencePage(
        title="Evidence",
        studio=at.studio(here="evidence"),
        text_words=f"Edition {at.edition.short}, published {published}",
        is_draft=False,
        evidence=_evidence(subject),
        pack_href=at.at("evidence.zip"),
        problems_href="",
        published_href="",
        editions=shelved.edition_links(at, "evidence"),
    )
    return show(page)


@shelf_router.get("/evidence.zip")
def pack_of_edition(at: AtShelf) -> Response:
    """Give the pack of an edition."""
    subject, source = _of_edition(at)
    return _sent(subject, source, db=at.db, house=at.house)


def _of_draft(desk: Desk, course: Course, held: Held) -> Subject:
    rows = disclosures.rows(course, provider.current(desk.db))
    return evidence_pack.of_draft(desk.db, course, held, disclosed=rows, now=desk.now)


def _of_edition(at: Shelved) -> tuple[Subject, Held]:
    rows = disclosures.rows(at.edition.course, provider.current(at.db))
    measured = active_time.of(at.db, at.edition)
    return evidence_pack.of_edition(at.db, at.edition, at.house.files, disclosed=rows, measured=measured, now=at.now)


def _sent(subject: Subject, source: Held, *, db: Session, house: Wiring) -> StreamingResponse:
    certificate = evidence_pack.sample(db, subject, address=house.settings.address)
    pack = evidence_pack.pack(subject, source, certificate, draws=house.draws_aside)
    headers = {"Content-Disposition": f'attachment; filename="{pack.name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(pack.stream(), media_type="application/zip", headers=headers)


def _evidence(subject: Subject) -> Evidence:
    course = subject.course
    found, drift = traceability.of(course), worked_sum.drift(course.credit, subject.measured)
    return Evidence(
        worked=worked_sum.of(course),
        drift=drift.sentence,
        is_alarm=drift.is_alarm,
        rows=tuple(_row(row) for row in found.rows),
        loose=found.loose,
        is_whole=found.is_whole,
        points=evidence_pack.points(subject),
        by_hand=checklist.BY_HAND,
    )


def _row(row: Row) -> MapRow:
    return MapRow(
        objective=f"{row.number}. {row.objective}",
        taught=tuple((one.title, _in_one_line(one.sections)) for one in row.taught),
        tested=tuple(_tested(one) for one in row.tested),
        checks=tuple(one.heading for one in row.checks),
        gaps=tuple(f"{gap[0].upper()}{gap[1:]}" for gap in row.gaps),
    )


def _in_one_line(sections: tuple[str, ...]) -> str:
    return " · ".join(sections)


def _tested(one: Tested) -> str:
    return f"{one.heading} (drawn from “{one.drawn_from}”)" if one.drawn_from else one.heading
