"""What a certificate costs: recorded, entered, rendered, tagged, sealed and kept, durably; one, and a thousand.

The limit is what a plain call of WeasyPrint takes for the same page, fonts and all, measured in the same run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter

from app.awards.drawing import DrawingRoom
from app.cli import bench_house
from app.cli.bench import Line, Stopwatch, repeated
from app.cli.bench_house import House
from app.kit.clock import system_clock
from app.kit.templates import ROOT

ONE_GOAL = 80.0  # milliseconds of one core (the issue on certificates)
TIMES_FASTER = 5
MANY = 1_000
GROWTH_GOAL = 10.0  # percent that a render process may grow from the 100th to the last of a thousand
EACH = 10  # certificates for one figure: the kernel counts work in hundredths of a second
TICK = os.sysconf("SC_CLK_TCK")
PLAIN = """
import sys, time
from app.awards.document import yardstick
from app.awards.facts import Facts
facts, spent = Facts.from_json(sys.stdin.read()), []
for turn in range(6):
    begun = time.process_time()
    yardstick.draw_plainly(facts)
    spent.append((time.process_time() - begun) * 1000)
print(sorted(spent[1:])[2])  # the first call also loads libraries
"""


def lines() -> Iterator[Line]:
    """Measure them one by one."""
    plain = repeated(_plainly, times=1)
    with bench_house.opened() as house:
        room = DrawingRoom(house.issuer.signer)
        _issue(house, room, times=5)  # libraries and fonts are loaded once
        one = repeated(lambda: _work_of(house, room, EACH))
        room.close()
        yield _line("issue one, all of its work", "ms", one, plain, ONE_GOAL)
        times = Stopwatch([plain.value / one.value], foreign=max(one.foreign, plain.foreign))
        yield Line(
            "plain WeasyPrint ÷ ours", "times", -times.value, "plain call, ms", plain.value, -TIMES_FASTER, times.noisy
        )
        yield from _many(house, plain)


def _many(house: House, plain: Stopwatch) -> Iterator[Line]:
    """Issue a thousand on all cores, and see whether memory grows."""
    rooms = [DrawingRoom(house.issuer.signer) for _ in range(os.cpu_count() or 1)]
    sizes: list[list[int]] = [[] for _ in rooms]

    def share(place: int) -> None:
        for done in range(MANY // len(rooms)):
            _issue(house, rooms[place], times=1)
            if done % 25 == 24:
                sizes[place].append(_memory(rooms[place]))
            if place == 0:
                _progress(done * len(rooms), MANY)

    begun = perf_counter()
    with ThreadPoolExecutor(len(rooms)) as hands:
        list(hands.map(share, range(len(rooms))))
    seconds = perf_counter() - begun
    _progress(MANY, MANY)
    for room in rooms:
        room.close()
    goal = MANY * ONE_GOAL / 1000 / len(rooms) * 1.3
    yield Line(f"issue {MANY:,}, all cores", "s", seconds, "plain call, ms", plain.value, goal, plain.noisy)
    grown = max((one[-1] / one[3] - 1) * 100 for one in sizes if len(one) > 3)
    yield Line("render memory, growth", "%", grown, "of a process, MB", sizes[0][3] / 2**20, GROWTH_GOAL, noisy=False)


def _issue(house: House, room: DrawingRoom, *, times: int) -> None:
    for _ in range(times):
        house.draw(room, house.issue(now=system_clock()))


def _work_of(house: House, room: DrawingRoom, times: int) -> float:
    """Give the work of one certificate for all processes that share it, in milliseconds of one core."""
    before = _spent(os.getpid()) + _spent(_pid(room))
    _issue(house, room, times=times)
    return (_spent(os.getpid()) + _spent(_pid(room)) - before) * 1000 / times


def _plainly() -> float:
    """Give what a plain call takes, in a process of its own: nothing heavy is loaded here."""
    facts = bench_house.facts_of("0" * 20, address="https://ce.example.org", now=system_clock()).to_json()
    command = [sys.executable, "-c", PLAIN]
    done = subprocess.run(command, input=facts, capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603 - ours
    return float(done.stdout)


def _pid(room: DrawingRoom) -> int:
    return room.pid or 0


def _spent(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, words[11:13])) / TICK


def _memory(room: DrawingRoom) -> int:
    pages = Path(f"/proc/{_pid(room)}/statm").read_text(encoding="utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        width = 30 * done // of
        sys.stderr.write(f"\r{'█' * width}{'░' * (30 - width)} {done} of {of}" + ("\n" if done == of else ""))
        sys.stderr.flush()


def _line(name: str, unit: str, watch: Stopwatch, limit: Stopwatch, goal: float) -> Line:
    noisy = watch.noisy or limit.noisy
    return Line(name, unit, median(watch.values), "plain WeasyPrint call", limit.value, goal, noisy)
