"""The credit block of course.md: what is claimed, by what method, and over which ethics areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from app.content import credit_hours, fields
from app.content.course import HourType, Method
from app.content.fields import Fields
from app.content.findings import Findings, Place
from app.content.settings import Entry
from app.content.spelling import did_you_mean

KNOWN = ("method", "difficulty", "minutes", "hours")
AREAS = "ABCDEFGH"  # ASWB ACE: the content areas among which ethics courses divide
WHOLE = 100  # percent
_HOURS_SUCH_AS = f"Write the hours of each type: {{general: 1.0}}. The types are {', '.join(HourType)}."


@dataclass(frozen=True, slots=True)
class Credit:
    """What is claimed, and what it is computed from as far as course.md says."""

    method: Method | None = None
    difficulty: int | None = None
    minutes: Fraction | None = None  # None: the sum of the modules' minutes
    hours: dict[HourType, Decimal] = field(default_factory=dict)
    hours_place: Place | None = None  # None where the claim cannot be judged


def read(course: Fields, findings: Findings, *, step: Decimal) -> Credit:
    """Read what is claimed."""
    entry = course.need("credit")
    if entry is None:
        return Credit()
    if entry.value.entries is None:
        course.names(entry)
        return Credit()
    get = Fields(entry.value, findings, known=KNOWN, missing_at=entry.place)
    method = get.choice(get.need("method"), Method)
    difficult = get.need("difficulty") if method is Method.MERGENER else get.entry("difficulty")
    difficulty = get.whole(difficult, least=credit_hours.EASIEST, most=credit_hours.HARDEST)
    hours_entry = get.need("hours")
    hours = _hours(get, hours_entry, step=step)
    minutes = _minutes(get)
    unread = minutes is None and (get.entry("minutes") is not None or get.misspelt("minutes"))
    lacking = unread or (method is Method.MERGENER and difficulty is None)
    place = hours_entry.place if hours_entry and hours and not lacking else None
    return Credit(method, difficulty, minutes, hours, place)


def _minutes(get: Fields) -> Fraction | None:
    entry = get.entry("minutes")
    minutes = fields.decimal(entry.value) if entry else None
    if entry and minutes is None:
        get.bad(entry.value.place, f"“minutes” cannot be “{fields.shown(entry.value)}”.", "Write a number: 45")
    return Fraction(minutes) if minutes is not None else None


def _hours(get: Fields, entry: Entry | None, *, step: Decimal) -> dict[HourType, Decimal]:
    """Read the hours claimed; an empty answer if any of them is no claim."""
    hours: dict[HourType, Decimal] = {}
    wrong = False
    for each in get.names(entry, such_as=_HOURS_SUCH_AS):
        number = fields.decimal(each.value)
        if each.name not in list(HourType):
            wrong = True
            get.bad(
                each.place,
                f"There is no type of hour “{each.name}”.",
                f"{did_you_mean(each.name, list(HourType))} The types are {', '.join(HourType)}.",
            )
        elif number is None or not credit_hours.may_be_claimed(number, step=step):
            wrong = True
            get.bad(
                entry.place if entry else each.place,
                f"“{each.name}” hours cannot be “{fields.shown(each.value)}”.",
                f"Claim {step} hours, or a multiple of it.",
            )
        else:
            hours[HourType(each.name)] = number.quantize(step)
    return {} if wrong else hours


def areas(course: Fields, findings: Findings, credit: Credit, *, missing_at: Place) -> dict[str, int]:
    """Read how the content divides over the ethics areas."""
    entry = course.entry("ethics_areas")
    shares: dict[str, int] = {}
    wrong = False
    for each in course.names(entry):
        share = fields.whole(each.value)
        if each.name not in tuple(AREAS) or share is None or share > 100:
            wrong = True
            course.bad(
                each.place,
                f"“{each.name}: {fields.shown(each.value)}” is no share of an area.",
                "Write the letters A to H, each with a percentage.",
            )
        else:
            shares[each.name] = share
    unread = entry.value.entries is None if entry else course.misspelt("ethics_areas")
    if not wrong and not unread:
        if HourType.ETHICS in credit.hours and any(not shares.get(area) for area in AREAS):
            _areas_missing(entry, shares, findings, missing_at)
        elif entry and sum(shares.values()) != WHOLE:
            findings.add(
                "ethics-areas-sum",
                entry.place,
                f"The areas add up to {sum(shares.values())} percent.",
                f"Change the shares so that they add up to {WHOLE}.",
            )
    return shares


def _areas_missing(entry: Entry | None, shares: dict[str, int], findings: Findings, missing_at: Place) -> None:
    """Report ethics hours without their areas: at a share of 0, or where a share would be added."""
    lacking = [area for area in AREAS if not shares.get(area)]
    zero = entry.value.entry(lacking[0]) if entry else None
    place = zero.value.place if zero else entry.place if entry else missing_at
    findings.add(
        "ethics-areas-missing",
        place,
        f"Ethics hours are claimed, and there is no share for {', '.join(lacking)}.",
        "Give the percentage of each area A to H under “ethics_areas”.",
    )
