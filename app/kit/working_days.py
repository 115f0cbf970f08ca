"""Working days: Monday to Friday without the federal holidays of the United States. Pure.

A clock of so many working days begins the day after somebody asked: five working days from a Monday end on the next
Monday. The holidays are those of 5 U.S.C. §6103; one on a Saturday is kept on the Friday before, one on a Sunday on
the Monday after (Executive Order 11582), as federal offices do. Dates are told on the clock of the East coast, where
a day ends first: elsewhere in the country nobody has a day less than this.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("America/New_York")
MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
DAY = timedelta(days=1)


def on_calendar(at: datetime) -> date:
    """Give the date of an instant on the calendar of the office."""
    return at.astimezone(OFFICE_ZONE).date()


def after(asked_on: date, days: int) -> date:
    """Give the day on which so many working days are over; the day itself does not count."""
    day = asked_on
    while days:
        day += DAY
        days -= is_working_day(day)
    return day


def left(today: date, due_on: date) -> int:
    """Count the working days from today until a day; less than none once it is over."""
    if today > due_on:
        return -_between(due_on, today)
    return _between(today, due_on)


def _between(first: date, last: date) -> int:
    return sum(is_working_day(first + n * DAY) for n in range(1, (last - first).days + 1))


def is_working_day(day: date) -> bool:
    """Say whether an office works on a day."""
    return day.weekday() < SATURDAY and day not in holidays(day.year) | holidays(day.year + 1)


def holidays(year: int) -> frozenset[date]:
    """Give the days on which the federal holidays of a year are kept; New Year's may be kept the year before."""
    on_a_date = (date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25))
    on_a_weekday = (
        _nth(year, 1, MONDAY, 3),  # Martin Luther King, Jr.
        _nth(year, 2, MONDAY, 3),  # Washington's Birthday
        _nth(year, 6, MONDAY, 1) - timedelta(days=7),  # Memorial Day, the last Monday in May
        _nth(year, 9, MONDAY, 1),  # Labor Day
        _nth(year, 10, MONDAY, 2),  # Columbus Day
        _nth(year, 11, THURSDAY, 4),  # Thanksgiving
    )
    return frozenset(_kept(day) for day in on_a_date) | frozenset(on_a_weekday)


def _kept(day: date) -> date:
    return day + {SATURDAY: -DAY, SUNDAY: DAY}.get(day.weekday(), timedelta(0))


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
