"""Scenarios: steps of a story, and choices that lead from one to another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.content import headings
from app.content.boxes import Box
from app.content.findings import Line, Place
from app.content.headings import Heading
from app.content.markdown import Scribe
from app.content.scenario import Choice, Scenario, Step
from app.content.spelling import nearest, slug

_CHOICE = re.compile(r" {0,3}[-*+]\s++(?P<text>(?:.*?\S)??)\s*(?:->|→)\s*+(?P<step>(?:.*\S)?)\s*")
_FEEDBACK = re.compile(r"(?: {2,}|\t)\s*>[ ]?(?P<text>.*)")


@dataclass(slots=True)
class _Exit:
    """A choice as read, and where it says it leads."""

    text: Line
    step: Line
    feedback: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Scene:
    """A step as read."""

    id: str
    heading: Heading
    story: list[Line] = field(default_factory=list)
    exits: list[_Exit] = field(default_factory=list)


def read(ident: str, box: Box, lines: Sequence[Line], scribe: Scribe) -> Scenario | None:
    """Read a scenario; nothing if it has no step."""
    (_, intro), *rest = headings.sections(lines)
    scenes = [_scene(heading, body, scribe) for heading, body in rest if heading]
    if not scenes and not box.closed:
        return None
    if not scenes:
        scribe.findings.add(
            "no-answer", box.opening.place, "This scenario has no step.", "Add one: ### what-happens-first"
        )
        return None
    _alike(scenes, scribe)
    _lead_somewhere(scenes, scribe)
    return Scenario(ident, box.heading, scribe.blocks(intro), tuple(_step(scene, scribe) for scene in scenes))


def _scene(heading: Heading, body: Sequence[Line], scribe: Scribe) -> _Scene:
    scene = _Scene(slug(heading.text.text) or "step", heading)
    if heading.text.blank:
        scribe.findings.add(
            "scenario-missing-step", heading.place, "This step has no name.", "Write what happens: ### The call"
        )
    for line in body:
        choice, feedback = _CHOICE.fullmatch(line.text), _FEEDBACK.fullmatch(line.text)
        if choice:
            text = line.cut(choice.start("text"), choice.end("text"))
            scene.exits.append(_Exit(text, line.cut(choice.start("step"), choice.end("step"))))
        elif scene.exits and line.text.startswith(">"):
            _misplaced(line, scribe)
        elif feedback and scene.exits:
            scene.exits[-1].feedback.append(line.cut(feedback.start("text")))
        else:
            scene.story.append(line)
    return scene


def _misplaced(line: Line, scribe: Scribe) -> None:
    scribe.findings.add(
        "misplaced-feedback",
        line.place,
        "This feedback does not stand under a choice.",
        "Begin it with two spaces and >.",
    )


def _alike(scenes: Sequence[_Scene], scribe: Scribe) -> None:
    seen: set[str] = set()
    for scene in scenes:
        if scene.id in seen and not scene.heading.text.blank:
            scribe.findings.add(
                "duplicate-question",
                scene.heading.place,
                f"There is another step “{scene.id}” in this scenario.",
                "Give this one a name of its own.",
            )
        seen.add(scene.id)


def _lead_somewhere(scenes: Sequence[_Scene], scribe: Scribe) -> None:
    """Every choice leads to a step, and every step can be reached from the first."""
    exits = {scene.id: [slug(each.step.text) for each in scene.exits] for scene in scenes}
    forgiven = _report_missing(scenes, exits, scribe)
    reached, waiting = set(), [scenes[0].id]
    while waiting:
        step = waiting.pop()
        if step not in reached:
            reached.add(step)
            waiting += exits.get(step, [])
            waiting += [each for each in forgiven if each in exits]
    for scene in scenes:
        if scene.id not in reached and not scene.heading.text.blank:
            scribe.findings.add(
                "scenario-unreachable-step",
                scene.heading.place,
                f"No choice leads to the step “{scene.id}”.",
                f"Add a choice that ends in -> {scene.id}, or delete the step.",
            )


def _report_missing(scenes: Sequence[_Scene], exits: dict[str, list[str]], scribe: Scribe) -> set[str]:
    """Report the choices that lead nowhere; the step that was probably meant counts as reached."""
    meant: set[str] = set()
    for scene in scenes:
        for each in scene.exits:
            target = slug(each.step.text)
            if target in exits:
                continue
            near = nearest(target, exits) or ""
            meant.add(near)
            scribe.findings.add(
                "scenario-missing-step",
                _end(each),
                f"There is no step “{each.step.text}” here.",
                f"Did you mean “{near}”?",
            )
    return meant


def _end(each: _Exit) -> Place:
    return each.step.place


def _step(scene: _Scene, scribe: Scribe) -> Step:
    title = scribe.inline([scene.heading.text]).text
    choices = []
    for each in scene.exits:
        written = scribe.inline([each.text])
        feedback = scribe.blocks(each.feedback)
        choices.append(Choice(written.text, written.html, slug(each.step.text), feedback))
    return Step(scene.id, title, scribe.blocks(scene.story), tuple(choices))
