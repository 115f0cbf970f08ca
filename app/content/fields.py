"""Settings by name: each is read as what it must be, or reported where the author would change it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from app.content import rules
from app.content.findings import Findings, Place
from app.content.settings import Entry, Value
from app.content.spelling import did_you_mean, looks_like, nearest

Choice = TypeVar("Choice", bound=StrEnum)
_CURLY = ("“", "”", "„", "‘")  # as word processors write them


class Fields:
    """The named values of one block: a file's settings, a course's credit, one instructor."""

    def __init__(self, value: Value, findings: Findings, *, known: Sequence[str], missing_at: Place) -> None:
        """Report every name that is not known here; what is missing is reported at `missing_at`."""
        self._value = value
        self._findings = findings
        self._missing_at = missing_at
        self._meant = {self._unknown(entry, known) for entry in value.entries or () if entry.name not in known}

    def _unknown(self, entry: Entry, known: Sequence[str]) -> str | None:
        self._findings.add(
            "unknown-setting", entry.place, f"There is no setting “{entry.name}” here.", did_you_mean(entry.name, known)
        )
        meant = nearest(entry.name, [name for name in known if self._value.entry(name) is None])
        return meant if meant and looks_like(entry.name, meant) else None

    def entry(self, name: str) -> Entry | None:
        """Find a setting that says something."""
        entry = self._value.entry(name)
        return None if entry is None or entry.value.empty else entry

    def need(self, name: str, *, rule: str = "missing-setting", remedy: str = "") -> Entry | None:
        """Find a setting that may not be left out; an empty one is missing, a misspelt one already reported."""
        entry = self._value.entry(name)
        if entry is not None and not entry.value.empty:
            return entry
        if entry is not None or name not in self._meant:
            place = entry.place if entry else self._missing_at
            self._findings.add(rule, place, f"The setting “{name}” is missing.", remedy or f"Add a line “{name}: …”.")
        return None

    def misspelt(self, name: str) -> bool:
        """Say whether a setting was probably meant by a name that is unknown, and reported as such."""
        return name in self._meant

    def bad(self, place: Place, message: str, remedy: str) -> None:
        """Report a value that is not what its setting asks for."""
        self._findings.add("bad-setting", place, message, remedy)

    def _cannot(self, entry: Entry, remedy: str) -> None:
        typed = shown(entry.value)
        if typed.startswith(_CURLY):
            remedy = f"Leave out the quotation marks. {remedy}"
        self.bad(entry.value.place, f"“{entry.name}” cannot be “{typed}”.", remedy)

    def text(self, entry: Entry | None) -> str:
        """Read a text."""
        if entry is None:
            return ""
        if entry.value.text is None:
            self.bad(entry.value.place, f"“{entry.name}” is one text, not a list.", "Write it in one line.")
        return entry.value.text or ""

    def choice(self, entry: Entry | None, kinds: type[Choice]) -> Choice | None:
        """Read one of a closed list of words."""
        if entry is None:
            return None
        permitted = [str(kind) for kind in kinds]
        if entry.value.text in permitted:
            return kinds(entry.value.text)
        self._cannot(entry, f"Write one of: {', '.join(permitted)}.")
        return None

    def whole(self, entry: Entry | None, *, least: int, most: int) -> int | None:
        """Read a whole number within bounds; a percent sign is forgiven."""
        if entry is None:
            return None
        number = whole(entry.value)
        if number is None or not least <= number <= most:
            self._cannot(entry, f"Write a whole number from {least} to {most}.")
            return None
        return number

    def day(self, entry: Entry | None) -> date | None:
        """Read a date."""
        if entry is None:
            return None
        text = entry.value.text or ""
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
                return date.fromisoformat(text)
        except ValueError:
            pass  # the thirtieth of February
        self._cannot(entry, "Write a date as year-month-day: 2026-11-20")
        return None

    def items(self, entry: Entry | None) -> tuple[Value, ...]:
        """Read a list."""
        if entry is None:
            return ()
        if entry.value.items is None:
            self.bad(entry.value.place, f"“{entry.name}” is a list.", "Write each item on a line that begins with -.")
        return entry.value.items or ()

    def names(self, entry: Entry | None, *, such_as: str = "") -> tuple[Entry, ...]:
        """Read named values."""
        if entry is None:
            return ()
        if entry.value.entries is None:
            self.bad(
                entry.value.place,
                f"“{entry.name}” is a list of names and values.",
                such_as or "Write each on a line of its own, indented: name: value",
            )
        return entry.value.entries or ()


def shown(value: Value) -> str:
    """Quote what was typed, or say that it was a list."""
    return value.text if value.text is not None else "a list"


def whole(value: Value) -> int | None:
    """Read a whole number; nothing if it is none."""
    text = (value.text or "").removesuffix("%").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def decimal(value: Value) -> Decimal | None:
    """Read a number that is not negative; nothing if it is none."""
    text = (value.text or "").removesuffix("%").strip()
    try:
        return Decimal(text) if re.fullmatch(r"[0-9]{0,6}\.?[0-9]{0,6}", text) else None
    except InvalidOperation:  # a point alone
        return None


def waive(fields: Fields, findings: Findings) -> None:
    """Read `waive:` of a file's settings: warnings only, each with its reason."""
    permitted = rules.warnings()
    for entry in fields.names(fields.entry("waive")):
        if entry.name not in permitted:
            is_error = entry.name in rules.by_name()
            said = f"“{entry.name}” is an error, and errors cannot be waived."
            fields.bad(
                entry.place,
                said if is_error else f"There is no rule “{entry.name}”.",
                "Correct what it reports and delete this line." if is_error else did_you_mean(entry.name, permitted),
            )
        elif not entry.value.text:
            fields.bad(entry.place, "This waiver gives no reason.", f"Write it after the colon: {entry.name}: reason")
        else:
            findings.waive(entry.name, entry.value.text, at=entry.place.line, first=1, last=findings.last_line)
