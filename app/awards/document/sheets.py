"""One certificate in words, ready to be set: every decision is taken here, none in the template."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from unicodedata import east_asian_width, normalize

from app.awards import numbers
from app.awards.document import wording
from app.awards.facts import NOT_APPROVED, Facts, Presenter
from app.kit import time_zones

EDITION_DIGITS = 12  # of the edition's 64: enough to tell editions apart by eye
_UNBROKEN = re.compile(r"(\S*[\d/]\S*)")
_LONGEST_WHOLE = 40  # letters; a longer one would run out of its column
_NARROWEST = 27.0  # ems of type; what is shorter never meets the end of a line on a certificate
_REVERSING = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_BROAD = frozenset("mwMW@—…")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text. A `whole` one is never broken between lines: #SW-0987, America/New_York."""

    text: str
    whole: bool


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One fact and its name."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Facts that belong together."""

    caption: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the template prints, as it prints it."""

    title: str
    subject: str
    issued_at: str  # a W3C date-time, for the file's own properties
    provider_name: str
    demonstration: str  # empty when it is valid for credit
    holder_name: str
    course_title: Line
    tables: tuple[Table, ...]
    approvals_heading: str
    approvals: tuple[Line, ...]
    signer_name: str
    signer_title: str
    number: str
    issued_on: Line
    verify_url: str
    sealed: str  # empty when no seal goes on the file
    keep: str = wording.KEEP
    warning: str = wording.WARNING

    @classmethod
    def of(cls, facts: Facts, *, sealed: bool = False) -> Sheet:
        """Put the facts into words, and say whether the file that they are in is sealed."""
        facts = Facts.from_json(printable(facts.to_json()))
        return cls(
            title=f"Certificate of completion {facts.number_in_groups}",
            subject=f"{facts.course_title}: {wording.total(facts.total_hours)}, {facts.holder_name}",
            issued_at=facts.issued_at.astimezone(UTC).isoformat(timespec="seconds"),
            provider_name=facts.provider_name,
            demonstration=wording.DEMONSTRATION if facts.demonstration else "",
            holder_name=facts.holder_name,
            course_title=runs(facts.course_title),
            tables=(Table("The course", _course_rows(facts)), Table("The credit", _credit_rows(facts))),
            approvals_heading=f"Approvals valid on {time_zones.date_in_words(facts.completed_local)}",
            approvals=tuple(runs(statement) for statement in facts.approval_statements),
            signer_name=facts.signer_name,
            signer_title=facts.signer_title,
            number=facts.number_in_groups,
            issued_on=_column_runs(wording.day(facts.issued_at, facts.time_zone)),
            verify_url=facts.verify_url,
            sealed=wording.sealed(facts.verify_url) if sealed else "",
        )


def width_in_ems(text: str) -> float:
    """Estimate how wide a text runs at a size of one, a little on the wide side."""
    return sum(map(_letter_width, text)) or 1.0


def printable(text: str) -> str:
    """Give text with letters in one piece (an ñ typed as n and ~) and none of Unicode's marks that turn it around."""
    return normalize("NFC", text).translate(_REVERSING)


def runs(text: str) -> Line:
    """Part a text where a line may break and where it may not."""
    return tuple(
        Run(part, whole=place % 2 == 1 and len(part) <= _LONGEST_WHOLE)
        for place, part in enumerate(_UNBROKEN.split(text))
        if part
    )


def _course_rows(facts: Facts) -> tuple[Row, ...]:
    completed = (
        wording.day(facts.completed_at, facts.time_zone),
        wording.time_of_day(facts.completed_at, facts.time_zone),
    )
    return (
        _row("Course", f"{facts.course_code}, edition {facts.edition[:EDITION_DIGITS]}"),
        _row("Format", wording.delivery(facts.delivery)),
        _row("Location", wording.location(facts.delivery)),
        _row("Presented by", *(_presenter(presenter) for presenter in facts.presenters)),
        _row("Started", wording.day(facts.began_at, facts.time_zone)),
        _row("Completed", *completed),
    )


def _credit_rows(facts: Facts) -> tuple[Row, ...]:
    by_type = (wording.hours(amount, kind) for kind, amount in wording.in_order(facts.credit_hours))
    return (
        _row("Contact hours", *by_type),
        _row("Total", wording.total(facts.total_hours)),
        *_approval(facts),
        *_license(facts),
        *_replaced(facts),
        _row("Provider", *_provider(facts)),
    )


def _approval(facts: Facts) -> Iterable[Row]:
    """Say that no board approved it, where a clerk looks for it; statements take the width of the sheet instead."""
    return () if facts.approval_statements else (_row("Approval", NOT_APPROVED),)


def _license(facts: Facts) -> Iterable[Row]:
    if facts.license is None:
        return ()
    return (_row("License", f"{facts.license.state} {facts.license.type}, number {facts.license.number}"),)


def _replaced(facts: Facts) -> Iterable[Row]:
    """Name the certificate that was corrected or issued anew: whoever holds both knows which one counts."""
    if not facts.replaces:
        return ()
    return (_row("Replaces", wording.replaced(numbers.in_groups(facts.replaces), facts.replaces_why)),)


def _provider(facts: Facts) -> Iterable[str]:
    contact = _listed([facts.provider_phone, facts.provider_email])
    return filter(None, (facts.provider_name, facts.provider_address, contact))


def _presenter(presenter: Presenter) -> str:
    return _listed([presenter.name, presenter.credentials])


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def _row(label: str, *lines: str) -> Row:
    return Row(label, tuple(_column_runs(line) for line in lines if line))


def _column_runs(text: str) -> Line:
    """Part a text for a column, unless it never reaches the end of a line there."""
    return runs(text) if width_in_ems(text) > _NARROWEST else (Run(text, whole=False),)


@cache
def _letter_width(letter: str) -> float:
    if east_asian_width(letter) in {"W", "F"}:
        return 1.0
    if letter in _BROAD:
        return 0.9
    return 0.7 if letter.isupper() else 0.52
