"""What taking in a roster would do, row by row, against the accounts there are. Asking changes nothing.

The same roster asked again, after it was taken in, would do nothing: whoever is there is not added, and whoever takes
or has completed a course is not enrolled in it again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlmodel import Session, col, select

from app.identity.licenses import License
from app.identity.people import Person
from app.learning.enrollments import Enrollment
from app.learning.rosters.lines import COURSE, NAME, WORDS, Line, Remark, Roster
from app.library import editions

AT_ONCE = 500  # addresses that are looked up in one query

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Deed:
    """What one row would do."""

    line: Line
    adds_person: bool = False
    sets_name: bool = False
    adds_license: bool = False
    enrolls_in: tuple[str, ...] = ()  # codes

    @property
    def is_wrong(self) -> bool:
        """Whether the row has a mistake, and is left out."""
        return bool(self.line.errors)

    @property
    def changes(self) -> bool:
        """Whether anything would be different."""
        return not self.is_wrong and (self.adds_person or self.sets_name or self.adds_license or bool(self.enrolls_in))

    def words(self) -> Iterator[str]:
        """Say what it would do, each thing in a few words."""
        if self.is_wrong:
            yield "Left out"
            return
        if self.adds_person:
            yield "New account"
        if self.sets_name and not self.adds_person:
            yield f"Name: {self.line.name}"
        if self.adds_license and self.line.license:
            yield f"License {' '.join(self.line.license)}"
        for code in self.enrolls_in:
            yield f"Enrolled in {code}"
        if not self.changes:
            yield "Nothing changes"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a whole roster would do."""

    deeds: tuple[Deed, ...]
    remarks: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What tells whether it is still the plan that somebody agreed to."""
        told = "\n".join(f"{deed.line.row}\t{deed.line.email}\t{'; '.join(deed.words())}" for deed in self.deeds)
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def wrong(self) -> int:
        """How many rows are left out."""
        return sum(deed.is_wrong for deed in self.deeds)

    @property
    def changing(self) -> int:
        """How many rows change something."""
        return sum(deed.changes for deed in self.deeds)

    @property
    def counts(self) -> dict[str, int]:
        """How much of each kind it would add."""
        sound = [deed for deed in self.deeds if not deed.is_wrong]
        return {
            "accounts": sum(deed.adds_person for deed in sound),
            "names": sum(deed.sets_name for deed in sound),
            "licenses": sum(deed.adds_license for deed in sound),
            "enrollments": sum(len(deed.enrolls_in) for deed in sound),
        }


@dataclass(slots=True)
class _Known:
    """What there is of the people in a roster."""

    courses: set[str]  # that take new learners
    people: dict[str, Person] = field(default_factory=dict)  # by address
    licenses: defaultdict[int, set[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(set))
    taken: defaultdict[int, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))  # code: completed


def plan(db: Session, roster: Roster) -> Plan:
    """Say what taking in a roster would do."""
    known = _look_up(db, roster.lines)
    return Plan(tuple(_deed(line, known) for line in roster.lines), roster.remarks)


def _look_up(db: Session, lines: Sequence[Line]) -> _Known:
    known = _Known({edition.course_code for edition in editions.on_offer(db)})
    for keys in _parted([line.key for line in lines]):
        for person in db.exec(select(Person).where(col(Person.email_key).in_(keys))):
            known.people[person.email_key] = _survivor(db, person)
    for ids in _parted([person.id for person in known.people.values()]):
        for one in db.exec(select(License).where(col(License.person_id).in_(ids))):
            known.licenses[one.person_id].add((one.state, one.type, one.number))
        for taken in db.exec(select(Enrollment).where(col(Enrollment.person_id).in_(ids))):
            if taken.person_id is not None:
                is_completed = taken.completed_at is not None
                before = known.taken[taken.person_id].get(taken.course_code, True)
                known.taken[taken.person_id][taken.course_code] = is_completed and before
    return known


def _survivor(db: Session, person: Person) -> Person:
    while person.merged_into is not None:
        person = db.get_one(Person, person.merged_into)
    return person


def _parted(every: Sequence[Part]) -> Iterator[Sequence[Part]]:
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


def _deed(line: Line, known: _Known) -> Deed:
    person = known.people.get(line.key)
    line = replace(line, errors=(*line.errors, *_wrong(line, person, known)))
    line = replace(line, warnings=(*line.warnings, *_remarkable(line, person, known)))
    if line.errors:
        return Deed(line)
    held, taken = (known.licenses[person.id], known.taken[person.id]) if person else (set(), {})
    return Deed(
        line,
        adds_person=person is None,
        sets_name=bool(line.name) and (person is None or person.legal_name is None),
        adds_license=line.license is not None and line.license not in held,
        enrolls_in=tuple(code for code in line.courses if code not in taken),
    )


def _wrong(line: Line, person: Person | None, known: _Known) -> Iterator[Remark]:
    if not line.name and (person is None or person.legal_name is None) and not _told(line, NAME):
        yield Remark(WORDS[NAME], "It is missing. Write it as it stands on the license.")
    for code in line.courses:
        if code not in known.courses:
            words = f"There is no course “{code}” that takes new learners. Use the code at the end of its address."
            yield Remark(WORDS[COURSE], words)


def _told(line: Line, what: str) -> bool:
    return any(error.column == WORDS[what] for error in line.errors)


def _remarkable(line: Line, person: Person | None, known: _Known) -> Iterator[Remark]:
    if person is None:
        return
    if line.name and person.legal_name and line.name != person.legal_name:
        words = f"The account has the name {person.legal_name}. It stays: correct it on the page of the account."
        yield Remark(WORDS[NAME], words)
    for code, is_completed in known.taken[person.id].items():
        if code in line.courses:
            words = "has completed it" if is_completed else "takes it already"
            yield Remark(WORDS[COURSE], f"She {words}: {code}. She is not enrolled again.")
