"""A published course in the Studio, whether or not anybody is writing its next edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session

from app.identity.people import Person
from app.library import authors, drafts, editions
from app.library.editions import Edition, NoSuchCourse, NoSuchEdition
from app.request import Db, House, Instructor, Now, Wiring
from app.web.author import frame
from app.web.author.frame import Studio, Tab

SHELF = "/author/shelf/{code}"
TABS = (("evidence", "Evidence"), ("results", "Results"), ("reports", "Reports"), ("evaluations", "Evaluations"))


@dataclass(frozen=True, slots=True)
class Shelved:
    """One edition of a course of hers, the current one unless she asked for another."""

    edition: Edition
    is_current: bool
    author: Person
    db: Session
    house: Wiring
    now: datetime

    def at(self, page: str, *, edition: Edition | None = None) -> str:
        """Give the address of a page of the course, of the edition it shows now or of another."""
        shown = edition or (None if self.is_current else self.edition)
        chosen = f"?edition={shown.short}" if shown else ""
        return f"/author/shelf/{self.edition.course_code}/{page}{chosen}"

    def studio(self, *, here: str) -> Studio:
        """Give the frame of the page: that of the open draft if there is one, since its tabs lead on."""
        draft = drafts.of_course(self.db, self.edition.course_code)
        if draft is not None:
            return frame.studio(draft, here=here if self.is_current else "")
        tabs = tuple(Tab(words, self.at(name), name == here) for name, words in TABS)
        return Studio(self.edition.title, f"/courses/{self.edition.course_code}", "Published", tabs)


def shelved(code: str, house: House, db: Db, author: Instructor, now: Now, edition: str = "") -> Shelved:
    """Open a published course that she writes, at the edition whose hash begins as she asked."""
    authors.insist(db, author, code)
    current = editions.newest(db, code)
    if current is None:
        raise NoSuchCourse
    chosen = editions.by_hash(db, edition) if edition else current
    if chosen.course_code != code:
        raise NoSuchEdition(edition)
    return Shelved(chosen, chosen.id == current.id, author, db, house, now)


AtShelf = Annotated[Shelved, Depends(shelved)]


@dataclass(frozen=True, slots=True)
class EditionLink:
    """Another edition, and the way to the same page of it."""

    words: str
    href: str
    is_here: bool


def edition_links(at: Shelved, page: str) -> tuple[EditionLink, ...]:
    """Give the way to the same page of every edition; nothing where there is only one."""
    every = editions.history(at.db, at.edition.course_code)
    if len(every) < 2:
        return ()
    return tuple(
        EditionLink(
            words=f"Edition {one.short}, published {frame.moment(one.published_at, at.author, now=at.now)}",
            href=at.at(page, edition=one),
            is_here=one.id == at.edition.id,
        )
        for one in every
    )
