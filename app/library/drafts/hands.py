"""Whose hands were in a draft: everybody who wrote in it, and so cannot be the second person who reviews it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from app.content.folder import EVALUATION
from app.identity.people import Person
from app.library import authors
from app.library.drafts.drawer import Draft
from app.library.drafts.files_held import DraftFile
from app.library.drafts.revisions import DraftRevision, How


def writers(db: Session, draft: Draft) -> set[int]:
    """Give the ids of those who wrote in a draft, or elsewhere what stands in it now; and of the course's authors.

    Otherwise a text that is discarded and begun again by a colleague could be signed by whoever wrote it. The
    sample that every course begins with is nobody's, and a form for the evaluation is shared between courses.
    """
    texts = select(DraftFile.sha256).where(DraftFile.draft_id == draft.id, col(DraftFile.name).endswith(".md"))
    mine = texts.where(~col(DraftFile.name).contains("/"), DraftFile.name != EVALUATION)
    hers = or_(col(DraftRevision.how) != How.BEGUN, col(Draft.course_code) == draft.course_code)
    wrote = select(DraftRevision.saved_by).join(Draft, col(DraftRevision.draft_id) == col(Draft.id))
    here = col(DraftRevision.draft_id) == draft.id
    found = db.exec(wrote.where(or_(here, and_(col(DraftRevision.sha256).in_(mine), hers))).distinct())
    return {draft.begun_by, *found, *(person.id for person in authors.of(db, draft.course_code))}


def readable(db: Session, person: Person, drafts: Iterable[Draft]) -> list[Draft]:
    """Give those of several drafts that a person may be the second one to read, in two queries."""
    several = list(drafts)
    hers = authors.courses_of(db, person)
    mine = select(DraftRevision.draft_id).where(DraftRevision.saved_by == person.id)
    wrote = set(db.exec(mine.where(col(DraftRevision.draft_id).in_([one.id for one in several])).distinct()))
    return [one for one in several if one.id not in wrote and one.course_code not in hers]
