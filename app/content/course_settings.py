"""course.md: what boards ask a provider to say about a course, and what rules its exam."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.content import credit_settings, fields, plain_values, references, settings
from app.content.course import Delivery, Instructor
from app.content.credit_settings import Credit
from app.content.fields import Fields
from app.content.findings import Findings, Place
from app.content.settings import Block, Entry, Value

KNOWN = (
    "code",
    "title",
    "summary",
    "level",
    "format",
    "language",
    "audience",
    "objectives",
    "credit",
    "pass",
    "attempts",
    "minimum_minutes",
    "instructors",
    "ethics_areas",
    "references",
    "reviewed_on",
    "review_due",
    "waive",
)
INSTRUCTOR = ("name", "credentials", "bio", "disclosure")
FEWEST_OBJECTIVES = 3  # NASW CE approval: at least three learning objectives
UNLIMITED = "unlimited"
CODE = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")


class Level(StrEnum):
    """Whom a course is written for; ACE asks every course to say."""

    BEGINNING = "beginning"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True)
class Listed:
    """A text of a list, and where it stands: an objective, a reference."""

    text: str
    place: Place
    name: str = ""


@dataclass(frozen=True, slots=True)
class CourseSettings:
    """The settings of a course; what could not be read is None or empty, and reported."""

    code: str = ""
    code_place: Place = field(default_factory=Place)
    title: str = ""
    summary: str = ""
    level: str = ""
    format: Delivery | None = None
    language: str = "en"
    audience: str = ""
    objectives: tuple[Listed, ...] | None = None
    credit: Credit = field(default_factory=Credit)
    pass_mark: int | None = None
    attempts: int | None = None
    minimum_minutes: int = 0
    instructors: tuple[Instructor, ...] = ()
    ethics_areas: dict[str, int] = field(default_factory=dict)
    references: tuple[Listed, ...] | None = None
    reviewed_on: date | None = None
    review_due: date | None = None
    sets: frozenset[str] = frozenset()  # which settings course.md makes itself


def read(lines: list[str], findings: Findings, *, today: date, step: Decimal) -> tuple[CourseSettings, Block]:
    """Read the settings of course.md."""
    block = settings.split(lines, findings, texts=plain_values.COURSE)
    if block.broken:
        return CourseSettings(), block
    if not block.root.entries:
        findings.add(
            "missing-setting",
            block.closing,
            "course.md has no settings.",
            "Begin it with ---, then lines such as “title: …”, then --- again.",
        )
        return CourseSettings(), block
    reader = _Reader(block, findings, today=today, step=step)
    return reader.settings(), block


class _Reader:
    def __init__(self, block: Block, findings: Findings, *, today: date, step: Decimal) -> None:
        self._fields = Fields(block.root, findings, known=KNOWN, missing_at=block.closing)
        self._block = block
        self._findings = findings
        self._today = today
        self._step = step

    def settings(self) -> CourseSettings:
        get = self._fields
        fields.waive(get, self._findings)
        code = get.need("code")
        credit = credit_settings.read(get, self._findings, step=self._step)
        return CourseSettings(
            code=self._code(code),
            code_place=code.value.place if code else Place(),
            title=get.text(get.need("title")),
            summary=get.text(get.need("summary")),
            level=str(get.choice(get.need("level"), Level) or ""),
            format=get.choice(get.need("format"), Delivery),
            language=self._language(get.need("language")),
            audience=get.text(get.need("audience")),
            objectives=self._objectives(get.need("objectives")),
            credit=credit,
            pass_mark=get.whole(get.need("pass"), least=1, most=100),
            attempts=attempts(get, get.entry("attempts")),
            minimum_minutes=get.whole(get.entry("minimum_minutes"), least=0, most=100_000) or 0,
            instructors=self._instructors(get.need("instructors")),
            ethics_areas=credit_settings.areas(get, self._findings, credit, missing_at=self._block.closing),
            references=self._references(get.entry("references")),
            reviewed_on=get.day(get.need("reviewed_on")),
            review_due=self._review_due(get.need("review_due")),
            sets=frozenset(entry.name for entry in self._block.root.entries or () if not entry.value.empty),
        )

    def _code(self, entry: Entry | None) -> str:
        code = self._fields.text(entry)
        if entry and code and not CODE.fullmatch(code):
            self._fields.bad(
                entry.value.place,
                f"“{code}” cannot be the code of a course.",
                "Use small letters a to z, digits and hyphens: ethics-of-technology",
            )
        return code

    def _language(self, entry: Entry | None) -> str:
        language = self._fields.text(entry)
        if entry and language and not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", language):
            self._fields.bad(entry.value.place, f"“{language}” is no language code.", "Write en, es, fr and so on.")
            return "en"
        return language or "en"

    def _objectives(self, entry: Entry | None) -> tuple[Listed, ...] | None:
        if entry is None or entry.value.items is None:
            self._fields.items(entry)
            return None
        found = self._texts(entry.value.items, "An objective")
        if len(entry.value.items) < FEWEST_OBJECTIVES:
            self._findings.add(
                "too-few-objectives",
                entry.place,
                f"This course has {len(found)} of the {FEWEST_OBJECTIVES} learning objectives it needs.",
                "Say what a learner can do afterward, with verbs such as describe, apply, compare.",
            )
        return found

    def _texts(self, values: tuple[Value, ...], what: str) -> tuple[Listed, ...]:
        """Read texts one by one; what is wrong with one does not change the numbers of the others."""
        for value in values:
            if value.empty:
                self._findings.add(
                    "missing-setting", value.place, f"{what} says nothing.", "Write it after the hyphen."
                )
            elif not value.text:
                self._fields.bad(value.place, f"{what} is one text.", "Write it in one line after the hyphen.")
        return tuple(Listed(value.text or "", value.place) for value in values)

    def _references(self, entry: Entry | None) -> tuple[Listed, ...] | None:
        if self._fields.misspelt("references") or (entry and entry.value.entries is None):
            self._fields.names(entry)
            return None
        found = []
        for each in self._fields.names(entry):
            found.append(Listed(each.value.text or "", each.place, each.name))
            if each.value.empty:
                said, remedy = f"The reference “{each.name}” says nothing.", "Write author, year, title and address."
                self._findings.add("missing-setting", each.place, said, remedy)
            elif not each.value.text:
                self._fields.bad(each.value.place, f"The reference “{each.name}” is one text.", "Write it in one line.")
            else:
                self._age(each)
        return tuple(found)

    def _age(self, entry: Entry) -> None:
        year = references.latest_year(entry.value.text or "", until=self._today.year)
        if year is not None and self._today.year - year > references.YEARS_UNTIL_OLD:
            self._findings.add(
                "old-reference",
                entry.place,
                f"The reference “{entry.name}” is of {year}.",
                "Cite something of the last ten years, or waive this with your reason.",
            )

    def _instructors(self, entry: Entry | None) -> tuple[Instructor, ...]:
        found = []
        for value in self._fields.items(entry):
            if value.entries is None:
                self._fields.bad(
                    value.place,
                    "An instructor has a name, credentials and a disclosure.",
                    "Write - name: …, and below it, indented, credentials: … and disclosure: …",
                )
            else:
                found.append(self._instructor(value))
        return tuple(found)

    def _instructor(self, value: Value) -> Instructor:
        get = Fields(value, self._findings, known=INSTRUCTOR, missing_at=value.place)
        return Instructor(
            name=get.text(get.need("name")),
            credentials=get.text(get.need("credentials")),
            disclosure=get.text(
                get.need(
                    "disclosure",
                    rule="missing-disclosure",
                    remedy="Write “disclosure: No commercial support or conflict of interest.”, or what there is.",
                )
            ),
            bio=get.text(get.entry("bio")),
        )

    def _review_due(self, entry: Entry | None) -> date | None:
        due = self._fields.day(entry)
        if entry and due and due < self._today:
            self._findings.add(
                "review-overdue",
                entry.value.place,
                f"This course was to be reviewed by {due}.",
                "Review it, then set reviewed_on and review_due anew.",
            )
        return due


def attempts(get: Fields, entry: Entry | None) -> int | None:
    """Read how often the exam may be taken; nothing means as often as one likes."""
    if entry is None or entry.value.text == UNLIMITED:
        return None
    number = fields.whole(entry.value)
    if number is None or not 1 <= number <= 1000:
        get.bad(
            entry.value.place,
            f"“attempts” cannot be “{fields.shown(entry.value)}”.",
            f"Write “{UNLIMITED}” or a number from 1.",
        )
        return None
    return number
