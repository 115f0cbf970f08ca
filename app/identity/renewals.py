"""Renewal dates as a calendar file (iCalendar, RFC 5545), with alarms while there is still time to act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.identity.licenses import License

if TYPE_CHECKING:
    from icalendar import Alarm, Event

ALARM_DAYS = (90, 30, 9)  # before the date: time to plan, time to study, time to finish


def calendar(licenses: Sequence[License], *, host: str, now: datetime) -> bytes:
    """Give a calendar with an all-day event for each license whose renewal date is known.

    An event keeps its identity from one download to the next, so importing the file again moves it.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Continua//Renewal dates//EN")
    made.add("version", "2.0")
    for license_ in licenses:
        if license_.renews_on is not None:
            made.add_component(_event(license_, host=host, now=now))
    return bytes(made.to_ical())


def _event(license_: License, *, host: str, now: datetime) -> Event:
    from icalendar import Event

    name = f"{license_.state} {license_.type}"
    event = Event()
    event.add("uid", f"renewal-{license_.id}@{host}")
    event.add("dtstamp", now)
    event.add("dtstart", license_.renews_on)
    event.add("summary", f"{name} license renewal")
    event.add("description", f"Your {name} license is due for renewal. Check the date and the hours with your board.")
    event.add("transp", "TRANSPARENT")
    for days in ALARM_DAYS:
        event.add_component(_alarm(name, days))
    return event


def _alarm(name: str, days: int) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{name} license renewal in {days} days")
    alarm.add("trigger", timedelta(days=-days))
    return alarm
