"""The schema: what the migrations make is what the code expects, table by table, check by check, index by index."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, DateTime, MetaData, String, Table, TextClause, inspect, text
from sqlalchemy.schema import Index
from sqlmodel import AutoString, SQLModel

from app import main
from app.kit.database import Database, UtcDateTime, open_database
from app.kit.listing import Sought
from app.records import rolls


@pytest.fixture
def models() -> MetaData:
    """The tables as the code knows them: the whole house is imported."""
    assert main.create_app is not None
    return SQLModel.metadata


@pytest.mark.filterwarnings("ignore:(Skipped unsupported|autogenerate skipping metadata-specified)")
def test_tables_equal_models(database: Database, models: MetaData) -> None:
    with database.reading.connect() as connection:
        opts = {"compare_type": _kinds_differ, "include_object": _can_be_read_back}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, models) == []


def _can_be_read_back(item: object, *_: object) -> bool:
    # Of an index over what is computed, SQLite tells nothing: its test is the next one.
    return not (isinstance(item, Index) and any(isinstance(one, TextClause) for one in item.expressions))


def test_an_index_over_what_is_computed_is_there_and_followed(database: Database) -> None:
    plan = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.reading.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))  # an empty table is read from end to end
        told = connection.execute(text(f"{plan} {_by_name(connection)}")).all()
    assert "ix_person_listed" in str(told)


def _by_name(connection: Connection) -> str:
    asked = rolls.people(Sought()).compile(connection, compile_kwargs={"literal_binds": True})
    return str(asked)


def _kinds_differ(_context: object, _column: object, _field: object, made: object, meant: object) -> bool | None:
    # A text without a length is one kind of column under two names; everything else is compared as usual.
    return False if isinstance(made, String) and isinstance(meant, String | AutoString) else None


def test_control_a_column_too_many_and_one_of_another_kind_are_noticed(own_postgres_url: str, models: MetaData) -> None:
    database = open_database(own_postgres_url)
    with database.writing.begin() as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN shoe_size integer"))
        connection.execute(text("ALTER TABLE job ALTER COLUMN tries TYPE text"))
        context = MigrationContext.configure(connection, opts={"compare_type": _kinds_differ})
        differences = repr(compare_metadata(context, models))
    database.close()
    assert "remove_column" in differences
    assert "modify_type" in differences


def test_checks_equal_models(database: Database, models: MetaData) -> None:
    """Alembic compares no checks, and its batch mode on SQLite drops those without a name."""
    with database.reading.connect() as connection:
        made = {
            table: {str(check["name"]) for check in inspect(connection).get_check_constraints(table)}
            for table in models.tables
        }
    assert made == {name: set(map(str, _check_names(table))) for name, table in models.tables.items()}


def _check_names(table: Table) -> Iterator[object]:
    named = (constraint for constraint in table.constraints if isinstance(constraint, CheckConstraint))
    return (
        constraint.name if str(constraint.name).startswith("ck_") else f"ck_{table.name}_{constraint.name}"
        for constraint in named
    )


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_an_index_that_holds_for_some_rows_holds_for_the_same_rows(database: Database, models: MetaData) -> None:
    """Alembic does not compare this: an index over all rows would forbid a second certificate for ever."""
    kind = "sqlite" if database.is_sqlite else "postgresql"
    with database.reading.connect() as connection:
        made = {
            str(index["name"]): _plain(index["dialect_options"].get(f"{kind}_where"))
            for table in models.tables
            for index in inspect(connection).get_indexes(table)
            if index.get("dialect_options", {}).get(f"{kind}_where") is not None
        }
    wanted = {
        str(index.name): _plain(_where(index, kind)) for index in _indexes(models) if _where(index, kind) is not None
    }
    assert made == wanted
    assert len(wanted) >= 3


def _indexes(models: MetaData) -> Iterator[Index]:
    return (index for table in models.tables.values() for index in table.indexes)


def _where(index: Index, kind: str) -> object:
    return index.dialect_options[kind]["where"]


def _plain(clause: object) -> str:
    """Give a condition as it was written: PostgreSQL notes the type of each part."""
    return re.sub(r"::\w+|[()]", "", str(clause))


def test_nothing_cascades(models: MetaData) -> None:
    keys = [key for table in models.tables.values() for key in table.foreign_keys]
    assert {key.ondelete for key in keys} == {"RESTRICT", None}
    # Without a rule it is refused as well. A column that was added and tied in one step has none that SQLite tells of.
    silent = {str(key.parent) for key in keys if key.ondelete is None}
    assert silent == {"mail.again_of", "person.merged_into"}


def test_every_instant_has_its_zone(models: MetaData) -> None:
    columns = [column for table in models.tables.values() for column in table.columns]
    instants = [column for column in columns if column.name.endswith(("_at", "_until")) or column.name == "at"]
    assert all(isinstance(column.type, UtcDateTime) for column in instants)
    assert not [column for column in columns if isinstance(column.type, DateTime)]
