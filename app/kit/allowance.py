"""Allowances: how much anybody may ask for in a minute, so that one cannot keep all others waiting.

A bucket for each name, filled steadily and emptied by what is asked. It is kept in memory and bounded: of very many
names the one that was longest away is forgotten, and with it a debt that was paid off long ago.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

MOST_NAMES = 10_000
SECONDS = 60.0


class Allowance:
    """So many a minute for each name, and so many at once after a rest. Any thread may ask."""

    def __init__(
        self, *, per_minute: int, burst: int, most_names: int = MOST_NAMES, tick: Callable[[], float] = monotonic
    ) -> None:
        self._rate = per_minute / SECONDS
        self._burst = float(burst)
        self._most_names = most_names
        self._tick = tick
        self._turn = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name -> what was left, and when

    def take(self, name: str, count: int = 1) -> int:
        """Take this much and give 0; or take nothing, and give the whole seconds after which it would be there."""
        with self._turn:
            wait = self._wait(name, count)
            if not wait:
                self._keep(name, self._now_left(name) - count)
            return wait

    def wait(self, name: str, count: int = 1) -> int:
        """Give the seconds after which this much would be there, and take nothing."""
        with self._turn:
            return self._wait(name, count)

    def charge(self, name: str, count: int) -> None:
        """Take this much though it may not be there: it was found out too late, and is waited for the next time."""
        with self._turn:
            self._keep(name, self._now_left(name) - count)

    def __len__(self) -> int:
        """Count the names that are remembered."""
        return len(self._left)

    def _wait(self, name: str, count: int) -> int:
        lacking = min(float(count), self._burst) - self._now_left(name)  # a full bucket lets through more than it holds
        return math.ceil(lacking / self._rate) if lacking > 0 else 0

    def _now_left(self, name: str) -> float:
        left, at = self._left.get(name, (self._burst, 0.0))
        return min(self._burst, left + (self._tick() - at) * self._rate)

    def _keep(self, name: str, left: float) -> None:
        self._left[name] = (left, self._tick())
        self._left.move_to_end(name)
        while len(self._left) > self._most_names:
            self._left.popitem(last=False)
