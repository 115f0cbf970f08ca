"""Two doors to one database: reading, which cannot write, and writing, one act at a time.

On SQLite a reader opens `query_only`, and a writer takes its lock at BEGIN, so that no act fails
half-way because another one got there first. Commits are durable before they are answered:
WAL with `synchronous=FULL` (NORMAL lost acknowledged commits in a simulated power cut).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Engine, Integer, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session, SQLModel

SQLITE_BUSY_MS = 15_000  # a writer in another process may hold the lock for as long as a publication takes
FULL = 2  # PRAGMA synchronous

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC. A time without a zone is refused: nobody could say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps it as naive text, so the zone is dropped there and only there."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant needs its zone"
            raise ValueError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class RowId(TypeDecorator[int]):
    """The number of a row: 64 bits, which SQLite has in every INTEGER PRIMARY KEY."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """Give the type that counts up by itself."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


@dataclass(frozen=True, slots=True)
class Database:
    """One database, by its two doors."""

    writing: Engine
    reading: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.writing.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open one act: committed when the block ends, rolled back when it raises."""
        with Session(self.writing, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a look: whatever tries to write inside it fails."""
        with Session(self.reading) as db:
            yield db

    def close(self) -> None:
        """Give every connection back."""
        self.writing.dispose()
        self.reading.dispose()


def open_database(url: str) -> Database:
    """Open SQLite or PostgreSQL by its address; the folder of an SQLite file is made."""
    if url.startswith("sqlite"):
        return _open_sqlite(url)
    url = url.replace("postgres://", "postgresql://", 1)
    engine = create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True)
    return Database(writing=engine, reading=engine.execution_options(postgresql_readonly=True))


def _open_sqlite(url: str) -> Database:
    Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(
        writing=_sqlite_engine(url, begin="BEGIN IMMEDIATE", query_only=False),
        reading=_sqlite_engine(url, begin="BEGIN", query_only=True),
    )


def _sqlite_engine(url: str, *, begin: str, query_only: bool) -> Engine:
    # autocommit off in the driver: we say BEGIN ourselves, or it would start transactions late and DEFERRED
    engine = create_engine(url, pool_size=20, max_overflow=40, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA recursive_triggers = ON")  # or INSERT OR REPLACE deletes behind the triggers' backs
        cursor.execute(f"PRAGMA query_only = {int(query_only)}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def insert_once(db: Session, row: SQLModel) -> bool:
    """Insert the row unless a unique constraint says it is there already; say whether it was inserted.

    Two acts that race to write the same fact both succeed: one writes it, the other finds it written.
    """
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = row.model_dump(exclude={"id"} if getattr(row, "id", 0) is None else set())
    keys = inspect(type(row)).primary_key
    # Asked for back, not counted: PostgreSQL's driver does not say how many rows an insert of this kind wrote.
    wrote = db.execute(insert(type(row)).values(values).on_conflict_do_nothing().returning(*keys))
    return wrote.first() is not None


class NotDurable(RuntimeError):
    """The database would answer before it has written: the house does not open on it."""


def assert_durable(database: Database) -> None:
    """Read back what durability hangs on; raise `NotDurable` where an acknowledged answer could be lost."""
    with database.writing.connect() as connection:
        if database.is_sqlite:
            level = connection.execute(text("PRAGMA synchronous")).scalar_one()
            mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
            if level != FULL or mode != "wal":
                raise NotDurable(f"SQLite must run in WAL with synchronous=FULL; it says {mode} and {level}.")
        elif connection.execute(text("SHOW synchronous_commit")).scalar_one() == "off":
            raise NotDurable("PostgreSQL must not run with synchronous_commit=off: set it to on.")
