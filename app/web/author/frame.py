"""The frame of the Studio: which course is open, how it stands, and the tabs that lead to its other pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.identity.people import Person
from app.kit import time_zones
from app.library.drafts import Draft
from app.request import Sent
from app.web.render import Page

COURSE = "/author/courses/{draft_id}"  # what every address of an open course begins with
TABS = (
    ("files", "Files", ""),
    ("preview", "Preview", "/preview/"),
    ("problems", "Problems", "/problems"),
    ("publish", "Review and publish", "/publish"),
    ("questions", "Questions", "/questions"),
    ("evidence", "Evidence", "/evidence"),
    ("results", "Results", "/results"),
    ("reports", "Reports", "/reports"),
    ("evaluations", "Evaluations", "/evaluations"),
)
FOR_REVIEWERS = {"preview", "publish"}  # what is open to somebody who reads a course and does not write it


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
    href: str  # where its title leads
    state: str  # in words: Draft · 2 problems; empty where a page does not know
    tabs: tuple[Tab, ...]


@dataclass(frozen=True, kw_only=True)
class StudioPage(Page):
    """A page of the Studio. `studio` is None where no course is open."""

    wide: ClassVar[bool] = True
    studio: Studio | None = None


def address(draft: Draft, below: str = "") -> str:
    """Give the address of a draft, or of a page below it: `address(draft, "/publish")`."""
    return f"/author/courses/{draft.id}{below}"


def studio(draft: Draft, *, here: str, state: str = "", writes: bool = True) -> Studio:
    """Give the frame of an open course; `here` is the tab the page belongs to, by its name in TABS.

    Somebody who reviews a course and does not write it (`writes=False`) gets the tabs that are open to her.
    """
    open_tabs = (tab for tab in TABS if writes or tab[0] in FOR_REVIEWERS)
    tabs = tuple(Tab(words, address(draft, below), name == here) for name, words, below in open_tabs)
    return Studio(draft.title, address(draft) if writes else tabs[0].href, state, tabs)


def moment(at: datetime, person: Person, *, now: datetime) -> str:
    """Say when something was: 10:42 AM, or November 19, 2026, 10:42 AM if that was not today."""
    zone = time_zones.zone(person.time_zone)
    local = at.astimezone(zone)
    clock = time_zones.clock_time(local)
    return clock if local.date() == now.astimezone(zone).date() else f"{time_zones.date_in_words(local)}, {clock}"


def seen(form: Sent) -> int:
    """Give the version of a file that a page showed; -1, which no file has, where the form was tampered with."""
    written = form.text("revision")
    return int(written) if re.fullmatch(r"[0-9]{1,9}", written) else -1
