"""The roll of everything that was asked for: accommodations and grievances in one list, however long ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlmodel import Session, col

from app.identity import grievances, request_clocks, requests
from app.identity.grievances import Grievance
from app.identity.people import Person
from app.identity.request_clocks import Clocked, Kind
from app.identity.requests import AccommodationRequest
from app.kit import listing
from app.kit.listing import Found, Selected, Sought

WAITING, ANSWERED = "waiting", "answered"
KINDS = tuple(Kind)  # a row is named by its number and its kind together: number × 2, and 1 more for a grievance


def row_number(one: Clocked) -> int:
    """Give the number of a row: no two kinds share one."""
    return _number(one.kind, one.id)


def of(db: Session, person: Person) -> set[int]:
    """Give the numbers of the rows that are somebody's."""
    wanted = {_number(Kind.ACCOMMODATION, one.id) for one in requests.of(db, person)}
    return wanted | {_number(Kind.GRIEVANCE, one.id) for one in grievances.of(db, person)}


def _number(kind: Kind, number: int) -> int:
    return number * len(KINDS) + KINDS.index(kind)


def page(db: Session, sought: Sought, number: int, *, now: datetime) -> Found[Clocked]:
    """Give a page of what was asked for and answers to what is sought."""
    found = listing.page(db, asked_for(sought), number)
    return Found([_clocked(row, now) for row in found.rows], found.total, found.page, found.pages)


def everything(db: Session, sought: Sought, *, now: datetime) -> Iterator[Clocked]:
    """Give all of it, one after the other."""
    for rows in listing.batches(db, asked_for(sought)):
        yield from (_clocked(row, now) for row in rows)


def asked_for(sought: Sought) -> Selected:
    """Select what was asked for and answers to what is sought."""
    every = union_all(_accommodations(), _grievances()).subquery()
    rows: Selected = select(every).where(_answers(every.c, sought))
    columns: dict[str, listing.Sqlish] = {"who": func.lower(every.c.who), "asked": every.c.asked_at}
    columns["answered"] = every.c.answered_at
    return listing.in_order(rows, sought, columns, first="asked", last=every.c.row, nullable={"answered"})


def _accommodations() -> Select[*tuple[Any, ...]]:
    asked = AccommodationRequest
    who = func.coalesce(col(Person.legal_name), col(Person.email))
    told = _told(Kind.ACCOMMODATION, asked, who, col(Person.email))
    return select(*told).join(Person, col(Person.id) == col(asked.person_id))


def _grievances() -> Select[*tuple[Any, ...]]:
    who = func.coalesce(func.nullif(col(Grievance.name), ""), col(Grievance.email))
    return select(*_told(Kind.GRIEVANCE, Grievance, who, col(Grievance.email)))


def _told(kind: Kind, asked: type[AccommodationRequest | Grievance], who: Any, email: Any) -> tuple[Any, ...]:
    row = col(asked.id) * len(KINDS) + KINDS.index(kind)
    named: tuple[Any, ...] = (literal(str(kind)).label("kind"), col(asked.id).label("id"), row.label("row"))
    times: tuple[Any, ...] = (col(asked.asked_at).label("asked_at"), col(asked.answered_at).label("answered_at"))
    return (*named, who.label("who"), email.label("email"), *times)


def _answers(every: Any, sought: Sought) -> ColumnElement[bool]:
    if sought.only is not None:
        chosen: ColumnElement[bool] = every.row.in_(sought.only)
        return chosen
    wanted = listing.holds(sought.words, every.who, every.email)
    if kind := sought.narrowed.get("kind"):
        wanted &= every.kind == kind
    if state := sought.narrowed.get("state"):
        wanted &= every.answered_at.is_(None) if state == WAITING else every.answered_at.is_not(None)
    return wanted


def _clocked(row: Any, now: datetime) -> Clocked:
    asked = (row.id, row.who or request_clocks.ERASED, row.asked_at, row.answered_at)
    return request_clocks.clocked(Kind(row.kind), *asked, now=now)
