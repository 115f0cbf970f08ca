"""The one place that reads the clock, so that every test can hold it still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Give this instant in UTC."""
    return datetime.now(UTC)
