"""Whose hands were in a draft: everybody who wrote in it, and so cannot be the second person who reviews it."""

from __future__ import annotations

from sqlmodel import Session, col, select

from app.library import authors
from app.library.drafts.drawer import Draft
from app.library.drafts.revisions import DraftRevision


def writers(db: Session, draft: Draft) -> set[int]:
    """Give the ids of those who wrote in a draft, and of the course's authors."""
    wrote = db.exec(select(DraftRevision.saved_by).where(col(DraftRevision.draft_id) == draft.id).distinct())
    return {draft.begun_by, *wrote, *(person.id for person in authors.of(db, draft.course_code))}
