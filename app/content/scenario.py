"""A branching case: what happens, what one may do, and where it leads. Nothing in it is graded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """What one may do at a step of a scenario, where it leads, and what is said of it."""

    text: str
    html: str
    step: str
    feedback_html: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of a scenario; a step without choices ends the story."""

    id: str
    title: str
    html: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A branching case: it begins at its first step."""

    id: str
    title: str
    intro_html: str
    steps: tuple[Step, ...]
