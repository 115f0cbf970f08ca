"""The author's desk: everything that is at hand while the texts of one course are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.content import captions
from app.content import folder as folders
from app.content.course import Reference
from app.content.findings import Findings, Place
from app.content.folder import Folder, Source
from app.content.media import Library
from app.content.spelling import did_you_mean


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A link to a heading, to be checked when every heading is known."""

    findings: Findings
    place: Place
    target: str
    heading: str


@dataclass(slots=True)
class Desk:
    """One course being read. `references` and `objectives` are None where course.md does not say."""

    folder: Folder
    library: Library
    today: date
    site: str = ""  # what stands before the addresses of the course's own pages
    code: str = ""
    language: str = "en"
    references: dict[str, Reference] | None = None
    objectives: int | None = None
    cited: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)  # of questions, in the whole course
    sources: dict[str, Source] = field(default_factory=dict)
    transcripts: dict[str, str] = field(default_factory=dict)
    headings: dict[str, set[str]] = field(default_factory=dict)
    wanted: list[_Wanted] = field(default_factory=list)

    def source(self, name: str) -> Source:
        """Read a file, once."""
        if name not in self.sources:
            self.sources[name] = folders.source(self.folder, name)
        return self.sources[name]

    def captions(self, name: str) -> str:
        """Give the address of captions, and see that a player can read them; nothing if there are none."""
        if name not in self.library:
            return ""
        seen = name in self.sources
        source = self.source(name)
        if source.readable and not seen:
            captions.inspect(source.written, source.findings)
        return self.library.address(name)

    def want_heading(self, findings: Findings, place: Place, *, target: str, heading: str) -> None:
        """Remember a link to a heading."""
        self.wanted.append(_Wanted(findings, place, target, heading))

    def check_headings(self) -> None:
        """Report the links to headings that are not there."""
        for want in self.wanted:
            unread = want.target not in self.headings and any(m.name == want.target for m in self.folder.modules)
            if not unread and want.heading not in self.headings.get(want.target, set()):
                want.findings.add(
                    "bad-link",
                    want.place,
                    f"There is no heading “#{want.heading}” in {want.target}.",
                    near_heading(want.heading, self.headings.get(want.target, set())),
                )


def near_heading(heading: str, headings: set[str]) -> str:
    """Suggest the heading that was meant."""
    return did_you_mean(heading, sorted(headings)) or "Name a heading of that text in small letters with hyphens."
