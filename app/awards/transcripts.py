"""Transcripts: all that a learner earned between two dates, with hours by type.

Dates are the completion dates on her calendar, as certificates print them: the dates boards go by.
A revoked certificate is listed as revoked and counts for nothing. What a demonstration issued never adds to hours
that were truly earned; where there is nothing else, the whole transcript is a demonstration and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from app.awards.facts import Facts
from app.kit.errors import Invalid


class Issued(Protocol):
    """A certificate as far as a transcript looks at it."""

    @property
    def facts(self) -> Facts:
        """Everything it says."""

    @property
    def revoked_at(self) -> datetime | None:
        """When it was revoked, if it was."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate as a line of a transcript."""

    number: str  # 20 symbols, no hyphens
    course_title: str
    provider_name: str
    delivery: str
    completed_on: date
    credit_hours: dict[str, str]  # hour type → hours, exact decimal text
    verify_url: str
    revoked: bool
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything earned in a period, oldest first."""

    holder_name: str
    since: date | None  # None: from the first certificate on
    until: date | None  # None: up to the last one
    entries: tuple[Entry, ...]

    @property
    def demonstration(self) -> bool:
        """Whether all of it was issued by a demonstration, so that none of it is valid for credit."""
        return bool(self.entries) and all(entry.demonstration for entry in self.entries)

    def counts(self, entry: Entry) -> bool:
        """Say whether the hours of an entry are in the totals."""
        return not entry.revoked and entry.demonstration == self.demonstration

    @property
    def hours_by_type(self) -> dict[str, Decimal]:
        """Contact hours that count, by type."""
        totals: dict[str, Decimal] = {}
        for entry in filter(self.counts, self.entries):
            for kind, hours in entry.credit_hours.items():
                totals[kind] = totals.get(kind, Decimal(0)) + Decimal(hours)
        return totals

    @property
    def total_hours(self) -> Decimal:
        """Contact hours that count, in all."""
        return sum(self.hours_by_type.values(), Decimal(0))

    def to_json(self) -> str:
        """Give the transcript as JSON, for the process that draws it."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> Transcript:
        """Read back what `to_json` wrote."""
        raw = json.loads(text)
        entries = (Entry(**{**one, "completed_on": date.fromisoformat(one["completed_on"])}) for one in raw["entries"])
        return cls(raw["holder_name"], _day(raw["since"]), _day(raw["until"]), tuple(entries))


def of(
    holder_name: str, certificates: Iterable[Issued], *, since: date | None = None, until: date | None = None
) -> Transcript:
    """Write the transcript of a period, both days included; raise `Invalid` when it ends before it begins."""
    if since and until and until < since:
        raise Invalid({"until": "The last day must not be before the first day."})
    told = [(certificate.facts, certificate.revoked_at is not None) for certificate in certificates]
    entries = [_entry(facts, revoked=revoked) for facts, revoked in told if _is_within(facts, since, until)]
    return Transcript(holder_name, since, until, tuple(sorted(entries, key=lambda one: (one.completed_on, one.number))))


def _is_within(facts: Facts, since: date | None, until: date | None) -> bool:
    day = facts.completed_on
    return (since is None or day >= since) and (until is None or day <= until)


def _entry(facts: Facts, *, revoked: bool) -> Entry:
    return Entry(
        number=facts.number,
        course_title=facts.course_title,
        provider_name=facts.provider_name,
        delivery=facts.delivery,
        completed_on=facts.completed_on,
        credit_hours=facts.credit_hours,
        verify_url=facts.verify_url,
        revoked=revoked,
        demonstration=facts.demonstration,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
