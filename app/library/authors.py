"""Authors: who may write which course. Whoever begins a course is its first author; there is always one left."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, select, update

from app import audit
from app.identity import access, people
from app.identity.access import Right
from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Conflict, Forbidden, Invalid


class CourseAuthor(SQLModel, table=True):
    """One person who may write one course, from when until when."""

    __tablename__ = "course_author"
    __table_args__ = (
        Index(
            "uq_course_author_now",
            "course_code",
            "person_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    course_code: str
    person_id: int = Field(foreign_key="person.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: int = Field(foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removed_by: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)


class NotAnAuthor(Forbidden):
    """The course is somebody else's to write."""

    message = "This course is written by others. Ask one of its authors to add you."


class CannotAuthor(Invalid):
    """The account cannot write courses, or there is none."""

    def __init__(self, email: str) -> None:
        """Name the address."""
        message = (
            f"{email} has no account here that may write courses. Ask the provider to make it an instructor's first."
        )
        super().__init__({"email": message}, message)


class LastAuthor(Conflict):
    """A course would be left without anybody."""

    message = "A course needs at least one author. Add another one before you remove this one."


def may_write(db: Session, person: Person, code: str) -> bool:
    """Say whether a person may write a course."""
    if access.may(person, Right.AUTHOR_ALL):
        return True
    return access.may(person, Right.AUTHOR) and _row(db, person, code) is not None


def insist(db: Session, person: Person, code: str) -> None:
    """Raise `NotAnAuthor` unless a person may write a course."""
    if not may_write(db, person, code):
        raise NotAnAuthor


def of(db: Session, code: str) -> list[Person]:
    """Give the authors of a course, the first one first."""
    now = select(Person).join(CourseAuthor, col(CourseAuthor.person_id) == col(Person.id))
    now = now.where(CourseAuthor.course_code == code, col(CourseAuthor.removed_at).is_(None))
    return list(db.exec(now.order_by(col(CourseAuthor.id))))


def courses_of(db: Session, person: Person) -> set[str]:
    """Give the codes of the courses that a person is an author of."""
    hers = select(CourseAuthor.course_code).where(CourseAuthor.person_id == person.id)
    return set(db.exec(hers.where(col(CourseAuthor.removed_at).is_(None))))


def begin(db: Session, code: str, person: Person, *, now: datetime) -> None:
    """Make whoever begins a course its first author."""
    _add(db, code, person, by=person, now=now)


def add(db: Session, code: str, email: str, *, by: Person, now: datetime) -> Person:
    """Add a colleague by her address. Adding her twice is adding her once."""
    insist(db, by, code)
    person = people.by_email(db, email)
    if person is None or not access.may(person, Right.AUTHOR):
        raise CannotAuthor(email.strip())
    _add(db, code, person, by=by, now=now)
    return person


def _add(db: Session, code: str, person: Person, *, by: Person, now: datetime) -> None:
    row = CourseAuthor(course_code=code, person_id=person.id, added_at=now, added_by=by.id)
    if insert_once(db, row):
        detail = {"author": person.email}
        audit.record(db, actor=by.actor, act="course.author_added", subject=code, now=now, detail=detail)


def remove(db: Session, code: str, person: Person, *, by: Person, now: datetime) -> None:
    """Remove an author; raise `LastAuthor` rather than leave a course to nobody."""
    insist(db, by, code)
    rows = _locked(db, code)
    if person.id not in rows:
        return
    if len(rows) == 1:
        raise LastAuthor
    _end(db, rows[person.id], by=by, now=now)
    detail = {"author": person.email}
    audit.record(db, actor=by.actor, act="course.author_removed", subject=code, now=now, detail=detail)


def leave(db: Session, code: str, *, by: Person, now: datetime) -> None:
    """End the authorship of a course that never was one: its draft was discarded before it was published."""
    for row in _locked(db, code).values():
        _end(db, row, by=by, now=now)


def move(db: Session, code: str, *, to: str) -> None:
    """Follow a course that changed its address before it was published."""
    moved = update(CourseAuthor).where(col(CourseAuthor.course_code) == code, col(CourseAuthor.removed_at).is_(None))
    db.exec(moved.values(course_code=to).execution_options(synchronize_session="fetch"))


def _row(db: Session, person: Person, code: str) -> CourseAuthor | None:
    hers = select(CourseAuthor).where(CourseAuthor.course_code == code, CourseAuthor.person_id == person.id)
    return db.exec(hers.where(col(CourseAuthor.removed_at).is_(None))).first()


def _locked(db: Session, code: str) -> dict[int, CourseAuthor]:
    # Held until the act ends: two authors who remove each other at once must not both succeed.
    rows = select(CourseAuthor).where(CourseAuthor.course_code == code, col(CourseAuthor.removed_at).is_(None))
    held = rows.order_by(col(CourseAuthor.id)).with_for_update().execution_options(populate_existing=True)
    return {row.person_id: row for row in db.exec(held)}


def _end(db: Session, row: CourseAuthor, *, by: Person, now: datetime) -> None:
    row.removed_at, row.removed_by = now, by.id
    db.add(row)
    db.flush()
