"""Evaluation reports: what the answers of at least five say together, and never what one of them does.

Whatever is counted was counted five or more at a time, for one edition in one month (`evaluations`). So any choice of
editions leaves either nothing over, or five and more: nobody is told by subtracting one report from another, nor by
looking before and after. The same is asserted here once more for whatever is shown, however it came to be in the table.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.content.course import Course
from app.learning import evaluations
from app.learning.evaluations import FEWEST, SCALE, EvaluationResponse, Item
from app.library.editions import Edition

TOO_FEW = f"Fewer than {FEWEST} people have answered so far. What they said is shown once there are {FEWEST}."
REST_TOO_FEW = f"Without these, fewer than {FEWEST} answers would be left, and two reports would tell who said what."


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year."""

    year: int
    number: int  # 1 to 4

    @property
    def in_words(self) -> str:
        """Say which: October to December 2026."""
        first = date(self.year, self.number * 3 - 2, 1)
        return f"{first:%B} to {date(self.year, self.number * 3, 1):%B} {self.year}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What numbers from 1 to 5 come to."""

    counts: tuple[int, ...]  # of 1, of 2 … of 5

    @property
    def n(self) -> int:
        """How many there are."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """Their mean."""
        return sum(step * count for step, count in enumerate(self.counts, 1)) / self.n


@dataclass(frozen=True, slots=True)
class Rating:
    """What was answered to one item on the scale."""

    item: Item
    figures: Figures | None  # None where fewer than five answered it
    quarters: tuple[tuple[Quarter, Figures], ...]  # those with five answers or more, oldest first


@dataclass(frozen=True, slots=True)
class Comments:
    """What was written to one item, in an order that is none."""

    item: Item
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What some editions were said to be, or why that is not told."""

    people: int
    waiting: int  # sent, and not yet counted
    hidden: str  # why nothing is told; empty where it is
    ratings: tuple[Rating, ...] = ()
    comments: tuple[Comments, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of an edition, as it was counted."""

    edition_id: int
    counted_on: date
    answers: Mapping[str, str]
    key: str

    @property
    def quarter(self) -> Quarter:
        """The quarter in which it was counted."""
        return Quarter(self.counted_on.year, (self.counted_on.month + 2) // 3)


def of(db: Session, chosen: Sequence[Edition], *, among: Sequence[Edition]) -> Report:
    """Report on some editions of a course, `among` all of them."""
    said, waiting = _counted(db, among), _waiting(db, chosen)
    ids = {edition.id for edition in chosen}
    of_these = [one for one in said if one.edition_id in ids]
    courses = {edition.id: edition.course for edition in chosen}
    items = [(edition_id, item) for edition_id, course in courses.items() for item in evaluations.items(course)]
    return report(of_these, items, waiting=waiting, rest=len(said) - len(of_these))


def of_instructor(db: Session, name: str, taught: Sequence[Edition]) -> Report:
    """Report on what somebody teaches, by the items that every course is asked."""
    mine = [edition for edition in taught if teaches(edition.course, name)]
    items = [(edition.id, item) for edition in mine for item in evaluations.STANDARD]
    return report(_counted(db, mine), items, waiting=_waiting(db, mine), rest=0)


def teaches(course: Course, name: str) -> bool:
    """Say whether somebody is named as an instructor of a course."""
    return any(one.name == name for one in course.instructors)


def counts(db: Session, editions: Sequence[Edition]) -> dict[int, int]:
    """Count what is told of each edition."""
    mine = col(EvaluationResponse.edition_id).in_([one.id for one in editions])
    counted = select(EvaluationResponse.edition_id, func.count()).where(
        mine, col(EvaluationResponse.counted_on).is_not(None)
    )
    return dict(db.exec(counted.group_by(col(EvaluationResponse.edition_id))).all())


# --- the rule ----------------------------------------------------------------------------------------------------


def report(said: Sequence[Said], items: Iterable[tuple[int, Item]], *, waiting: int, rest: int) -> Report:
    """Say what answers come to; `rest` is how many others there are that somebody could subtract these from."""
    if len(said) < FEWEST:
        return Report(len(said), waiting, TOO_FEW)
    if 0 < rest < FEWEST:
        return Report(len(said), waiting, REST_TOO_FEW)
    asked: dict[tuple[str, str], tuple[Item, set[int]]] = {}
    for edition_id, item in items:  # the same words under the same name are one item, in whichever edition
        asked.setdefault((item.name, item.asks), (item, set()))[1].add(edition_id)
    found = [(item, [one for one in said if one.edition_id in ids]) for item, ids in asked.values()]
    return Report(
        people=len(said),
        waiting=waiting,
        hidden="",
        ratings=tuple(_rating(item, theirs) for item, theirs in found if item.is_scale),
        comments=tuple(_comments(item, theirs) for item, theirs in found if not item.is_scale),
    )


def _rating(item: Item, said: Sequence[Said]) -> Rating:
    quarters: dict[Quarter, list[Said]] = {}
    for one in said:
        quarters.setdefault(one.quarter, []).append(one)
    told = ((quarter, _figures(item, theirs)) for quarter, theirs in sorted(quarters.items()))
    return Rating(item, _figures(item, said), tuple((quarter, found) for quarter, found in told if found))


def _figures(item: Item, said: Iterable[Said]) -> Figures | None:
    """Count the answers to an item; nothing where they are too few."""
    found = Counter(one.answers.get(item.name) for one in said)
    figures = Figures(tuple(found[step] for step in SCALE))
    return figures if figures.n >= FEWEST else None


def _comments(item: Item, said: Sequence[Said]) -> Comments:
    """Give what was written; in another order for each item, so that nobody's words stand in the same place twice."""
    if len(said) < FEWEST:
        return Comments(item, ())

    def place(one: Said) -> bytes:
        return hashlib.sha256(f"{item.name} {one.key}".encode()).digest()

    texts = (one.answers.get(item.name, "").strip() for one in sorted(said, key=place))
    return Comments(item, tuple(text for text in texts if text))


# --- what is counted ---------------------------------------------------------------------------------------------


def _counted(db: Session, editions: Sequence[Edition]) -> list[Said]:
    mine = col(EvaluationResponse.edition_id).in_([one.id for one in editions])
    rows = db.exec(select(EvaluationResponse).where(mine))
    return [
        Said(one.edition_id, one.counted_on, json.loads(one.answers), one.id)
        for one in rows
        if one.counted_on is not None
    ]


def _waiting(db: Session, editions: Sequence[Edition]) -> int:
    mine = col(EvaluationResponse.edition_id).in_([one.id for one in editions])
    left = select(func.count()).select_from(EvaluationResponse).where(mine)
    return db.exec(left.where(col(EvaluationResponse.counted_on).is_(None))).one()
