"""`continua bench`: how fast this house is on this machine, beside a limit that was measured in the same run.

A family of lines is a module of its own, `app/cli/bench_NAME.py`, with a function `lines() -> Iterator[Line]`.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated

import typer

REPETITIONS = 5
FOREIGN_MOST = 0.15  # of the machine's time, taken by other programs: beyond it a line is not judged


class Family(StrEnum):
    """What can be measured."""

    AUTHORING = "authoring"
    ASSESSMENT = "assessment"
    CERTIFICATE = "certificate"
    VERIFY = "verify"
    VERIFY_PDF = "verify-pdf"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, its goal, and the limit it stands beside. A lower value is a better one."""

    name: str
    unit: str
    value: float
    limit: str  # what was measured in the same run to compare with
    limit_value: float
    goal: float  # the most that the value may be
    noisy: bool

    @property
    def ratio(self) -> float:
        """How many times the limit the value is."""
        return self.value / self.limit_value if self.limit_value else 0.0

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.value <= self.goal


@dataclass(slots=True)
class Stopwatch:
    """Repetitions of one figure, and the share of the machine that other programs took meanwhile."""

    values: list[float] = field(default_factory=list)
    foreign: float = 0.0

    @property
    def noisy(self) -> bool:
        """Whether other programs took so much that the figure says little."""
        return self.foreign > FOREIGN_MOST

    @property
    def value(self) -> float:
        """The middle one of the repetitions."""
        return median(self.values)


def bench(
    name: Annotated[Family, typer.Argument(help="Which figures.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print for a machine.")] = False,  # noqa: FBT002 - an option
    rows: Annotated[int | None, typer.Option(min=1_000, help="How many certificates `verify` looks among.")] = None,
    postgresql: Annotated[
        str | None, typer.Option(help="An empty database that `verify` fills and measures too.")
    ] = None,
) -> None:
    """Measure how fast this house is here. Exit: 0 goals met or not to be judged, 1 a goal was missed."""
    family = importlib.import_module(f"app.cli.bench_{name.replace('-', '_')}")
    found = []
    asked = {name: value for name, value in (("rows", rows), ("postgresql", postgresql)) if value is not None}
    for line in family.lines(**asked):
        found.append(line)
        if not as_json:
            typer.echo(_heading() + _row(line) if len(found) == 1 else _row(line))
    if as_json:
        typer.echo(json.dumps({"results": [_plain(line) for line in found]}, ensure_ascii=False, indent=2))
    missed = any(not line.met and not line.noisy for line in found)
    raise typer.Exit(1 if missed else 0)


def _plain(line: Line) -> dict[str, object]:
    return asdict(line) | {"ratio": round(line.ratio, 3), "met": line.met}


def _heading() -> str:
    return f"{'name':<28} {'value':>10} {'goal':>8} unit  {'ratio':>6}  limit\n"


def _row(line: Line) -> str:
    said = "noisy" if line.noisy else "met" if line.met else "MISSED"
    limit = f"{line.limit} {line.limit_value:.4g} {line.unit}"
    return f"{line.name:<28} {line.value:>10.4g} {line.goal:>8.4g} {line.unit:<5} {line.ratio:>6.2f}  {limit}  {said}"


def repeated(measure: Callable[[], float], *, times: int = REPETITIONS) -> Stopwatch:
    """Measure several times, and see who else was at work."""
    watch = Stopwatch()
    with _others() as foreign:
        watch.values = [measure() for _ in range(times)]
    watch.foreign = foreign[0]
    return watch


def milliseconds(act: Callable[[], object], *, clock: Callable[[], float] = perf_counter) -> Callable[[], float]:
    """Give a measure of how long an act takes; with the clock `process_time`, of how much work it is for one core."""

    def measure() -> float:
        begun = clock()
        act()
        return (clock() - begun) * 1000

    return measure


@contextmanager
def _others() -> Iterator[list[float]]:
    """Give, when the block has ended, the share of all processors that other programs took during it."""
    foreign = [0.0]
    busy, total, own = (*_machine(), _own())
    yield foreign
    busy_now, total_now = _machine()
    if total_now > total:
        foreign[0] = max(0.0, (busy_now - busy) - (_own() - own)) / (total_now - total)


def _machine() -> tuple[float, float]:
    """Give the seconds that all processors were busy, and all their seconds; nothing where the system does not say."""
    try:
        words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]
    except OSError:
        return 0.0, 0.0
    ticks = [int(word) / os.sysconf("SC_CLK_TCK") for word in words]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def _own() -> float:
    """Give the seconds that this program, and every program that it started, has worked."""
    parents, seconds = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended: whoever waited for it has its time
        pid = int(path.parent.name)
        parents[pid] = int(words[1])
        seconds[pid] = sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
    return sum(spent for pid, spent in seconds.items() if _is_ours(pid, parents))


def _is_ours(pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        if pid == os.getpid():
            return True
        pid = parents[pid]
    return False
