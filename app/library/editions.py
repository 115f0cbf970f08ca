"""Editions: what was published, immutable, named by content hash, kept whole so any machine can serve it.

`courses/` is only where text comes from. Learners read editions; a folder that has become wrong keeps
its last good edition serving, and its problems are kept for the operator to see.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Text
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.content import compiled, reader
from app.content.course import Course, Problem
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import NotFound
from app.kit.files import Files


class Edition(SQLModel, table=True):
    """One published text of one course: its source, and what it was compiled to."""

    __tablename__ = "edition"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    course_code: str = Field(index=True)
    content_hash: str = Field(unique=True)
    title: str
    descends_from: int | None = Field(default=None, foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    source: str = Field(sa_type=Text)  # JSON: file name → base64 of its bytes
    compiled: str = Field(sa_type=Text)  # JSON: the Course
    published_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def course(self) -> Course:
        """The course as it was published."""
        return compiled.load(self.compiled)


class Offering(SQLModel, table=True):
    """A course on the shelf: the edition that new learners get, and how its folder stood last."""

    __tablename__ = "offering"

    course_code: str = Field(primary_key=True)
    folder: str
    edition_id: int | None = Field(default=None, foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    problems: str = "[]"  # JSON: the lines of the last check, as `continua check` prints them
    conflict: str = ""  # why the folder's text was not published although it has no errors
    checked_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def problem_lines(self) -> list[str]:
        """The problems of the last check."""
        return list(json.loads(self.problems))


class NoSuchCourse(NotFound):
    """The shelf has no course at this address."""

    message = "We have no course at this address. The course list shows everything we offer."


def current(db: Session, code: str) -> Edition:
    """Give the edition that new learners get, or raise `NoSuchCourse`."""
    edition = db.exec(
        select(Edition).join(Offering, col(Offering.edition_id) == col(Edition.id)).where(Offering.course_code == code)
    ).first()
    if edition is None:
        raise NoSuchCourse
    return edition


def by_id(db: Session, edition_id: int) -> Edition:
    """Give an edition that a record names: it is there for ever."""
    return db.get_one(Edition, edition_id)


def titles(db: Session, edition_ids: Iterable[int]) -> dict[int, str]:
    """Give the titles of editions, in one query."""
    named = select(Edition.id, Edition.title).where(col(Edition.id).in_(set(edition_ids)))
    return dict(db.exec(named).all())


def on_offer(db: Session) -> list[Edition]:
    """Give the current edition of every course, by title."""
    offered = select(Edition).join(Offering, col(Offering.edition_id) == col(Edition.id))
    return list(db.exec(offered.order_by(col(Edition.title))))


def shelf(db: Session) -> list[Offering]:
    """Give every course with the state of its folder, for the operator."""
    return list(db.exec(select(Offering).order_by(col(Offering.course_code))))


def folders(root: Path) -> Iterator[Path]:
    """Walk the course folders below a root, by name."""
    if root.is_dir():
        yield from sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))


def publish_folder(db: Session, folder: Path, *, files: Files, today: date, now: datetime) -> Offering:
    """Publish a folder if it is new and sound; say what stands in the way if it is not.

    A text that was published before and is no longer current is not published again by itself: that
    would undo another's work in silence. It is shown as a conflict.
    """
    fingerprint = reader.content_hash(folder)
    known = db.exec(select(Edition).where(col(Edition.content_hash) == fingerprint)).first()
    if known is not None:
        return _seen_before(db, known, folder, files=files, now=now)
    reading = reader.read(folder, today=today)
    if reading.course is None:
        return _keep_problems(db, folder, reading.problems, now=now)
    _keep_media(folder, reading.course, files)
    return _publish(db, folder, reading.course, reading.problems, fingerprint=fingerprint, now=now)


def _seen_before(db: Session, known: Edition, folder: Path, *, files: Files, now: datetime) -> Offering:
    offering = db.get_one(Offering, known.course_code)
    _keep_media(folder, known.course, files)
    if offering.edition_id == known.id:
        offering.conflict, offering.problems = "", _without_errors(offering)
    else:
        offering.conflict = (
            f"This is the text of {known.published_at:%Y-%m-%d}, and a newer edition is being served. "
            "It was not published again by itself."
        )
    offering.folder, offering.checked_at = str(folder), now
    db.add(offering)
    return offering


def _without_errors(offering: Offering) -> str:
    return json.dumps([line for line in offering.problem_lines if ": error " not in line])


def _keep_problems(db: Session, folder: Path, problems: tuple[Problem, ...], *, now: datetime) -> Offering:
    offering = _offering_of(db, folder) or _placeholder(db, folder, now=now)
    offering.problems, offering.checked_at, offering.conflict = _lines(problems), now, ""
    db.add(offering)
    return offering


def _offering_of(db: Session, folder: Path) -> Offering | None:
    """Find the course that a folder held last, also where the folder was moved since."""
    known = db.exec(select(Offering).where(col(Offering.folder) == str(folder))).first()
    if known is not None:
        return known
    namesake = db.get(Offering, folder.name)
    if namesake is None or Path(namesake.folder).is_dir():
        return None
    namesake.folder = str(folder)
    return namesake


def _placeholder(db: Session, folder: Path, *, now: datetime) -> Offering:
    """Keep the problems of a folder that never was sound: nobody knows its code, so its path stands for it."""
    code = folder.name if db.get(Offering, folder.name) is None else str(folder)
    return Offering(course_code=code, folder=str(folder), checked_at=now)


def _publish(
    db: Session, folder: Path, course: Course, problems: tuple[Problem, ...], *, fingerprint: str, now: datetime
) -> Offering:
    offering = db.get(Offering, course.code)
    if (
        offering is not None
        and offering.edition_id
        and offering.folder != str(folder)
        and Path(offering.folder).is_dir()
    ):
        return _keep_conflict(db, folder, offering, now=now)
    offering = offering or Offering(course_code=course.code, folder=str(folder), checked_at=now)
    edition = Edition(
        course_code=course.code,
        content_hash=fingerprint,
        title=course.title,
        descends_from=offering.edition_id,
        source=_source(folder),
        compiled=compiled.dump(course),
        published_at=now,
    )
    db.add(edition)
    db.flush()
    offering.edition_id, offering.folder, offering.checked_at = edition.id, str(folder), now
    offering.problems, offering.conflict = _lines(problems), ""
    db.add(offering)
    stale = select(Offering).where(col(Offering.folder) == str(folder), col(Offering.edition_id).is_(None))
    for placeholder in db.exec(stale).all():
        db.delete(placeholder)
    detail = {"edition": fingerprint, "words": course.words}
    audit.record(db, actor=audit.HOUSE, act="edition.published", subject=course.code, now=now, detail=detail)
    return offering


def _keep_conflict(db: Session, folder: Path, offering: Offering, *, now: datetime) -> Offering:
    # On a line of its own: the course that is served has no problem, and must not hide this one.
    rival = _offering_of(db, folder) or _placeholder(db, folder, now=now)
    rival.conflict = f"The folder {folder} uses the same code as {offering.folder} and was not published."
    rival.problems, rival.checked_at = "[]", now
    db.add(rival)
    return rival


def _lines(problems: tuple[Problem, ...]) -> str:
    return json.dumps([str(problem) for problem in problems], ensure_ascii=False)


def _source(folder: Path) -> str:
    texts = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and _is_source(path))
    return json.dumps(
        {path.relative_to(folder).as_posix(): base64.b64encode(path.read_bytes()).decode() for path in texts}
    )


def _is_source(path: Path) -> bool:
    # Pictures and films are kept as files named by their hash; their words (.md, .vtt) are source.
    return path.suffix in {".md", ".vtt"} and not path.name.startswith(".")


def _keep_media(folder: Path, course: Course, files: Files) -> None:
    for media in course.media:
        suffix = Path(media.name).suffix.lower()
        name = f"{media.sha256}{suffix}"
        if files.path(name) is None:
            files.keep(name, (folder / media.name).read_bytes())


def state(offering: Offering) -> str:
    """Say in a word how a course stands: served, served in its last good edition, or not offered."""
    if offering.conflict:
        return "not published: its folder holds what was replaced, or another course's code"
    if offering.edition_id is None:
        return "not offered: its folder has errors"
    if any(": error " in line for line in offering.problem_lines):
        return "the last good edition is served: its folder has errors"
    return "served"
