"""What happened to something, one thing after the other: what the timeline on a page shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; where it concerns something else, the words and the address that lead there."""

    words: str
    when: str
    at: str  # the same for machines, ISO 8601
    detail: str = ""
    link: str = ""
    href: str = ""
