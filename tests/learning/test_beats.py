"""Beats: her clock moves on by what passed and no more, over all tabs, devices and courses, on both databases."""

from __future__ import annotations

import itertools
import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cast import NOON, join
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import make_course, make_edition, make_enrollment
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app.identity.people import Person
from app.kit.database import Database, open_database
from app.kit.templates import STATIC
from app.learning import beats, enrollments, readers, seat_time
from app.learning.beats import Beat, SeatClock, SeatTime, Sitting
from app.learning.enrollments import Enrollment
from app.learning.readers import Reader
from app.learning.seat_time import Stretch
from app.library.editions import Edition

EASTERN = ZoneInfo("America/New_York")


def at(**after: float) -> datetime:
    return NOON + timedelta(**after)


def read(
    db: Session,
    student: Person | Reader,
    enrollment: Enrollment,
    minutes: int,
    *,
    since: datetime = NOON,
    module: str = "first",
) -> datetime:
    """Read for some minutes with a beat every half of one; say when she stopped."""
    now = since
    for _ in range(2 * minutes):
        now += seat_time.PERIOD
        beats.take(db, student, enrollment.id, Beat(module, 30, opened_at=since), now=now)
    return now


@pytest.fixture
def enrollment(db: Session, ana: Person) -> Enrollment:
    return make_enrollment(db, ana)


def reader_at_it(db: Session) -> tuple[Reader, Enrollment]:
    reader, _ = readers.begin(db, now=NOON)
    return reader, enrollments.begin(db, reader, make_edition(db), now=NOON)


# --- counting ----------------------------------------------------------------------------------------------------


def test_what_she_is_at_counts_by_module(db: Session, ana: Person, enrollment: Enrollment) -> None:
    stopped = read(db, ana, enrollment, 10)
    read(db, ana, enrollment, 5, since=stopped, module="second")
    found = beats.of(db, enrollment.id)
    assert (found.of_module("first"), found.of_module("second"), found.seconds) == (600, 300, 900)


def test_two_tabs_count_once_also_in_two_courses(db: Session, ana: Person, enrollment: Enrollment) -> None:
    other = make_enrollment(db, ana, make_edition(db, make_course("other-course")))
    for half in range(1, 41):
        for place in (enrollment, other):
            beats.take(db, ana, place.id, Beat("first", 30, opened_at=NOON), now=at(seconds=30 * half))
    total = beats.of(db, enrollment.id).seconds + beats.of(db, other.id).seconds
    assert total == 20 * 60


def test_a_beat_that_arrives_twice_counts_once(db: Session, ana: Person, enrollment: Enrollment) -> None:
    beat = Beat("first", 30, key="one-beat", opened_at=NOON)
    assert beats.take(db, ana, enrollment.id, beat, now=at(seconds=30)) == 30
    assert beats.take(db, ana, enrollment.id, beat, now=at(seconds=90)) == 0
    assert beats.take(db, ana, enrollment.id, replace(beat, key="another"), now=at(seconds=120)) == 30


def test_the_first_beat_counts_since_its_page_was_opened(db: Session, ana: Person, enrollment: Enrollment) -> None:
    beat = Beat("first", 1_800, opened_at=at(minutes=-4))
    assert beats.take(db, ana, enrollment.id, beat, now=NOON) == 240


def test_a_page_of_which_nobody_knows_when_it_was_opened_only_starts_the_clock(
    db: Session, ana: Person, enrollment: Enrollment
) -> None:
    assert beats.take(db, ana, enrollment.id, Beat("first", 1_800), now=NOON) == 0
    assert beats.take(db, ana, enrollment.id, Beat("first", 1_800), now=at(seconds=20)) == 20


def test_her_time_is_not_his(db: Session, ana: Person, ben: Person) -> None:
    edition = make_edition(db)
    hers, his = make_enrollment(db, ana, edition), make_enrollment(db, ben, edition)
    read(db, ana, hers, 5)
    read(db, ben, his, 3)
    assert (beats.of(db, hers.id).seconds, beats.of(db, his.id).seconds) == (300, 180)


SAID = st.lists(
    st.tuples(
        st.integers(0, 3),  # which of two courses and two modules
        st.integers(0, 2_000),  # seconds later
        st.integers(-10, 4_000),  # what it says
        st.integers(0, 5),  # its key
        st.booleans(),  # whether its page's opening is known
    ),
    max_size=25,
)


@given(SAID)
@settings(max_examples=25)
def test_whatever_pages_say_no_more_is_counted_than_passed_and_sittings_never_overlap(
    sqlite_houses: Database, said: list[tuple[int, int, int, int, bool]]
) -> None:
    with Session(sqlite_houses.writing) as db:
        ana = join(db, "ana")
        places = [make_enrollment(db, ana, make_edition(db, make_course(code))) for code in ("one", "two")]
        now, last = NOON, {one.id: 0 for one in places}
        for place, later, says, key, is_known in said:
            now += timedelta(seconds=later)
            beat = Beat(("first", "second")[place % 2], says, str(key), NOON if is_known else None)
            beats.take(db, ana, places[place // 2].id, beat, now=now)
            counted = {one.id: beats.of(db, one.id).seconds for one in places}
            assert all(counted[one] >= last[one] for one in counted), "what was counted stays counted"
            last = counted
        found = sorted(
            (one for place in places for one in beats.of(db, place.id).stretches), key=lambda one: one.began_at
        )
        db.rollback()
    assert sum(one.seconds for one in found) <= (now - NOON).total_seconds()
    assert all(0 < one.seconds <= (one.ended_at - one.began_at).total_seconds() for one in found)
    assert all(one.ended_at <= other.began_at for one, other in itertools.pairwise(found))


@pytest.fixture(scope="module")
def sqlite_houses(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Database]:
    """A database that nothing is ever committed to."""
    path = tmp_path_factory.mktemp("beats") / "continua.db"
    shutil.copy(sqlite_template, path)
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.close()


def test_beats_of_two_devices_at_once_take_turns(postgres_database: Database) -> None:
    """SQLite's writers take turns anyway."""
    with postgres_database.write() as db:
        ana_id = join(db, "ana").id
        enrollment_id = make_enrollment(db, join(db, "ana")).id
    ready = threading.Barrier(4)

    def beat(device: int) -> int:
        with postgres_database.write() as db:
            ready.wait()
            ana = db.get_one(Person, ana_id)
            return beats.take(db, ana, enrollment_id, Beat("first", 30, f"{device}", NOON), now=at(seconds=30))

    with ThreadPoolExecutor(4) as devices:
        assert sum(devices.map(beat, range(4))) == 30
    with postgres_database.read() as db:
        assert beats.of(db, enrollment_id).seconds == 30


# --- sittings ----------------------------------------------------------------------------------------------------


def test_a_sitting_is_a_module_and_a_visit(db: Session, ana: Person, enrollment: Enrollment) -> None:
    stopped = read(db, ana, enrollment, 10)
    evening = read(db, ana, enrollment, 5, since=stopped + timedelta(hours=3))
    read(db, ana, enrollment, 2, since=evening + timedelta(minutes=5), module="second")
    assert [(one.module_slug, one.seconds) for one in beats.of(db, enrollment.id).stretches] == [
        ("first", 600),
        ("first", 300),
        ("second", 120),
    ]
    assert len(db.exec(select(Sitting)).all()) == 2, "the last one is still open"


def test_days_are_those_of_her_calendar(db: Session, ana: Person, enrollment: Enrollment) -> None:
    late = datetime(2026, 11, 20, 4, 30, tzinfo=NOON.tzinfo)  # 11:30 PM of the 19th in New York
    stopped = read(db, ana, enrollment, 10, since=late)
    read(db, ana, enrollment, 5, since=stopped + timedelta(hours=10))
    assert beats.of(db, enrollment.id).by_day(EASTERN) == ((date(2026, 11, 19), 600), (date(2026, 11, 20), 300))


def test_what_is_kept_is_coarse(db: Session) -> None:
    kept = {*SeatClock.model_fields, *Sitting.model_fields}
    assert kept == {
        *("id", "person_id", "reader_id", "enrollment_id", "module_slug"),
        *("began_at", "ended_at", "counted_until", "seconds", "keys"),
    }


@pytest.mark.parametrize("act", ["DELETE FROM sitting", "UPDATE sitting SET seconds = seconds + 1"])
def test_a_persons_sittings_stand(database: Database, act: str) -> None:
    with database.write() as db:
        ana = join(db, "ana")
        enrollment = make_enrollment(db, ana)
        read(db, ana, enrollment, 1, since=read(db, ana, enrollment, 1), module="second")
    with pytest.raises(DBAPIError, match="never deleted or rewritten"), database.writing.begin() as connection:
        connection.execute(text(act))


def test_control_without_its_trigger_a_sitting_is_rewritten(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        ana = join(db, "ana")
        enrollment = make_enrollment(db, ana)
        read(db, ana, enrollment, 1, since=read(db, ana, enrollment, 1), module="second")
    with sqlite_database.writing.begin() as connection:
        connection.execute(text("DROP TRIGGER sitting_fixed"))
        assert connection.execute(text("UPDATE sitting SET seconds = 1")).rowcount == 1


def test_a_table_of_sittings_is_not_emptied(postgres_database: Database) -> None:
    with (
        pytest.raises(DBAPIError, match="never deleted or rewritten"),
        postgres_database.writing.begin() as connection,
    ):
        connection.execute(text("TRUNCATE sitting"))


# --- what a course asks for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "left"), [(0, 30), (60, 29), (61, 29), (1_799, 1), (1_800, 0), (9_999, 0)])
def test_a_minute_that_is_not_whole_is_still_left(seconds: int, left: int) -> None:
    counted = SeatTime((Stretch(1, "first", NOON, at(seconds=seconds), seconds),))
    assert counted.minutes_short(make_course(minimum_minutes=30)) == left


def test_a_course_that_asks_for_no_time_looks_nothing_up(db: Session, enrollment: Enrollment) -> None:
    assert beats.minutes_short(db, enrollment.id, make_course()) == 0
    assert beats.minutes_short(db, enrollment.id, make_course(minimum_minutes=30)) == 30


# --- a reader who signs in ---------------------------------------------------------------------------------------


def test_a_readers_time_becomes_the_persons(db: Session, ana: Person) -> None:
    reader, theirs = reader_at_it(db)
    read(db, reader, theirs, 10, since=read(db, reader, theirs, 5), module="second")
    enrollments.adopt(db, ana, reader)
    hers = enrollments.open_one(db, ana, "small-course")
    assert hers is not None
    assert (beats.of(db, hers.id).of_module("first"), beats.of(db, hers.id).of_module("second")) == (300, 600)


def test_time_at_the_same_moment_in_both_counts_once(db: Session, ana: Person) -> None:
    reader, theirs = reader_at_it(db)
    hers = enrollments.begin(db, ana, db.get_one(Edition, theirs.edition_id), now=NOON)
    read(db, ana, hers, 10)
    read(db, reader, theirs, 15)  # on another device, at the same time
    enrollments.adopt(db, ana, reader)
    assert beats.of(db, hers.id).seconds == 15 * 60
    assert db.exec(select(Reader)).all() == []


def test_after_adopting_the_clock_goes_on_where_both_were(db: Session, ana: Person) -> None:
    reader, theirs = reader_at_it(db)
    stopped = read(db, reader, theirs, 15)
    enrollments.adopt(db, ana, reader)
    hers = enrollments.open_one(db, ana, "small-course")
    assert hers is not None
    stale = Beat("first", 1_800, opened_at=NOON)  # a tab that was open all the while
    assert beats.take(db, ana, hers.id, stale, now=stopped + timedelta(seconds=20)) == 20
    assert beats.of(db, hers.id).seconds == 15 * 60 + 20


def test_a_reader_without_time_is_adopted_as_before(db: Session, ana: Person) -> None:
    reader, _ = reader_at_it(db)
    assert enrollments.adopt(db, ana, reader) == ["small-course"]


def test_the_time_of_a_reader_who_is_gone_is_forgotten(db: Session) -> None:
    reader, theirs = reader_at_it(db)
    read(db, reader, theirs, 1, since=read(db, reader, theirs, 1), module="second")
    assert enrollments.purge_readers(db, now=NOON + timedelta(days=40)) == 1
    assert (db.exec(select(Sitting)).all(), db.exec(select(SeatClock)).all()) == ([], [])


# --- the page ----------------------------------------------------------------------------------------------------


def test_the_script_and_the_rule_have_the_same_numbers() -> None:
    script = (STATIC / "js" / "beat.js").read_text(encoding="utf-8")
    told = {name: int(value.replace("_", "")) for name, value in re.findall(r"const ([A-Z]+) = ([\d_]+);", script)}
    assert told["PERIOD"] == seat_time.PERIOD.total_seconds() * 1000
    assert told["STILL"] == seat_time.STILL.total_seconds() * 1000
