"""Finding certificates: by number, by the holder's name, by a license number or by course, newest first.

A whole number is looked up in its index. Anything else is looked for in what the certificates themselves say, so one
whose course or account is gone is found as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col

from app.awards import numbers
from app.awards.certificates import Certificate
from app.awards.verdicts import Status
from app.kit import listing
from app.kit.listing import Found, Selected, Sought

SHORTEST_BEGINNING = 4  # symbols of a number: one group of it
LONGEST = 120  # letters that are looked for
# Where it may stand in canonical JSON, whose names come in a fixed order: the holder, the license, the course.
PLACES: tuple[tuple[Mapped[str | None], str, str], ...] = (
    (col(Certificate.personal), '{"holder":"%', '%","license":%'),
    (col(Certificate.personal), '%,"license":{"number":"%', '%","state":"%'),
    (col(Certificate.statement), '%"course":{"code":"%', '%","edition":"%'),
    (col(Certificate.statement), '%"course":{"code":"%","title":"%', '%"},"demonstration":%'),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One certificate that was found, and how it stands."""

    certificate: Certificate
    status: Status


def page(db: Session, sought: Sought, number: int) -> Found[Hit]:
    """Give a page of the certificates that answer to what is sought; of all of them where nothing is."""
    found = listing.page(db, certificates(sought), number)
    return Found([hit(row) for row in found.rows], found.total, found.page, found.pages)


def everything(db: Session, sought: Sought) -> Iterator[Hit]:
    """Give all of them, one after the other."""
    for rows in listing.batches(db, certificates(sought)):
        yield from map(hit, rows)


def certificates(sought: Sought) -> Selected:
    """Select the certificates that answer to what is sought, each with the one that replaced it."""
    newer = aliased(Certificate)
    rows: Selected = select(Certificate, col(newer.id).label("newer"))
    rows = rows.outerjoin(newer, col(newer.replaces) == col(Certificate.id))
    words = " ".join(sought.words.split())[:LONGEST]
    if sought.only is not None:
        rows = rows.where(col(Certificate.id).in_(sought.only))
    elif words:
        rows = rows.where(_answers(words))
    if state := sought.narrowed.get("state", "") if sought.only is None else "":
        rows = rows.where(_stands(state, newer))
    columns: dict[str, listing.Sqlish] = {
        "issued": col(Certificate.id),  # they are numbered as they are issued
        "number": col(Certificate.number),
        "completed": col(Certificate.completed_at),
    }
    return listing.in_order(rows, sought, columns, first="issued", last=col(Certificate.id))


def hit(row: Any) -> Hit:
    """Say how a certificate stands, selected with the one that replaced it, if one did."""
    certificate, newer = row
    return Hit(certificate, _status(certificate, replaced=newer is not None))


def _stands(state: str, newer: type[Certificate]) -> ColumnElement[bool]:
    is_revoked, is_replaced = col(Certificate.revoked_at).is_not(None), col(newer.id).is_not(None)
    if state == Status.REVOKED:
        return is_revoked
    return ~is_revoked & (is_replaced if state == Status.SUPERSEDED else ~is_replaced)


def _answers(words: str) -> ColumnElement[bool]:
    number = numbers.read(words)
    if numbers.is_well_formed(number):
        return col(Certificate.number) == number
    # SQLite knows capitals of plain letters only.
    spellings = {words} if words.isascii() else {words, words.lower(), words.upper(), words.title()}
    held = [_holds(column, before, one, after) for one in spellings for column, before, after in PLACES]
    if len(number) >= SHORTEST_BEGINNING and set(number) <= set(numbers.ALPHABET):
        held.append(col(Certificate.number).startswith(number))
    return or_(*held)


def _holds(column: Mapped[str | None], before: str, words: str, after: str) -> ColumnElement[bool]:
    r"""Say that words stand between two places. A quotation mark within a text is written \", so it is never ours."""
    escaped = json.dumps(words, ensure_ascii=False)[1:-1]
    for sign in ("\x1b", "%", "_"):
        escaped = escaped.replace(sign, f"\x1b{sign}")
    return column.ilike(f"{before}{escaped}{after}", escape="\x1b")


def _status(certificate: Certificate, *, replaced: bool) -> Status:
    if certificate.revoked_at is not None:
        return Status.REVOKED
    return Status.SUPERSEDED if replaced else Status.VALID
