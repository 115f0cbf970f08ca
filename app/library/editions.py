"""Editions: what was published, immutable, named by content hash, kept whole so any machine can serve it.

Learners read editions, and nothing else: neither a folder nor a draft. How an edition comes to the shelf, and
goes, is told in `publication`.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.content import compiled
from app.content.changes import Extent
from app.content.course import Course
from app.content.folder import Held
from app.kit import time_zones
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Gone, NotFound
from app.kit.files import Files
from app.library import sources
from app.library.reviews import Review

SHORT = 12  # digits of the hash that people are shown: enough to tell editions apart by eye
SHORTEST_PREFIX = 4


class Edition(SQLModel, table=True):
    """One published text of one course: its source, and what it was compiled to."""

    __tablename__ = "edition"
    __table_args__ = (CheckConstraint("kind IN ('minor', 'major')", name="kind"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    course_code: str = Field(index=True)
    content_hash: str = Field(unique=True)
    title: str
    descends_from: int | None = Field(default=None, foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    source: str = Field(sa_type=Text)  # JSON: file name → base64 of its bytes
    compiled: str = Field(sa_type=Text)  # JSON: the Course
    published_at: datetime = Field(sa_type=UtcDateTime)
    kind: str = Extent.MAJOR  # what it is to the edition that it descends from; the first one is major
    published_by: str = audit.HOUSE.label
    files: str = Field(default="{}", sa_type=Text)  # JSON: name → SHA-256 of every file, media too

    @property
    def course(self) -> Course:
        """The course as it was published."""
        return compiled.load(self.compiled)

    @property
    def short(self) -> str:
        """The beginning of its hash, as people are shown it."""
        return self.content_hash[:SHORT]

    @property
    def published_in_words(self) -> str:
        """The day on which it was published."""
        return time_zones.date_in_words(self.published_at)

    @property
    def kind_in_words(self) -> str:
        """What it is to the edition before it: first edition, minor change, major change."""
        return f"{self.kind} change" if self.descends_from else "first edition"


class Offering(SQLModel, table=True):
    """A course on the shelf: the edition that new learners get, and how its folder stood last."""

    __tablename__ = "offering"

    course_code: str = Field(primary_key=True)
    folder: str  # empty where the course has none: it is written in the Studio
    edition_id: int | None = Field(default=None, foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    problems: str = "[]"  # JSON: the lines of the last check, as `continua check` prints them
    conflict: str = ""  # why the folder's text was not published although it has no errors
    checked_at: datetime = Field(sa_type=UtcDateTime)
    folder_hash: str = ""  # the published text that the folder held last: what a change in it descends from
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retired_by: str = ""
    retirement_reason: str = ""

    @property
    def problem_lines(self) -> list[str]:
        """The problems of the last check."""
        return list(json.loads(self.problems))


class NoSuchCourse(NotFound):
    """The shelf has no course at this address."""

    message = "We have no course at this address. The course list shows everything we offer."


class Retired(Gone):
    """The course takes no new learners."""

    title = "This course is no longer offered"
    message = "If you have begun it, sign in to finish it. Certificates that were earned in it stay valid."


class NoSuchEdition(NotFound):
    """No edition has this hash, or several begin like it."""

    def __init__(self, typed: str) -> None:
        """Repeat what was typed."""
        super().__init__(f"No edition, or more than one, has a hash that begins with “{typed}”. Type more of it.")


# --- questions ---------------------------------------------------------------------------------------------------


def current(db: Session, code: str) -> Edition:
    """Give the edition that new learners get; raise `NoSuchCourse`, or `Retired` for one that takes none."""
    offered = select(Edition, Offering.retired_at).join(Offering, col(Offering.edition_id) == col(Edition.id))
    found = db.exec(offered.where(Offering.course_code == code)).first()
    if found is None:
        raise NoSuchCourse
    edition, retired_at = found
    if retired_at is not None:
        raise Retired
    return edition


def to_begin(db: Session, code: str) -> Edition:
    """Give the edition that somebody begins now, and hold it: whoever publishes meanwhile moves her along."""
    hold(db, code)
    return current(db, code)


def hold(db: Session, code: str) -> None:
    """Hold a course as it is until the act ends: whoever publishes it or corrects a key waits, and is waited for."""
    db.exec(select(Offering).where(Offering.course_code == code).with_for_update(read=True)).first()


def hold_alone(db: Session, code: str) -> None:
    """Hold a course against everybody who begins it, submits its exam or corrects it at the same time."""
    db.exec(select(Offering).where(Offering.course_code == code).with_for_update()).first()


def newest(db: Session, code: str) -> Edition | None:
    """Give the edition that is current, also of a retired course; nothing where none was published."""
    offered = select(Edition).join(Offering, col(Offering.edition_id) == col(Edition.id))
    return db.exec(offered.where(Offering.course_code == code)).first()


def current_id(db: Session, code: str) -> int | None:
    """Give the id of the edition that is current, also of a retired course: what a page asks each time."""
    return db.exec(select(Offering.edition_id).where(Offering.course_code == code)).first()


def by_id(db: Session, edition_id: int) -> Edition:
    """Give an edition that a record names: it is there for ever."""
    return db.get_one(Edition, edition_id)


def course(db: Session, edition_id: int) -> Course:
    """Give the course of an edition that a record names, without its source, which is as long again."""
    return compiled.load(db.exec(select(Edition.compiled).where(Edition.id == edition_id)).one())


def by_hash(db: Session, typed: str) -> Edition:
    """Give the edition whose hash begins like this, or raise `NoSuchEdition`."""
    prefix = typed.strip().lower()
    if len(prefix) < SHORTEST_PREFIX or not set(prefix) <= set("0123456789abcdef"):
        raise NoSuchEdition(typed)
    found = db.exec(select(Edition).where(col(Edition.content_hash).startswith(prefix)).limit(2)).all()
    if len(found) != 1:
        raise NoSuchEdition(typed)
    return found[0]


def known(db: Session, content_hash: str) -> Edition | None:
    """Find the edition of a text; nothing if it was never published."""
    return db.exec(select(Edition).where(Edition.content_hash == content_hash)).first()


def titles(db: Session, edition_ids: Iterable[int]) -> dict[int, str]:
    """Give the titles of editions, in one query."""
    named = select(Edition.id, Edition.title).where(col(Edition.id).in_(set(edition_ids)))
    return dict(db.exec(named).all())


def of_all(db: Session, edition_ids: Iterable[int]) -> dict[int, Edition]:
    """Give several editions by their ids, in one query."""
    named = select(Edition).where(col(Edition.id).in_(set(edition_ids)))
    return {edition.id: edition for edition in db.exec(named)}


def on_offer(db: Session) -> list[Edition]:
    """Give the current edition of every course that takes new learners, by title."""
    offered = select(Edition).join(Offering, col(Offering.edition_id) == col(Edition.id))
    return list(db.exec(offered.where(col(Offering.retired_at).is_(None)).order_by(col(Edition.title))))


def on_shelf(db: Session) -> list[Edition]:
    """Give the current edition of every course, of those too that take no new learners, by title."""
    standing = select(Edition).join(Offering, col(Offering.edition_id) == col(Edition.id))
    return list(db.exec(standing.order_by(col(Edition.title))))


def history(db: Session, code: str) -> list[Edition]:
    """Give every edition of a course, newest first."""
    return list(db.exec(select(Edition).where(Edition.course_code == code).order_by(col(Edition.id).desc())))


def of_courses(db: Session, codes: Iterable[str]) -> list[Edition]:
    """Give every edition of several courses, newest first, in one query."""
    named = select(Edition).where(col(Edition.course_code).in_(set(codes)))
    return list(db.exec(named.order_by(col(Edition.id).desc())))


def shelf(db: Session) -> list[Offering]:
    """Give every course with the state of its folder, for the operator."""
    return list(db.exec(select(Offering).order_by(col(Offering.course_code))))


def offering(db: Session, code: str) -> Offering:
    """Give how a course stands on the shelf, or raise `NoSuchCourse`."""
    found = db.get(Offering, code)
    if found is None:
        raise NoSuchCourse
    return found


def source(edition: Edition, files: Files) -> Held:
    """Open the very files of an edition: `reader.content_hash` of them is its hash."""
    named: Mapping[str, str] = json.loads(edition.files)
    shown = {media.name: media.sha256 for media in edition.course.media} if not named else {}
    return sources.opened(edition.source, {**shown, **named}, files)


def review_state(edition: Edition, signed: Iterable[Review]) -> str:
    """Say who reviewed an edition, or honestly that nobody did."""
    names = "; ".join(f"{one.name}, {one.license}, on {time_zones.date_in_words(one.signed_at)}" for one in signed)
    if names:
        return f"Reviewed by {names}"
    return "Minor change, not reviewed again" if edition.kind == Extent.MINOR else "No review on record"
