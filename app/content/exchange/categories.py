"""Categories of other systems: those that our exports write name a case or a pool; others are only told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_OURS = re.compile(r"(?:case|pool)\s*:\s*\S", re.IGNORECASE)


@dataclass(slots=True)
class Place:
    """Where in a file's categories the next question stands."""

    under: tuple[str, ...] = ()
    _told: set[str] = field(default_factory=set)

    def go(self, path: str) -> list[str]:
        """Enter a category; give what is to be said of it, once."""
        parts = [part.replace("//", "/").strip() for part in re.split(r"(?<!/)/(?!/)", path)]
        self.under = tuple(_capital(part) for part in parts if _OURS.match(part))
        last = parts[-1] if parts else ""
        if self.under or not last or last in self._told or last.lower() in {"top", "$course$", "exam"}:
            return []
        self._told.add(last)
        return [f"The category “{last[:80]}” is not kept: its questions stand one after another."]


def _capital(heading: str) -> str:
    name, _, title = heading.partition(":")
    return f"{name.strip().capitalize()}: {title.strip()}"


def path(under: tuple[str, ...]) -> str:
    """Write the category of questions that stand under these headings."""
    return "/".join(["$course$", "top", "Exam", *(heading.replace("/", "//") for heading in under)])
