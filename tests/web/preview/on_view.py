"""Courses on view, for the tests of the preview."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from cast import NOON
from fastapi.testclient import TestClient

from app.web.preview import alone

ROOT = Path(__file__).parents[3]
COURSES = {"real": ROOT / "courses/social-media-and-confidentiality", "every": ROOT / "tests/courses/every-construct"}
SITE = "/page"


@dataclass
class Viewer:
    """A browser before the preview of a folder that a test may change."""

    folder: Path
    watched: alone.Watched
    client: TestClient

    @property
    def code(self) -> str:
        return self.watched.view().shown.code

    def see(self, path: str, status: int = 200) -> str:
        """Give a page of a learner as the preview shows it."""
        answer = self.client.get(f"{SITE}{path}")
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        return answer.text

    def change(self, name: str, old: str, new: str) -> None:
        """Save a file with something changed in it."""
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")


def viewer_of(folder: Path, course: str = "real") -> Viewer:
    """Put a copy of a course on view."""
    copy = folder / course
    shutil.copytree(COURSES[course], copy)
    watched = alone.Watched(copy, clock=lambda: NOON)
    return Viewer(copy, watched, TestClient(alone.app_of(watched), base_url="http://127.0.0.1", follow_redirects=False))
