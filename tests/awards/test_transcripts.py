"""Transcripts: her dates, both ends of a period, exact sums, and nothing counted that does not count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_facts import ANA

from app.awards import transcripts
from app.awards.document import wording
from app.awards.facts import Facts
from app.awards.transcripts import Transcript
from app.kit.errors import Invalid

NEW_YEAR = datetime(2027, 1, 1, 4, 30, tzinfo=UTC)  # still December 31 in New York
KINDS = ("general", "clinical", "ethics", "cultural-competence", "supervision")


@dataclass(frozen=True)
class Earned:
    """A certificate, as far as a transcript looks at it."""

    facts: Facts
    revoked_at: datetime | None = None


def earned(day: date, *, revoked: bool = False, **more: object) -> Earned:
    """A certificate completed at noon of a day in New York."""
    at = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    facts = replace(ANA, **{"number": f"{day:%Y%m%d}{'0' * 12}", "completed_at": at, **more})
    return Earned(facts, revoked_at=at if revoked else None)


def of(*certificates: Earned, since: date | None = None, until: date | None = None) -> Transcript:
    return transcripts.of(ANA.holder_name, certificates, since=since, until=until)


def days(transcript: Transcript) -> list[date]:
    return [entry.completed_on for entry in transcript.entries]


# --- which certificates ------------------------------------------------------------------------------------------


def test_the_date_is_the_one_on_her_calendar():
    late = Earned(replace(ANA, completed_at=NEW_YEAR))
    assert days(of(late)) == [date(2026, 12, 31)]
    assert days(of(late, until=date(2026, 12, 31))) == [date(2026, 12, 31)]
    assert days(of(late, since=date(2027, 1, 1))) == []


def test_both_ends_of_a_period_are_in_it():
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    outside = (first - timedelta(days=1), last + timedelta(days=1))
    listed = of(*(earned(day) for day in (*outside, first, last)), since=first, until=last)
    assert days(listed) == [first, last]


def test_a_period_of_one_day_holds_that_day():
    day = date(2026, 11, 20)
    assert days(of(earned(day), since=day, until=day)) == [day]


def test_a_period_that_ends_before_it_begins_is_refused_at_its_end():
    with pytest.raises(Invalid) as refused:
        of(since=date(2026, 11, 20), until=date(2026, 11, 19))
    assert list(refused.value.fields) == ["until"]


def test_without_a_period_everything_is_listed_oldest_first():
    listed = [date(2026, 3, 1), date(2019, 5, 6), date(2025, 12, 31)]
    assert days(of(*map(earned, listed))) == sorted(listed)


# --- what counts -------------------------------------------------------------------------------------------------


def test_a_revoked_certificate_is_listed_and_not_counted():
    transcript = of(earned(date(2026, 1, 1)), earned(date(2026, 2, 1), revoked=True))
    assert [entry.revoked for entry in transcript.entries] == [False, True]
    assert transcript.hours_by_type == {"ethics": Decimal("0.5")}
    assert wording.standing(transcript, transcript.entries[1]) == "Revoked – does not count"


def test_a_demonstration_adds_nothing_to_hours_that_were_truly_earned():
    transcript = of(earned(date(2026, 1, 1), demonstration=True), earned(date(2026, 2, 1)))
    assert not transcript.demonstration
    assert transcript.total_hours == Decimal("0.5")
    assert [wording.standing(transcript, entry) for entry in transcript.entries] == [
        "Demonstration – does not count",
        "Valid",
    ]


def test_where_all_is_a_demonstration_the_transcript_is_one_and_adds_up():
    transcript = of(*(earned(date(2026, month, 1), demonstration=True) for month in (1, 2, 3)))
    assert transcript.demonstration
    assert transcript.total_hours == Decimal("1.5")
    assert {wording.standing(transcript, entry) for entry in transcript.entries} == {"Demonstration"}


def test_nothing_earned_is_no_hours_and_no_demonstration():
    assert (of().total_hours, of().hours_by_type, of().demonstration) == (Decimal(0), {}, False)


def test_tenths_of_an_hour_add_up_exactly():
    """The control: binary fractions would not."""
    ten = of(*(earned(date(2026, 1, day), credit_hours={"ethics": "0.1"}) for day in range(1, 11)))
    assert sum([0.1] * 10) != 1
    assert ten.total_hours == 1


hours = st.dictionaries(
    st.sampled_from(KINDS), st.integers(0, 4000).map(lambda hundredths: str(Decimal(hundredths) / 100)), max_size=5
)
certificates = st.builds(
    earned,
    st.dates(date(2020, 1, 1), date(2029, 12, 31)),
    revoked=st.booleans(),
    credit_hours=hours,
    demonstration=st.booleans(),
)
periods = st.tuples(st.none() | st.dates(), st.none() | st.dates()).filter(
    lambda ends: None in ends or ends[0] <= ends[1]
)


@given(held=st.lists(certificates, max_size=12), period=periods)
def test_totals_are_the_exact_sum_of_what_counts(held, period):
    since, until = period
    transcript = of(*held, since=since, until=until)
    within = [one.facts for one in held if (since or date.min) <= one.facts.completed_on <= (until or date.max)]
    assert sorted(days(transcript)) == days(transcript) == sorted(facts.completed_on for facts in within)
    counted = [entry for entry in transcript.entries if transcript.counts(entry)]
    assert not any(entry.revoked for entry in counted)
    assert len({entry.demonstration for entry in counted}) <= 1
    for kind in KINDS:
        exact = sum((Decimal(entry.credit_hours.get(kind, "0")) for entry in counted), Decimal(0))
        assert transcript.hours_by_type.get(kind, Decimal(0)) == exact
    assert transcript.total_hours == sum(transcript.hours_by_type.values(), Decimal(0))


@given(held=st.lists(certificates, max_size=6), period=periods)
def test_a_transcript_survives_the_way_to_the_process_that_draws_it(held, period):
    transcript = of(*held, since=period[0], until=period[1])
    assert Transcript.from_json(transcript.to_json()) == transcript


# --- in words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), "January 1, 2026, to December 31, 2026"),
        (date(2026, 1, 1), None, "From January 1, 2026 on"),
        (None, date(2026, 12, 31), "Up to December 31, 2026"),
        (None, None, "All certificates to date"),
    ],
)
def test_a_period_is_said_in_words(since, until, words):
    assert wording.period(since, until) == words


def test_hours_are_said_in_the_order_of_the_house():
    assert wording.hours_in_short({"supervision": "1.0", "ethics": "0.50", "yoga": "2", "general": "10"}) == (
        "10 general",
        "0.5 ethics",
        "1 supervision",
        "2 yoga",
    )
