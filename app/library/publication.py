"""Publication: how an edition comes to the shelf, is taken back, and goes.

`courses/` and the Studio are two doors to one shelf. Whoever publishes says which edition her text was made
from; if that is not the current one any more, nothing is published, and she is shown what came between.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import Session, select

from app import audit
from app.audit import Actor
from app.content import changes, compiled, reader
from app.content.changes import Extent
from app.content.course import Course, Reading
from app.content.folder import Shelf
from app.kit.database import insert_once
from app.kit.errors import Conflict, Invalid
from app.kit.files import Files
from app.library import editions, sources
from app.library.editions import Edition, Offering
from app.library.reviews import Review


class HasErrors(Conflict):
    """A text with errors is never published."""

    def __init__(self, errors: int) -> None:
        """Say how many there are."""
        found = "an error" if errors == 1 else f"{errors} errors"
        super().__init__(f"The text has {found}, so it was not published. Mend what the list of problems shows.")


class Overtaken(Conflict):
    """Somebody published after this text was begun: publishing it now would undo that in silence."""

    title = "Somebody else published first"

    def __init__(self, current: Edition | None) -> None:
        """Take what is current by now."""
        self.current = current
        told = (
            f"Edition {current.short} was published on {current.published_in_words} by {current.published_by}, and "
            "this text was not made from it. Compare the two, then publish over it if you still want to."
            if current
            else "This course has no edition yet that a text could be published over."
        )
        super().__init__(f"Nothing was published. {told}")


class PublishedBefore(Conflict):
    """The very same text is an edition already, and was replaced since."""

    def __init__(self, known: Edition) -> None:
        """Name it."""
        super().__init__(
            f"This very text was published on {known.published_in_words} as edition {known.short}, and replaced "
            "since. Roll back to that edition to bring it back."
        )


class CurrentAlready(Conflict):
    """There is nothing to roll back to: the edition is being served."""

    message = "This edition is the one that new learners get already."


class RetiredAlready(Conflict):
    """The course was retired before."""

    message = "This course was retired before. Learners who had begun it can finish it."


class NotRetired(Conflict):
    """The course is on offer."""

    message = "This course is on offer, so there is nothing to bring back."


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
    """Publish a text over the edition it was made from, once; `over` is that edition's hash, None for a first one.

    Whoever publishes the same text again is given what was published.
    """
    course = reading.course
    if course is None or reading.errors:
        raise HasErrors(len(reading.errors))
    fingerprint = reader.content_hash(shelf)
    offered = _held(db, course.code, now=now)
    before = db.get(Edition, offered.edition_id) if offered.edition_id else None
    if before is not None and before.content_hash == fingerprint:
        return before
    if same := editions.known(db, fingerprint):
        raise PublishedBefore(same)
    if over != (before.content_hash if before else None):
        raise Overtaken(before)
    edition = _kept(db, shelf, course, before, fingerprint=fingerprint, by=by, files=files, now=now)
    _serve(db, offered, edition, now=now)
    detail = {"edition": fingerprint, "kind": edition.kind, "over": over, "words": course.words}
    detail["review"] = editions.review_state(edition, [review] if review else [])
    audit.record(db, actor=by, act="edition.published", subject=course.code, now=now, detail=detail)
    return edition


def _kept(
    db: Session,
    shelf: Shelf,
    course: Course,
    before: Edition | None,
    *,
    fingerprint: str,
    by: Actor,
    files: Files,
    now: datetime,
) -> Edition:
    named = sources.manifest(shelf)
    # Media first: a page may never name a picture that is not there.
    sources.keep_media(shelf, named, course.media, files)
    edition = Edition(
        course_code=course.code,
        content_hash=fingerprint,
        title=course.title,
        descends_from=before.id if before else None,
        source=sources.texts(shelf, named),
        compiled=compiled.dump(course),
        published_at=now,
        kind=Extent.MINOR if before and not changes.reasons(before.course, course) else Extent.MAJOR,
        published_by=by.label,
        files=json.dumps(named),
    )
    db.add(edition)
    db.flush()
    return edition


def _held(db: Session, code: str, *, now: datetime) -> Offering:
    """Hold a course's place on the shelf until the act ends: of two who publish at once, one comes after the other."""
    insert_once(db, Offering(course_code=code, folder="", checked_at=now))
    held = select(Offering).where(Offering.course_code == code).with_for_update()
    return db.exec(held.execution_options(populate_existing=True)).one()


def _serve(db: Session, offered: Offering, edition: Edition, *, now: datetime) -> None:
    offered.edition_id, offered.checked_at = edition.id, now
    if offered.folder_hash:
        offered.conflict = behind(edition)
    db.add(offered)
    db.flush()


def behind(edition: Edition) -> str:
    """Say that a folder holds another text than the one that is served."""
    return (
        f"Edition {edition.short}, published on {edition.published_in_words} by {edition.published_by}, is not what "
        "this folder holds, so the folder’s text was not published by itself. Write that edition out with "
        f"“show {edition.short} --to …”, bring what is new in it into the folder, then publish the folder with "
        f"“publish --over {edition.short}”."
    )


def roll_back(db: Session, edition: Edition, *, by: Actor, reason: str, now: datetime) -> Offering:
    """Let new learners get an earlier edition again. Whoever has begun a later one goes on with it."""
    offered = _held(db, edition.course_code, now=now)
    if offered.edition_id == edition.id:
        raise CurrentAlready
    replaced = editions.by_id(db, offered.edition_id).content_hash if offered.edition_id else ""
    detail = {"edition": edition.content_hash, "instead of": replaced, "reason": _said(reason)}
    _serve(db, offered, edition, now=now)
    if offered.folder_hash == edition.content_hash:
        offered.conflict = ""
    audit.record(db, actor=by, act="edition.rolled_back", subject=edition.course_code, now=now, detail=detail)
    return offered


def retire(db: Session, code: str, *, by: Actor, reason: str, now: datetime) -> Offering:
    """Take no new learners. Those in the middle finish; editions, certificates and evidence stay."""
    editions.offering(db, code)
    offered = _held(db, code, now=now)
    if offered.retired_at is not None:
        raise RetiredAlready
    offered.retired_at, offered.retired_by, offered.retirement_reason = now, by.label, _said(reason)
    db.add(offered)
    detail = {"reason": offered.retirement_reason}
    audit.record(db, actor=by, act="course.retired", subject=code, now=now, detail=detail)
    return offered


def offer_again(db: Session, code: str, *, by: Actor, now: datetime) -> Offering:
    """Take new learners again."""
    editions.offering(db, code)
    offered = _held(db, code, now=now)
    if offered.retired_at is None:
        raise NotRetired
    detail = {"retired": offered.retired_at, "reason": offered.retirement_reason}
    offered.retired_at, offered.retired_by, offered.retirement_reason = None, "", ""
    db.add(offered)
    audit.record(db, actor=by, act="course.offered_again", subject=code, now=now, detail=detail)
    return offered


def _said(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise Invalid({"reason": "Say why. It stays on record."})
    return said
