"""The words of a certificate and of a transcript: hours, dates and formats as a board's clerk reads them.

The page on screen and the PDF take their words from here, so that they say the same thing in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.awards.facts import HOURS_UNIT
from app.awards.transcripts import Entry, Transcript
from app.content.course import HourType
from app.kit import time_zones

DEMONSTRATION = "Demonstration — not valid for credit"
SAMPLE = "Sample: not a certificate"
KEEP = "Keep this certificate for at least 7 years: a board may ask for it after you renew."
WARNING = "A false or altered certificate can cost a license. Anyone may check this one at the address above."

_DELIVERY = {
    "reading": "Self-study online: reading",
    "recorded": "Self-study online: recorded presentation",
    "live-webinar": "Live interactive webinar",
    "in-person": "Live, in person",
}
_HOUR_TYPES = {"cultural-competence": "cultural competence"}
_REPLACED = {"reissued": "re-issued"}
_FRACTIONS = {Decimal("0.25"): "one quarter", Decimal("0.5"): "one half", Decimal("0.75"): "three quarters"}
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

# The names that licensees use for their clocks. Elsewhere the offset from UTC says it without a name to look up.
_ZONES = {
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
    "CST": "Central Standard Time",
    "CDT": "Central Daylight Time",
    "MST": "Mountain Standard Time",
    "MDT": "Mountain Daylight Time",
    "PST": "Pacific Standard Time",
    "PDT": "Pacific Daylight Time",
    "AKST": "Alaska Standard Time",
    "AKDT": "Alaska Daylight Time",
    "HST": "Hawaii-Aleutian Standard Time",
    "HDT": "Hawaii-Aleutian Daylight Time",
    "AST": "Atlantic Standard Time",
    "ADT": "Atlantic Daylight Time",
    "NST": "Newfoundland Standard Time",
    "NDT": "Newfoundland Daylight Time",
    "SST": "Samoa Standard Time",
    "ChST": "Chamorro Standard Time",
    "UTC": "Coordinated Universal Time",
}
_NORTH_AMERICAN = ("America/", "US/", "Canada/", "Pacific/Honolulu", "Pacific/Pago_Pago", "Pacific/Guam")
_ELSEWHERE = ("America/Havana",)  # its CST is Cuba's


def hours(amount: Decimal, hour_type: str) -> str:
    """Say contact hours of one type in words and figures: “One half (0.5) contact hour, ethics”."""
    unit = "contact hour" if amount <= 1 else "contact hours"
    return f"{_in_words(amount).capitalize()} ({figures(amount)}) {unit}, {hour_kind(hour_type)}"


def total(amount: Decimal) -> str:
    """Say contact hours of all types together, with what an hour is: “2.5 contact hours (60 minutes)”."""
    unit = HOURS_UNIT.replace("hours", "hour", 1) if amount == 1 else HOURS_UNIT
    return f"{figures(amount)} {unit}"


def figures(amount: Decimal) -> str:
    """Write an amount of hours without idle zeros: 0.5, 1, 20."""
    return f"{amount.normalize():f}"


def hours_in_short(credit_hours: Mapping[str, str]) -> tuple[str, ...]:
    """Say the contact hours of one certificate by type, in figures: “0.5 ethics”."""
    return tuple(f"{figures(amount)} {hour_kind(kind)}" for kind, amount in in_order(credit_hours))


def in_order(credit_hours: Mapping[str, str] | Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """Order hours as the house names their types, so that a record read back reads as it did before."""
    return [(kind, Decimal(credit_hours[kind])) for kind in sorted(credit_hours, key=_rank)]


def hour_kind(hour_type: str) -> str:
    """Name a type of contact hour."""
    return _HOUR_TYPES.get(hour_type, hour_type)


def delivery(form: str) -> str:
    """Name the delivery format in the words boards sort by: self-study, live interactive, in person."""
    return _DELIVERY.get(form, form)


def location(form: str) -> str:
    """Say where the course was taken."""
    return "In person" if form == "in-person" else "Online"


def day(at: datetime, time_zone: str) -> str:
    """Write the date on her calendar, in words and as no reader can mistake it: “November 20, 2026 (2026-11-20)”."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{time_zones.date_in_words(local)} ({local.date().isoformat()})"


def sealed(verify_url: str) -> str:
    """Say that the file proves itself, and where: “… verify the file itself at https://ce.example.org/verify”."""
    return f"Digitally sealed: verify the file itself at {verify_url.rpartition('/v/')[0]}/verify"


def replaced(number_in_groups: str, why: str) -> str:
    """Name the certificate that this one stands for now, and why: “4CKT-9M2Q-XW7H-B3ND-E5RV (corrected)”."""
    return f"{number_in_groups} ({_REPLACED.get(why, why)})" if why else number_in_groups


def standing(transcript: Transcript, entry: Entry) -> str:
    """Say how a certificate stands, and whether a transcript counts it."""
    if entry.revoked:
        return "Revoked – does not count"
    if entry.demonstration:
        return "Demonstration" if transcript.counts(entry) else "Demonstration – does not count"
    return "Valid"


def date_in_words(on: date) -> str:
    """Write a date of a calendar: “November 20, 2026”."""
    return time_zones.date_in_words(datetime.combine(on, time.min))


def period(since: date | None, until: date | None) -> str:
    """Say which days a transcript covers, both ends included: “November 1, 2026, to November 30, 2026”."""
    if since and until:
        return f"{date_in_words(since)}, to {date_in_words(until)}"
    if since:
        return f"From {date_in_words(since)} on"
    return f"Up to {date_in_words(until)}" if until else "All certificates to date"


def time_of_day(at: datetime, time_zone: str) -> str:
    """Write the time on her clock, and name the clock: “10:42 PM, Eastern Standard Time (America/New_York)”."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{time_zones.clock_time(local)}, {clock(local)}"


def clock(local: datetime) -> str:
    """Name the clock a local time was read from: “Eastern Standard Time (America/New_York)”."""
    key = str(local.tzinfo)
    known = key == "UTC" or (key.startswith(_NORTH_AMERICAN) and key not in _ELSEWHERE)
    name = _ZONES.get(local.tzname() or "") if known else None
    return f"{name or _offset(local)} ({key})"


def _rank(hour_type: str) -> tuple[int, str]:
    kinds = [kind.value for kind in HourType]
    return kinds.index(hour_type) if hour_type in kinds else len(kinds), hour_type


def _offset(local: datetime) -> str:
    offset = local.utcoffset() or timedelta()
    hours_off, minutes_off = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{'−' if offset < timedelta() else '+'}{hours_off:02}:{minutes_off:02}"


def _in_words(amount: Decimal) -> str:
    whole, part = divmod(amount, 1)
    if not part:
        return _count(int(whole))
    if part not in _FRACTIONS:
        return f"{_count(int(whole))} point {' '.join(_UNITS[int(digit)] for digit in figures(part)[2:])}"
    return f"{_count(int(whole))} and {_FRACTIONS[part]}" if whole else _FRACTIONS[part]


def _count(number: int) -> str:
    """Count in words up to 999: more hours than any course gives."""
    hundreds, rest = divmod(number, 100)
    words = [f"{_UNITS[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        words.append(_below_hundred(rest))
    return " ".join(words)


def _below_hundred(number: int) -> str:
    tens, units = divmod(number, 10)
    if tens < 2:
        return (_UNITS + _TEENS)[number]
    return f"{_TENS[tens]}-{_UNITS[units]}" if units else _TENS[tens]
