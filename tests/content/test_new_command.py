"""`continua new` writes a course that can be read at once, and never over something."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.cli import new
from app.content import reader
from app.content.sample import UnfitBeginning

TODAY = date(2026, 11, 20)


def test_a_name_is_a_folder_among_the_courses(tmp_path: Path) -> None:
    where = new.begin("warm-goodbyes", title=None, courses=tmp_path)

    course = reader.read(where, today=TODAY).course
    assert where == tmp_path / "warm-goodbyes"
    assert course is not None
    assert (course.code, course.title) == ("warm-goodbyes", "Warm goodbyes")


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    where = new.begin(f"{tmp_path}/elsewhere/grief", title="Grief at Work", courses=tmp_path / "courses")

    course = reader.read(where, today=TODAY).course
    assert course is not None
    assert course.title == "Grief at Work"
    assert not (tmp_path / "courses").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    for name in ("taken", "link"):
        with pytest.raises(new.AlreadyThere, match="nothing was changed"):
            new.begin(name, title=None, courses=tmp_path)

    assert sorted(path.name for path in tmp_path.rglob("*")) == ["link", "taken"]


@pytest.mark.parametrize("name", ["Grief", "grief at work", "..", "a/.."])
def test_a_name_that_cannot_be_an_address_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnfitBeginning) as refused:
        new.begin(name, title=None, courses=tmp_path)

    assert "small letters" in refused.value.fields["code"]
    assert list(tmp_path.iterdir()) == []
