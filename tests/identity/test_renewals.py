"""Renewal dates as a calendar: any calendar program reads it, and it speaks up while there is still time."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
from cast import NOON
from hypothesis import given
from hypothesis import strategies as st

from app.identity import renewals
from app.identity.licenses import License

HOST = "ce.example.org"


def license_(number: int = 1, *, state: str = "NY", kind: str = "LCSW", renews_on: date | None = None) -> License:
    return License(
        id=number, person_id=1, state=state, type=kind, number="081234-1", confirmed_at=NOON, renews_on=renews_on
    )


def events(*licenses: License) -> list[icalendar.Event]:
    """Read the calendar as another program would."""
    made = renewals.calendar(licenses, host=HOST, now=NOON)
    return icalendar.Calendar.from_ical(made).walk("VEVENT")


def test_a_license_is_an_event_of_a_whole_day_with_three_alarms():
    (event,) = events(license_(renews_on=date(2027, 6, 30)))
    assert event["DTSTART"].dt == date(2027, 6, 30)
    assert "VALUE=DATE" in event["DTSTART"].to_ical().decode() or event["DTSTART"].params["VALUE"] == "DATE"
    assert str(event["SUMMARY"]) == "NY LCSW license renewal"
    alarms = event.walk("VALARM")
    assert [alarm["TRIGGER"].dt for alarm in alarms] == [timedelta(days=-days) for days in (90, 30, 9)]
    assert all(str(alarm["ACTION"]) == "DISPLAY" and str(alarm["DESCRIPTION"]) for alarm in alarms)


def test_a_license_whose_date_is_not_known_is_left_out():
    known, unknown = license_(1, renews_on=date(2027, 6, 30)), license_(2, state="NJ")
    assert [str(event["UID"]) for event in events(known, unknown)] == ["renewal-1@ce.example.org"]


def test_no_dates_are_a_calendar_with_nothing_in_it():
    calendar = icalendar.Calendar.from_ical(renewals.calendar((), host=HOST, now=NOON))
    assert (str(calendar["VERSION"]), calendar.walk("VEVENT")) == ("2.0", [])


def test_an_event_keeps_its_identity_when_its_date_moves():
    (before,) = events(license_(renews_on=date(2027, 6, 30)))
    (after,) = events(license_(renews_on=date(2027, 7, 31)))
    assert before["UID"] == after["UID"]
    assert before["DTSTART"].dt != after["DTSTART"].dt


def test_the_license_number_stays_out_of_calendars_that_others_may_see():
    assert b"081234" not in renewals.calendar([license_(renews_on=date(2027, 6, 30))], host=HOST, now=NOON)


@given(
    st.lists(
        st.tuples(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.text("ABCSW .,;\\()/-", min_size=1, max_size=40)),
        max_size=5,
    )
)
def test_whatever_a_license_is_called_the_file_is_read_back_as_it_was_meant(told):
    mine = [license_(number, kind=kind, renews_on=day) for number, (day, kind) in enumerate(told, 1)]
    read_back = events(*mine)
    assert [(event["DTSTART"].dt, str(event["SUMMARY"])) for event in read_back] == [
        (day, f"NY {kind} license renewal") for day, kind in told
    ]
    assert all(len(event.walk("VALARM")) == 3 for event in read_back)


@given(st.integers(1, 200).map(lambda length: "L" * length))
def test_every_line_is_as_short_as_the_format_asks(kind):
    made = renewals.calendar([license_(kind=kind, renews_on=date(2027, 6, 30))], host=HOST, now=NOON)
    assert made.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
