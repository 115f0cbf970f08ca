"""Time zones as a person picks and reads them: the United States first, then the rest of the world."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

UNITED_STATES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Mountain, no daylight saving (Arizona)",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic (Puerto Rico, U.S. Virgin Islands)",
    "Pacific/Guam": "Chamorro (Guam, Northern Mariana Islands)",
    "Pacific/Pago_Pago": "Samoa (American Samoa)",
}
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def names() -> frozenset[str]:
    """Give every zone that may be chosen: places, and none of the old abbreviations."""
    return frozenset(name for name in available_timezones() if name.split("/")[0] in REGIONS) | {"UTC"}


@cache
def choices() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Give the groups of a select: its label, and for each zone its name and what a person reads."""
    home = tuple((name, f"{label} – {city(name)}") for name, label in UNITED_STATES.items())
    rest = tuple((name, name.replace("_", " ")) for name in sorted(names() - set(UNITED_STATES)))
    return ("United States", home), ("Everywhere else", rest)


def city(zone: str) -> str:
    """Give the place a zone is named after: New York."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def title(zone: str) -> str:
    """Name a zone for a sentence: Eastern, or the place where it is not a zone of the United States."""
    if zone == "UTC":
        return "UTC"
    return UNITED_STATES.get(zone, f"{city(zone)} time").split(",")[0].split(" (")[0]


def in_words(moment: datetime, zone: str) -> str:
    """Write an instant on a zone's clock: November 20, 2026, 10:42 PM (Eastern)."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{date_in_words(local)}, {clock_time(local)} ({title(zone)})"


def date_in_words(day: datetime) -> str:
    """Write a date: November 20, 2026."""
    return f"{day:%B} {day.day}, {day.year}"


def clock_time(local: datetime) -> str:
    """Write a time of day: 10:42 PM."""
    return f"{local.hour % 12 or 12}:{local:%M %p}"


def zone(name: str | None) -> ZoneInfo:
    """Give a zone by its name, or UTC where none was chosen yet."""
    return ZoneInfo(name or "UTC")
