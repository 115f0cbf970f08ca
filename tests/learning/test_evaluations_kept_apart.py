"""What was said in evaluations leads to nobody: no column, no order, no number of a row or of a transaction."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from cast import NOON
from makers import make_course, make_edition, make_enrollment
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from app.cli import migrate
from app.identity import people
from app.kit.database import Database, open_database
from app.learning import evaluations
from app.learning.evaluations import FEWEST, Evaluation, EvaluationResponse
from app.library.editions import Edition

MANY = 40
BEFORE = "2026_11_21_seat_time"


def evaluate(db: Session, edition: Edition, number: int) -> None:
    """Let somebody say her number, an hour after the one before her."""
    now = NOON + timedelta(hours=number)
    person = people.find_or_add(db, f"learner-{number}@example.org", now=now)
    enrollment = make_enrollment(db, person, edition, now=now)
    evaluations.submit(db, enrollment, {"practice": f"I am number {number}"}, now=now)


def said(db: Session) -> list[EvaluationResponse]:
    return list(db.exec(select(EvaluationResponse)))


def counted(db: Session) -> int:
    return sum(one.counted_on is not None for one in said(db))


def numbers(answers: list[str]) -> list[int]:
    return [int(json.loads(one)["practice"].rsplit(" ", 1)[1]) for one in answers]


def test_no_column_of_what_was_said_names_a_person_or_a_time(db: Session) -> None:
    columns = {
        one["name"]: str(one["type"]).split("(")[0]
        for one in inspect(db.connection()).get_columns("evaluation_response")
    }
    assert set(columns) == {"id", "edition_id", "counted_on", "answers"} == set(EvaluationResponse.model_fields)
    assert columns["counted_on"] == "DATE"
    keys = inspect(db.connection()).get_foreign_keys("evaluation_response")
    assert [key["referred_table"] for key in keys] == ["edition"], "and nothing in it leads to an enrollment"
    assert "answers" not in Evaluation.model_fields


def test_nothing_is_counted_until_there_are_five_and_then_all_of_it_at_once(db: Session) -> None:
    edition = make_edition(db)
    seen = []
    for number in range(3 * FEWEST):
        evaluate(db, edition, number)
        seen.append(counted(db))
    assert seen == [0] * 4 + [5] * 5 + [10] * 5 + [15]
    assert {one.counted_on for one in said(db)} == {date(2026, 11, 1)}, "by the month"


def test_editions_wait_apart(db: Session) -> None:
    editions = [make_edition(db, make_course(code)) for code in ("one-course", "another-course")]
    for number in range(FEWEST + 1):
        evaluate(db, editions[number % 2], number)
    assert counted(db) == 0


def test_what_was_said_is_neither_lost_nor_changed_by_mixing(db: Session) -> None:
    edition = make_edition(db)
    for number in range(MANY + 3):
        evaluate(db, edition, number)
    assert sorted(numbers([one.answers for one in said(db)])) == list(range(MANY + 3))
    assert len({one.id for one in said(db)}) == MANY + 3


def test_no_order_of_rows_is_the_order_in_which_they_were_said(database: Database) -> None:
    """The control is in the same test: the rows that say who evaluated do stand in their order."""
    with database.write() as db:
        edition = make_edition(db)
    for number in range(MANY):
        with database.write() as db:
            evaluate(db, edition, number)
    with database.read() as db:
        heap = db.execute(text("SELECT answers FROM evaluation_response")).scalars().all()
        people_ = db.execute(text("SELECT enrollment_id FROM evaluation")).scalars().all()
    in_order = list(range(MANY))
    assert list(people_) == sorted(people_), "the control: a table that keeps the order of writing shows it"
    assert numbers(list(heap)) != in_order
    fives = [sorted(numbers(list(heap))[start : start + FEWEST]) for start in range(0, MANY, FEWEST)]
    if database.is_sqlite:
        assert fives != [in_order[start : start + FEWEST] for start in range(0, MANY, FEWEST)], "not even in fives"


def test_sqlite_keeps_no_number_of_a_row(sqlite_database: Database) -> None:
    with sqlite_database.reading.connect() as connection:
        assert connection.execute(text("SELECT rowid FROM evaluation")).all() == [], (
            "the control: another table has one"
        )
        with pytest.raises(OperationalError, match="no such column: rowid"):
            connection.execute(text("SELECT rowid FROM evaluation_response"))


def test_postgresql_keeps_no_number_of_a_transaction_that_is_one_persons(postgres_database: Database) -> None:
    with postgres_database.write() as db:
        edition = make_edition(db)
    for number in range(3 * FEWEST - 1):
        with postgres_database.write() as db:
            evaluate(db, edition, number)
    with postgres_database.read() as db:
        by = db.execute(text("SELECT xmin::text, count(*) FROM evaluation_response GROUP BY 1")).all()
        hers = db.execute(text("SELECT xmin::text, count(*) FROM evaluation GROUP BY 1")).all()
    assert sorted(count for _, count in by) == [FEWEST - 1, FEWEST, FEWEST], (
        "those that wait, and each five, by one hand"
    )
    assert {count for _, count in hers} == {1}, "the control: rows that were written one by one do tell"


def test_many_at_once_lose_nothing(database: Database) -> None:
    with database.write() as db:
        edition = make_edition(db)
        ids = [
            make_enrollment(db, people.find_or_add(db, f"learner-{one}@example.org", now=NOON), edition)
            for one in range(12)
        ]

    def send(number: int) -> None:
        with database.write() as db:
            evaluations.submit(db, ids[number], {"practice": f"I am number {number}"}, now=NOON)

    with ThreadPoolExecutor(12) as crowd:
        list(crowd.map(send, range(12)))
    with database.read() as db:
        rows = said(db)
    assert sorted(numbers([one.answers for one in rows])) == list(range(12))
    groups = [one.counted_on for one in rows if one.counted_on]
    assert len(groups) == 0 or len(groups) >= FEWEST


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that no migration has seen."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("own_postgres_url")
    database = open_database(url)
    with database.writing.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.close()
    return url


def upgrade_to(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def test_what_was_said_before_is_mixed_when_the_house_is_brought_up_to_date(empty_url: str) -> None:
    upgrade_to(empty_url, BEFORE)
    database = open_database(empty_url)
    with database.writing.begin() as connection:
        for edition in (1, 2):
            connection.exec_driver_sql(
                "INSERT INTO edition (id, course_code, content_hash, title, source, compiled, published_at) "
                f"VALUES ({edition}, 'a-course', 'hash-{edition}', 'A Course', '{{}}', '{{}}', '2026-09-01 12:00:00')"
            )
        for number in range(MANY + 2):
            said_ = json.dumps({"practice": f"I am number {number}"})
            connection.execute(
                text("INSERT INTO evaluation_response VALUES (:id, :edition, :on, :answers)"),
                {
                    "id": f"{number:04d}",
                    "edition": 1 if number < MANY - 1 else 2,
                    "on": date(2026, 9, 1) + timedelta(days=number),
                    "answers": said_,
                },
            )
    migrate.upgrade(empty_url)
    with database.read() as db:
        rows = said(db)
        heap = db.execute(text("SELECT answers FROM evaluation_response")).scalars().all()
    database.close()
    assert sorted(numbers([one.answers for one in rows])) == list(range(MANY + 2))
    assert numbers(list(heap)) != list(range(MANY + 2))
    assert not any(one.id.isdecimal() for one in rows), "under new keys"
    assert {one.counted_on for one in rows if one.edition_id == 2} == {None}, "three of an edition wait"
    months = [one.counted_on for one in rows if one.edition_id == 1]
    assert {month: months.count(month) for month in set(months)} == {date(2026, 9, 1): 30, date(2026, 10, 1): 9}
