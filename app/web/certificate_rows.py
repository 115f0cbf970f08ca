"""The facts of a certificate as tables on a page: the very rows that the PDF prints."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.awards.document.sheets import Line, Sheet
from app.awards.facts import Facts

HIDDEN = "••••"


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact and its name."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactTable:
    """Facts that belong together."""

    caption: str
    rows: tuple[FactRow, ...]


def tables(facts: Facts, *, license_ending: str | None = None) -> tuple[FactTable, ...]:
    """Give the facts; with `license_ending`, the license number shows only its end."""
    if license_ending is not None and facts.license is not None:
        facts = replace(facts, license=replace(facts.license, number=f"{HIDDEN}{license_ending}"))
    printed = [
        FactTable(table.caption, tuple(FactRow(row.label, tuple(map(_text, row.lines))) for row in table.rows))
        for table in Sheet.of(facts).tables
    ]
    signed = FactRow("Signed by", tuple(filter(None, (facts.signer_name, facts.signer_title))))
    return (*printed[:-1], replace(printed[-1], rows=(*printed[-1].rows, signed)))


def _text(line: Line) -> str:
    return "".join(run.text for run in line)
