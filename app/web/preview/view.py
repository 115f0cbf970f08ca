"""What is on view: a course as it can be read now, where its preview stands, and where its mistakes are mended."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.content import reader
from app.content.course import Course, Problem, Reading
from app.content.folder import Shelf
from app.kit.errors import Conflict
from app.library.provider import Provider

KEPT = 8  # readings: two authors at work, and what they look back at


class NothingToShow(Conflict):
    """The course has errors, and there was no version of it without."""

    title = "There is nothing to show yet"
    message = "The course cannot be shown while it has errors. Mend them one by one; the page then appears by itself."


@dataclass(frozen=True, slots=True, kw_only=True)
class OnView:
    """A course on view. Every address of its pages begins with `at`."""

    at: str  # without a slash at its end: /author/courses/3/preview
    shelf: Shelf
    reading: Reading
    course: Course | None  # what is shown: the newest version that could be read
    provider: Provider = field(default_factory=Provider)
    label: str = ""  # the folder as typed: what the path of every problem begins with
    remark: str = ""  # a sentence on why the page is not the newest; empty where it is
    now: datetime
    changes: str = ""  # where a browser hears of changes; empty where somebody else tells it
    back: tuple[str, str] | None = None  # address and words of the way out
    edit: Callable[[str, int], str] | None = None  # the address at which a line of a file is mended

    @property
    def site(self) -> str:
        """What stands before the addresses of the pages that learners see."""
        return site_of(self.at)

    @property
    def shown(self) -> Course:
        """The course that is shown, or raise `NothingToShow`."""
        if self.course is None:
            raise NothingToShow
        return self.course

    def file_of(self, problem: Problem) -> str:
        """Name the file of a problem within its course."""
        return problem.path.removeprefix(f"{self.label.rstrip('/')}/") if self.label else problem.path

    def mend_at(self, name: str, line: int) -> str:
        """Give the address of a line of a file: where it is mended, or else where it can be seen."""
        return self.edit(name, line) if self.edit else f"{self.at}/source/{name}#L{line}"


def site_of(at: str) -> str:
    """Give what stands before the addresses of learners' pages in the preview at this address."""
    return f"{at}/page"


def look(
    shelf: Shelf,
    *,
    at: str,
    provider: Provider,
    now: datetime,
    back: tuple[str, str] | None = None,
    edit: Callable[[str, int], str] | None = None,
) -> OnView:
    """Put a course on view as it stands on its shelf. What was read before is not read again."""
    reading = _READINGS.of(shelf, site=site_of(at), today=now.date())
    return OnView(
        at=at,
        shelf=shelf,
        reading=reading,
        course=reading.course,
        provider=provider,
        now=now,
        back=back,
        edit=edit,
    )


class _Readings:
    """The last few readings, by what was read: most pages of a preview are of the same text as the one before."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, date], Reading] = OrderedDict()
        self._turn = threading.Lock()

    def of(self, shelf: Shelf, *, site: str, today: date) -> Reading:
        """Give the reading of a shelf."""
        key = (reader.content_hash(shelf), site, today)
        with self._turn:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        reading = reader.read(shelf, today=today, label="", site=site)
        with self._turn:
            self._kept[key] = reading
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return reading


_READINGS = _Readings()
