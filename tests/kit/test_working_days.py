"""Working days: weekends and federal holidays do not count, nor does the day of asking."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import working_days

# The days on which federal offices were or will be closed, as the Office of Personnel Management lists them.
CLOSED = {
    2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
}


@pytest.mark.parametrize("year", CLOSED)
def test_federal_holidays_are_those_of_the_federal_calendar(year: int) -> None:
    closed = {date.fromisoformat(f"{year}-{day}") for day in CLOSED[year].split()}
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    assert {day for day in days if day.weekday() < 5 and not working_days.is_working_day(day)} == closed


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2026-11-16", 5, "2026-11-23"),  # Monday to Monday
        ("2026-11-20", 5, "2026-11-30"),  # over Thanksgiving
        ("2026-11-21", 5, "2026-11-30"),  # a Saturday is as good as the Friday before
        ("2026-11-20", 10, "2026-12-07"),
        ("2026-12-23", 5, "2026-12-31"),
        ("2021-12-30", 1, "2022-01-03"),  # New Year's of 2022 was kept on the last day of 2021
    ],
)
def test_a_clock_ends_on_its_day(asked: str, days: int, due: str) -> None:
    assert working_days.after(date.fromisoformat(asked), days) == date.fromisoformat(due)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 30))
def test_as_many_days_are_left_as_were_given_and_the_last_one_is_worked(asked: date, days: int) -> None:
    due = working_days.after(asked, days)
    assert working_days.is_working_day(due)
    assert working_days.left(asked, due) == days
    assert working_days.left(due, due) == 0


def test_a_date_is_told_on_the_clock_of_the_east_coast() -> None:
    assert working_days.on_calendar(datetime(2026, 12, 1, 3, tzinfo=UTC)) == date(2026, 11, 30)
