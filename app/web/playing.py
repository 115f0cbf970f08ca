"""Scenarios on a page: the way so far, the step she is at, and what she may do there."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.content import scenario_play
from app.content.scenario import Choice, Scenario, Step
from app.content.scenario_play import Play
from app.request import Sent
from app.web.render import safe
from app.web.words import counted


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """What one may do at a step, where it leads, and what is said of it."""

    words: Markup
    query: str  # of the address it leads to
    feedback: Markup
    leads_to: str  # title of the next step: for the page on paper


@dataclass(frozen=True, slots=True)
class StepView:
    """A moment of a scenario; one without choices ends the story."""

    title: str
    text: Markup
    choices: tuple[ChoiceView, ...]
    is_here: bool  # the others are for paper


@dataclass(frozen=True, slots=True)
class TurnView:
    """A step that is behind her, and what she did there."""

    title: str
    words: Markup


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A branching case as it is played: one step at a time."""

    id: str
    title: str
    intro: Markup
    steps: tuple[StepView, ...]
    path: tuple[TurnView, ...]
    feedback: Markup  # on the choice that led here
    ending: str  # what is said of the ending she has come to; empty where the story goes on
    is_long: bool  # she has gone round so often that only the way back is left
    start: str  # the query that begins again; empty at the beginning
    back: str  # the query that goes one step back


def scenario_view(scenario: Scenario, sent: Sent) -> ScenarioView:
    """Show a scenario where the address of its page says that she is in it."""
    play = scenario_play.play(scenario, sent.text("way") if sent.text("scenario") == scenario.id else "")
    last = play.turns[-1] if play.turns else None
    return ScenarioView(
        id=scenario.id,
        title=scenario.title,
        intro=safe(scenario.intro_html),
        steps=tuple(_step(play, step) for step in scenario.steps),
        path=tuple(TurnView(turn.step.title, safe(turn.choice.html)) for turn in play.turns),
        feedback=safe(last.choice.feedback_html if last else ""),
        ending=_ending(play) if play.is_end else "",
        is_long=play.is_long,
        start=_query(play, "") if last else "",
        back=_query(play, play.back().way) if last else "",
    )


def _step(play: Play, step: Step) -> StepView:
    choices = tuple(_choice(play, number, one) for number, one in enumerate(step.choices, 1))
    return StepView(step.title, safe(step.html), choices, is_here=step is play.here)


def _choice(play: Play, number: int, choice: Choice) -> ChoiceView:
    titles = {step.id: step.title for step in play.scenario.steps}
    query = _query(play, play.onward(number))
    return ChoiceView(safe(choice.html), query, safe(choice.feedback_html), titles[choice.step])


def _query(play: Play, way: str) -> str:
    return f"scenario={play.scenario.id}&way={way}"


def _ending(play: Play) -> str:
    if not play.other_endings:
        return "It is the only one of this story."
    return f"There {'is' if play.other_endings == 1 else 'are'} {counted(play.other_endings, 'other ending')} to find."
