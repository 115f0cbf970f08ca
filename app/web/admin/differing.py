"""What a correction changes, side by side: as the certificate says it, and as it should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.awards.document import wording
from app.awards.facts import Facts
from app.awards.replacements import Changes
from app.kit import time_zones
from app.web.words import listed


@dataclass(frozen=True, slots=True)
class Differs:
    """One fact, before and after."""

    name: str
    before: str
    after: str


def rows(facts: Facts, changes: Changes) -> tuple[Differs, ...]:
    """Give what would be different."""
    asked = changes.fields(facts)
    return tuple(
        Differs(NAMES[name], _words(name, getattr(facts, name), facts), _words(name, value, facts))
        for name, value in asked.items()
    )


NAMES: Mapping[str, str] = MappingProxyType(
    {"holder_name": "Name", "license": "License", "completed_at": "Completion date", "credit_hours": "Contact hours"}
)


def _words(name: str, value: Any, facts: Facts) -> str:
    return _WORDS[name](value, facts) if value else "None"


_WORDS: Mapping[str, Callable[[Any, Facts], str]] = MappingProxyType(
    {
        "holder_name": lambda value, _: value,
        "license": lambda value, _: f"{value.state} {value.type} {value.number}",
        "completed_at": lambda value, facts: time_zones.in_words(value, facts.time_zone),
        "credit_hours": lambda value, _: listed(wording.hours_in_short(value)),
    }
)
