"""Nobody waits who asks for no more than is allowed, and who asks for more is told how long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.kit.allowance import Allowance


class Tick:
    """A stopwatch that a test moves."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def allowance(tick: Tick, *, most_names: int = 100) -> Allowance:
    return Allowance(per_minute=60, burst=10, most_names=most_names, tick=tick)


def test_a_burst_is_let_through_and_then_one_waits() -> None:
    tick = Tick()
    allowed = allowance(tick)
    assert [allowed.take("her") for _ in range(10)] == [0] * 10
    assert allowed.take("her") == 1
    assert allowed.take("her", 5) == 5, "and asking for more takes longer"
    tick.at += 5
    assert allowed.take("her", 5) == 0
    assert allowed.take("her") == 1


def test_what_is_refused_takes_nothing() -> None:
    tick = Tick()
    allowed = allowance(tick)
    allowed.take("her", 8)
    assert [allowed.wait("her"), allowed.wait("her", 5)] == [0, 3]
    assert [allowed.take("her", 5) for _ in range(20)] == [3] * 20
    assert allowed.take("her", 2) == 0


def test_one_does_not_use_up_what_another_has() -> None:
    allowed = allowance(Tick())
    allowed.take("her", 10)
    assert allowed.take("her") > 0
    assert allowed.take("him", 10) == 0


def test_more_than_a_bucket_holds_is_let_through_by_a_full_one_and_paid_back() -> None:
    tick = Tick()
    allowed = allowance(tick)
    assert allowed.take("her", 25) == 0
    assert allowed.take("her", 1) == 16
    tick.at += 16
    assert allowed.take("her", 1) == 0


def test_what_is_found_out_late_is_waited_for_the_next_time() -> None:
    tick = Tick()
    allowed = allowance(tick)
    allowed.charge("her", 40)
    assert allowed.take("her") == 31
    tick.at += 31
    assert allowed.take("her") == 0


def test_only_so_many_names_are_remembered_and_the_last_ones_are() -> None:
    allowed = allowance(Tick(), most_names=5)
    for number in range(1_000):
        allowed.take(f"one of many {number}", 10)
    assert len(allowed) == 5
    assert allowed.take("one of many 999") > 0
    assert allowed.take("one of many 0") == 0


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), max_size=60))
def test_nobody_ever_gets_more_than_the_burst_and_the_rate_together(asked: list[tuple[int, int]]) -> None:
    tick = Tick()
    allowed = allowance(tick)
    got = 0
    for waited, count in asked:
        tick.at += waited
        got += count if allowed.take("her", count) == 0 else 0
        assert got <= 10 + (tick.at - 100.0)


def test_whoever_waits_as_long_as_she_is_told_is_let_through() -> None:
    tick = Tick()
    allowed = allowance(tick)
    for count in (10, 7, 3, 9, 1):
        if wait := allowed.take("her", count):
            tick.at += wait
            assert allowed.take("her", count) == 0
