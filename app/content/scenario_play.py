"""Playing a scenario: a way through it is the choices made so far, as numbers, and nothing more. Pure.

The way travels in an address and is kept nowhere. Whatever stands there, there is a play: what leads nowhere is left
off where it begins to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.content.scenario import Choice, Scenario, Step

MOST = 100  # choices in one way: stories may run in circles, addresses may not
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that was met, and the choice that was made there."""

    step: Step
    number: int  # of the choice, from 1
    choice: Choice


@dataclass(frozen=True, slots=True)
class Play:
    """Where somebody is in a story, and how she came there."""

    scenario: Scenario
    here: Step
    turns: tuple[Turn, ...] = ()

    @property
    def way(self) -> str:
        """Write the way so far: 1.3.2."""
        return ".".join(str(turn.number) for turn in self.turns)

    @property
    def is_end(self) -> bool:
        """Whether the story ends here."""
        return not self.here.choices

    @property
    def is_long(self) -> bool:
        """Whether there have been so many choices that only the beginning, or one step back, is left."""
        return len(self.turns) >= MOST

    @property
    def other_endings(self) -> int:
        """Count the endings of the story but this one. Each can be reached: the reader sees to that."""
        return sum(1 for step in self.scenario.steps if not step.choices and step is not self.here)

    def onward(self, number: int) -> str:
        """Write the way that a choice leads to."""
        return f"{self.way}.{number}" if self.turns else str(number)

    def back(self) -> Play:
        """Take one step back; at the beginning there is none."""
        if not self.turns:
            return self
        return replace(self, here=self.turns[-1].step, turns=self.turns[:-1])


def play(scenario: Scenario, way: str = "") -> Play:
    """Follow a way as far as it leads."""
    steps = {step.id: step for step in scenario.steps}
    here, turns = scenario.steps[0], []
    for told in way.split(".", MOST)[:MOST]:
        choices = dict(enumerate(here.choices, 1))
        choice = choices.get(int(told)) if _NUMBER.fullmatch(told) else None
        if choice is None:
            break
        turns.append(Turn(here, int(told), choice))
        here = steps[choice.step]
    return Play(scenario, here, tuple(turns))
