"""The completion date is the one on her calendar, whatever day it is in UTC and whatever her clock did that night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cast import NOON
from hypothesis import given
from hypothesis import strategies as st
from makers import make_certificate, make_edition
from sample_facts import ANA
from sqlmodel import Session

from app import audit
from app.awards.document import sheets, wording
from app.awards.facts import NOT_APPROVED, Facts
from app.identity.people import Person
from app.kit import time_zones
from app.library import approvals

HALF_PAST_ELEVEN_AT_NIGHT = [
    # zone, her wall clock, the same instant in UTC
    ("Pacific/Honolulu", "2026-11-20T23:30-10:00", "2026-11-21T09:30Z"),
    ("America/New_York", "2026-11-20T23:30-05:00", "2026-11-21T04:30Z"),
    ("America/New_York", "2026-07-20T23:30-04:00", "2026-07-21T03:30Z"),
    ("Pacific/Auckland", "2026-11-20T23:30+13:00", "2026-11-20T10:30Z"),
    ("Pacific/Auckland", "2026-07-20T23:30+12:00", "2026-07-20T11:30Z"),
]
AFTER_MIDNIGHT = [
    ("Pacific/Honolulu", "2026-11-21T00:10-10:00", "2026-11-21T10:10Z"),
    ("America/New_York", "2026-11-21T00:10-05:00", "2026-11-21T05:10Z"),
    ("Pacific/Auckland", "2026-11-21T00:10+13:00", "2026-11-20T11:10Z"),
    ("Pacific/Kiritimati", "2026-11-21T00:10+14:00", "2026-11-20T10:10Z"),
    ("Pacific/Pago_Pago", "2026-11-20T23:50-11:00", "2026-11-21T10:50Z"),
]
CLOCKS_CHANGED = [
    # New York, spring: 2:00 becomes 3:00 on March 8; by the old offset the last one would still be March 8
    ("America/New_York", "2026-03-08T01:59-05:00", "2026-03-08T06:59Z"),
    ("America/New_York", "2026-03-08T03:00-04:00", "2026-03-08T07:00Z"),
    ("America/New_York", "2026-03-08T23:30-04:00", "2026-03-09T03:30Z"),
    ("America/New_York", "2026-03-09T00:30-04:00", "2026-03-09T04:30Z"),
    # New York, fall: 1:30 comes twice on November 1; by the old offset the last one would be November 2
    ("America/New_York", "2026-11-01T01:30-04:00", "2026-11-01T05:30Z"),
    ("America/New_York", "2026-11-01T01:30-05:00", "2026-11-01T06:30Z"),
    ("America/New_York", "2026-11-01T23:30-05:00", "2026-11-02T04:30Z"),
    # Auckland, spring and fall
    ("Pacific/Auckland", "2026-09-27T23:30+13:00", "2026-09-27T10:30Z"),
    ("Pacific/Auckland", "2026-09-28T00:15+13:00", "2026-09-27T11:15Z"),
    ("Pacific/Auckland", "2026-04-05T23:30+12:00", "2026-04-05T11:30Z"),
    # Honolulu never changes its clock
    ("Pacific/Honolulu", "2026-03-08T23:30-10:00", "2026-03-09T09:30Z"),
]


@pytest.mark.parametrize(
    ("zone", "on_her_clock", "in_utc"), [*HALF_PAST_ELEVEN_AT_NIGHT, *AFTER_MIDNIGHT, *CLOCKS_CHANGED]
)
def test_the_completion_date_is_the_date_on_her_calendar(
    db: Session, ana: Person, zone: str, on_her_clock: str, in_utc: str
) -> None:
    facts = make_certificate(db, ana, zone=zone, now=datetime.fromisoformat(in_utc)).facts
    hers = datetime.fromisoformat(on_her_clock)
    assert facts.completed_on == hers.date()
    assert facts.completed_local.replace(tzinfo=None) == hers.replace(tzinfo=None)
    assert facts.completed_at == datetime.fromisoformat(in_utc)
    assert facts.time_zone == zone


@pytest.mark.parametrize(
    ("zone", "in_utc", "day", "time_of_day"),
    [
        (
            "Pacific/Honolulu",
            "2026-11-21T09:30Z",
            "November 20, 2026 (2026-11-20)",
            "11:30 PM, Hawaii-Aleutian Standard Time (Pacific/Honolulu)",
        ),
        (
            "America/New_York",
            "2026-11-01T05:30Z",
            "November 1, 2026 (2026-11-01)",
            "1:30 AM, Eastern Daylight Time (America/New_York)",
        ),
        (
            "America/New_York",
            "2026-11-01T06:30Z",
            "November 1, 2026 (2026-11-01)",
            "1:30 AM, Eastern Standard Time (America/New_York)",
        ),
        (
            "America/New_York",
            "2026-03-09T03:30Z",
            "March 8, 2026 (2026-03-08)",
            "11:30 PM, Eastern Daylight Time (America/New_York)",
        ),
    ],
)
def test_the_certificate_says_that_date_and_names_the_clock(
    db: Session, ana: Person, zone: str, in_utc: str, day: str, time_of_day: str
) -> None:
    facts = make_certificate(db, ana, zone=zone, now=datetime.fromisoformat(in_utc)).facts
    assert wording.day(facts.completed_at, facts.time_zone) == day
    assert wording.time_of_day(facts.completed_at, facts.time_zone) == time_of_day
    assert day.partition(" (")[0] in repr(sheets.Sheet.of(facts))


def test_control_the_date_in_utc_would_be_wrong_at_half_past_eleven_in_honolulu_and_new_york() -> None:
    wrong = [
        zone
        for zone, hers, in_utc in HALF_PAST_ELEVEN_AT_NIGHT
        if datetime.fromisoformat(in_utc).date() != datetime.fromisoformat(hers).date()
    ]
    assert wrong == ["Pacific/Honolulu", "America/New_York", "America/New_York"]


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - given its zone
    st.sampled_from(sorted(time_zones.names())),
)
def test_in_every_zone_the_date_the_words_and_the_kept_facts_agree(moment: datetime, zone: str) -> None:
    facts = replace(ANA, completed_at=moment, time_zone=zone)
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    assert facts.completed_on == (moment + offset).date()
    assert facts.completed_on.isoformat() in wording.day(moment, zone)
    assert Facts.from_json(facts.to_json()).completed_on == facts.completed_on


# --- approvals go by that date -----------------------------------------------------------------------------------


def approve(db: Session, *, valid_from: date, valid_to: date, body: str = "Board") -> None:
    record = {
        "body": body,
        "provider_number": "1107",
        "valid_from": valid_from,
        "valid_to": valid_to,
        "formats": ["reading"],
        "hour_types": ["ethics"],
        "statement": "{provider}, #{provider_number}: {hours} {hour_types} contact hours, {valid_from}–{valid_to}.",
    }
    approvals.add(db, record, by=audit.OPERATOR, now=NOON)
    db.flush()


@pytest.mark.parametrize(
    ("zone", "in_utc", "approved"),
    [
        ("Pacific/Honolulu", "2026-11-21T09:30Z", True),  # her November 20, the last day, is November 21 in UTC
        ("Pacific/Honolulu", "2026-11-21T10:10Z", False),
        ("America/New_York", "2026-11-21T04:30Z", True),
        ("America/New_York", "2026-11-21T05:10Z", False),
        ("Pacific/Auckland", "2026-11-20T10:30Z", True),
        ("Pacific/Auckland", "2026-11-20T11:10Z", False),  # November 20 in UTC is her November 21
        ("Pacific/Auckland", "2026-10-31T11:30Z", True),  # her November 1, the first day, is October 31 in UTC
        ("America/New_York", "2026-11-01T03:30Z", False),  # her October 31 is November 1 in UTC
    ],
)
def test_an_approval_prints_if_it_covers_the_date_on_her_calendar(
    db: Session,
    ana: Person,
    zone: str,
    in_utc: str,
    approved: bool,  # noqa: FBT001
) -> None:
    approve(db, valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 20))
    facts = make_certificate(db, ana, zone=zone, now=datetime.fromisoformat(in_utc)).facts
    assert bool(facts.approval_statements) == approved
    assert (NOT_APPROVED in repr(sheets.Sheet.of(facts))) != approved


def test_the_statement_that_prints_is_that_of_the_period_she_completed_in(db: Session, ana: Person) -> None:
    approve(db, valid_from=date(2024, 1, 1), valid_to=date(2026, 11, 19))
    approve(db, valid_from=date(2026, 11, 20), valid_to=date(2028, 12, 31))
    (statement,) = make_certificate(db, ana).facts.approval_statements
    assert statement == (
        "Continua Demonstration Provider, #1107: 0.5 ethics contact hours, November 20, 2026–December 31, 2028."
    )


def test_an_approval_that_ended_later_does_not_leave_the_certificate(db: Session, ana: Person) -> None:
    approve(db, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    edition = make_edition(db)
    first = make_certificate(db, ana, edition=edition)
    second = make_certificate(db, ana, edition=edition, now=NOON + timedelta(days=60))
    assert len(first.facts.approval_statements) == 1
    assert second.facts.approval_statements == ()
