"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad it is."""

    UNSAFE = "unsafe"  # somebody can be harmed, or something be lost: mend it before you go on
    SOON = "soon"  # it will not stay well by itself
    UNKNOWN = "not checked"  # it could not be looked at, and that is not the same as well
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that was looked at, and how it is."""

    about: str
    grade: Grade
    words: str
    remedy: str = ""
