"""Rolls: who there is, and what each has, for the lists of the office.

A roll is a SELECT of plain columns, one row a person; what is counted in other tables is asked for a page at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from app.awards.certificates import Certificate
from app.identity.licenses import License
from app.identity.people import ERASED, Person
from app.identity.sign_in import SignIn
from app.kit import listing
from app.kit.listing import Found, Selected, Sought


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the roll."""

    id: int
    email: str
    legal_name: str
    role: str
    created_at: datetime
    seen_at: datetime | None  # when she was last here; None: never
    licenses: tuple[str, ...]  # NY LCSW 012345
    certificates: int  # that stand


def page(db: Session, sought: Sought, number: int) -> Found[Member]:
    """Give a page of the people who answer to what is sought."""
    found = listing.page(db, people(sought), number)
    return Found(_members(db, found.rows), found.total, found.page, found.pages)


def everybody(db: Session, sought: Sought) -> Iterator[Member]:
    """Give all of them, one after the other."""
    for rows in listing.batches(db, people(sought)):
        yield from _members(db, rows)


def people(sought: Sought) -> Selected:
    """Select the people who answer to what is sought."""
    told = map(col, (Person.id, Person.email, Person.legal_name, Person.role, Person.created_at))
    rows: Selected = select(*told).where(_answers(sought))
    columns: dict[str, listing.Sqlish] = {
        "name": func.lower(func.coalesce(col(Person.legal_name), col(Person.email))),
        "role": col(Person.role),
        "joined": col(Person.created_at),
    }
    return listing.in_order(rows, sought, columns, first="name", last=col(Person.id))


def _answers(sought: Sought) -> Any:
    if sought.only is not None:
        return col(Person.id).in_(sought.only)
    licensed = select(col(License.person_id)).where(
        col(License.removed_at).is_(None), listing.holds(sought.words, col(License.number))
    )
    found = listing.holds(sought.words, col(Person.legal_name), col(Person.email))
    wanted = or_(found, col(Person.id).in_(licensed)) if sought.words else found
    wanted &= col(Person.merged_into).is_(None)  # her other account is listed
    role = sought.narrowed.get("role")
    return wanted if role is None else wanted & (col(Person.role) == role)


def _members(db: Session, rows: Sequence[Any]) -> list[Member]:
    ids = [row.id for row in rows]
    licensed, certified, seen = _licenses(db, ids), _certified(db, ids), _seen(db, ids)
    return [
        Member(
            id=row.id,
            email=row.email or ERASED,
            legal_name=row.legal_name or "",
            role=row.role,
            created_at=row.created_at,
            seen_at=seen.get(row.id),
            licenses=tuple(licensed[row.id]),
            certificates=certified.get(row.id, 0),
        )
        for row in rows
    ]


def _seen(db: Session, ids: list[int]) -> dict[int, datetime]:
    seen = select(col(SignIn.person_id), func.max(col(SignIn.seen_at))).where(col(SignIn.person_id).in_(ids))
    return {row[0]: row[1] for row in db.execute(seen.group_by(col(SignIn.person_id)))}


def _licenses(db: Session, ids: list[int]) -> defaultdict[int, list[str]]:
    held: defaultdict[int, list[str]] = defaultdict(list)
    asked = (
        select(License)
        .where(col(License.person_id).in_(ids), col(License.removed_at).is_(None))
        .order_by(col(License.state), col(License.id))
    )
    for one in db.scalars(asked):
        held[one.person_id].append(f"{one.state} {one.type} {one.number}")
    return held


def _certified(db: Session, ids: list[int]) -> dict[int, int]:
    """Count the certificates that stand: neither revoked nor replaced."""
    older = select(col(Certificate.replaces)).where(col(Certificate.replaces).is_not(None))
    counted = (
        select(col(Certificate.person_id), func.count())
        .where(col(Certificate.person_id).in_(ids), col(Certificate.revoked_at).is_(None))
        .where(col(Certificate.id).not_in(older))
        .group_by(col(Certificate.person_id))
    )
    return {person_id: number for person_id, number in db.execute(counted) if person_id is not None}
