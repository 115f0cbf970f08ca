"""Inspectors: they see each place of a way as different people do, and tell what would shut somebody out.

With CONTINUA_PICTURES set to a folder, they also photograph every place, for people to look at.
"""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize
from walkers import Walker

PHONE: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 800}
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Inspector:
    """Looks at each place that a walker comes to: on a phone and at a desk, by light and in the dark."""

    def __init__(self, walker: Walker) -> None:
        self.page = walker.page
        self.findings: list[str] = []
        self._pictures = os.environ.get("CONTINUA_PICTURES", "")

    def __call__(self, place: str) -> None:
        """Look at a place on a phone and at a desk."""
        for size in (PHONE, DESK):
            self.look(place, size)

    def look(self, place: str, size: ViewportSize) -> None:
        """Look at a place in this size, by light and in the dark."""
        self.page.set_viewport_size(size)
        for colors in ("light", "dark"):
            self.page.emulate_media(color_scheme=colors)
            self.findings += [f"{place}, {size['width']} px, {colors}: {finding}" for finding in self._find()]
            self._photograph(f"{place}, {size['width']}, {colors}")

    def _find(self) -> list[str]:
        found = Axe().run(self.page).response["violations"]
        told = [f"{one['id']} at {node['target']}" for one in found for node in one["nodes"]]
        wider = self.page.evaluate(WIDER)
        return [*told, f"{wider} px wider than the screen"] if wider else told

    def _photograph(self, name: str) -> None:
        if self._pictures:
            file = Path(self._pictures) / f"{name.replace(', ', '--').replace(' ', '-')}.png"
            self.page.screenshot(path=file, full_page=True)
