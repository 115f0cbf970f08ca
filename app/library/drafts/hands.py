"""Whose hands were in a draft: everybody who wrote in it, and so cannot be the second person who reviews it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from app.identity.people import Person
from app.library import authors
from app.library.drafts.drawer import Draft
from app.library.drafts.revisions import DraftRevision


def writers(db: Session, draft: Draft) -> set[int]:
    """Give the ids of those who wrote in a draft, and of the course's authors."""
    wrote = db.exec(select(DraftRevision.saved_by).where(col(DraftRevision.draft_id) == draft.id).distinct())
    return {draft.begun_by, *wrote, *(person.id for person in authors.of(db, draft.course_code))}


def readable(db: Session, person: Person, drafts: Iterable[Draft]) -> list[Draft]:
    """Give those of several drafts that a person may be the second one to read, in two queries."""
    several = list(drafts)
    hers = authors.courses_of(db, person)
    mine = select(DraftRevision.draft_id).where(DraftRevision.saved_by == person.id)
    wrote = set(db.exec(mine.where(col(DraftRevision.draft_id).in_([one.id for one in several])).distinct()))
    return [one for one in several if one.id not in wrote and one.course_code not in hers]
