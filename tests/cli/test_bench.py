"""What the bench says of a figure: its goal, its limit, and whether other programs were in the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from app.cli import bench, commands
from app.cli.bench import Line, Stopwatch

GOOD = Line("read a book", "ms", 20.0, "turn its pages", 10.0, goal=30.0, noisy=False)
SLOW = Line("read a book", "ms", 40.0, "turn its pages", 10.0, goal=30.0, noisy=False)
LOUD = Line("read a book", "ms", 40.0, "turn its pages", 10.0, goal=30.0, noisy=True)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """Lines that nobody has to wait for."""
    found: list[Line] = []

    def lines() -> Iterator[Line]:
        yield from found

    monkeypatch.setattr(bench.importlib, "import_module", lambda _name: SimpleNamespace(lines=lines))
    return found


@pytest.mark.parametrize(("line", "status"), [(GOOD, 0), (SLOW, 1), (LOUD, 0)], ids=["met", "missed", "noisy"])
def test_a_missed_goal_fails_unless_nobody_could_judge(measured: list[Line], line: Line, status: int) -> None:
    measured.append(line)
    told = CliRunner().invoke(commands.app, ["bench", "authoring"])
    assert told.exit_code == status
    assert "read a book" in told.output
    assert "turn its pages" in told.output


def test_a_machine_is_told_everything_about_a_line(measured: list[Line]) -> None:
    measured.append(SLOW)
    told = json.loads(CliRunner().invoke(commands.app, ["bench", "authoring", "--json"]).output)
    assert told == {
        "results": [
            {
                "name": "read a book",
                "unit": "ms",
                "value": 40.0,
                "limit": "turn its pages",
                "limit_value": 10.0,
                "goal": 30.0,
                "noisy": False,
                "ratio": 4.0,
                "met": False,
            }
        ]
    }


def test_the_middle_of_the_repetitions_counts() -> None:
    values = iter([5.0, 1.0, 900.0, 2.0, 3.0])
    assert bench.repeated(lambda: next(values)).value == 3.0


def test_a_line_is_noisy_when_others_took_much_of_the_machine() -> None:
    assert Stopwatch(foreign=0.5).noisy
    assert not Stopwatch(foreign=0.1).noisy
