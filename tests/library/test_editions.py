"""Editions: published once, kept for ever; a folder that has become wrong keeps its last good one serving."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import small_folder
from cast import NOON
from small_folder import COURSE, EXAM, MODULE, PICTURE
from sqlmodel import Session, select

from app.audit import AuditLine
from app.content import reader
from app.content.course import Course
from app.kit.files import Files
from app.learning import publishing
from app.library import editions, folders
from app.library.editions import Edition, NoSuchCourse, Offering

BROKEN = COURSE.replace("level: beginning", "level: easy")
BETTER = MODULE.replace("two rules.", "two rules, and a third.")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "kept")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder.write(tmp_path / "courses" / "small-course")


def publish(db: Session, folder: Path, files: Files, *, days: int = 0) -> Offering:
    now = NOON + timedelta(days=days)
    offering = publishing.publish_new(db, folder, files=files, today=now.date(), now=now)
    db.flush()
    return offering


def published(db: Session) -> list[Edition]:
    return list(db.exec(select(Edition).order_by(Edition.id)))


def module_html(course: Course) -> str:
    return repr(course.modules[0].blocks)


# --- published ---------------------------------------------------------------------------------------------------


def test_a_sound_folder_is_published_and_served(db: Session, folder: Path, files: Files) -> None:
    offering = publish(db, folder, files)
    current = editions.current(db, "small-course")
    assert (current.id, current.title, folders.state(offering)) == (offering.edition_id, "A Small Course", "served")
    assert current.course == reader.read(folder, today=NOON.date()).course
    assert current.content_hash == reader.content_hash(folder)
    assert [edition.id for edition in editions.on_offer(db)] == [current.id]


def test_publishing_stands_in_the_trail(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    (line,) = db.exec(select(AuditLine)).all()
    assert (line.act, line.subject, line.actor_label) == ("edition.published", "small-course", "Continua")
    assert json.loads(line.detail)["edition"] == published(db)[0].content_hash


def test_the_same_folder_is_published_once(db: Session, folder: Path, files: Files) -> None:
    first = publish(db, folder, files).edition_id
    again = publish(db, folder, files, days=1)
    assert again.edition_id == first
    assert again.checked_at == NOON + timedelta(days=1)
    assert len(published(db)) == 1


def test_a_changed_folder_is_a_new_edition_that_descends_from_the_last(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    small_folder.write(folder, module=BETTER)
    publish(db, folder, files, days=1)
    old, new = published(db)
    assert new.descends_from == old.id
    assert editions.current(db, "small-course").id == new.id
    assert "a third" in module_html(editions.by_id(db, new.id).course)
    assert "a third" not in module_html(editions.by_id(db, old.id).course)


def test_an_edition_keeps_its_source_so_that_any_machine_can_show_it(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    source = json.loads(published(db)[0].source)
    assert set(source) == {"course.md", "01-rules.md", "exam.md"}
    assert base64.b64decode(source["exam.md"]).decode() == EXAM


def test_an_edition_is_read_without_its_folder(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    shutil.rmtree(folder)
    db.expire_all()
    assert editions.current(db, "small-course").course.title == "A Small Course"


def test_pictures_are_kept_under_the_hash_of_what_they_show(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    name = f"{hashlib.sha256(PICTURE.encode()).hexdigest()}.svg"
    kept = files.path(name)
    assert kept is not None
    assert kept.read_text() == PICTURE
    assert name in module_html(published(db)[0].course)


def test_a_changed_picture_is_a_new_edition_and_the_old_picture_stays(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    small_folder.write(folder, picture=PICTURE.replace('width="2"', 'width="3"'))
    publish(db, folder, files)
    assert len(published(db)) == 2
    for edition in published(db):
        for media in edition.course.media:
            assert files.path(f"{media.sha256}.svg") is not None


def test_pictures_that_were_lost_are_kept_again_at_the_next_start(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    shutil.rmtree(files.root)
    publish(db, folder, files)
    assert files.path(f"{hashlib.sha256(PICTURE.encode()).hexdigest()}.svg") is not None


# --- broken ------------------------------------------------------------------------------------------------------


def test_a_broken_folder_keeps_its_last_good_edition_serving_and_shows_its_problems(
    db: Session, folder: Path, files: Files
) -> None:
    good = publish(db, folder, files).edition_id
    small_folder.write(folder, course=BROKEN)
    offering = publish(db, folder, files)
    assert editions.current(db, "small-course").id == good
    assert folders.state(offering) == "the last good edition is served: its folder has errors"
    (line,) = offering.problem_lines
    assert line.startswith(f"{folder}/course.md:5:")
    assert ": error bad-setting: " in line


@pytest.mark.parametrize("repaired", [COURSE, COURSE.replace("A Small", "A Mended")])
def test_a_mended_folder_shows_its_problems_no_more(db: Session, folder: Path, files: Files, repaired: str) -> None:
    publish(db, folder, files)
    small_folder.write(folder, course=BROKEN)
    publish(db, folder, files)
    small_folder.write(folder, course=repaired)
    offering = publish(db, folder, files)
    assert (folders.state(offering), offering.problem_lines) == ("served", [])


def test_a_folder_that_never_was_sound_is_not_offered_and_is_shown_to_the_operator(
    db: Session, folder: Path, files: Files
) -> None:
    small_folder.write(folder, course=BROKEN)
    offering = publish(db, folder, files)
    assert folders.state(offering) == "not offered: its folder has errors"
    assert [one.folder for one in editions.shelf(db)] == [str(folder)]
    assert editions.on_offer(db) == []
    with pytest.raises(NoSuchCourse):
        editions.current(db, "small-course")


def test_a_folder_under_another_name_than_its_code_is_one_course_once_it_is_mended(
    db: Session, tmp_path: Path, files: Files
) -> None:
    folder = small_folder.write(tmp_path / "courses" / "draft-7", course=BROKEN)
    publish(db, folder, files)
    small_folder.write(folder)
    publish(db, folder, files)
    assert [one.course_code for one in editions.shelf(db)] == ["small-course"]


def test_a_broken_folder_that_was_moved_still_belongs_to_its_course(
    db: Session, folder: Path, tmp_path: Path, files: Files
) -> None:
    good = publish(db, folder, files).edition_id
    moved = tmp_path / "elsewhere" / "small-course"
    shutil.copytree(folder, moved)
    shutil.rmtree(folder)
    small_folder.write(moved, course=BROKEN)
    offering = publish(db, moved, files)
    assert (offering.course_code, offering.edition_id) == ("small-course", good)
    assert len(editions.shelf(db)) == 1


def test_a_folder_with_nothing_in_it_is_not_offered(db: Session, tmp_path: Path, files: Files) -> None:
    empty = tmp_path / "courses" / "empty"
    empty.mkdir(parents=True)
    assert folders.state(publish(db, empty, files)).startswith("not offered")


# --- in conflict -------------------------------------------------------------------------------------------------


def test_a_folder_that_went_back_is_a_conflict_and_not_published_by_itself(
    db: Session, folder: Path, files: Files
) -> None:
    publish(db, folder, files)
    small_folder.write(folder, module=BETTER)
    newer = publish(db, folder, files, days=1).edition_id
    small_folder.write(folder)
    offering = publish(db, folder, files, days=2)
    assert offering.edition_id == newer
    assert f"publish --over {published(db)[1].short}" in offering.conflict
    assert folders.state(offering).startswith("not published")
    assert len(published(db)) == 2


def test_a_change_in_a_folder_that_went_back_is_a_conflict_too(db: Session, folder: Path, files: Files) -> None:
    """It descends from what was replaced, so it would take back what the newer edition mended."""
    publish(db, folder, files)
    small_folder.write(folder, module=BETTER)
    publish(db, folder, files, days=1)
    small_folder.write(folder)
    publish(db, folder, files, days=2)
    small_folder.write(folder, module=MODULE.replace("two rules", "a few rules"))
    assert publish(db, folder, files, days=3).conflict
    assert len(published(db)) == 2


def test_a_conflict_ends_when_the_folder_holds_again_what_is_served(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    small_folder.write(folder, module=BETTER)
    publish(db, folder, files)
    small_folder.write(folder)
    publish(db, folder, files)
    small_folder.write(folder, module=BETTER)
    offering = publish(db, folder, files)
    assert (offering.conflict, folders.state(offering)) == ("", "served")


@pytest.mark.parametrize("rivals_name", ["a-copy", "the-same-code"])
def test_a_second_folder_with_the_same_code_is_a_conflict_and_the_first_one_is_served(
    db: Session, folder: Path, tmp_path: Path, files: Files, rivals_name: str
) -> None:
    """Whichever of the two is walked first."""
    good = publish(db, folder, files).edition_id
    small_folder.write(folder.parent / rivals_name, module=BETTER)
    for each in folders.folders(folder.parent):
        publish(db, each, files)
    states = {one.folder: (folders.state(one).split(":")[0], one.edition_id) for one in editions.shelf(db)}
    assert states == {str(folder): ("served", good), str(folder.parent / rivals_name): ("not published", None)}
    assert len(published(db)) == 1


def test_a_folder_that_takes_a_code_of_its_own_is_published(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    rival = small_folder.write(folder.parent / "a-copy", module=BETTER)
    publish(db, rival, files)
    small_folder.write(rival, course=COURSE.replace("code: small-course", "code: large-course"), module=BETTER)
    publish(db, rival, files)
    assert {one.course_code: folders.state(one) for one in editions.shelf(db)} == {
        "small-course": "served",
        "large-course": "served",
    }


# --- kept --------------------------------------------------------------------------------------------------------


def test_courses_are_offered_by_title(db: Session, tmp_path: Path, files: Files) -> None:
    for code, title in (("one", "Zest"), ("two", "Answers"), ("three", "Morals")):
        course = COURSE.replace("small-course", code).replace("A Small Course", title)
        publish(db, small_folder.write(tmp_path / code, course=course), files)
    assert [edition.title for edition in editions.on_offer(db)] == ["Answers", "Morals", "Zest"]
    assert sorted(editions.titles(db, [one.id for one in published(db)]).values()) == ["Answers", "Morals", "Zest"]


def test_folders_are_walked_by_name_and_hidden_ones_left_alone(tmp_path: Path) -> None:
    for name in ("b", "a", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "notes.txt").touch()
    assert [folder.name for folder in folders.folders(tmp_path)] == ["a", "b"]
    assert list(folders.folders(tmp_path / "missing")) == []


def test_a_course_that_is_not_offered_is_not_found(db: Session) -> None:
    with pytest.raises(NoSuchCourse):
        editions.current(db, "no-such-course")


def test_what_was_published_comes_back_whole(db: Session, folder: Path, files: Files) -> None:
    publish(db, folder, files)
    db.expire_all()
    course = editions.current(db, "small-course").course
    assert course.exam is not None
    assert course == reader.read(folder, today=NOON.date()).course
    assert next(course.exam.questions()).key_texts() == ("The first",)
