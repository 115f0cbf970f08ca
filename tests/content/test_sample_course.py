"""The sample course is one that could be published, and it holds every part of the format."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_course import write

from app.content import boxes, reader, sample
from app.content.course import Course, Kind, Pool, Reading
from app.content.folder import Held

TODAY = date(2026, 11, 20)


def read(files: dict[str, bytes], *, today: date = TODAY) -> Reading:
    """Read a course that lies nowhere."""
    return reader.read(Held({name: name for name in files}, files.get), today=today)


def a_sample() -> Course:
    """Give the sample course as read, without problems."""
    reading = read(sample.files("Endings, and What They Ask", "endings", today=TODAY))
    assert [str(each) for each in reading.problems] == []
    assert reading.course is not None
    return reading.course


def test_the_sample_has_neither_errors_nor_warnings() -> None:
    course = a_sample()

    assert (course.code, course.title) == ("endings", "Endings, and What They Ask")
    assert (course.reviewed_on, course.review_due) == (TODAY, date(2028, 11, 20))


def test_the_sample_is_sound_on_a_leap_day() -> None:
    reading = read(sample.files("Leap", "leap", today=date(2028, 2, 29)), today=date(2028, 2, 29))

    assert reading.problems == ()


def test_the_sample_shows_every_kind_of_question_every_box_and_a_pool() -> None:
    course = a_sample()
    written = "".join(content.decode() for name, content in sample.files("A", "a", today=TODAY).items() if "0" in name)
    assert course.exam is not None

    kinds = {question.kind for question in (*course.exam.questions(), *course.evaluation)}
    assert kinds == set(Kind)
    assert any(isinstance(item, Pool) for item in course.exam.items)
    assert all(f"::: {box}" in written for box in boxes.TITLES)
    assert {"media/planning-sheet.pdf", "media/three-sessions.svg"} <= {each.name for each in course.media}


def test_the_files_of_the_sample_are_themselves_a_course() -> None:
    reading = reader.read(sample.FOLDER, today=TODAY)

    assert reading.problems == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60).filter(sample.plain))
def test_any_title_is_read_as_it_was_given(title: str) -> None:
    course = read({"course.md": sample.files(title, "any", today=TODAY)["course.md"]})
    whole = {**sample.files(title, "any", today=TODAY)}

    assert [each.rule for each in course.problems if each.rule.endswith("setting")] == []
    found = read(whole).course
    assert found is not None
    assert found.title == sample.plain(title)


@pytest.mark.parametrize(
    "title", ['"Whole"', "'Whole'", '"A" and "B"', "A  # B", "A: B", "- A", "> |", "---", "# A", "C:\\x"]
)
def test_a_title_that_looks_like_marks_is_read_as_it_was_given(title: str) -> None:
    found = read(sample.files(title, "any", today=TODAY)).course

    assert found is not None
    assert found.title == sample.plain(title)


@pytest.mark.parametrize(
    ("title", "code", "fields"),
    [("  ", "a", {"title"}), ("A", "A", {"code"}), ("A", "", {"code"}), ("\n", "../x", {"title", "code"})],
)
def test_a_course_does_not_begin_without_title_and_code(title: str, code: str, fields: set[str]) -> None:
    with pytest.raises(sample.UnfitBeginning) as refused:
        sample.files(title, code, today=TODAY)

    assert set(refused.value.fields) == fields


@pytest.mark.parametrize(
    ("title", "code"),
    [("The Client’s Goodbye: a Primer", "the-clients-goodbye-a-primer"), ("Über Größe", "uber-groe"), ("心", "")],
)
def test_a_code_is_proposed_for_a_title(title: str, code: str) -> None:
    assert sample.code_for(title) == code


def test_a_sample_written_to_a_disk_is_the_same_course(tmp_path: Path) -> None:
    files = sample.files("Same", "same", today=TODAY)
    folder = write(tmp_path / "same", dict(files))

    assert reader.content_hash(folder) == reader.content_hash(
        Held({name: hashlib.sha256(content).hexdigest() for name, content in files.items()}, lambda _: None)
    )
