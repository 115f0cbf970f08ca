"""Publishing, and what it means for whoever is in the middle.

After a minor edition every reader goes on in the corrected text from her next page; after a major one nobody
is moved: she chooses (`choices`). An exam under way stays with the edition it was drawn from in either case.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, col, select, update

from app import audit
from app.audit import Actor
from app.content import changes
from app.content.course import Reading
from app.content.folder import Shelf
from app.kit.files import Files
from app.learning.enrollments import Enrollment
from app.library import editions, folders, publication
from app.library.editions import Edition, Offering
from app.library.reviews import Review
from app.library.sources import Still


def publish(
    db: Session,
    shelf: Shelf,
    reading: Reading,
    *,
    by: Actor,
    files: Files,
    over: str | None,
    review: Review | None = None,
    now: datetime,
) -> Edition:
    """Publish a text, and move the readers whom it costs nothing, in one act."""
    edition = publication.publish(db, shelf, reading, by=by, files=files, over=over, review=review, now=now)
    move_readers(db, edition, now=now)
    return edition


def publish_folder(
    db: Session,
    still: Still,
    reading: Reading,
    *,
    by: Actor,
    files: Files,
    over: str | None,
    review: Review | None = None,
    now: datetime,
) -> Offering:
    """Publish what a folder holds, by an explicit act."""
    offering = folders.publish(db, still, reading, by=by, files=files, over=over, review=review, now=now)
    _move(db, offering, now=now)
    return offering


def publish_new(db: Session, folder: Path, *, files: Files, today: date, now: datetime) -> Offering:
    """Publish a folder if it is new, sound, and made from what is served."""
    offering = folders.publish_new(db, folder, files=files, today=today, now=now)
    _move(db, offering, now=now)
    return offering


def _move(db: Session, offering: Offering, *, now: datetime) -> None:
    # Also where nothing was published: another server may have done it, or the program that stood here before.
    if offering.edition_id:
        move_readers(db, editions.by_id(db, offering.edition_id), now=now)


def move_readers(db: Session, edition: Edition, *, now: datetime) -> int:
    """Let everybody in the middle read an edition that is a minor change to her own; say how many moved."""
    moved = 0
    for earlier in _in_use(db, edition):
        if not changes.reasons(earlier.course, edition.course):
            moved += _move_from(db, earlier, edition)
    if moved:
        detail = {"edition": edition.content_hash, "readers": moved}
        audit.record(
            db, actor=audit.HOUSE, act="edition.readers_moved", subject=edition.course_code, now=now, detail=detail
        )
    return moved


def _in_use(db: Session, edition: Edition) -> list[Edition]:
    """Give the other editions of a course that somebody is in the middle of."""
    begun = select(Enrollment.edition_id).where(
        Enrollment.course_code == edition.course_code,
        col(Enrollment.completed_at).is_(None),
        Enrollment.edition_id != edition.id,
    )
    return list(editions.of_all(db, db.exec(begun.distinct()).all()).values())


def _move_from(db: Session, earlier: Edition, edition: Edition) -> int:
    # Asked again for who is in the middle: one who completes at this moment keeps what her certificate names.
    middle = update(Enrollment).where(col(Enrollment.edition_id) == earlier.id, col(Enrollment.completed_at).is_(None))
    moved = db.exec(middle.values(edition_id=edition.id))
    return int(moved.rowcount)
