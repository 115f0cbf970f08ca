"""Seat time: whatever pages say, in whatever order, from however many tabs, no more is counted than time has passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from cast import NOON
from hypothesis import given
from hypothesis import strategies as st

from app.learning import seat_time
from app.learning.seat_time import BREAK, SLACK, Credit, Stretch

SECOND = timedelta(seconds=1)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class Clock:
    """What is known of her, as app.learning.beats keeps it."""

    until: datetime | None = None
    total: int = 0

    def hear(self, seconds: int, *, opened: datetime | None, now: datetime) -> Credit:
        given = seat_time.credit(seconds, opened_at=opened, counted_until=self.until, now=now)
        self.until, self.total = given.until, self.total + given.seconds
        return given


BEATS = st.lists(
    st.tuples(
        st.floats(0, 7_200),  # when it arrives: in any order
        st.one_of(st.none(), st.floats(0, 7_200)),  # when its page was opened, if that is known
        st.integers(-5, 10_000),  # what it says
    ),
    max_size=40,
)


@given(BEATS)
def test_no_more_is_counted_than_time_has_passed(beats: list[tuple[float, float | None, int]]) -> None:
    clock = Clock()
    for arrives, opened, says in beats:
        clock.hear(says, opened=None if opened is None else at(min(opened, arrives)), now=at(arrives))
    known = [arrives for arrives, _, _ in beats] + [opened for _, opened, _ in beats if opened is not None]
    assert 0 <= clock.total <= (max(known) - min(known) if known else 0) + 1e-6


@given(BEATS)
def test_what_is_counted_never_overlaps(beats: list[tuple[float, float | None, int]]) -> None:
    clock, reached = Clock(), NOON - timedelta(days=1)
    for arrives, opened, says in beats:
        counted = clock.hear(says, opened=None if opened is None else at(opened), now=at(arrives))
        if counted.seconds:
            assert counted.since >= reached
            assert counted.until <= at(arrives)
            reached = counted.until


@given(st.integers(1, 6), st.integers(1, 240))
def test_tabs_do_not_add(tabs: int, minutes: int) -> None:
    clock = Clock()
    for half in range(1, 2 * minutes + 1):
        for tab in range(tabs):
            clock.hear(30, opened=NOON, now=at(30 * half + tab))
    assert minutes * 60 <= clock.total <= minutes * 60 + tabs


def reads(minutes: int, *, period: float, jitter: list[float], lost: set[int]) -> int:
    """Give what is counted of somebody's reading, with a beat every `period` seconds; what is lost is said next."""
    clock, owed, told, number = Clock(), 0.0, 0.0, 0
    while told < minutes * 60:
        number += 1
        until = min(number * period, minutes * 60)
        owed, told = owed + until - told, until
        if number in lost and told < minutes * 60:
            continue
        clock.hear(int(owed), opened=NOON, now=at(told + jitter[number % len(jitter)]))
        owed -= int(owed)
    return clock.total


@given(
    st.integers(15, 120),
    st.lists(st.floats(0, 4), min_size=3, max_size=9),
    st.lists(st.floats(0, 0.2), min_size=3, max_size=9),
    st.sets(st.integers(1, 200)),
)
def test_a_phone_and_a_desk_are_alike_within_five_percent(
    minutes: int, phone: list[float], desk: list[float], lost: set[int]
) -> None:
    by_phone = reads(minutes, period=30.7, jitter=phone, lost=lost)
    by_desk = reads(minutes, period=30.0, jitter=desk, lost=set())
    assert abs(by_phone - by_desk) <= 0.05 * by_desk


def test_before_anything_is_known_of_her_nothing_is_counted() -> None:
    assert Clock().hear(30, opened=None, now=NOON).seconds == 0


def test_after_a_break_only_what_she_was_at_it_is_counted() -> None:
    clock = Clock(until=NOON)
    assert clock.hear(30, opened=NOON, now=at(3_600)).seconds == 30
    left = clock.hear(30, opened=NOON, now=at(3_601)).seconds
    assert left <= SLACK / SECOND + 1, "the hour away is not left over for another tab"


def test_fractions_of_seconds_are_not_lost() -> None:
    clock = Clock(until=NOON)
    for number in range(1, 101):
        clock.hear(30, opened=NOON, now=at(number * 29.5))
    assert clock.total == 2_950


@pytest.mark.parametrize(("minutes", "most"), [(1, 5 * 60), (4, 6 * 60), (15, 23 * 60), (60, 90 * 60)])
def test_without_script_a_module_counts_up_to_half_as_much_again_as_it_takes(minutes: int, most: int) -> None:
    assert seat_time.without_script(minutes) == most


def test_a_sitting_goes_on_until_another_module_or_a_long_break() -> None:
    sitting = Stretch(1, "first", NOON, at(60), 60)
    soon, late = Credit(30, at(90)), Credit(30, at(91) + BREAK)
    assert seat_time.goes_on(sitting, 1, "first", soon)
    assert not seat_time.goes_on(sitting, 1, "second", soon)
    assert not seat_time.goes_on(sitting, 2, "first", soon)
    assert not seat_time.goes_on(sitting, 1, "first", late)


# --- beside each other -------------------------------------------------------------------------------------------

SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90), st.integers(0, 90)), max_size=8)


def stretches(spans: list[tuple[int, int, int]]) -> list[Stretch]:
    """Make stretches of one person: they follow each other, and never count more than there is of them."""
    made, reached = [], 0
    for gap, long, counted in spans:
        began = reached + gap % 40
        made.append(Stretch(1, "first", at(began), at(began + long), min(counted, long)))
        reached = began + long
    return made


@given(SPANS, SPANS)
def test_what_ran_at_the_same_time_counts_once(
    his: list[tuple[int, int, int]], hers: list[tuple[int, int, int]]
) -> None:
    reader, person = stretches(his), stretches(hers)
    added = seat_time.apart(reader, person)
    moments = {second for one in reader + person for second in range(*_seconds(one))}
    assert sum(one.seconds for one in added + person) <= len(moments)
    assert sum(one.seconds for one in added) <= sum(one.seconds for one in reader)


@given(SPANS)
def test_beside_nothing_everything_counts(his: list[tuple[int, int, int]]) -> None:
    reader = stretches(his)
    assert seat_time.apart(reader, []) == [one for one in reader if one.seconds]


def _seconds(one: Stretch) -> tuple[int, int]:
    return int((one.began_at - NOON) / SECOND), int((one.ended_at - NOON) / SECOND)
