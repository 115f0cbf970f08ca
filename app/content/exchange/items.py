"""What is found in a question file of another system: questions, stories, and what is left out and why.

Every text in an item is our Markdown already; accepted answers are plain, for so they are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.content.course import Kind


class Skip(Exception):
    """An item cannot be added; its message is the reason, a sentence to the author."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, or one step of an order."""

    text: str
    right: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question as another system means it, in our words. `lost` says what could not be kept."""

    line: int  # where it begins in the file
    kind: Kind
    heading: str
    prompt: str = ""
    choices: tuple[Choice, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    accepted: tuple[str, ...] = ()
    gaps: tuple[tuple[str, ...], ...] = ()  # written in heading or prompt already; here to be proved
    number: Decimal = Decimal(0)
    tolerance: Decimal = Decimal(0)
    rationale: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)  # Points, Objective and the like, as we write them
    lost: tuple[str, ...] = ()
    under: tuple[str, ...] = ()  # the headings it stands under: Pool: …, Case: …


@dataclass(frozen=True, slots=True)
class Story:
    """The story of a case: the questions under the same headings share it."""

    line: int
    text: str
    under: tuple[str, ...]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that cannot be added, what it is called, and why."""

    line: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about the file as a whole, at its line."""

    line: int
    text: str


Piece = Item | Story | LeftOut | Remark
