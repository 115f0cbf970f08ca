"""Lists: what to look for and in which order, one page of it, or all of it in batches.

A noun's module turns a `Sought` into a SELECT; what is here counts it, cuts a page out of it, or reads it to its end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session

PAGE = 50  # rows
BATCH = 500  # rows that are held at once while a whole list is read
LONGEST = 120  # letters that are looked for
ESCAPE = "\x1b"  # no text of ours has it, so it can announce a sign that is meant as it stands

Row = TypeVar("Row")
Selected = Select[*tuple[Any, ...]]
Sqlish = ColumnElement[Any] | Mapped[Any]


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list is to show."""

    words: str = ""  # each of them stands somewhere in the row
    sort: str = ""  # the key of a column; a list knows its own first order
    descending: bool = False
    narrowed: Mapping[str, str] = field(default_factory=dict)  # such as {"role": "learner"}
    only: tuple[int, ...] | None = None  # rows that were chosen by hand; None: all that match


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """One page of what was looked for."""

    rows: Sequence[Row]
    total: int
    page: int
    pages: int


def holds(words: str, *columns: Sqlish) -> ColumnElement[bool]:
    """Say that every word stands in one of the columns, in capitals or not."""
    sought = words[:LONGEST].split()
    return and_(True, *(or_(*(_in(one, word) for one in columns)) for word in sought))


def _in(column: Sqlish, word: str) -> ColumnElement[bool]:
    # SQLite knows capitals of plain letters only.
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.title()}
    return or_(*(column.ilike(f"%{_literal(one)}%", escape=ESCAPE) for one in sorted(spellings)))


def _literal(word: str) -> str:
    for sign in (ESCAPE, "%", "_"):
        word = word.replace(sign, f"{ESCAPE}{sign}")
    return word


def in_order(
    statement: Selected,
    sought: Sought,
    columns: Mapping[str, Sqlish],
    *,
    first: str,
    last: Sqlish,
    nullable: Collection[str] = (),
) -> Selected:
    """Sort by a column that was asked for, or by the `first` one; `last` decides between equals."""
    key = sought.sort if sought.sort in columns else first
    by = columns[key].desc() if sought.descending else columns[key].asc()
    # Only where there are any: a database that has to put them last can follow no index.
    by = by.nulls_last() if key in nullable else by
    return statement.order_by(by, last.desc() if sought.descending else last.asc())


def page(db: Session, statement: Selected, number: int, *, size: int = PAGE) -> Found[Any]:
    """Give a page; one behind the last is the last."""
    total = count(db, statement)
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    rows = db.execute(statement.offset((number - 1) * size).limit(size)).all()
    return Found(rows, total, number, pages)


def count(db: Session, statement: Selected) -> int:
    """Say how many rows there are."""
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    return int(db.execute(counted).scalar_one())


def batches(db: Session, statement: Selected, *, size: int = BATCH) -> Iterator[Sequence[Any]]:
    """Read everything, some rows at a time, so that a long list takes no more memory than a short one."""
    yield from db.execute(statement.execution_options(yield_per=size)).partitions(size)
