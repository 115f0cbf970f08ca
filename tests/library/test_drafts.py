"""Drafts: nothing saved is lost, nobody's work is overwritten unseen, and a draft is read as a folder is."""

from __future__ import annotations

from pathlib import Path

import pytest
from cast import NOON
from sqlmodel import Session

from app.identity.people import Person
from app.kit.files import Files
from app.library import drafts
from app.library.drafts import ChangedMeanwhile, Draft


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "kept")


@pytest.fixture
def draft(db: Session, ines: Person, files: Files) -> Draft:
    return drafts.begin(db, title="Boundaries Online", code="boundaries-online", by=ines, files=files, now=NOON)


def test_a_course_begins_with_the_sample_and_without_a_problem(db: Session, draft: Draft, files: Files) -> None:
    reading = drafts.reading(db, draft, files, today=NOON.date())
    assert reading.problems == ()
    assert reading.course is not None
    assert (reading.course.code, reading.course.title) == ("boundaries-online", "Boundaries Online")


def test_who_saves_over_somebody_elses_text_is_told_and_loses_nothing(
    db: Session, draft: Draft, ines: Person, ada: Person
) -> None:
    exam = drafts.read(db, draft, "exam.md")
    drafts.write(db, draft, "exam.md", exam.text + "Ada's\n", over=exam.over, by=ada, now=NOON)
    with pytest.raises(ChangedMeanwhile) as refused:
        drafts.write(db, draft, "exam.md", exam.text + "Ines's\n", over=exam.over, by=ines, now=NOON)
    assert "ada@example.org changed exam.md" in refused.value.message
    assert drafts.read(db, draft, "exam.md").text.endswith("Ada's\n")
    assert drafts.text_of(db, refused.value.hers).endswith("Ines's\n")
    assert refused.value.comparison.differs == 1
