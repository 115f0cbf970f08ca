"""Waivers: a warning may be silenced, never in silence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiver:
    """A warning the author silenced, where, and her reason: on the record for who approves the course."""

    path: str
    line: int
    rule: str
    reason: str
