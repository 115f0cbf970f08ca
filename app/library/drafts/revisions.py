"""Revisions: every version of every file of a draft that was ever saved. None is erased or rewritten."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import LargeBinary, UniqueConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from app.identity.people import Person
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import NotFound

FOLDED = timedelta(minutes=10)  # what one person's hands do by themselves within this time is shown as one step


class How(StrEnum):
    """How a version came to be, in the words of a history."""

    BEGUN = "begun"
    SAVED = "saved"
    AUTOSAVED = "saved while typing"
    ASIDE = "kept aside: somebody else had changed the file"
    UPLOADED = "uploaded"
    RENAMED = "renamed"
    REMOVED = "removed"
    RESTORED = "restored"


class DraftText(SQLModel, table=True):
    """One text by the SHA-256 of its bytes. Texts hold exams, so they are in no folder that is served."""

    __tablename__ = "draft_text"

    sha256: str = Field(primary_key=True)
    packed: bytes = Field(sa_type=LargeBinary)  # zlib: what is saved each second of typing need not fill the disk


class DraftRevision(SQLModel, table=True):
    """One version of one file: who saved it, when, how, and what it held; nothing when it was removed."""

    __tablename__ = "draft_revision"
    __table_args__ = (UniqueConstraint("draft_id", "name", "number"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    draft_id: int = Field(foreign_key="draft.id", ondelete="RESTRICT", sa_type=RowId)
    name: str
    number: int
    sha256: str | None
    size: int
    how: str
    was: str | None = None  # the name it was renamed from
    saved_at: datetime = Field(sa_type=UtcDateTime)
    saved_by: int = Field(foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)


class NoSuchRevision(NotFound):
    """The draft has no such version of a file."""

    message = "There is no such version of this file. Its history shows those there are."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history: the newest of the versions that were saved in one go, and how many they were."""

    revision: DraftRevision
    who: str
    folded: tuple[DraftRevision, ...] = ()  # the earlier ones, newest first: none of them is lost


def keep_text(db: Session, content: bytes) -> str:
    """Keep a text and give its SHA-256; the same text is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    if db.get(DraftText, digest) is None:
        insert_once(db, DraftText(sha256=digest, packed=zlib.compress(content)))
    return digest


def keep_texts(db: Session, contents: Iterable[bytes]) -> None:
    """Keep many texts; those that are there already stay as they are."""
    named = {hashlib.sha256(content).hexdigest(): content for content in contents}
    there = set(db.exec(select(DraftText.sha256).where(col(DraftText.sha256).in_(set(named)))))
    for digest in sorted(named.keys() - there):
        insert_once(db, DraftText(sha256=digest, packed=zlib.compress(named[digest])))


def texts(db: Session, digests: Iterable[str]) -> Mapping[str, bytes]:
    """Give texts by their hashes, in one query."""
    rows = db.exec(select(DraftText).where(col(DraftText.sha256).in_(set(digests))))
    return {row.sha256: zlib.decompress(row.packed) for row in rows}


def decoded(content: bytes) -> tuple[str, bool]:
    """Give a text for an editor, and say whether it is UTF-8; other bytes are read as Windows text."""
    try:
        return content.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), False


def newest_number(db: Session, draft_id: int, name: str) -> int:
    """Give the number of a file's last version, removed or not; 0 before the first."""
    counted = select(func.max(DraftRevision.number)).where(DraftRevision.draft_id == draft_id)
    return db.exec(counted.where(DraftRevision.name == name)).one() or 0


def newest_numbers(db: Session, draft_id: int) -> Mapping[str, int]:
    """Give the number of the last version of every file, in one query."""
    counted = select(DraftRevision.name, func.max(DraftRevision.number)).where(DraftRevision.draft_id == draft_id)
    return dict(db.exec(counted.group_by(col(DraftRevision.name))).all())


def held_anywhere(db: Session, digests: Iterable[str]) -> set[str]:
    """Say which of these hashes some version of some draft holds."""
    held = select(DraftRevision.sha256).where(col(DraftRevision.sha256).in_(set(digests)))
    return {digest for digest in db.exec(held) if digest}


def of(db: Session, draft_id: int, revision_id: int) -> DraftRevision:
    """Give a version by its id, if it is the draft's; raise `NoSuchRevision` otherwise."""
    found = db.get(DraftRevision, revision_id)
    if found is None or found.draft_id != draft_id:
        raise NoSuchRevision
    return found


def last_but(db: Session, draft_id: int, name: str, version: DraftRevision) -> DraftRevision | None:
    """Find the last version of a file before one."""
    before = select(DraftRevision).where(DraftRevision.draft_id == draft_id, DraftRevision.name == name)
    before = before.where(DraftRevision.number < version.number, DraftRevision.how != How.ASIDE)
    return db.exec(before.order_by(col(DraftRevision.number).desc())).first()


def history(db: Session, draft_id: int, name: str) -> list[Step]:
    """Give the steps of a file, newest first, also those under the names it had before."""
    revisions = _under(db, draft_id, name)
    who = people_named(db, (one.saved_by for one in revisions))
    return [Step(run[0], who[run[0].saved_by], tuple(run[1:])) for run in _runs(revisions)]


def _under(db: Session, draft_id: int, name: str) -> list[DraftRevision]:
    found: list[DraftRevision] = []
    asked, names = set[str](), {name}
    while names - asked:
        every = select(DraftRevision).where(DraftRevision.draft_id == draft_id, col(DraftRevision.name).in_(names))
        found = list(db.exec(every.order_by(col(DraftRevision.id).desc())))
        asked = set(names)
        names |= {one.was for one in found if one.was}
    return found


def _runs(revisions: list[DraftRevision]) -> list[list[DraftRevision]]:
    """Fold what was saved while typing into the version that it led to."""
    runs = [revisions[:1]] if revisions else []
    for later, earlier in pairwise(revisions):
        if _leads_to(earlier, later):
            runs[-1].append(earlier)
        else:
            runs.append([earlier])
    return runs


def _leads_to(earlier: DraftRevision, later: DraftRevision) -> bool:
    typed = earlier.how == How.AUTOSAVED and later.how in {How.AUTOSAVED, How.SAVED}
    same = (earlier.saved_by, earlier.name) == (later.saved_by, later.name)
    return typed and same and later.saved_at - earlier.saved_at <= FOLDED


def people_named(db: Session, ids: Iterable[int]) -> Mapping[int, str]:
    """Give what to call people, in one query."""
    return {person.id: person.label for person in db.exec(select(Person).where(col(Person.id).in_(set(ids))))}
