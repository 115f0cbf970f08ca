"""The files of a draft as they stand. Each change leaves a version behind, in `revisions`."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import NotFound
from app.library import limits, names
from app.library.drafts import revisions
from app.library.drafts.revisions import DraftRevision, How
from app.library.limits import CourseTooLarge, MediaTooLarge, TextTooLarge, TooManyFiles
from app.library.media import Content


class DraftFile(SQLModel, table=True):
    """One file of a draft: `revision` is the number of the version that it holds."""

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("draft_id", "name"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    draft_id: int = Field(foreign_key="draft.id", ondelete="RESTRICT", sa_type=RowId)
    name: str
    sha256: str
    size: int
    revision: int
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: int = Field(foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes a file, when and how."""

    by: Person
    now: datetime
    how: How


class NoSuchFile(NotFound):
    """The draft has no file of this name."""

    message = "This course has no file of that name. It may have been renamed or removed; the list of files shows."


def of(db: Session, draft_id: int) -> list[DraftFile]:
    """Give every file, by name."""
    every = select(DraftFile).where(DraftFile.draft_id == draft_id).order_by(col(DraftFile.name))
    return list(db.exec(every))


def find(db: Session, draft_id: int, name: str) -> DraftFile | None:
    """Find a file as it stands now: an act that waited for another sees what the other one did."""
    named = select(DraftFile).where(DraftFile.draft_id == draft_id, DraftFile.name == name)
    return db.exec(named.execution_options(populate_existing=True)).first()


def named(db: Session, draft_id: int, name: str) -> DraftFile:
    """Give a file, or raise `NoSuchFile`."""
    file = find(db, draft_id, name)
    if file is None:
        raise NoSuchFile
    return file


def assert_fits(name: str, size: int) -> None:
    """Raise `TextTooLarge` or `MediaTooLarge` for a file that is too much by itself."""
    if names.is_text(name) and size > limits.TEXT_LARGEST:
        raise TextTooLarge(name)
    if size > limits.MEDIA_LARGEST:
        raise MediaTooLarge(name)


def assert_room(db: Session, draft_id: int, name: str, size: int) -> None:
    """Raise `TooManyFiles` or `CourseTooLarge` if a course cannot hold a file as well."""
    others = select(DraftFile.name, DraftFile.size).where(DraftFile.draft_id == draft_id, DraftFile.name != name)
    assert_all_fit({**dict(db.exec(others).all()), name: size}, last=name)


def assert_all_fit(sizes: dict[str, int], *, last: str = "all of it") -> None:
    """Raise `TooManyFiles` or `CourseTooLarge` if files are too much for one course."""
    if len(sizes) > limits.MOST_FILES:
        raise TooManyFiles
    texts = sum(size for name, size in sizes.items() if names.is_text(name))
    if sum(sizes.values()) > limits.COURSE_LARGEST or texts > limits.TEXTS_LARGEST:
        raise CourseTooLarge(last)


def put(db: Session, draft_id: int, name: str, content: Content, hand: Hand, *, was: str | None = None) -> DraftFile:
    """Let a file hold something. The version that does so is kept for ever."""
    version = _keep(db, draft_id, name, content, hand, was=was)
    file = find(db, draft_id, name) or _new_file(draft_id, name, hand)
    _hold(file, content, version)
    db.add(file)
    db.flush()
    return file


def _new_file(draft_id: int, name: str, hand: Hand) -> DraftFile:
    return DraftFile(
        draft_id=draft_id, name=name, sha256="", size=0, revision=0, changed_at=hand.now, changed_by=hand.by.id
    )


def _hold(file: DraftFile, content: Content, version: DraftRevision) -> None:
    file.sha256, file.size, file.revision = content.sha256, content.size, version.number
    file.changed_at, file.changed_by = version.saved_at, version.saved_by


def put_all(db: Session, draft_id: int, contents: Mapping[str, Content], hand: Hand) -> None:
    """Let many files hold something at once, in as few statements as for one."""
    standing = {file.name: file for file in of(db, draft_id)}
    sizes = {name: file.size for name, file in standing.items()}
    assert_all_fit({**sizes, **{name: content.size for name, content in contents.items()}})
    numbers = revisions.newest_numbers(db, draft_id)
    for name, content in sorted(contents.items()):
        version = _version(draft_id, name, content, hand, number=numbers.get(name, 0) + 1)
        file = standing.get(name) or _new_file(draft_id, name, hand)
        _hold(file, content, version)
        db.add_all([version, file])
    db.flush()


def take_all_away(db: Session, draft_id: int, gone: Collection[str], hand: Hand) -> None:
    """Take many files out of the draft at once; their versions stay."""
    numbers = revisions.newest_numbers(db, draft_id)
    for file in of(db, draft_id):
        if file.name in gone:
            db.add(_version(draft_id, file.name, None, hand, number=numbers[file.name] + 1))
            db.delete(file)
    db.flush()


def mark(db: Session, draft_id: int) -> str:
    """Name the state that a draft is in: it changes with every change of any file."""
    state = "".join(f"{file.revision} {file.name}\n" for file in of(db, draft_id))
    return hashlib.sha256(state.encode()).hexdigest()


def take_away(db: Session, file: DraftFile, hand: Hand) -> None:
    """Take a file out of the draft; its versions stay."""
    _keep(db, file.draft_id, file.name, None, hand)
    db.delete(file)
    db.flush()


def keep_aside(db: Session, draft_id: int, name: str, content: Content, hand: Hand) -> DraftRevision:
    """Keep a text that could not be saved over somebody else's; the same one twice is kept once."""
    hers = select(DraftRevision).where(DraftRevision.draft_id == draft_id, DraftRevision.name == name)
    hers = hers.where(DraftRevision.saved_by == hand.by.id).order_by(col(DraftRevision.number).desc())
    last = db.exec(hers).first()
    if last is not None and (last.how, last.sha256) == (How.ASIDE, content.sha256):
        return last
    return _keep(db, draft_id, name, content, replace(hand, how=How.ASIDE))


def _keep(
    db: Session, draft_id: int, name: str, content: Content | None, hand: Hand, *, was: str | None = None
) -> DraftRevision:
    version = _version(draft_id, name, content, hand, number=revisions.newest_number(db, draft_id, name) + 1)
    version.was = was
    db.add(version)
    db.flush()
    return version


def _version(draft_id: int, name: str, content: Content | None, hand: Hand, *, number: int) -> DraftRevision:
    return DraftRevision(
        draft_id=draft_id,
        name=name,
        number=number,
        sha256=content.sha256 if content else None,
        size=content.size if content else 0,
        how=hand.how,
        saved_at=hand.now,
        saved_by=hand.by.id,
    )
