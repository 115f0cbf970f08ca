"""Finding certificates: by number, by the holder's name, by a license number or by course, newest first.

A whole number is looked up in its index. Anything else is looked for in what the certificates themselves say, so one
whose course or account is gone is found as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select

from app.awards import numbers
from app.awards.certificates import Certificate
from app.awards.verdicts import Status

PAGE = 25
FARTHEST = 400  # pages that are turned: whoever looks for something older types more of it
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
class Found:
    """One page of what was looked for."""

    certificates: tuple[tuple[Certificate, Status], ...]
    page: int
    has_more: bool


def find(db: Session, typed: str, *, page: int = 1) -> Found:
    """Give a page of the certificates that answer to what was typed; all of them where nothing was."""
    page = min(max(page, 1), FARTHEST)
    newer = aliased(Certificate)
    rows = select(Certificate, newer.id).outerjoin(newer, col(newer.replaces) == col(Certificate.id))
    words = " ".join(typed.split())[:LONGEST]
    if words:
        rows = rows.where(_answers(words))
    rows = rows.order_by(col(Certificate.id).desc()).offset((page - 1) * PAGE).limit(PAGE + 1)
    found = [
        (certificate, _status(certificate, replaced=newer_id is not None)) for certificate, newer_id in db.exec(rows)
    ]
    return Found(tuple(found[:PAGE]), page, has_more=len(found) > PAGE and page < FARTHEST)


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
