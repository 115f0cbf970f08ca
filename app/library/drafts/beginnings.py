"""How a draft begins and ends: with the sample, from a parcel, from what is published; and discarded, not erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from app import audit
from app.content import sample
from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit.database import insert_once
from app.kit.errors import Invalid
from app.kit.files import Files
from app.library import authors, editions, media, names
from app.library.drafts import drawer, files_held, revisions
from app.library.drafts.drawer import Draft
from app.library.drafts.files_held import Hand
from app.library.drafts.revisions import How
from app.library.editions import Edition, Offering
from app.library.media import Content
from app.library.sources import SourceLost


class CodeTaken(Invalid):
    """A course stands at this address already."""

    def __init__(self, code: str) -> None:
        """Name the address."""
        message = f"There is a course at “{code}” already. Choose another code, or open that course."
        super().__init__({"code": message}, message)


def begin(db: Session, *, title: str, code: str, by: Person, files: Files, now: datetime) -> Draft:
    """Begin a new course with the sample, under a title and a code of her own."""
    access.insist(by, Right.AUTHOR)
    begun = sample.files(title, code, today=now.date())
    return begin_with(db, _kept(db, begun, files), title=sample.plain(title), code=code, by=by, now=now)


def begin_with(db: Session, held: Mapping[str, Content], *, title: str, code: str, by: Person, now: datetime) -> Draft:
    """Begin a new course with files that are kept already; raise `CodeTaken` if the address is another's."""
    access.insist(by, Right.AUTHOR)
    if not is_free(db, code):
        raise CodeTaken(code)
    draft = _open(db, Draft(course_code=code, title=title, begun_at=now, begun_by=by.id, changed_at=now), held, by=by)
    authors.begin(db, code, by, now=now)
    return draft


def from_edition(db: Session, edition: Edition, *, by: Person, files: Files, now: datetime) -> Draft:
    """Open what was published for writing; the draft that is open already, if there is one."""
    authors.insist(db, by, edition.course_code)
    if standing := drawer.of_course(db, edition.course_code):
        return standing
    draft = Draft(
        course_code=edition.course_code,
        title=edition.title,
        based_on=edition.content_hash,
        begun_at=now,
        begun_by=by.id,
        changed_at=now,
    )
    return _open(db, draft, _of_edition(db, edition, files), by=by)


def _open(db: Session, draft: Draft, held: Mapping[str, Content], *, by: Person) -> Draft:
    if not insert_once(db, draft):
        raise CodeTaken(draft.course_code)
    opened = drawer.of_course(db, draft.course_code)
    assert opened is not None  # noqa: S101 - it was inserted in this act
    files_held.put_all(db, opened.id, held, Hand(by, draft.begun_at, How.BEGUN))
    detail = {"based_on": draft.based_on, "title": draft.title}
    audit.record(db, actor=by.actor, act="draft.begun", subject=draft.course_code, now=draft.begun_at, detail=detail)
    return opened


def _kept(db: Session, contents: Mapping[str, bytes], files: Files) -> dict[str, Content]:
    return {name: Content(_keep(db, name, content, files), len(content)) for name, content in contents.items()}


def _keep(db: Session, name: str, content: bytes, files: Files) -> str:
    return revisions.keep_text(db, content) if names.is_text(name) else media.keep_bytes(files, name, content)


def _of_edition(db: Session, edition: Edition, files: Files) -> dict[str, Content]:
    """Give every file that was published: a draft that nobody has touched has the hash of its edition."""
    published = editions.source(edition, files)
    texts = {name: published.read(name) or b"" for name in published.digests if names.is_text(name)}
    revisions.keep_texts(db, texts.values())
    sizes = {name: len(text) for name, text in texts.items()}
    for name, digest in published.digests.items():
        if name not in sizes:
            sizes[name] = _size(files, name, digest)
    return {name: Content(digest, sizes[name]) for name, digest in published.digests.items()}


def _size(files: Files, name: str, digest: str) -> int:
    path = media.lies(files, digest, name)
    if path is None:
        raise SourceLost(name)
    return path.stat().st_size


def is_free(db: Session, code: str) -> bool:
    """Say whether no course, published or begun, stands at an address."""
    published = select(Edition.id).where(Edition.course_code == code)
    offered = db.get(Offering, code)
    return drawer.of_course(db, code) is None and offered is None and db.exec(published).first() is None


def discard(db: Session, draft: Draft, *, by: Person, now: datetime) -> None:
    """Close a draft for good; what was written in it is kept in the records."""
    held = drawer.hold(db, draft)
    held.discarded_at, held.discarded_by = now, by.id
    db.add(held)
    db.flush()
    if held.based_on is None:
        authors.leave(db, held.course_code, by=by, now=now)
    audit.record(db, actor=by.actor, act="draft.discarded", subject=held.course_code, now=now, detail={"id": held.id})


def rest_on(db: Session, draft: Draft, edition: Edition) -> None:
    """Note which edition a draft stands on from now on: it was published from it, or it is to replace it."""
    held = drawer.hold(db, draft)
    held.based_on = edition.content_hash
    db.add(held)
