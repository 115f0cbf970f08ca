"""Drafts as a shelf: read, checked and named by content exactly as a folder on disk would be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sqlmodel import Session

from app.content import reader
from app.content.course import Reading
from app.content.folder import COURSE, Held
from app.kit.files import Files
from app.library import media, names
from app.library.drafts import files_held, headlines, revisions
from app.library.drafts.drawer import Draft
from app.library.media import Content


def shelf(db: Session, draft: Draft, files: Files) -> Held:
    """Give a draft as a shelf. Its texts are read here, in one query; later no database is needed."""
    contents = {file.name: Content(file.sha256, file.size) for file in files_held.of(db, draft.id)}
    texts = revisions.texts(db, (content.sha256 for name, content in contents.items() if names.is_text(name)))
    return held(contents, texts, files)


def held(contents: Mapping[str, Content], texts: Mapping[str, bytes], files: Files) -> Held:
    """Give files by their hashes as a shelf, texts by theirs."""
    films = {content.sha256: name for name, content in contents.items() if not names.is_text(name)}

    def lies(sha256: str) -> Path | None:
        return media.lies(files, sha256, films[sha256]) if sha256 in films else None

    def opened(sha256: str) -> bytes | None:
        if sha256 in texts:
            return texts[sha256]
        path = lies(sha256)
        return path.read_bytes() if path else None

    return Held({name: content.sha256 for name, content in contents.items()}, opened, lies)


def reading(db: Session, draft: Draft, files: Files, *, today: date) -> Reading:
    """Read a draft as `continua check` would, and see that it may have the code it gives itself."""
    return checked(draft, shelf(db, draft, files), today=today)


def checked(draft: Draft, standing: Held, *, today: date) -> Reading:
    """Read what would stand in a draft."""
    found = reader.read(standing, today=today, label="")
    headline = headlines.read(standing.read(COURSE), today=today)
    if headline.code == draft.course_code or (not headline.has_code and found.course is None):
        return found  # otherwise the text would be published at the address of another course
    return headlines.with_code_wrong(found, headline, code=draft.course_code, is_published=draft.based_on is not None)


def content_hash(db: Session, draft: Draft, files: Files) -> str:
    """Name what a draft holds now: what a reviewer signs, and what an edition is called."""
    return reader.content_hash(shelf(db, draft, files))
