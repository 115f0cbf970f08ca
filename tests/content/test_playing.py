"""Playing: every way through a story that the reader accepts ends or can begin again, and no address breaks it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sample_course import FILES, read

from app.content import scenario_play
from app.content.scenario import Choice, Scenario, Step
from app.content.scenario_play import MOST, play


def a_story(exits: dict[str, list[str]]) -> Scenario:
    """Make a story of steps and what they lead to."""
    return Scenario(
        id="scenario-1",
        title="A story",
        intro_html="",
        steps=tuple(
            Step(name, name.title(), f"<p>{name}</p>", tuple(Choice(f"to {to}", f"to {to}", to) for to in leads))
            for name, leads in exits.items()
        ),
    )


CALL = a_story({"call": ["talk", "morning"], "talk": ["morning", "call"], "morning": []})


@st.composite
def stories_as_written(draw: st.DrawFn) -> str:
    """Write a story as an author may: ways that join, part, run in circles, and perhaps never end."""
    count = draw(st.integers(1, 6))
    lines = ["::: scenario A story"]
    for step in range(count):
        lines += [f"### Step {step}", "What happens.", ""]
        for to in draw(st.lists(st.integers(0, count - 1), max_size=3)):
            lines += [f"- Do it -> step-{to}", "  > So it is."] if draw(st.booleans()) else [f"- Leave -> step-{to}"]
        lines.append("")
    return "\n".join([*lines, ":::", ""])


@given(story=stories_as_written(), seed=st.integers(0, 2**32), more=st.integers(0, 2 * MOST))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_way_through_a_story_that_the_reader_accepts_ends_or_begins_again(
    tmp_path: Path, story: str, seed: int, more: int
) -> None:
    course = read(tmp_path, {**FILES, "03-more.md": f"# More\n\nText.\n\n{story}"}).course
    assume(course is not None)
    assert course is not None
    (found,) = (block for block in course.modules[2].blocks if isinstance(block, Scenario))
    chance, now = random.Random(seed), play(found)  # noqa: S311 - any way will do
    for _ in range(more):
        if now.is_end or now.is_long:
            break
        before, number = now, chance.randint(1, len(now.here.choices))
        now = play(found, now.onward(number))
        assert now.here.id == before.here.choices[number - 1].step
        assert now.back() == before == play(found, now.back().way)
    assert now.is_end or now.is_long or len(now.turns) == more
    assert play(found).here is found.steps[0]
    assert now.other_endings == sum(not step.choices for step in found.steps) - now.is_end


@given(st.text(max_size=400))
def test_whatever_stands_in_the_address_there_is_a_play(way: str) -> None:
    now = play(CALL, way)
    assert now.here in CALL.steps
    assert play(CALL, now.way) == now


@pytest.mark.parametrize(
    ("way", "led"),
    [
        *(("", ""), ("1", "1"), ("1.1", "1.1"), ("1.2.1", "1.2.1"), ("2.1", "2"), ("1.9.1", "1"), ("1..1", "1")),
        *(("3", ""), ("01", ""), ("١", ""), ("-1", ""), ("1.2." * 40, ".".join(["1", "2"] * 40))),
    ],
)
def test_what_leads_nowhere_is_left_off_where_it_begins_to(way: str, led: str) -> None:
    assert play(CALL, way).way == led


def test_a_story_runs_in_circles_only_so_long_as_an_address_can() -> None:
    now = play(CALL, ".".join(["1", "2"] * MOST))
    assert len(now.turns) == MOST
    assert now.is_long
    assert now.onward(1) != play(CALL, now.onward(1)).way
    assert not now.back().is_long


def test_an_ending_counts_the_others() -> None:
    story = a_story({"a": ["b", "c", "d"], "b": [], "c": [], "d": ["a"]})
    assert (play(story, "1").is_end, play(story, "1").other_endings) == (True, 1)
    assert (play(story, "3").is_end, play(story, "3").other_endings) == (False, 2)


def test_at_the_beginning_there_is_no_step_back() -> None:
    assert play(CALL).back() == play(CALL)
    assert scenario_play.play(CALL, "1").back().way == ""
