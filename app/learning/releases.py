"""Releases: a draft becomes an edition. A second person's signature stands between, unless the change is minor.

Whoever publishes or signs says which text she saw. If somebody has written since, nothing is done: nobody
publishes or signs what she has not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.content import changes, reader
from app.content.changes import Changes, Extent
from app.content.course import Reading
from app.content.folder import Held
from app.identity.people import Person
from app.kit.errors import Conflict
from app.kit.files import Files
from app.learning import publishing
from app.library import authors, drafts, editions, reviews
from app.library.drafts import Draft, drawer, hands
from app.library.editions import Edition
from app.library.reviews import Review, ReviewRequest, Signature, TextChanged


class NotReviewed(Conflict):
    """A first or a major edition needs a second person."""

    message = (
        "This change needs the signature of a second person first. Ask for a review; nothing was published, and "
        "nothing is lost."
    )


@dataclass(frozen=True, slots=True)
class Release:
    """A draft on its way to an edition: what it would change, and what is still missing."""

    draft: Draft
    text: str  # the content hash of what stands in the draft now
    shelf: Held
    reading: Reading
    current: Edition | None
    changes: Changes | None  # to what is served; nothing for a first edition, or while there are errors
    signatures: tuple[Review, ...]

    @property
    def is_served(self) -> bool:
        """Whether this very text is what learners read."""
        return self.current is not None and self.current.content_hash == self.text

    @property
    def is_overtaken(self) -> bool:
        """Whether somebody published since this draft was begun."""
        return not self.is_served and self.draft.based_on != self.over

    @property
    def over(self) -> str | None:
        """The hash of the edition that it would replace."""
        return self.current.content_hash if self.current else None

    @property
    def needs_signature(self) -> bool:
        """Whether a second person has to sign before it may be published."""
        is_minor = self.changes is not None and self.changes.kind is Extent.MINOR
        return not (is_minor or self.signatures)


def of(db: Session, draft: Draft, files: Files, *, now: datetime) -> Release:
    """Say what publishing a draft would mean."""
    shelf = drafts.shelf(db, draft, files)
    text, reading = reader.content_hash(shelf), drafts.checked(draft, shelf, today=now.date())
    current = editions.newest(db, draft.course_code)
    differs = current is not None and reading.course is not None
    return Release(
        draft=draft,
        text=text,
        shelf=shelf,
        reading=reading,
        current=current,
        changes=changes.compare(current.course, reading.course) if differs and current and reading.course else None,
        signatures=tuple(reviews.of_text(db, text)),
    )


def publish(
    db: Session, draft: Draft, *, text: str, over: str | None, by: Person, files: Files, now: datetime
) -> Edition:
    """Publish what stands in a draft, over the edition that is named; once, however often it is asked for."""
    authors.insist(db, by, draft.course_code)
    release = _as_seen(db, drawer.hold(db, draft), text, files, now=now)
    if release.reading.course is not None and not release.is_served and release.needs_signature:
        raise NotReviewed
    edition = publishing.publish(
        db,
        release.shelf,
        release.reading,
        by=by.actor,
        files=files,
        over=over,
        review=release.signatures[-1] if release.signatures else None,
        now=now,
    )
    drafts.rest_on(db, draft, edition)
    return edition


def sign(db: Session, draft: Draft, typed: Signature, *, text: str, by: Person, files: Files, now: datetime) -> Review:
    """Sign what stands in a draft as its second reader."""
    release = _as_seen(db, drawer.hold(db, draft), text, files, now=now)
    return reviews.sign(
        db,
        by,
        typed,
        course_code=draft.course_code,
        content_hash=release.text,
        writers=hands.writers(db, draft),
        now=now,
    )


def ask(db: Session, draft: Draft, *, note: str, by: Person, files: Files, now: datetime) -> ReviewRequest:
    """Ask for a review of what stands in a draft."""
    text = drafts.content_hash(db, draft, files)
    return reviews.ask(db, draft.id, course_code=draft.course_code, content_hash=text, note=note, by=by, now=now)


def _as_seen(db: Session, draft: Draft, text: str, files: Files, *, now: datetime) -> Release:
    release = of(db, draft, files, now=now)
    if release.text != text:
        raise TextChanged
    return release
