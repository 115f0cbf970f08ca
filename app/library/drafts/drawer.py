"""The drawer: every draft there is, and who may open which."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, select

from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Gone, NotFound
from app.library import authors


class Draft(SQLModel, table=True):
    """One text of one course on its way to an edition. A discarded one is kept and opens no more."""

    __tablename__ = "draft"
    __table_args__ = (
        Index(
            "uq_draft_open",
            "course_code",
            unique=True,
            sqlite_where=text("discarded_at IS NULL"),
            postgresql_where=text("discarded_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    course_code: str  # its address; it follows course.md until the course is published
    title: str  # as course.md said last
    based_on: str | None = None  # the content hash of the edition it began from, or that was published from it
    begun_at: datetime = Field(sa_type=UtcDateTime)
    begun_by: int = Field(foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    discarded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    discarded_by: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)


class NotHers(NotFound):
    """There is no such draft, or others write it: nobody is told which."""


class Discarded(Gone):
    """The draft was discarded."""

    message = "This draft was discarded. What was written in it is kept; ask the provider if you need it again."


def of(db: Session, person: Person, draft_id: int) -> Draft:
    """Give a draft that a person writes; raise `NotHers`, or `Discarded` when it was hers."""
    draft = db.get(Draft, draft_id)
    if draft is None or not authors.may_write(db, person, draft.course_code):
        raise NotHers
    if draft.discarded_at:
        raise Discarded
    return draft


def for_review(db: Session, person: Person, draft_id: int) -> Draft:
    """Give a draft to somebody who may read it: its authors, and whoever reviews."""
    draft = db.get(Draft, draft_id)
    if draft is None or draft.discarded_at or not access.may(person, Right.REVIEW):
        return of(db, person, draft_id)
    return draft


def of_author(db: Session, person: Person) -> list[Draft]:
    """Give the open drafts that a person may write, the one changed last first."""
    hers = select(Draft).where(col(Draft.discarded_at).is_(None)).order_by(col(Draft.changed_at).desc())
    if not access.may(person, Right.AUTHOR_ALL):
        hers = hers.where(col(Draft.course_code).in_(authors.courses_of(db, person)))
    return list(db.exec(hers))


def of_course(db: Session, code: str) -> Draft | None:
    """Find the open draft of a course."""
    return db.exec(select(Draft).where(Draft.course_code == code, col(Draft.discarded_at).is_(None))).first()


def open_ones(db: Session, draft_ids: Iterable[int]) -> list[Draft]:
    """Give those of several drafts that are open, in one query."""
    named = select(Draft).where(col(Draft.id).in_(set(draft_ids)), col(Draft.discarded_at).is_(None))
    return list(db.exec(named.order_by(col(Draft.id))))


def hold(db: Session, draft: Draft) -> Draft:
    """Hold a draft until the act ends, and see what others did to it meanwhile."""
    mine = select(Draft).where(Draft.id == draft.id)
    held = db.exec(mine.with_for_update(key_share=True).execution_options(populate_existing=True)).one()
    if held.discarded_at:
        raise Discarded
    return held
