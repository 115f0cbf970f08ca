"""The desk of an author: one course of hers, open. Whatever is done to it begins here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session

from app.content.course import Reading
from app.content.folder import Held
from app.identity.people import Person
from app.library import drafts
from app.library.drafts import Draft
from app.request import Db, House, Instructor, Now, RowNumber, Wiring
from app.web.author import frame


@dataclass(frozen=True, slots=True)
class Desk:
    """A draft, who writes in it, and what is at hand."""

    draft: Draft
    author: Person
    db: Session
    house: Wiring
    now: datetime

    def at(self, below: str = "") -> str:
        """Give the address of the draft, or of a page below it."""
        return frame.address(self.draft, below)

    def shelf(self) -> Held:
        """Give the draft's files."""
        return drafts.shelf(self.db, self.draft, self.house.files)

    def read(self, held: Held) -> Reading:
        """Read the course, as `continua check` would."""
        return drafts.checked(self.draft, held, today=self.now.date())

    def moment(self, at: datetime) -> str:
        """Say when something was, on her clock."""
        return frame.moment(at, self.author, now=self.now)


def desk(draft_id: RowNumber, house: House, db: Db, author: Instructor, now: Now) -> Desk:
    """Open a course of hers; somebody else's is not there."""
    return Desk(drafts.of(db, author, draft_id), author, db, house, now)


AtDesk = Annotated[Desk, Depends(desk)]
