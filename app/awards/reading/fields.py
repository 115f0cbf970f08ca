"""Which words of a certificate are which fact.

The original's text layer holds the words of a sheet in the order in which the sheet says them, so each stretch of it
can be given the fact that it prints. Fixed words (“This certifies that”) go with the fact beside them: whoever changes
one changes what is said of it. What is printed and is no credited fact has names of its own: demonstration, started,
issued, signer, replaces, wording.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.awards.document import wording
from app.awards.document.sheets import Line, Row, Sheet
from app.awards.facts import Facts

HEADING = "Certificate of completion"
_EDITION = " edition "
_LONG_ENOUGH = 8  # letters of a stretch that may be looked for out of its order
_ROWS = {
    "Course": "code",
    "Format": "format",
    "Location": "format",
    "Presented by": "presenters",
    "Started": "started",
    "Completed": "completed_on",
    "Contact hours": "hours_by_type",
    "Total": "hours",
    "Approval": "approvals",
    "License": "license",
    "Provider": "provider",
    "Replaces": "replaces",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words in a row that say one fact, as the sheet prints them."""

    field: str
    text: str

    @property
    def letters(self) -> str:
        """Give it without its spaces: where a line breaks is not said."""
        return "".join(self.text.split())


def stretches(facts: Facts) -> tuple[Stretch, ...]:
    """Give everything that a certificate of these facts says, in its order."""
    return tuple(one for one in _said(Sheet.of(facts, sealed=True)) if one.text.strip())


def assigned(words: Sequence[str], said: Sequence[Stretch]) -> list[int]:
    """Say of each word of an original which stretch it belongs to; -1 where it belongs to none."""
    text = "".join(words)
    owners = [-1] * len(text)
    cursor = 0
    for index, stretch in enumerate(said):
        letters = stretch.letters
        at = text.find(letters, cursor)
        if at < 0 and len(letters) >= _LONG_ENOUGH:
            at = text.find(letters)
        if at >= 0:
            owners[at : at + len(letters)] = [index] * len(letters)
            cursor = max(cursor, at + len(letters))
    return list(_by_word(words, owners))


def _by_word(words: Sequence[str], owners: Sequence[int]) -> Iterator[int]:
    at, owner = 0, -1
    for word in words:
        owner = owners[at] if owners[at] >= 0 else owner  # what is in no stretch goes with what stands before it
        yield owner
        at += len(word)


def _said(sheet: Sheet) -> Iterator[Stretch]:
    yield Stretch("provider", sheet.provider_name)
    yield Stretch("course", HEADING)
    yield Stretch("demonstration", sheet.demonstration)
    yield Stretch("holder", "This certifies that")
    yield Stretch("holder", sheet.holder_name)
    yield Stretch("course", "has met every requirement of the continuing education course")
    yield Stretch("course", _flat(sheet.course_title))
    for table in sheet.tables:
        yield Stretch(_ROWS.get(table.rows[0].label, "course"), table.caption)
        for row in table.rows:
            yield from _row(row)
    if sheet.approvals:
        yield Stretch("approvals", sheet.approvals_heading)
        for statement in sheet.approvals:
            yield Stretch("approvals", _flat(statement))
    yield from _foot(sheet)


def _foot(sheet: Sheet) -> Iterator[Stretch]:
    yield Stretch("signer", sheet.signer_name)
    yield Stretch("signer", sheet.signer_title)
    yield Stretch("number", "Certificate number")
    yield Stretch("number", sheet.number)
    yield Stretch("issued", "Issued")
    yield Stretch("issued", _flat(sheet.issued_on))
    yield Stretch("number", "Verify at")
    yield Stretch("number", sheet.verify_url)
    yield Stretch("wording", wording.KEEP)
    yield Stretch("wording", wording.WARNING)
    yield Stretch("wording", sheet.sealed)


def _row(row: Row) -> Iterator[Stretch]:
    field = _ROWS.get(row.label, "course")
    yield Stretch(field, row.label)
    for place, line in enumerate(row.lines):
        code, comma, edition = _flat(line).partition(f",{_EDITION}" if row.label == "Course" else "\n")
        second = row.label == "Completed" and place > 0
        yield Stretch("completed_at" if second else field, code + comma[:1])
        yield Stretch("edition", f"{_EDITION.strip()}{edition}" if edition else "")


def _flat(line: Line) -> str:
    return "".join(run.text for run in line)
