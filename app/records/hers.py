"""Whose a row is: found by the data map, in whatever table it stands, for one person and all her accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, false, func, or_, select
from sqlmodel import Session, SQLModel

from app.identity import people
from app.identity.people import Person
from app.records.holdings import BY_TABLE


@dataclass(frozen=True, slots=True)
class Scope:
    """One person: the numbers of all her accounts, and their addresses."""

    ids: tuple[int, ...]
    addresses: tuple[str, ...]


def scope(db: Session, person: Person) -> Scope:
    """Give a person with every account that was merged into hers."""
    accounts = people.accounts(db, person)
    return Scope(tuple(one.id for one in accounts), tuple(one.email_key for one in accounts))


def table(name: str) -> Table:
    """Give a table by its name."""
    return SQLModel.metadata.tables[name]


def are_hers(name: str, whose: Scope) -> ColumnElement[bool]:
    """Give the condition under which a row of a table is hers."""
    ways = BY_TABLE[name].hers
    return or_(*(_way(table(name), way, whose) for way in ways.split("|"))) if ways else false()


def _way(rows: Table, way: str, whose: Scope) -> ColumnElement[bool]:
    if way.startswith("@"):
        return func.lower(rows.c[way[1:]]).in_(whose.addresses)
    column, _, other = way.partition(":")
    if not other:
        return rows.c[column].in_(whose.ids)
    key = next(iter(table(other).primary_key.columns))
    return rows.c[column].in_(select(key).where(are_hers(other, whose)))


def rows(db: Session, name: str, whose: Scope) -> list[dict[str, Any]]:
    """Give her rows of a table, oldest first."""
    found = select(table(name)).where(are_hers(name, whose)).order_by(*table(name).primary_key.columns)
    return [dict(row) for row in db.execute(found).mappings()]
