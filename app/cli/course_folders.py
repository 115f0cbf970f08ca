"""Folders as they are typed: a course, or a folder that holds nothing but courses, which stands for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from app.content.folder import COURSE


def named(paths: Iterable[str]) -> list[str]:
    """Give the course folders that are meant, as they would be typed: `courses` stands for each course in it."""
    return [one for path in paths for one in _courses(path)]


def _courses(path: str) -> list[str]:
    folder = Path(path)
    if not folder.is_dir() or any(folder.glob("*.md")):
        return [path]
    below = sorted(one.name for one in folder.iterdir() if (one / COURSE).is_file())
    return [f"{path.rstrip('/')}/{name}" for name in below] or [path]
