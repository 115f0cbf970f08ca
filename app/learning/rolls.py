"""The roll of enrollments: who takes what, how far she is, and who has completed it, for the list of the office.

Readers without an account are on no roll: nobody knows who they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from app.identity.people import Person
from app.kit import listing
from app.kit.listing import Found, Selected, Sought
from app.learning.enrollments import Enrollment
from app.learning.progress import ModuleMark
from app.library.editions import SHORT, Edition

OPEN, COMPLETED = "open", "completed"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One enrollment of the roll."""

    id: int
    person_id: int
    name: str
    email: str
    course_code: str
    course_title: str
    edition: str  # the beginning of its hash, as people are shown it
    modules_done: int
    modules: int
    began_at: datetime
    completed_at: datetime | None

    @property
    def state(self) -> str:
        """How it stands."""
        return OPEN if self.completed_at is None else COMPLETED


def page(db: Session, sought: Sought, number: int) -> Found[Enrolled]:
    """Give a page of the enrollments that answer to what is sought."""
    found = listing.page(db, enrollments(sought), number)
    return Found(_enrolled(db, found.rows, {}), found.total, found.page, found.pages)


def everything(db: Session, sought: Sought) -> Iterator[Enrolled]:
    """Give all of them, one after the other."""
    modules: dict[int, int] = {}
    for rows in listing.batches(db, enrollments(sought)):
        yield from _enrolled(db, rows, modules)


def courses(db: Session) -> list[tuple[str, str]]:
    """Give the code and the title of every course that was ever published, for a choice among them."""
    newest = select(func.max(col(Edition.id))).group_by(col(Edition.course_code))
    titled = select(col(Edition.course_code), col(Edition.title)).where(col(Edition.id).in_(newest))
    return [(code, title) for code, title in db.execute(titled.order_by(col(Edition.title)))]


def enrollments(sought: Sought) -> Selected:
    """Select the enrollments that answer to what is sought."""
    told = map(col, (Enrollment.id, Enrollment.person_id, Enrollment.edition_id, Enrollment.course_code))
    times = map(col, (Enrollment.began_at, Enrollment.completed_at))
    around = map(col, (Person.legal_name, Person.email, Edition.title, Edition.content_hash))
    rows: Selected = select(*told, *times, *around).where(_answers(sought))
    rows = rows.join(Person, col(Person.id) == col(Enrollment.person_id))
    rows = rows.join(Edition, col(Edition.id) == col(Enrollment.edition_id))
    columns: dict[str, listing.Sqlish] = {
        "person": func.lower(func.coalesce(col(Person.legal_name), col(Person.email))),
        "course": col(Edition.title),
        "began": col(Enrollment.began_at),
        "completed": col(Enrollment.completed_at),
    }
    return listing.in_order(rows, sought, columns, first="began", last=col(Enrollment.id), nullable={"completed"})


def _answers(sought: Sought) -> ColumnElement[bool]:
    if sought.only is not None:
        return col(Enrollment.id).in_(sought.only)
    around = (col(Person.legal_name), col(Person.email), col(Edition.title), col(Enrollment.course_code))
    wanted = listing.holds(sought.words, *around)
    if course := sought.narrowed.get("course"):
        wanted &= col(Enrollment.course_code) == course
    if state := sought.narrowed.get("state"):
        completed = col(Enrollment.completed_at)
        wanted &= completed.is_(None) if state == OPEN else completed.is_not(None)
    return wanted


def _enrolled(db: Session, rows: Sequence[Any], modules: dict[int, int]) -> list[Enrolled]:
    _count_modules(db, {row.edition_id for row in rows}, modules)
    done = _done(db, [row.id for row in rows])
    return [
        Enrolled(
            id=row.id,
            person_id=row.person_id,
            name=row.legal_name or "",
            email=row.email,
            course_code=row.course_code,
            course_title=row.title,
            edition=row.content_hash[:SHORT],
            # A module that a later edition left out may still be marked.
            modules_done=min(done.get(row.id, 0), modules[row.edition_id]),
            modules=modules[row.edition_id],
            began_at=row.began_at,
            completed_at=row.completed_at,
        )
        for row in rows
    ]


def _count_modules(db: Session, edition_ids: set[int], modules: dict[int, int]) -> None:
    """Note how many modules each edition has; one is read once, for it never changes."""
    for edition in db.scalars(select(Edition).where(col(Edition.id).in_(edition_ids - modules.keys()))):
        modules[edition.id] = len(edition.course.modules)


def _done(db: Session, ids: list[int]) -> dict[int, int]:
    marks = select(col(ModuleMark.enrollment_id), func.count()).where(col(ModuleMark.enrollment_id).in_(ids))
    return {row[0]: row[1] for row in db.execute(marks.group_by(col(ModuleMark.enrollment_id)))}
