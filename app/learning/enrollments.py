"""Enrollments: one person in one course, from the first thing she marks to the certificate.

A reader without an account has one too; it becomes hers at sign-in only when she says so. A new renewal
period is a new enrollment, so a course can be taken, and certified, again.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, delete, text
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import NotFound
from app.learning import beats, readers
from app.learning.progress import ModuleMark, Place
from app.learning.readers import Reader
from app.library.editions import Edition


class Enrollment(SQLModel, table=True):
    """A person, or a reader, in one edition of a course."""

    __tablename__ = "enrollment"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (reader_id IS NULL)", name="somebodys"),
        Index(
            "uq_enrollment_open_person",
            "person_id",
            "course_code",
            unique=True,
            sqlite_where=text("completed_at IS NULL"),
            postgresql_where=text("completed_at IS NULL"),
        ),
        Index("uq_enrollment_reader", "reader_id", "course_code", unique=True),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)
    reader_id: int | None = Field(default=None, foreign_key="reader.id", ondelete="RESTRICT", sa_type=RowId)
    course_code: str
    edition_id: int = Field(foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    began_at: datetime = Field(sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EditionChoice(SQLModel, table=True):
    """What she chose when she was offered another edition. She may choose again: each choice is a row."""

    __tablename__ = "edition_choice"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    enrollment_id: int = Field(foreign_key="enrollment.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    from_edition_id: int = Field(foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    to_edition_id: int = Field(foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    moved: bool
    chosen_at: datetime = Field(sa_type=UtcDateTime)


class NotHers(NotFound):
    """There is no such enrollment, or it is somebody else's: nobody is told which."""


Student = Person | Reader  # whoever reads: known to us or not


def of(db: Session, person: Person, enrollment_id: int) -> Enrollment:
    """Give an enrollment of hers, or raise `NotHers`."""
    enrollment = db.get(Enrollment, enrollment_id)
    if enrollment is None or enrollment.person_id != person.id:
        raise NotHers
    return enrollment


def open_one(db: Session, student: Student, course_code: str) -> Enrollment | None:
    """Find the enrollment in which she is taking a course now."""
    mine = _of_student(student).where(col(Enrollment.course_code) == course_code)
    return db.exec(mine.where(col(Enrollment.completed_at).is_(None))).first()


def latest(db: Session, student: Student, course_code: str) -> Enrollment | None:
    """Find her newest enrollment in a course, finished or not."""
    mine = _of_student(student).where(col(Enrollment.course_code) == course_code)
    return db.exec(mine.order_by(col(Enrollment.id).desc())).first()


def all_of(db: Session, student: Student) -> list[Enrollment]:
    """Give all her enrollments, newest first."""
    return list(db.exec(_of_student(student).order_by(col(Enrollment.id).desc())))


def begin(db: Session, student: Student, edition: Edition, *, now: datetime) -> Enrollment:
    """Enroll her in an edition; one who is taking the course already goes on where she is."""
    if mine := open_one(db, student, edition.course_code):
        return mine
    row = Enrollment(course_code=edition.course_code, edition_id=edition.id, began_at=now)
    if isinstance(student, Person):
        row.person_id = student.id
    else:
        row.reader_id = student.id
    insert_once(db, row)
    mine = open_one(db, student, edition.course_code)
    if mine is None:  # pragma: no cover - insert_once has just seen to it
        raise NotHers
    return mine


def locked(db: Session, enrollment: Enrollment) -> Enrollment:
    """Hold an enrollment until the act ends: whoever else acts on it waits, and then sees what was done."""
    mine = select(Enrollment).where(col(Enrollment.id) == enrollment.id)
    # key_share: two acts that have each added a row to it may both come here, and neither may wait for the other's.
    return db.exec(mine.with_for_update(key_share=True).execution_options(populate_existing=True)).one()


def adopt(db: Session, person: Person, reader: Reader) -> list[str]:
    """Add what a reader did to a person's account; give the codes of the courses it touched.

    Marks in a course she is taking already are added to hers; nothing she had is replaced.
    """
    touched = []
    pairs = [(theirs, open_one(db, person, theirs.course_code)) for theirs in all_of(db, reader)]
    beats.adopt(db, person, reader, {theirs.id: (mine or theirs).id for theirs, mine in pairs})
    for theirs, mine in pairs:
        if mine is None:
            theirs.person_id, theirs.reader_id = person.id, None
            db.add(theirs)
        else:
            _add_marks(db, mine, theirs)
            _forget(db, theirs)
        touched.append(theirs.course_code)
    db.flush()
    db.delete(reader)
    return touched


def purge_readers(db: Session, *, now: datetime) -> int:
    """Forget the readers who have not been seen for 30 days, and what they marked; say how many."""
    gone = readers.gone(db, now=now)
    for reader in gone:
        for enrollment in all_of(db, reader):
            _forget(db, enrollment)
        db.flush()
        db.delete(reader)
    return len(gone)


def _of_student(student: Student) -> SelectOfScalar[Enrollment]:
    column = Enrollment.person_id if isinstance(student, Person) else Enrollment.reader_id
    return select(Enrollment).where(col(column) == student.id)


def _add_marks(db: Session, mine: Enrollment, theirs: Enrollment) -> None:
    for mark in db.exec(select(ModuleMark).where(col(ModuleMark.enrollment_id) == theirs.id)):
        insert_once(db, ModuleMark(enrollment_id=mine.id, module_slug=mark.module_slug, done_at=mark.done_at))


def _forget(db: Session, enrollment: Enrollment) -> None:
    beats.forget(db, enrollment.id)
    for table in (ModuleMark, Place, EditionChoice):
        db.execute(delete(table).where(col(table.enrollment_id) == enrollment.id))
    db.delete(enrollment)
    db.flush()
