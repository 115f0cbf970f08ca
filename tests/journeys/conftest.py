"""A browser's path may stumble over a busy machine, so it is walked once more before it counts as a failure.

What fails twice fails; what passed only at the second try is listed (R) at the end of the run, to be mended.
"""

from __future__ import annotations

import pytest

TRIES_AGAIN = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every journey a second try; a test that lives elsewhere has one."""
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.flaky(reruns=TRIES_AGAIN))
