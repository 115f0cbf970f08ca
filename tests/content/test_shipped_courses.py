"""The courses that ship: what they claim holds, nothing in them is left to mend, and every story leads somewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.content import inventory, reader, scenario_play
from app.content.course import Course
from app.content.scenario import Scenario
from app.content.scenario_play import Play

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(one for one in (ROOT / "courses").iterdir() if one.is_dir())
TODAY = date(2026, 12, 1)
HARDEST, EASIEST = 12, 4  # Flesch–Kincaid grades of a whole course, scenes and speech included


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def course(request: pytest.FixtureRequest) -> Course:
    """A course that ships."""
    read = reader.read(request.param, today=TODAY).course
    assert read is not None
    return read


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_is_left_to_mend(folder: Path) -> None:
    assert [str(one) for one in reader.read(folder, today=TODAY).problems] == []


def test_no_more_hours_are_claimed_than_the_text_holds(course: Course) -> None:
    assert 0 < course.credit.total <= course.credit.claimable


def test_every_objective_is_taught_and_tested_and_every_option_has_its_reason(course: Course) -> None:
    found = inventory.of(course)
    assert found.exam is not None
    assert found.exam.told.without_feedback == 0
    assert all(one.told.without_feedback == 0 for one in found.modules)
    taught = {number for module in course.modules for number in module.objectives}
    assert taught == set(range(1, len(course.objectives) + 1))


def test_it_is_read_without_a_dictionary_and_not_in_a_primer(course: Course) -> None:
    read = inventory.of(course).read
    assert read is not None
    assert read.grade is not None
    assert EASIEST < read.grade < HARDEST


def ways(scenario: Scenario) -> Iterator[Play]:
    """Walk a story through every choice of every step, by the shortest way to each."""
    waiting, met = deque([scenario_play.play(scenario)]), set()
    while waiting:
        here = waiting.popleft()
        yield here
        for number, _choice in enumerate(here.here.choices, 1):
            onward = scenario_play.play(scenario, here.onward(number))
            if (here.here.id, number) not in met:
                met.add((here.here.id, number))
                waiting.append(onward)


def test_every_branch_of_every_story_comes_to_an_end(course: Course) -> None:
    for scenario in (block for module in course.modules for block in module.blocks if isinstance(block, Scenario)):
        walked = list(ways(scenario))
        assert {play.here.id for play in walked} == {step.id for step in scenario.steps}, scenario.title
        assert any(play.is_end for play in walked)
        for play in walked:
            assert _ends_from(play, scenario), f"{scenario.title}: no way out of {play.here.title}"


def _ends_from(play: Play, scenario: Scenario) -> bool:
    steps = {step.id: step for step in scenario.steps}
    waiting, met = [play.here], set()
    while waiting:
        here = waiting.pop()
        if not here.choices:
            return True
        if here.id not in met:
            met.add(here.id)
            waiting += [steps[choice.step] for choice in here.choices]
    return False
