"""The folders of `courses/`: one of the two doors to the shelf.

A folder is published when it is sound, new, and made from what is served; whatever else it holds is shown to
the operator and never done by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, col, delete, select

from app import audit
from app.audit import Actor
from app.content import reader
from app.content.course import Problem, Reading
from app.kit.database import insert_once
from app.kit.files import Files
from app.library import editions, publication, sources
from app.library.editions import Edition, Offering
from app.library.reviews import Review
from app.library.sources import Still


def folders(root: Path) -> Iterator[Path]:
    """Walk the course folders below a root, by name."""
    if root.is_dir():
        yield from sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))


def publish_new(db: Session, folder: Path, *, files: Files, today: date, now: datetime) -> Offering:
    """Publish a folder if it is new, sound, and made from what is served; say what stands in the way if it is not.

    A text that was published before and is no longer current is not published again by itself, nor one that
    does not descend from what is current: that would undo another's work in silence.
    """
    still = sources.still(folder)
    if known := editions.known(db, reader.content_hash(still)):
        return _seen_before(db, known, still, files=files, now=now)
    reading = reader.read(still, today=today, label=str(folder))
    if reading.course is None:
        return _keep_problems(db, folder, reading.problems, now=now)
    offering = db.get(Offering, reading.course.code)
    if offering is not None and _is_rival(offering, folder):
        return _keep_rival(db, folder, offering, now=now)
    current = editions.newest(db, reading.course.code)
    if offering is not None and current is not None and offering.folder_hash != current.content_hash:
        return _keep_conflict(db, folder, offering, current, reading, now=now)
    over = current.content_hash if current else None
    return publish(db, still, reading, by=audit.HOUSE, files=files, over=over, now=now)


def publish(
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
    """Publish what a folder holds over the edition that is named; from then on the folder holds what is served."""
    folder = still.root
    edition = publication.publish(db, still, reading, by=by, files=files, over=over, review=review, now=now)
    offering = db.get_one(Offering, edition.course_code)
    if not _is_rival(offering, folder):
        offering.folder, offering.folder_hash, offering.conflict = str(folder), edition.content_hash, ""
        offering.problems = _lines(reading.problems)
        # A folder that was broken from the start had a line of its own until now.
        stale = delete(Offering).where(col(Offering.folder) == str(folder), col(Offering.edition_id).is_(None))
        db.execute(stale)
    offering.checked_at = now
    db.add(offering)
    db.flush()
    return offering


def made_from(db: Session, folder: Path, code: str) -> str | None:
    """Say which edition a folder was made from, by its hash: what it held last. None if nobody knows."""
    offering = db.get(Offering, code)
    if offering is None or _is_rival(offering, folder):
        return None
    return offering.folder_hash or None


def state(offering: Offering) -> str:
    """Say in a word how a course stands: served, served in its last good edition, or not offered."""
    if offering.retired_at is not None:
        return "retired: no new learners"
    if offering.conflict:
        return "not published: its folder holds something else than what is served, or another course's code"
    if offering.edition_id is None:
        return "not offered: its folder has errors"
    if any(": error " in line for line in offering.problem_lines):
        return "the last good edition is served: its folder has errors"
    return "served"


def _is_rival(offering: Offering, folder: Path) -> bool:
    """Say whether a course that is served has another folder, which is still there."""
    others = bool(offering.edition_id and offering.folder) and Path(offering.folder).resolve() != folder.resolve()
    return others and Path(offering.folder).is_dir()


def _seen_before(db: Session, known: Edition, still: Still, *, files: Files, now: datetime) -> Offering:
    offering, folder = db.get_one(Offering, known.course_code), still.root
    if _is_rival(offering, folder):
        return _keep_rival(db, folder, offering, now=now)
    sources.keep_media(still, sources.manifest(still), known.course.media, files)
    offering.folder, offering.folder_hash, offering.checked_at = str(folder), known.content_hash, now
    offering.problems, offering.conflict = _without_errors(offering), ""
    current = editions.newest(db, known.course_code)
    if current is not None and current.id != known.id:
        offering.conflict = publication.behind(current)
    db.add(offering)
    return offering


def _without_errors(offering: Offering) -> str:
    return json.dumps([line for line in offering.problem_lines if ": error " not in line])


def _keep_problems(db: Session, folder: Path, problems: tuple[Problem, ...], *, now: datetime) -> Offering:
    offering = _offering_of(db, folder) or _placeholder(db, folder, now=now)
    offering.problems, offering.checked_at, offering.conflict = _lines(problems), now, ""
    db.add(offering)
    return offering


def _keep_conflict(
    db: Session, folder: Path, offering: Offering, current: Edition, reading: Reading, *, now: datetime
) -> Offering:
    """Keep that a folder was changed while somebody published through the other door."""
    offering.conflict, offering.problems = publication.behind(current), _lines(reading.problems)
    offering.folder, offering.checked_at = str(folder), now
    db.add(offering)
    return offering


def _keep_rival(db: Session, folder: Path, offering: Offering, *, now: datetime) -> Offering:
    # On a line of its own: the course that is served has no problem, and must not hide this one.
    rival = _offering_of(db, folder) or _placeholder(db, folder, now=now)
    rival.conflict = f"The folder {folder} uses the same code as {offering.folder} and was not published."
    rival.problems, rival.checked_at = "[]", now
    db.add(rival)
    return rival


def _offering_of(db: Session, folder: Path) -> Offering | None:
    """Find the course that a folder held last, also where the folder was moved since."""
    known = db.exec(select(Offering).where(col(Offering.folder) == str(folder))).first()
    if known is not None:
        return known
    namesake = db.get(Offering, folder.name)
    if namesake is None or not namesake.folder or Path(namesake.folder).is_dir():
        return None
    namesake.folder = str(folder)
    return namesake


def _placeholder(db: Session, folder: Path, *, now: datetime) -> Offering:
    """Keep the problems of a folder that never was sound: nobody knows its code, so its path stands for it."""
    code = folder.name if db.get(Offering, folder.name) is None else str(folder)
    insert_once(db, Offering(course_code=code, folder=str(folder), checked_at=now))
    return db.exec(select(Offering).where(col(Offering.course_code) == code)).one()


def _lines(problems: tuple[Problem, ...]) -> str:
    return json.dumps([str(problem) for problem in problems], ensure_ascii=False)
