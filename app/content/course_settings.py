"""course.md: what boards ask a provider to say about a course, and what rules its exam."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.content import credit_hours, fields, plain_values, references, settings
from app.content.course import Delivery, HourType, Instructor, Method
from app.content.fields import Fields
from app.content.findings import Findings, Place
from app.content.settings import Block, Entry, Value
from app.content.spelling import did_you_mean

KNOWN = ("code", "title", "summary", "level", "format", "language", "audience", "objectives", "credit", "pass",
         "attempts", "minimum_minutes", "instructors", "ethics_areas", "references", "reviewed_on", "review_due",
         "waive")  # fmt: skip
CREDIT = ("method", "difficulty", "minutes", "hours")
INSTRUCTOR = ("name", "credentials", "bio", "disclosure")
AREAS = "ABCDEFGH"  # ASWB ACE: the content areas among which ethics courses divide
FEWEST_OBJECTIVES = 3  # NASW CE approval: at least three learning objectives
UNLIMITED = "unlimited"


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
class Credit:
    """What is claimed, and what it is computed from as far as course.md says."""

    method: Method | None = None
    difficulty: int | None = None
    minutes: Fraction | None = None  # None: the sum of the modules' minutes
    hours: dict[HourType, Decimal] = field(default_factory=dict)
    hours_place: Place | None = None  # None where the claim cannot be judged


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
        findings.add("missing-setting", block.closing, "course.md has no settings.",
                     "Begin it with ---, then lines such as “title: …”, then --- again.")  # fmt: skip
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
        credit = self._credit(get.need("credit"))
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
            ethics_areas=self._areas(get.entry("ethics_areas"), credit),
            references=self._references(get.entry("references")),
            reviewed_on=get.day(get.need("reviewed_on")),
            review_due=self._review_due(get.need("review_due")),
            sets=frozenset(entry.name for entry in self._block.root.entries or () if not entry.value.empty),
        )

    def _code(self, entry: Entry | None) -> str:
        code = self._fields.text(entry)
        if entry and code and not re.fullmatch(r"[a-z0-9]+(?:-+[a-z0-9]+)*", code):
            self._fields.bad(entry.value.place, f"“{code}” cannot be the code of a course.",
                             "Use small letters a to z, digits and hyphens: ethics-of-technology")  # fmt: skip
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
        if len(found) < FEWEST_OBJECTIVES:
            self._findings.add("too-few-objectives", entry.place, f"This course has {len(found)} of the "
                               f"{FEWEST_OBJECTIVES} learning objectives it needs.",
                               "Say what a learner can do afterward, with verbs such as describe, apply, compare.")  # fmt: skip
        return found

    def _texts(self, values: tuple[Value, ...], what: str) -> tuple[Listed, ...]:
        for value in values:
            if not value.text:
                self._fields.bad(value.place, f"{what} is one text.", "Write it in one line after the hyphen.")
        return tuple(Listed(value.text, value.place) for value in values if value.text)

    def _references(self, entry: Entry | None) -> tuple[Listed, ...] | None:
        found = []
        for each in self._fields.names(entry):
            if each.value.text:
                found.append(Listed(each.value.text, each.place, each.name))
                self._age(each)
            else:
                self._fields.bad(each.place, f"The reference “{each.name}” says nothing.",
                                 "Write author, year, title and address after the colon.")  # fmt: skip
        return tuple(found)

    def _age(self, entry: Entry) -> None:
        year = references.latest_year(entry.value.text or "", until=self._today.year)
        if year is not None and self._today.year - year > references.YEARS_UNTIL_OLD:
            self._findings.add("old-reference", entry.place, f"The reference “{entry.name}” is of {year}.",
                               "Cite something of the last ten years, or waive this with your reason.")  # fmt: skip

    def _instructors(self, entry: Entry | None) -> tuple[Instructor, ...]:
        found = []
        for value in self._fields.items(entry):
            if value.entries is None:
                self._fields.bad(value.place, "An instructor has a name, credentials and a disclosure.",
                                 "Write - name: …, and below it, indented, credentials: … and disclosure: …")  # fmt: skip
            else:
                found.append(self._instructor(value))
        return tuple(found)

    def _instructor(self, value: Value) -> Instructor:
        get = Fields(value, self._findings, known=INSTRUCTOR, missing_at=value.place)
        return Instructor(
            name=get.text(get.need("name")),
            credentials=get.text(get.need("credentials")),
            disclosure=get.text(get.need(
                "disclosure", rule="missing-disclosure",
                remedy="Write “disclosure: No commercial support or conflict of interest.”, or what there is.",
            )),
            bio=get.text(get.entry("bio")),
        )  # fmt: skip

    def _review_due(self, entry: Entry | None) -> date | None:
        due = self._fields.day(entry)
        if entry and due and due < self._today:
            self._findings.add("review-overdue", entry.value.place, f"This course was to be reviewed by {due}.",
                               "Review it, then set reviewed_on and review_due anew.")  # fmt: skip
        return due

    def _credit(self, entry: Entry | None) -> Credit:
        if entry is None:
            return Credit()
        if entry.value.entries is None:
            self._fields.names(entry)
            return Credit()
        get = Fields(entry.value, self._findings, known=CREDIT, missing_at=entry.place)
        method = get.choice(get.need("method"), Method)
        difficult = get.need("difficulty") if method is Method.MERGENER else get.entry("difficulty")
        difficulty = get.whole(difficult, least=credit_hours.EASIEST, most=credit_hours.HARDEST)
        hours_entry = get.need("hours")
        hours = self._hours(get, hours_entry)
        judged = hours_entry is not None and bool(hours) and not (method is Method.MERGENER and difficulty is None)
        return Credit(method, difficulty, self._minutes(get), hours, hours_entry.place if judged and hours_entry else None)

    def _minutes(self, get: Fields) -> Fraction | None:
        entry = get.entry("minutes")
        minutes = fields.decimal(entry.value) if entry else None
        if entry and minutes is None:
            get.bad(entry.value.place, f"“minutes” cannot be “{fields.shown(entry.value)}”.", "Write a number: 45")
        return Fraction(minutes) if minutes is not None else None

    def _hours(self, get: Fields, entry: Entry | None) -> dict[HourType, Decimal]:
        """Read the hours claimed; an empty answer if any of them is no claim."""
        hours: dict[HourType, Decimal] = {}
        wrong = False
        for each in get.names(entry):
            number = fields.decimal(each.value)
            if each.name not in list(HourType):
                wrong = True
                get.bad(each.place, f"There is no type of hour “{each.name}”.",
                        f"{did_you_mean(each.name, list(HourType))} The types are {', '.join(HourType)}.")  # fmt: skip
            elif number is None or not credit_hours.may_be_claimed(number, step=self._step):
                wrong = True
                get.bad(entry.place if entry else each.place,
                        f"{each.name} hours cannot be “{fields.shown(each.value)}”.",
                        f"Claim {self._step} hours, or a multiple of it.")  # fmt: skip
            else:
                hours[HourType(each.name)] = number
        return {} if wrong else hours

    def _areas(self, entry: Entry | None, credit: Credit) -> dict[str, int]:
        areas = {}
        wrong = False
        for each in self._fields.names(entry):
            share = fields.whole(each.value)
            if each.name not in tuple(AREAS) or share is None or share > 100:
                wrong = True
                self._fields.bad(each.place, f"“{each.name}: {fields.shown(each.value)}” is no share of an area.",
                                 "Write the letters A to H, each with a percentage.")  # fmt: skip
            else:
                areas[each.name] = share
        if not wrong and not (entry and entry.value.entries is None):
            self._judge_areas(entry, areas, ethics=HourType.ETHICS in credit.hours)
        return areas

    def _judge_areas(self, entry: Entry | None, areas: dict[str, int], *, ethics: bool) -> None:
        lacking = [area for area in AREAS if not areas.get(area)]
        if ethics and lacking:
            place = entry.place if entry else self._block.closing
            zero = entry.value.entry(lacking[0]) if entry else None
            self._findings.add("ethics-areas-missing", zero.value.place if zero else place,
                               f"Ethics hours are claimed, and there is no share for {', '.join(lacking)}.",
                               "Give the percentage of each area A to H under “ethics_areas”.")  # fmt: skip
        elif entry and sum(areas.values()) != 100:
            self._findings.add("ethics-areas-sum", entry.place, f"The areas add up to {sum(areas.values())} percent.",
                               "Change the shares so that they add up to 100.")  # fmt: skip


def attempts(get: Fields, entry: Entry | None) -> int | None:
    """Read how often the exam may be taken; nothing means as often as one likes."""
    if entry is None or entry.value.text == UNLIMITED:
        return None
    number = fields.whole(entry.value)
    if number is None or not 1 <= number <= 1000:
        get.bad(entry.value.place, f"“attempts” cannot be “{fields.shown(entry.value)}”.",
                f"Write “{UNLIMITED}” or a number from 1.")  # fmt: skip
        return None
    return number
