"""What it takes to look one certificate up among very many: on SQLite and, where a server is named, on PostgreSQL.

The rows are built once, in var/bench, and used again: a hundred thousand, or as many as `--rows` says. They are rows as
the house writes them, entered in the table of certificates alone. `--postgresql` names an empty database to fill too.
"""

from __future__ import annotations

import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import perf_counter

from sqlalchemy import text

from app.awards import issuing, numbers, statements
from app.awards.drawing import DrawingRoom
from app.awards.shelf import Shelf
from app.cli import bench_house, migrate
from app.cli.bench import Line, repeated
from app.kit.clock import system_clock
from app.kit.database import Database, open_database
from app.settings import Settings

ROWS = 100_000
GOAL = 5.0  # milliseconds at p99 (the issue on certificates)
LOOKUPS = 2_000
BATCH = 20_000
WHERE = Path("var/bench")
INSERT = (
    "INSERT INTO certificate (number, statement, personal, salt, completed_at, issued_at) "
    "VALUES (:number, :statement, :personal, :salt, :at, :at)"
)


def lines(*, rows: int | None = None, postgresql: str | None = None) -> Iterator[Line]:
    """Measure hits and misses, on each database that there is."""
    wanted = rows or ROWS
    WHERE.mkdir(parents=True, exist_ok=True)
    yield from _on(f"sqlite:///{WHERE / f'certificates-{wanted}.db'}", wanted, "SQLite")
    if postgresql:
        yield from _on(postgresql, wanted, "PostgreSQL")


def _on(url: str, wanted: int, name: str) -> Iterator[Line]:
    migrate.upgrade(url)
    database = open_database(url)
    try:
        _fill(database, wanted)
        shelf = Shelf(database, DrawingRoom(), issuing.of(Settings()), system_clock)
        known = _some(database)
        bare = repeated(lambda: _slowest(_bare(database), known))
        for what, asked in (("hit", known), ("miss", [numbers.new() for _ in known])):
            watch = repeated(lambda asked=asked: _slowest(shelf.by_number, asked))  # type: ignore[misc]
            noisy = watch.noisy or bare.noisy
            yield Line(
                f"{what} among {wanted:,}, p99, {name}",
                "ms",
                watch.value,
                "one bare query, p99",
                bare.value,
                GOAL,
                noisy,
            )
    finally:
        database.close()


def _slowest(look: Callable[[str], object], asked: list[str]) -> float:
    """Give, in milliseconds, what 99 of 100 look-ups stay below."""
    spent = []
    for number in asked:
        begun = perf_counter()
        look(number)
        spent.append((perf_counter() - begun) * 1000)
    return sorted(spent)[int(len(spent) * 0.99)]


def _bare(database: Database) -> Callable[[str], object]:
    """Give the same question asked of the database with nothing in between."""
    if database.is_sqlite:
        connection = sqlite3.connect(database.reading.url.database or "")
        return lambda number: connection.execute("SELECT * FROM certificate WHERE number = ?", (number,)).fetchone()
    raw = database.reading.raw_connection()
    return lambda number: raw.cursor().execute("SELECT * FROM certificate WHERE number = %s", (number,))


def _some(database: Database) -> list[str]:
    """Give numbers that are there, drawn from all over the table."""
    chance = random.Random(20261130)  # noqa: S311 - the same ones every time
    with database.reading.connect() as connection:
        top = connection.execute(text("SELECT max(id) FROM certificate")).scalar_one()
        ids = [chance.randint(1, top) for _ in range(LOOKUPS)]
        one = text("SELECT number FROM certificate WHERE id = :id")
        return [connection.execute(one, {"id": row}).scalar_one() for row in ids]


def _fill(database: Database, wanted: int) -> None:
    with database.reading.connect() as connection:
        there = connection.execute(text("SELECT count(*) FROM certificate")).scalar_one()
    now = system_clock()
    pattern = bench_house.facts_of("0" * 20, address="https://ce.example.org", now=now)
    whose = statements.personal(pattern)
    said = statements.canonical(statements.of(pattern, whose)).decode()
    while there < wanted:
        rows = [_row(said, whose, now) for _ in range(min(BATCH, wanted - there))]
        with database.writing.begin() as connection:
            connection.execute(text(INSERT), rows)
        there += len(rows)
        _progress(there, wanted)
    if not database.is_sqlite:
        with database.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE certificate"))


def _row(said: str, whose: statements.Personal, now: datetime) -> dict[str, object]:
    number = numbers.new()
    own = said.replace("0" * 20, number)
    at = now.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    return {"number": number, "statement": own, "personal": whose.text, "salt": whose.salt, "at": at}


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        width = 30 * done // of
        sys.stderr.write(f"\r{'█' * width}{'░' * (30 - width)} {done:,} of {of:,}" + ("\n" if done == of else ""))
        sys.stderr.flush()
