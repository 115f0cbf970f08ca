"""Enrollments: one at a time per person and course; a reader's becomes hers only when she says so."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cast import NOON, join
from makers import make_certificate, make_course, make_edition, make_enrollment
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from app.identity.people import Person
from app.kit.database import Database
from app.learning import enrollments, evaluations, progress, readers
from app.learning.enrollments import Enrollment, NotHers, Student
from app.learning.progress import ModuleMark, Place
from app.learning.readers import Reader
from app.library.editions import Edition


@pytest.fixture
def edition(db: Session) -> Edition:
    return make_edition(db)


@pytest.fixture
def reader(db: Session) -> Reader:
    return readers.begin(db, now=NOON)[0]


def read(db: Session, student: Student, edition: Edition, slugs: Sequence[str]) -> Enrollment:
    enrollment = enrollments.begin(db, student, edition, now=NOON)
    for slug in slugs:
        module = edition.course.module(slug)
        assert module is not None
        progress.mark_done(db, enrollment.id, module, now=NOON)
    return enrollment


# --- one at a time -----------------------------------------------------------------------------------------------


def test_whoever_begins_again_goes_on_where_she_is(db: Session, ana: Person, edition: Edition) -> None:
    first = enrollments.begin(db, ana, edition, now=NOON)
    again = enrollments.begin(db, ana, edition, now=NOON + timedelta(days=1))
    assert again.id == first.id
    assert again.began_at == NOON


def test_she_goes_on_in_the_edition_she_began(db: Session, ana: Person, edition: Edition) -> None:
    first = enrollments.begin(db, ana, edition, now=NOON)
    newer = make_edition(db, make_course(title="A Better Course"))
    assert enrollments.begin(db, ana, newer, now=NOON).edition_id == first.edition_id == edition.id


def test_a_course_can_be_taken_and_certified_again_in_a_new_enrollment(
    db: Session, ana: Person, edition: Edition
) -> None:
    first = make_certificate(db, ana, edition=edition)
    second = make_certificate(db, ana, edition=edition, now=NOON + timedelta(days=700))
    assert first.enrollment_id != second.enrollment_id
    assert first.number != second.number
    latest = enrollments.latest(db, ana, edition.course_code)
    assert latest is not None
    assert latest.id == second.enrollment_id


def test_of_eight_that_begin_at_once_all_have_the_same_enrollment(database: Database) -> None:
    with database.write() as db:
        join(db, "ana")
        make_edition(db)

    def begin(_turn: int) -> int:
        with database.write() as db:
            return enrollments.begin(db, db.exec(select(Person)).one(), db.exec(select(Edition)).one(), now=NOON).id

    with ThreadPoolExecutor(8) as acts:
        assert len(set(acts.map(begin, range(8)))) == 1


def test_an_enrollment_of_somebody_else_is_not_there(db: Session, ana: Person, ben: Person, edition: Edition) -> None:
    hers = enrollments.begin(db, ana, edition, now=NOON)
    assert enrollments.of(db, ana, hers.id).id == hers.id
    for enrollment_id in (hers.id, 10**9):
        with pytest.raises(NotHers):
            enrollments.of(db, ben, enrollment_id)


def test_an_enrollment_of_a_reader_is_nobodys_by_number(
    db: Session, ana: Person, reader: Reader, edition: Edition
) -> None:
    theirs = enrollments.begin(db, reader, edition, now=NOON)
    with pytest.raises(NotHers):
        enrollments.of(db, ana, theirs.id)


# --- readers -----------------------------------------------------------------------------------------------------


def test_what_a_reader_did_is_not_hers_until_it_is_adopted(
    db: Session, ana: Person, reader: Reader, edition: Edition
) -> None:
    read(db, reader, edition, ["first"])
    assert enrollments.all_of(db, ana) == []
    assert enrollments.adopt(db, ana, reader) == [edition.course_code]
    (mine,) = enrollments.all_of(db, ana)
    assert set(progress.of(db, mine.id).done) == {"first"}
    assert db.get(Reader, reader.id) is None


def test_adopting_adds_to_what_she_had_and_replaces_nothing(
    db: Session, ana: Person, reader: Reader, edition: Edition
) -> None:
    mine = read(db, ana, edition, ["first"])
    read(db, reader, edition, ["first", "second"])
    before = progress.of(db, mine.id).done["first"]
    enrollments.adopt(db, ana, reader)
    assert [one.id for one in enrollments.all_of(db, ana)] == [mine.id]
    done = progress.of(db, mine.id).done
    assert set(done) == {"first", "second"}
    assert done["first"] == before


def test_adopting_after_a_course_is_completed_begins_it_anew(
    db: Session, ana: Person, reader: Reader, edition: Edition
) -> None:
    certificate = make_certificate(db, ana, edition=edition)
    read(db, reader, edition, ["first"])
    enrollments.adopt(db, ana, reader)
    newest = enrollments.open_one(db, ana, edition.course_code)
    assert newest is not None
    assert newest.id != certificate.enrollment_id


def test_a_reader_takes_each_course_once(db: Session, reader: Reader, edition: Edition) -> None:
    other = make_edition(db, make_course("another-course"))
    for one in (edition, other, edition):
        enrollments.begin(db, reader, one, now=NOON)
    assert len(enrollments.all_of(db, reader)) == 2


def test_a_reader_is_known_by_her_token_for_thirty_days(db: Session) -> None:
    reader, token = readers.begin(db, now=NOON)
    assert reader.token_hash != token
    for days, known in ((0, True), (29.999, True), (30, False)):
        found = readers.of(db, token, now=NOON + timedelta(days=days))
        assert (found is not None) is known
    assert readers.of(db, reader.token_hash, now=NOON) is None


def test_readers_who_have_been_gone_for_thirty_days_are_forgotten_with_all_they_marked(
    db: Session, edition: Edition
) -> None:
    gone, _ = readers.begin(db, now=NOON - timedelta(days=30, seconds=1))
    here, _ = readers.begin(db, now=NOON - timedelta(days=30))
    old = read(db, gone, edition, ["first"])
    progress.keep_place(db, old.id, edition.course.modules[1], block="b7", now=NOON)
    read(db, here, edition, ["first", "second"])
    assert enrollments.purge_readers(db, now=NOON) == 1
    assert [one.id for one in db.exec(select(Reader))] == [here.id]
    assert [one.reader_id for one in db.exec(select(Enrollment))] == [here.id]
    assert len(db.exec(select(ModuleMark)).all()) == 2
    assert db.exec(select(Place)).all() == []


def test_no_purge_touches_a_person(db: Session, ana: Person, edition: Edition) -> None:
    mine = read(db, ana, edition, ["first"])
    enrollments.purge_readers(db, now=NOON + timedelta(days=3650))
    assert enrollments.of(db, ana, mine.id) == mine


# --- acts that meet ----------------------------------------------------------------------------------------------


def test_two_acts_that_each_add_something_and_then_hold_the_enrollment_both_go_through(
    postgres_database: Database,
) -> None:
    """A row that refers to an enrollment shares its key; an act that held it alone would wait for ever."""
    with postgres_database.write() as db:
        enrollment_id = make_enrollment(db, join(db, "ana")).id
    both_have_added = threading.Barrier(2)

    def act(add: str) -> None:
        with postgres_database.write() as db:
            enrollment = db.get_one(Enrollment, enrollment_id)
            if add == "mark":
                progress.mark_done(db, enrollment.id, db.exec(select(Edition)).one().course.modules[0], now=NOON)
            else:
                evaluations.submit(db, enrollment, {}, now=NOON)
            both_have_added.wait()
            enrollments.locked(db, enrollment)

    with ThreadPoolExecutor(2) as acts:
        list(acts.map(act, ["mark", "evaluation"]))


def test_whoever_holds_an_enrollment_holds_it_alone(postgres_database: Database) -> None:
    with postgres_database.write() as db:
        make_enrollment(db, join(db, "ana"))
    with postgres_database.write() as first, postgres_database.write() as second:
        enrollments.locked(first, first.exec(select(Enrollment)).one())
        second.connection().exec_driver_sql("SET LOCAL lock_timeout = '20ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            enrollments.locked(second, second.exec(select(Enrollment)).one())
        second.rollback()
