"""Browsers before a preview: `pytest_plugins = ["viewers"]` asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from on_view import Viewer, viewer_of


@pytest.fixture
def viewer(tmp_path: Path) -> Iterator[Viewer]:
    """The preview of the course that ships with the house."""
    found = viewer_of(tmp_path)
    yield found
    found.client.close()


@pytest.fixture
def every(tmp_path: Path) -> Iterator[Viewer]:
    """The preview of a course that holds every construct there is."""
    found = viewer_of(tmp_path, "every")
    yield found
    found.client.close()
