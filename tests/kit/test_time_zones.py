"""Time zones as people choose and read them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.kit import time_zones
from app.kit.clock import system_clock


def _offered() -> list[str]:
    return [name for _, group in time_zones.choices() for name, _ in group]


def test_every_zone_on_the_list_is_there_once_and_may_be_chosen() -> None:
    assert len(_offered()) == len(set(_offered()))
    assert set(_offered()) == time_zones.names()


def test_the_zones_of_the_united_states_come_first() -> None:
    assert _offered()[0] == "America/New_York"
    assert set(time_zones.UNITED_STATES) == set(_offered()[: len(time_zones.UNITED_STATES)])


def test_every_zone_on_the_list_has_a_clock_and_a_name() -> None:
    for name in _offered():
        assert time_zones.in_words(datetime(2026, 7, 1, tzinfo=UTC), name).endswith(f"({time_zones.title(name)})")


def test_no_old_abbreviation_is_on_the_list() -> None:
    assert not {"EST", "EST5EDT", "US/Eastern", "GMT+5", "Etc/GMT+5", "localtime"} & time_zones.names()


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        ("2026-11-21T03:42:00+00:00", "America/New_York", "November 20, 2026, 10:42 PM (Eastern)"),
        ("2026-11-20T17:00:00+00:00", "America/New_York", "November 20, 2026, 12:00 PM (Eastern)"),
        ("2026-11-20T05:05:00+00:00", "America/New_York", "November 20, 2026, 12:05 AM (Eastern)"),
        ("2026-07-01T19:00:00+00:00", "America/Phoenix", "July 1, 2026, 12:00 PM (Mountain)"),
        ("2026-07-01T19:00:00+00:00", "Pacific/Guam", "July 2, 2026, 5:00 AM (Chamorro)"),
        ("2026-07-01T19:00:00+00:00", "Pacific/Auckland", "July 2, 2026, 7:00 AM (Auckland time)"),
    ],
)
def test_an_instant_is_written_as_a_person_says_it(moment: str, zone: str, words: str) -> None:
    assert time_zones.in_words(datetime.fromisoformat(moment), zone) == words


def test_whoever_chose_no_zone_reads_utc() -> None:
    assert time_zones.zone(None) == time_zones.zone("") == ZoneInfo("UTC")


def test_the_clock_of_the_house_tells_utc() -> None:
    assert system_clock().tzinfo is UTC
