"""Progress: a module that is done stays done, and her place is where she was last."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from cast import NOON, join
from makers import make_course, make_edition, make_enrollment
from sqlmodel import Session, select

from app.content.course import Module
from app.identity.people import Person
from app.kit.database import Database
from app.learning import progress
from app.learning.enrollments import Enrollment
from app.learning.progress import NOTHING_YET, Place

FIRST, SECOND = make_course().modules


@pytest.fixture
def enrollment(db: Session, ana: Person) -> Enrollment:
    return make_enrollment(db, ana)


def test_a_module_is_done_at_the_first_mark_and_for_good(db: Session, enrollment: Enrollment) -> None:
    progress.mark_done(db, enrollment.id, FIRST, now=NOON)
    progress.mark_done(db, enrollment.id, FIRST, now=NOON + timedelta(days=1))
    reading = progress.of(db, enrollment.id)
    assert reading.done == {"first": NOON}
    assert reading.is_done(FIRST)
    assert not reading.is_done(SECOND)


def test_she_goes_on_with_the_first_module_that_is_not_done(db: Session, enrollment: Enrollment) -> None:
    course = make_course()
    assert NOTHING_YET.next_in(course) == FIRST
    progress.mark_done(db, enrollment.id, SECOND, now=NOON)
    assert progress.of(db, enrollment.id).next_in(course) == FIRST
    progress.mark_done(db, enrollment.id, FIRST, now=NOON)
    assert progress.of(db, enrollment.id).next_in(course) is None


def test_her_place_is_where_she_was_last(db: Session, enrollment: Enrollment) -> None:
    progress.keep_place(db, enrollment.id, FIRST, block="b3", now=NOON)
    progress.keep_place(db, enrollment.id, SECOND, block="b1", now=NOON + timedelta(minutes=1))
    place = progress.of(db, enrollment.id).place
    assert place is not None
    assert (place.module_slug, place.block, place.seen_at) == ("second", "b1", NOON + timedelta(minutes=1))


def test_two_first_places_at_once_are_one_place(postgres_database: Database) -> None:
    """Two open tabs tell where she is at the same moment. SQLite's writers take turns."""
    with postgres_database.write() as db:
        enrollment_id = make_enrollment(db, join(db, "ana")).id
    both_are_in = threading.Barrier(2)

    def keep(block: str) -> None:
        with postgres_database.write() as db:
            assert db.get(Place, enrollment_id) is None
            both_are_in.wait()
            progress.keep_place(db, enrollment_id, FIRST, block=block, now=NOON)

    with ThreadPoolExecutor(2) as acts:
        list(acts.map(keep, ["b1", "b2"]))
    with postgres_database.read() as db:
        assert db.exec(select(Place)).one().block in {"b1", "b2"}


def test_several_enrollments_are_told_apart(db: Session, ana: Person, ben: Person) -> None:
    edition = make_edition(db)
    hers, his = make_enrollment(db, ana, edition), make_enrollment(db, ben, edition)
    progress.mark_done(db, hers.id, FIRST, now=NOON)
    progress.keep_place(db, his.id, SECOND, block="b2", now=NOON)
    readings = progress.of_all(db, [hers.id, his.id])
    assert (set(readings[hers.id].done), readings[hers.id].place) == ({"first"}, None)
    assert (set(readings[his.id].done), readings[his.id].place.block) == (set(), "b2")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("words", "media", "minutes"), [(10_000, 0, 60), (5_000, 0, 30), (0, 12, 12), (1_670, 5, 15), (0, 0, 1), (40, 0, 1)]
)
def test_a_module_takes_the_time_its_contact_hours_were_computed_with(words: int, media: int, minutes: int) -> None:
    module: Module = replace(FIRST, words=words, minutes=media)
    assert progress.minutes(module) == minutes


def test_time_left_is_that_of_the_modules_not_done(db: Session, enrollment: Enrollment) -> None:
    course = make_course()
    assert NOTHING_YET.minutes_left(course) == 30
    progress.mark_done(db, enrollment.id, FIRST, now=NOON)
    assert progress.of(db, enrollment.id).minutes_left(course) == 15
