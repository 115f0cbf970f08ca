"""The two doors to the database: what each can do, and what the house refuses to open on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cast import NOON
from makers import make_edition
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import Session, select

from app.kit import database as databases
from app.kit.database import Database, NotDurable, assert_durable, insert_once, open_database
from app.kit.jobs import Job
from app.learning.enrollments import Enrollment
from app.library.editions import Edition


def a_job(key: str = "one", *, due_at: datetime = NOON) -> Job:
    return Job(kind="count", key=key, payload="{}", due_at=due_at)


class HalfWay(Exception):
    """Whatever may go wrong in the middle of an act."""


# --- two doors ---------------------------------------------------------------------------------------------------


def test_the_reading_door_cannot_write(database: Database) -> None:
    with database.read() as db:
        db.add(a_job())
        with pytest.raises(DBAPIError):
            db.flush()


def test_a_refused_write_in_the_reading_door_leaves_the_writing_door_open(database: Database) -> None:
    with database.read() as db, pytest.raises(DBAPIError):
        db.execute(text("DELETE FROM job"))
    with database.write() as db:
        db.add(a_job())
    with database.read() as db:
        assert db.exec(select(Job)).one().key == "one"


def test_an_act_that_raises_leaves_nothing_behind(database: Database) -> None:
    def act() -> None:
        with database.write() as db:
            insert_once(db, a_job())
            raise HalfWay

    with pytest.raises(HalfWay):
        act()
    with database.read() as db:
        assert db.exec(select(Job)).first() is None


def test_on_sqlite_a_writer_holds_the_lock_from_its_first_look(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise an act could fail half-way because another one wrote after it had read."""
    monkeypatch.setattr(databases, "SQLITE_BUSY_MS", 0)
    database = open_database(sqlite_url)
    with database.write() as first:
        first.exec(select(Job)).first()
        with pytest.raises(DBAPIError, match="locked"), database.write() as second:
            second.exec(select(Job)).first()
        with database.read() as onlooker:
            assert onlooker.exec(select(Job)).first() is None
    database.close()


# --- durability --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["writing", "reading"])
def test_sqlite_says_back_what_it_was_told(sqlite_url: str, door: str) -> None:
    database = open_database(sqlite_url)
    with getattr(database, door).connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "recursive_triggers",
                "query_only",
                "busy_timeout",
            )
        }
    database.close()
    assert said == {
        "journal_mode": "wal",
        "synchronous": databases.FULL,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "query_only": int(door == "reading"),
        "busy_timeout": databases.SQLITE_BUSY_MS,
    }


def test_the_house_opens_on_a_durable_database(database: Database) -> None:
    assert_durable(database)


@pytest.mark.parametrize("pragma", ["synchronous = NORMAL", "synchronous = OFF", "journal_mode = DELETE"])
def test_the_house_does_not_open_on_an_sqlite_that_could_lose_an_answer(sqlite_url: str, pragma: str) -> None:
    database = open_database(sqlite_url)

    @event.listens_for(database.writing, "connect")
    def _weaken(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    with pytest.raises(NotDurable, match="synchronous=FULL"):
        assert_durable(database)
    database.close()


def test_the_house_does_not_open_on_a_postgresql_that_answers_before_it_writes(postgres: str) -> None:
    hasty = open_database(f"{postgres}&options=-c%20synchronous_commit%3Doff")
    with pytest.raises(NotDurable, match="synchronous_commit"):
        assert_durable(hasty)
    hasty.close()


# --- instants ----------------------------------------------------------------------------------------------------


def test_an_instant_comes_back_as_it_was_whatever_zone_it_was_given_in(database: Database) -> None:
    given = datetime(2026, 3, 8, 2, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
    with database.write() as db:
        db.add(a_job(due_at=given))
    with database.read() as db:
        kept = db.exec(select(Job)).one().due_at
    assert kept == given
    assert kept.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="needs its zone"), database.write() as db:
        db.add(a_job(due_at=NOON.replace(tzinfo=None)))


# --- once --------------------------------------------------------------------------------------------------------


def test_of_two_acts_that_write_the_same_fact_one_writes_it_and_neither_fails(database: Database) -> None:
    def write(_turn: int) -> bool:
        with database.write() as db:
            return insert_once(db, a_job())

    with ThreadPoolExecutor(8) as acts:
        wrote = list(acts.map(write, range(8)))
    assert sorted(wrote) == [False] * 7 + [True]


def test_control_a_plain_insert_of_the_same_fact_fails(db: Session) -> None:
    db.add_all([a_job(), a_job()])
    with pytest.raises(IntegrityError):
        db.flush()


def test_inserting_once_hides_no_other_refusal_of_the_database(db: Session) -> None:
    nobodys = Enrollment(course_code="x", edition_id=make_edition(db).id, began_at=NOON)
    with pytest.raises(IntegrityError, match="somebodys"):
        insert_once(db, nobodys)


def test_a_row_that_names_a_row_that_is_not_there_is_refused(database: Database) -> None:
    orphan = Edition(
        course_code="x", content_hash="0", title="X", source="{}", compiled="{}", descends_from=99, published_at=NOON
    )
    with pytest.raises(IntegrityError), database.write() as db:
        db.add(orphan)


def test_the_folder_of_an_sqlite_file_is_made(tmp_path: object) -> None:
    database = open_database(f"sqlite:///{tmp_path}/deep/er/continua.db")
    with database.write() as db:
        assert db.execute(text("SELECT 1")).scalar_one() == 1
    database.close()
    assert database.is_sqlite
