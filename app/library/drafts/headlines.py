"""Headlines: the code and the title that a course.md gives, read without the rest of the course."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.content import course_settings, credit_hours, folder
from app.content.course import Problem, Reading
from app.content.course_settings import CODE
from app.content.findings import Place
from app.content.folder import COURSE, Held
from app.content.sample import LONGEST_CODE


@dataclass(frozen=True, slots=True)
class Headline:
    """What a course calls itself, and where its code stands."""

    code: str = ""
    title: str = ""
    place: Place = field(default_factory=Place)

    @property
    def has_code(self) -> bool:
        """Whether the code can be an address."""
        return is_code(self.code)


def is_code(code: str) -> bool:
    """Say whether a text can be the address of a course."""
    return CODE.fullmatch(code) is not None and len(code) <= LONGEST_CODE


def read(content: bytes | None, *, today: date) -> Headline:
    """Read the headline of a course.md; what cannot be read is empty."""
    if content is None:
        return Headline()
    alone = Held({COURSE: "course"}, lambda _: content)
    source = folder.source(folder.look_into(alone), COURSE)
    found, _ = course_settings.read(list(source.written), source.findings, today=today, step=credit_hours.HALF)
    return Headline(found.code, found.title, found.code_place)


def with_code_wrong(reading: Reading, headline: Headline, *, code: str, is_published: bool) -> Reading:
    """Add the problem of a course that calls itself by a code it cannot have."""
    if is_published:
        message = f"This course is published at “{code}”, and its address stays for ever."
        rule, remedy = "bad-setting", f"Write code: {code}, or begin a new course."
    elif not headline.has_code:
        message = f"This code has {len(headline.code)} letters, and {LONGEST_CODE} is the most."
        rule, remedy = "bad-setting", "Write a shorter one."
    else:
        message = f"Another course has the code “{headline.code}”."
        rule, remedy = "duplicate-code", "Give this one a code of its own."
    place = headline.place
    problem = Problem(COURSE, place.line, place.column, "error", rule, message, remedy)
    return Reading(None, tuple(sorted((*reading.problems, problem))))
