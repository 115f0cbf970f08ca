"""The rows of a roster in words: whose each is, and every mistake in it with its column and what to do.

Columns are known by their names, however they are written. A role is never taken from a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.identity import license_formats, licenses, people
from app.identity.licenses import STATES
from app.kit.errors import Invalid
from app.learning.rosters.files import MOST_LETTERS, NotARoster, Table

EMAIL, NAME, FIRST, LAST = "email", "name", "first", "last"
STATE, TYPE, NUMBER, COURSE = "state", "type", "number", "course"
SPELLINGS = {
    EMAIL: ("email", "emailaddress", "mail", "mailaddress", "address", "workemail"),
    NAME: ("legalname", "name", "fullname", "learner", "participant", "person"),
    FIRST: ("firstname", "first", "givenname", "forename"),
    LAST: ("lastname", "last", "surname", "familyname"),
    STATE: ("licensestate", "state", "jurisdiction", "stateoflicense", "licensingstate"),
    TYPE: ("licensetype", "type", "credential", "licensekind"),
    NUMBER: ("licensenumber", "license", "licenseno", "licence", "number", "licencenumber", "licensenum"),
    COURSE: ("coursecode", "course", "courses", "coursecodes", "enroll", "enrollin", "enrolin", "code"),
}
WORDS = {
    EMAIL: "E-mail",
    NAME: "Legal name",
    STATE: "License state",
    TYPE: "License type",
    NUMBER: "License number",
    COURSE: "Course code",
}
TEMPLATE = tuple(WORDS.values())
CODES = re.compile(r"[\s,;|]+")
STATE_NAMES = {name.casefold(): code for code, name in STATES.items()}
LICENSE = {
    "license_state": (STATE, "“{}” is no state that we know. Write its two letters, such as NY."),
    "license_type": (TYPE, "“{}” is no type of a license. Write it like LCSW."),
    "license_number": (NUMBER, "“{}” is no license number. Write it as it stands on the license."),
}


class NoHead(NotARoster):
    """The first row does not name the columns."""

    message = (
        "The first row has to name the columns, and one of them has to be the e-mail address. Take the template, or "
        "write E-mail, Legal name, License state, License type, License number and Course code there."
    )


class ColumnTwice(NotARoster):
    """Two columns say they hold the same."""

    def __init__(self, one: str, other: str) -> None:
        """Name the two."""
        super().__init__(f"The columns “{one}” and “{other}” seem to hold the same. Leave one of them out.")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know of a row: in which column, and what to do about it."""

    column: str  # empty where it is of the whole row
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it asks for, and what is wrong with it."""

    row: int
    email: str
    name: str = ""
    license: tuple[str, str, str] | None = None
    courses: tuple[str, ...] = ()
    errors: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()

    @property
    def key(self) -> str:
        """What the address is known by."""
        return people.key(self.email)


@dataclass(frozen=True, slots=True)
class Roster:
    """A whole roster."""

    lines: tuple[Line, ...]
    remarks: tuple[str, ...]  # of the whole file: columns that are not read, letters that were guessed


def read(table: Table) -> Roster:
    """Read the rows of a file; raise `NoHead`, or `ColumnTwice`."""
    (_, head), *rows = table.rows
    if head[0].lower().startswith("sep=") and rows:
        (_, head), *rows = rows
    places, unread = _columns(head)
    lines = tuple(_twice(_line(number, _cells(cells, places)) for number, cells in rows))
    told = (f"The column “{name}” is not read{_why(name)}." for name in unread)
    return Roster(lines, tuple(filter(None, (table.remark, *told))))


def _columns(head: tuple[str, ...]) -> tuple[dict[str, int], list[str]]:
    known = {spelling: what for what, spellings in SPELLINGS.items() for spelling in spellings}
    places: dict[str, int] = {}
    unread = []
    for place, name in enumerate(head):
        what = known.get(re.sub(r"[^a-z]", "", name.lower()))
        if what is None:
            unread.extend([name[:60]] if name else [])
        elif what in places:
            raise ColumnTwice(head[places[what]], name)
        else:
            places[what] = place
    if EMAIL not in places:
        raise NoHead
    return places, unread


def _why(name: str) -> str:
    return ": what an account is for is never taken from a file" if "role" in name.lower() else ""


def _cells(cells: tuple[str, ...], places: dict[str, int]) -> dict[str, str]:
    return {what: cells[place] if place < len(cells) else "" for what, place in places.items()}


@dataclass(slots=True)
class _Reading:
    """A row while it is read."""

    cells: dict[str, str]
    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    def wrong(self, what: str, words: str) -> None:
        """Note a mistake."""
        self.errors.append(Remark(WORDS[what], words))


def _line(number: int, cells: dict[str, str]) -> Line:
    row = _Reading({what: cell[:MOST_LETTERS] for what, cell in cells.items()})
    for what, cell in cells.items():
        if len(cell) > MOST_LETTERS:
            row.wrong(
                NAME if what in {FIRST, LAST} else what, f"This is longer than {MOST_LETTERS} letters. Shorten it."
            )
    email, name, held = _email(row), _name(row), _license(row)
    codes = tuple(dict.fromkeys(filter(None, CODES.split(row.cells.get(COURSE, "").lower()))))
    return Line(number, email, name, held, codes, tuple(row.errors), tuple(row.warnings))


def _email(row: _Reading) -> str:
    typed = row.cells[EMAIL].removeprefix("mailto:")
    try:
        return people.address(typed)
    except Invalid:
        row.wrong(
            EMAIL, f"“{typed}” is no e-mail address. Write one like ana@example.org." if typed else "It is missing."
        )
        return typed


def _name(row: _Reading) -> str:
    typed = row.cells.get(NAME, "") or " ".join(filter(None, (row.cells.get(FIRST), row.cells.get(LAST))))
    try:
        return people.legal_name(typed) if typed else ""
    except Invalid as refused:
        row.wrong(NAME, refused.fields["legal_name"].replace("your license", "the license"))
        return ""


def _license(row: _Reading) -> tuple[str, str, str] | None:
    state = row.cells.get(STATE, "")
    typed = (STATE_NAMES.get(state.casefold(), state), row.cells.get(TYPE, ""), row.cells.get(NUMBER, ""))
    if not any(typed):
        return None
    try:
        parts = licenses.read(*typed)
    except Invalid as refused:
        for name in refused.fields:
            what, words = LICENSE[name]
            cell = row.cells.get(what, "")
            row.wrong(what, words.format(cell) if cell else "It is missing. Give all three of a license, or none.")
        return None
    if parts and (usual := license_formats.unusual(*parts)):
        words = f"{STATES[parts[0]]} usually has {usual}. Check it: it is taken in as it stands."
        row.warnings.append(Remark(WORDS[NUMBER], words))
    return parts


def _twice(lines: Iterable[Line]) -> Iterator[Line]:
    """Let each address stand in one row; a second one is a mistake."""
    rows: dict[str, int] = {}
    for line in lines:
        first = rows.setdefault(line.key, line.row) if line.email else line.row
        if first == line.row:
            yield line
            continue
        words = f"Row {first} has the same address. Put everything of one person in one row, course codes side by side."
        errors = (*line.errors, Remark(WORDS[EMAIL], words))
        yield Line(line.row, line.email, line.name, line.license, line.courses, errors, line.warnings)
