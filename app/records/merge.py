"""Merging: one person signed in with two addresses, and her two accounts become one (docs/decisions/0040).

What is hers follows her to the account that stays; what was done with the other one stays on record under it; whatever
opened it is gone. The other account is kept, empty, and leads to this one: her old address still signs her in. Nothing
that was issued changes, and no line of the trail is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import Column, Table, delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

from app import audit
from app.assessment import attempts
from app.identity import people
from app.identity.people import Person, Role
from app.kit.errors import Conflict, Invalid
from app.learning import enrollments, progress
from app.learning.enrollments import Enrollment


class Fate(StrEnum):
    """What becomes of the rows of a table that name the account which is merged."""

    FOLLOWS = "follows her"
    STAYS = "stays under the account it was done with"
    ENDS = "ends"


# Every column that names a person, and what a merge does with it. A test fails for one that is not here.
FATES: Mapping[tuple[str, str], Fate] = MappingProxyType(
    {
        # hers
        ("enrollment", "person_id"): Fate.FOLLOWS,
        ("certificate", "person_id"): Fate.FOLLOWS,
        ("license", "person_id"): Fate.FOLLOWS,
        ("seat_clock", "person_id"): Fate.FOLLOWS,
        ("question_report", "person_id"): Fate.FOLLOWS,
        ("accommodation", "person_id"): Fate.FOLLOWS,
        ("accommodation_request", "person_id"): Fate.FOLLOWS,
        ("grievance", "person_id"): Fate.FOLLOWS,
        ("course_author", "person_id"): Fate.FOLLOWS,
        ("person", "merged_into"): Fate.FOLLOWS,
        # what opened the account
        ("sign_in", "person_id"): Fate.ENDS,
        ("one_time_link", "person_id"): Fate.ENDS,
        ("passkey", "person_id"): Fate.ENDS,
        ("authenticator", "person_id"): Fate.ENDS,
        ("recovery_code", "person_id"): Fate.ENDS,
        ("proof_try", "person_id"): Fate.ENDS,
        # what was done with it: who did it is on record, and she did it with this one
        ("kept_form", "person_id"): Fate.STAYS,
        ("invitation", "accepted_by"): Fate.STAYS,
        ("report_answer", "answered_by"): Fate.STAYS,
        ("review", "reviewer_id"): Fate.STAYS,
        ("review_request", "asked_by"): Fate.STAYS,
        ("draft", "begun_by"): Fate.STAYS,
        ("draft", "discarded_by"): Fate.STAYS,
        ("draft_file", "changed_by"): Fate.STAYS,
        ("draft_revision", "saved_by"): Fate.STAYS,
        ("course_author", "added_by"): Fate.STAYS,
        ("course_author", "removed_by"): Fate.STAYS,
        ("certificate_correction", "asked_by"): Fate.STAYS,
        ("certificate_correction", "decided_by"): Fate.STAYS,
        ("erasure", "person_id"): Fate.STAYS,
    }
)
# How what opened the account ends: rows with a column for it say when, all others go.
ENDED_BY: Mapping[str, str] = MappingProxyType({"sign_in": "ended_at", "one_time_link": "used_at"})
COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "enrollment": "Enrollments",
        "certificate": "Certificates",
        "license": "Licenses",
        "accommodation_request": "Requests for accommodations",
        "grievance": "Grievances",
        "question_report": "Reports of questions",
        "course_author": "Courses she writes",
    }
)


class SameAccount(Conflict):
    """An account cannot be merged into itself."""

    message = "This is the very account you started from. Enter the other address she has used."


class MergedAlready(Conflict):
    """One of the two was merged before, or erased."""

    message = "One of these accounts was merged into another one before, or erased. Open the one that is in use."


class StaffAccount(Conflict):
    """What an account is for would be taken away without a word."""

    message = (
        "The account that would be merged is one of the staff, and the one that stays is for something else. "
        "Change the role of one of the two first, so that it is plain what she may do afterwards."
    )


class NoReasonToMerge(Invalid):
    """Why two accounts were taken for one person stays on record."""

    def __init__(self) -> None:
        """Ask for the reason."""
        super().__init__({"reason": "Say how you know that both are one person. It stays on record."})


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two accounts, as it is before."""

    person: Person
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Twice:
    """A course that both accounts have open, and which of the two goes on."""

    course_code: str
    goes_on: Enrollment
    set_aside: Enrollment


def side(db: Session, person: Person) -> Side:
    """Give what an account holds."""
    counted = ((words, _count(db, table, person)) for table, words in COUNTED.items())
    return Side(person, tuple(counted))


def open_twice(db: Session, person: Person, into: Person) -> list[Twice]:
    """Give the courses that both are taking: whoever got further goes on, and the other is kept as it is."""
    theirs = {one.course_code: one for one in _under_way(db, person)}
    pairs = [(theirs[one.course_code], one) for one in _under_way(db, into) if one.course_code in theirs]
    return [_which(db, one, other) for one, other in pairs]


def assert_mergeable(person: Person, into: Person) -> None:
    """Raise where the one cannot be merged into the other."""
    if person.id == into.id:
        raise SameAccount
    if any(one.merged_into is not None or one.is_erased for one in (person, into)):
        raise MergedAlready
    if person.role not in {Role.LEARNER, into.role}:
        raise StaffAccount


def merge(db: Session, person: Person, into: Person, *, reason: str, by: audit.Actor, now: datetime) -> Person:
    """Merge an account into another one; give the one that stays."""
    reason = " ".join(reason.split())
    if not reason:
        raise NoReasonToMerge
    first, second = sorted((person, into), key=lambda one: one.id)  # in one order, whoever else merges
    people.locked(db, first), people.locked(db, second)
    assert_mergeable(person, into)
    twice = open_twice(db, person, into)
    if person.role != Role.LEARNER:
        people.give_role(db, person, Role.LEARNER, by=by, now=now)
    _lead_on(db, person, into, now=now)
    _set_aside(db, twice, person, into, now=now)
    for table, column in _columns(Fate.FOLLOWS):
        _follow(db, table, column, person, into)
    for table, column in _columns(Fate.ENDS):
        _end(db, table, column, person, now=now)
    db.expire_all()
    detail = {"from": person.email, "from_id": person.id, "into_id": into.id, "reason": reason}
    detail |= {"set_aside": [one.set_aside.id for one in twice]}
    audit.record(db, actor=by, act="person.merged", subject=into.email, now=now, detail=detail, about=into.id)
    return into


def _lead_on(db: Session, person: Person, into: Person, *, now: datetime) -> None:
    person.merged_into, person.merged_at = into.id, now
    into.legal_name = into.legal_name or person.legal_name
    into.legal_name_attested_at = into.legal_name_attested_at or person.legal_name_attested_at
    into.time_zone = into.time_zone or person.time_zone
    db.add(person)
    db.add(into)
    db.flush()


def _under_way(db: Session, person: Person) -> list[Enrollment]:
    return [one for one in enrollments.all_of(db, person) if one.completed_at is None]


def _which(db: Session, one: Enrollment, other: Enrollment) -> Twice:
    read = progress.of_all(db, [one.id, other.id])
    tries = attempts.of_all(db, [one.id, other.id])

    def far(this: Enrollment) -> tuple[bool, int, int, float]:
        tried = tries.get(this.id, [])
        passed = any(attempt.passed for attempt in tried)
        return passed, len(read[this.id].done), len(tried), -this.began_at.timestamp()

    ahead, behind = (one, other) if far(one) > far(other) else (other, one)
    return Twice(one.course_code, ahead, behind)


def _set_aside(db: Session, twice: list[Twice], person: Person, into: Person, *, now: datetime) -> None:
    """Leave the one that does not go on under the account that is merged, where nobody goes on with it."""
    for one in twice:
        if one.set_aside.person_id == person.id:
            continue
        # Both are open, and an account may have one open: the one is closed for as long as they change places.
        one.set_aside.completed_at = now
        db.flush()
        one.goes_on.person_id = into.id
        db.flush()
        one.set_aside.person_id, one.set_aside.completed_at = person.id, None
        db.flush()


def _columns(fate: Fate) -> Iterator[tuple[Table, Column[int]]]:
    for (name, column), becomes in FATES.items():
        if becomes is fate and (table := SQLModel.metadata.tables.get(name)) is not None:
            yield table, table.c[column]


def _follow(db: Session, table: Table, column: Column[int], person: Person, into: Person) -> None:
    """Let each row follow her; what the account that stays has already is left where it was."""
    key = next(iter(table.primary_key))
    for (row,) in db.execute(select(key).where(column == person.id).order_by(key)).all():
        try:
            with db.begin_nested():
                db.execute(update(table).where(key == row).values({column: into.id}))
        except IntegrityError as refused:
            if not _is_twice(refused):
                raise


def _is_twice(refused: IntegrityError) -> bool:
    """Say whether a row is there already; a trigger that refuses a change is something else."""
    return getattr(refused.orig, "sqlstate", "") == "23505" or "UNIQUE constraint" in str(refused.orig)


def _end(db: Session, table: Table, column: Column[int], person: Person, *, now: datetime) -> None:
    ended = ENDED_BY.get(table.name)
    if ended is None:
        db.execute(delete(table).where(column == person.id))
    else:
        db.execute(update(table).where(column == person.id, table.c[ended].is_(None)).values({ended: now}))


def _count(db: Session, name: str, person: Person) -> int:
    table = SQLModel.metadata.tables.get(name)
    if table is None:
        return 0
    found = select(func.count()).select_from(table).where(table.c.person_id == person.id)
    return int(db.execute(found).scalar_one())
