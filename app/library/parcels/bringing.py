"""Bringing a parcel in: shown first, then done in one act, and what it replaces stays in the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from app import audit
from app.content.folder import COURSE
from app.identity.people import Person
from app.kit.errors import Conflict, Invalid
from app.kit.files import Files
from app.library import drafts, media
from app.library.drafts import drawer, files_held, revisions, writing
from app.library.drafts.drawer import Draft
from app.library.drafts.files_held import Hand
from app.library.drafts.revisions import How
from app.library.parcels.unpacking import Parcel

KEPT = timedelta(days=1)  # how long an upload waits for a decision


@dataclass(frozen=True, slots=True)
class Difference:
    """What a parcel would change in a draft, by name. `over` is the state of the draft it was compared with."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    same: tuple[str, ...]
    over: str

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing."""
        return not (self.added or self.changed or self.removed)


class DraftMoved(Conflict):
    """The draft is not what the parcel was compared with."""

    message = (
        "Somebody changed this course since you looked at what the zip would change. Nothing was replaced: look again, "
        "then decide."
    )


class AnotherCourse(Conflict):
    """The parcel holds another course than the one it is to replace."""

    def __init__(self, code: str, *, here: str) -> None:
        """Name both."""
        super().__init__(
            f"This zip holds the course “{code}”, and this is “{here}”. Nothing was replaced. Open that course, or "
            "begin a new one with the zip."
        )


class NoCode(Invalid):
    """The course in a parcel does not say what it is called."""

    message = (
        "The course.md in this zip gives the course no code that can stand in an address. Write one, and zip it again."
    )

    def __init__(self) -> None:
        """Put the sentence beside the file field."""
        super().__init__({"file": self.message}, self.message)


def compare(db: Session, draft: Draft, parcel: Parcel) -> Difference:
    """Say what a parcel would change in a draft."""
    here = {file.name: file.sha256 for file in files_held.of(db, draft.id)}
    there = {name: content.sha256 for name, content in parcel.files.items()}
    both = sorted(here.keys() & there.keys())
    return Difference(
        added=tuple(sorted(there.keys() - here.keys())),
        changed=tuple(name for name in both if here[name] != there[name]),
        removed=tuple(sorted(here.keys() - there.keys())),
        same=tuple(name for name in both if here[name] == there[name]),
        over=files_held.mark(db, draft.id),
    )


def replace(db: Session, draft: Draft, parcel: Parcel, *, over: str, by: Person, now: datetime) -> Difference:
    """Let a draft hold what a parcel holds, in one act; `over` is what `compare` showed. All of it, or nothing."""
    held = drawer.hold(db, draft)
    difference = compare(db, held, parcel)
    if difference.over != over:
        raise DraftMoved
    headline = parcel.headline(today=now.date())
    if held.based_on is not None and headline.has_code and headline.code != held.course_code:
        raise AnotherCourse(headline.code, here=held.course_code)
    revisions.keep_texts(db, parcel.texts.values())
    files_held.take_all_away(db, held.id, difference.removed, Hand(by, now, How.REMOVED))
    coming = {name: parcel.files[name] for name in (*difference.added, *difference.changed)}
    files_held.put_all(db, held.id, coming, Hand(by, now, How.UPLOADED))
    writing.touch(db, held, now=now)
    if COURSE in coming:
        writing.follow(db, held, coming[COURSE].sha256, by=by, now=now)
    detail = {name: list(getattr(difference, name)) for name in ("added", "changed", "removed")}
    audit.record(db, actor=by.actor, act="draft.uploaded", subject=held.course_code, now=now, detail=detail)
    return difference


def begin(db: Session, parcel: Parcel, *, by: Person, now: datetime) -> Draft:
    """Begin a new course with a parcel; raise `NoCode` or `CodeTaken`."""
    headline = parcel.headline(today=now.date())
    if not headline.has_code:
        raise NoCode
    revisions.keep_texts(db, parcel.texts.values())
    return drafts.begin_with(
        db, parcel.files, title=headline.title or headline.code, code=headline.code, by=by, now=now
    )


def clear_up(db: Session, files: Files, *, now: datetime) -> int:
    """Remove uploads that nobody decided on within a day, and media that no version of any draft holds."""
    folder, removed = media.private(files).root, 0
    old = [path for path in folder.glob("*") if now.timestamp() - path.stat().st_mtime > KEPT.total_seconds()]
    held = revisions.held_anywhere(db, (path.stem for path in old))
    for path in old:
        if path.stem not in held:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
