"""The data map names every table, says of each what becomes of it, and is what the docs say."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

from app import main
from app.records import hers, holdings
from app.records.hers import Scope
from app.records.holdings import BY_TABLE, HOLDINGS, Fate

DOCS = Path(__file__).parents[2] / "docs" / "privacy.md"
assert main.create_app, "the whole house is imported, and with it every table"
TABLES = SQLModel.metadata.tables


def missing(tables: MetaData) -> set[str]:
    """Give the tables that the map does not name."""
    return set(tables.tables) - set(BY_TABLE)


def unfound(table: Table) -> bool:
    """Say whether a table names a person and the map does not say which rows are whose."""
    names = any(key.column.table.name == "person" for key in table.foreign_keys)
    return names and not BY_TABLE[table.name].hers and BY_TABLE[table.name].fate != Fate.STAFF


def test_the_map_names_every_table_and_none_that_is_gone() -> None:
    assert missing(SQLModel.metadata) == set()
    assert set(BY_TABLE) - set(TABLES) == set()
    assert len(HOLDINGS) == len(BY_TABLE)


def test_a_table_that_is_new_would_be_missed() -> None:
    others = MetaData()
    Table("diary", others)
    assert missing(others) == {"diary"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_that_names_a_person_says_which_rows_are_hers(name: str) -> None:
    assert not unfound(TABLES[name])


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda one: one.table)
def test_each_line_is_whole_and_names_columns_that_are_there(holding: holdings.Holding) -> None:
    assert all((holding.what, holding.why, holding.kept, holding.seen_by))
    assert (holding.fate == Fate.NONE) <= (not holding.hers)
    columns = set(TABLES[holding.table].columns.keys())
    assert set(holding.hidden) - set(holdings.PROOF_OF_HER) <= columns
    assert hers.are_hers(holding.table, Scope((1,), ("ana@example.org",))) is not None


def test_the_docs_show_the_map_as_it_is() -> None:
    assert holdings.written() in DOCS.read_text(encoding="utf-8"), "write it anew: docs/privacy.md says how"
