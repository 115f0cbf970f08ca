"""Writing: files of a draft opened, saved, renamed, removed and restored, and nobody's work overwritten unseen.

Whoever saves says which version she began from. If that is not the newest any more, nothing is overwritten:
her text is kept aside, and she is shown theirs beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from sqlmodel import Session

from app import audit
from app.content.folder import COURSE
from app.identity.people import Person
from app.kit.errors import Conflict, Invalid, NotFound
from app.library import authors, names
from app.library.drafts import beginnings, drawer, files_held, headlines, revisions
from app.library.drafts.comparison import Comparison, compare
from app.library.drafts.drawer import Draft
from app.library.drafts.files_held import DraftFile, Hand, NoSuchFile
from app.library.drafts.revisions import DraftRevision, How, Step
from app.library.media import Arrived, Content
from app.library.names import NotAName


@dataclass(frozen=True, slots=True)
class Opened:
    """A text as it is opened for writing. `over` is what she saves it over."""

    name: str
    text: str
    over: int
    changed_at: datetime
    who: str
    is_utf8: bool = True  # otherwise it was read as Windows text, and is saved as UTF-8


class ChangedMeanwhile(Conflict):
    """Somebody else has saved the file since it was opened. Hers is kept aside: answer, and do not let it roll back."""

    def __init__(self, *, who: str, hers: DraftRevision, typed: str, theirs: Opened | None) -> None:
        """Take her text as it was kept aside, and the one that stands; nothing when it was removed."""
        self.who, self.hers, self.typed, self.theirs = who, hers, typed, theirs
        did = "changed" if theirs else "removed"
        super().__init__(
            f"{who} {did} {hers.name} while you were writing. Nothing was overwritten, and your text is kept in the "
            "history of this file. Compare the two, then save what you want to stand."
        )

    @property
    def comparison(self) -> Comparison:
        """Her text and theirs, line by line."""
        return compare(self.typed, self.theirs.text if self.theirs else "")


class ReplacedMeanwhile(Conflict):
    """Somebody else has changed the file since its page was made, and there is no text to compare."""

    def __init__(self, name: str) -> None:
        """Name the file."""
        super().__init__(f"Somebody changed {name} since you opened this page. Look at it again, then decide.")


class OtherKind(Invalid):
    """A new name that would make a file something else."""

    def __init__(self, name: str, to: str) -> None:
        """Name both."""
        message = f"“{to}” would make {name} another kind of file. Keep its ending, and media in media/."
        super().__init__({"name": message}, message)


class NothingToRestore(NotFound):
    """The version says that a file was removed: it holds nothing."""

    message = "The file was removed here, so there is nothing to restore. Choose the version before it."


def files_of(db: Session, draft: Draft) -> list[DraftFile]:
    """Give every file of a draft as it stands, by name."""
    return files_held.of(db, draft.id)


def read(db: Session, draft: Draft, name: str) -> Opened:
    """Open a text for writing; raise `NoSuchFile`."""
    file = files_held.named(db, draft.id, name)
    if not names.is_text(file.name):
        raise NoSuchFile
    return _opened(db, file)


def text_of(db: Session, version: DraftRevision) -> str:
    """Give the text of one version; an empty one where the file was removed or holds no text."""
    content = revisions.texts(db, [version.sha256]) if version.sha256 and names.is_text(version.name) else {}
    return "".join(revisions.decoded(each)[0] for each in content.values())


def _opened(db: Session, file: DraftFile) -> Opened:
    content = revisions.texts(db, [file.sha256])[file.sha256]
    who = revisions.people_named(db, [file.changed_by])[file.changed_by]
    text, is_utf8 = revisions.decoded(content)
    return Opened(file.name, text, file.revision, file.changed_at, who, is_utf8)


def write(db: Session, draft: Draft, name: str, text: str, *, over: int, by: Person, now: datetime) -> DraftFile:
    """Save a text over the version it was begun from, 0 for a file that is new; raise `ChangedMeanwhile`."""
    return _save(db, draft, name, text, over=over, hand=Hand(by, now, How.SAVED))


def autosave(db: Session, draft: Draft, name: str, text: str, *, over: int, by: Person, now: datetime) -> DraftFile:
    """Save what is being typed. A history shows many of these as one step, and none is lost."""
    return _save(db, draft, name, text, over=over, hand=Hand(by, now, How.AUTOSAVED))


def _save(db: Session, draft: Draft, name: str, text: str, *, over: int, hand: Hand) -> DraftFile:
    name = names.read(name)
    if not names.is_text(name):
        raise NotAName(name)
    content = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", errors="replace")
    files_held.assert_fits(name, len(content))
    held = drawer.hold(db, draft)
    standing = files_held.find(db, held.id, name)
    digest = revisions.keep_text(db, content)
    if standing is not None and standing.sha256 == digest:
        return standing
    if over != (standing.revision if standing else 0):
        _refuse(db, held, name, Content(digest, len(content)), content.decode(), standing=standing, hand=hand)
    if standing is None:
        names.assert_free(name, (file.name for file in files_held.of(db, held.id)))
    return put(db, held, name, Content(digest, len(content)), hand)


def _refuse(
    db: Session, held: Draft, name: str, content: Content, typed: str, *, standing: DraftFile | None, hand: Hand
) -> NoReturn:
    hers = files_held.keep_aside(db, held.id, name, content, hand)
    if standing is not None:
        theirs = _opened(db, standing)
        raise ChangedMeanwhile(who=theirs.who, hers=hers, typed=typed, theirs=theirs)
    last = revisions.last_but(db, held.id, name, hers)
    who = revisions.people_named(db, [last.saved_by])[last.saved_by] if last else "Somebody"
    raise ChangedMeanwhile(who=who, hers=hers, typed=typed, theirs=None)


def put(db: Session, draft: Draft, name: str, content: Content, hand: Hand, *, was: str | None = None) -> DraftFile:
    """Let a file of a draft that is held hold something that is kept already."""
    files_held.assert_room(db, draft.id, name, content.size)
    file = files_held.put(db, draft.id, name, content, hand, was=was)
    touch(db, draft, now=hand.now)
    if name == COURSE:
        follow(db, draft, content.sha256, by=hand.by, now=hand.now)
    return file


def touch(db: Session, draft: Draft, *, now: datetime) -> None:
    """Note that a draft has changed."""
    draft.changed_at = now
    db.add(draft)
    db.flush()


def follow(db: Session, draft: Draft, sha256: str, *, by: Person, now: datetime) -> None:
    """Take title and code from a new course.md; a course that was published keeps its address."""
    headline = headlines.read(revisions.texts(db, [sha256])[sha256], today=now.date())
    draft.title = headline.title or draft.title
    old = draft.course_code
    if draft.based_on is None and headline.has_code and headline.code != old and beginnings.is_free(db, headline.code):
        draft.course_code = headline.code
        authors.move(db, old, to=headline.code)
        detail = {"was": old}
        audit.record(db, actor=by.actor, act="draft.code", subject=headline.code, now=now, detail=detail)
    db.add(draft)
    db.flush()


def add_media(
    db: Session, draft: Draft, arrived: Arrived, *, by: Person, now: datetime, name: str | None = None
) -> DraftFile:
    """Put what `media.keep` has kept into a draft, under the name it suggests or another; raise `NameTaken`."""
    name = _medium_named(name or arrived.name, like=arrived.name)
    held = drawer.hold(db, draft)
    standing = files_held.find(db, held.id, name)
    if standing is not None and standing.sha256 == arrived.content.sha256:
        return standing
    names.assert_free(name, (file.name for file in files_held.of(db, held.id)))
    return _put_medium(db, held, name, arrived, Hand(by, now, How.UPLOADED))


def replace_media(
    db: Session, draft: Draft, name: str, arrived: Arrived, *, over: int, by: Person, now: datetime
) -> DraftFile:
    """Put another picture in the place of one; raise `ReplacedMeanwhile` if it is not the one she saw."""
    name = _medium_named(name, like=arrived.name)
    held = drawer.hold(db, draft)
    _assert_seen(files_held.named(db, held.id, name), over)
    return _put_medium(db, held, name, arrived, Hand(by, now, How.UPLOADED))


def _medium_named(name: str, *, like: str) -> str:
    name = names.read(name)
    if names.kind(name) != names.kind(like):
        raise OtherKind(like, name)
    return name


def _put_medium(db: Session, draft: Draft, name: str, arrived: Arrived, hand: Hand) -> DraftFile:
    if arrived.text is not None:
        revisions.keep_text(db, arrived.text)
    return put(db, draft, name, arrived.content, hand)


def rename(db: Session, draft: Draft, name: str, *, to: str, over: int, by: Person, now: datetime) -> DraftFile:
    """Give a file another name; its history comes along. Raise `NameTaken`, or `ReplacedMeanwhile`."""
    to = names.read(to)
    held = drawer.hold(db, draft)
    file = files_held.named(db, held.id, name)
    _assert_seen(file, over)
    if to == name:
        return file
    if names.kind(to) != names.kind(name):
        raise OtherKind(name, to)
    names.assert_free(to, (one.name for one in files_held.of(db, held.id) if one.name != name))
    content = Content(file.sha256, file.size)
    hand = Hand(by, now, How.RENAMED)
    files_held.take_away(db, file, hand)
    audit.record(
        db, actor=by.actor, act="draft.renamed", subject=held.course_code, now=now, detail={"from": name, "to": to}
    )
    return put(db, held, to, content, hand, was=name)


def remove(db: Session, draft: Draft, name: str, *, over: int, by: Person, now: datetime) -> None:
    """Take a file out of a draft; its history stays, and it can be restored from there."""
    held = drawer.hold(db, draft)
    file = files_held.named(db, held.id, name)
    _assert_seen(file, over)
    files_held.take_away(db, file, Hand(by, now, How.REMOVED))
    touch(db, held, now=now)
    audit.record(db, actor=by.actor, act="draft.removed", subject=held.course_code, now=now, detail={"file": name})


def _assert_seen(file: DraftFile, over: int) -> None:
    if file.revision != over:
        raise ReplacedMeanwhile(file.name)


def history(db: Session, draft: Draft, name: str) -> list[Step]:
    """Give the steps of a file, newest first; also of one that was removed or renamed."""
    return revisions.history(db, draft.id, name)


def revision(db: Session, draft: Draft, revision_id: int) -> DraftRevision:
    """Give one version of a file of this draft; raise `NoSuchRevision`."""
    return revisions.of(db, draft.id, revision_id)


def restore(db: Session, draft: Draft, version: DraftRevision, *, by: Person, now: datetime) -> DraftFile:
    """Let a file hold again what it held in an earlier version; what it holds now stays in its history."""
    if version.sha256 is None:
        raise NothingToRestore
    held = drawer.hold(db, draft)
    standing = files_held.find(db, held.id, version.name)
    if standing is not None and standing.sha256 == version.sha256:
        return standing
    if standing is None:
        names.assert_free(version.name, (file.name for file in files_held.of(db, held.id)))
    detail = {"file": version.name, "version": version.number}
    audit.record(db, actor=by.actor, act="draft.restored", subject=held.course_code, now=now, detail=detail)
    return put(db, held, version.name, Content(version.sha256, version.size), Hand(by, now, How.RESTORED))
