"""The frame of the Studio: which course is open, how it stands, and the tabs that lead to its other pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from app.web.render import Page

TABS = (
    ("files", "Files", ""),
    ("preview", "Preview", "/preview/"),
    ("problems", "Problems", "/problems"),
    ("publish", "Review and publish", "/publish"),
    ("questions", "Questions", "/questions"),
    ("evidence", "Evidence", "/evidence"),
    ("results", "Results", "/results"),
)


class OpenDraft(Protocol):
    """What the frame shows of a draft."""

    @property
    def id(self) -> int:
        """The draft's number in addresses."""
        ...

    @property
    def title(self) -> str:
        """The course's title, as last read."""
        ...


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the open course."""

    words: str
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Studio:
    """What stands around every page of an open course."""

    title: str
    href: str
    state: str  # in words: Draft · 2 problems; empty where a page does not know
    tabs: tuple[Tab, ...]


@dataclass(frozen=True, kw_only=True)
class StudioPage(Page):
    """A page of the Studio. `studio` is None where no course is open."""

    wide: ClassVar[bool] = True
    studio: Studio | None = None


def address(draft: OpenDraft, below: str = "") -> str:
    """Give the address of a draft, or of a page below it: `address(draft, "/publish")`."""
    return f"/author/courses/{draft.id}{below}"


def studio(draft: OpenDraft, *, here: str, state: str = "") -> Studio:
    """Give the frame of an open course; `here` is the tab the page belongs to, by its name in TABS."""
    tabs = tuple(Tab(words, address(draft, below), name == here) for name, words, below in TABS)
    return Studio(draft.title, address(draft), state, tabs)
