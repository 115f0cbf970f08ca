"""The sum behind the hours: every method written out to the figure that was computed, and the drift told honestly."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers import make_course
from sample_course import FILES, TODAY, write

from app.cli import check
from app.content import credit_hours, reader, worked_sum
from app.content.course import CreditHours, HourType, Method
from app.content.worked_sum import Measured


def credit(method: Method = Method.NASW, **more: object) -> CreditHours:
    given = {"words": 8_389, "minutes": Fraction(0), "questions": 10, "difficulty": None, **more}
    computed = credit_hours.compute(
        method,
        words=int(str(given["words"])),
        minutes=Fraction(str(given["minutes"])),
        questions=int(str(given["questions"])),
        difficulty=given["difficulty"],  # type: ignore[arg-type]
    )
    claimable = credit_hours.claimable(computed)
    claimed = {HourType.ETHICS: claimable} if claimable else {}
    return CreditHours(method=method, computed=computed, claimable=claimable, **{"claimed": claimed, **given})  # type: ignore[arg-type]


def lines(hours: CreditHours) -> dict[str, tuple[str, str]]:
    worked = worked_sum.of(make_course(credit=hours))
    return {line.label: (line.reckoning, line.gives) for line in worked.lines}


def test_the_word_rate_is_written_out_step_by_step() -> None:
    assert lines(credit(minutes=Fraction(15))) == {
        "Text": ("8,389 words ÷ 10,000 words an hour", "0.8389 hours"),
        "Audio and video": ("15 minutes ÷ 60", "0.25 hours"),
        "Computed": ("0.8389 + 0.25", "1.0889 hours"),
        "May be claimed": ("rounded down to the half hour", "1 hour"),
        "Claimed": ("1 ethics", "1 hour"),
    }


def test_a_figure_without_an_end_says_that_it_is_rounded_and_gives_the_fraction() -> None:
    assert lines(credit(Method.NCBTMB))["Computed"] == ("≈ 0.6991 + 0", "≈ 0.6991 hours, exactly 8389/12000")


def test_the_mergener_formula_is_written_out_term_by_term() -> None:
    told = lines(credit(Method.MERGENER, words=10_000, questions=10, difficulty=3))
    assert told["Together"] == ("−22.3 + 20.9 + 27.8 + 46.5", "72.9")
    assert told["Times 0.9"] == ("0.9 × 72.9", "65.61 minutes")
    assert told["Whole minutes"][1] == "65 minutes"
    assert told["Computed"] == ("65 minutes ÷ 60", "≈ 1.0833 hours, exactly 13/12")


def test_hours_of_fifty_minutes_are_called_so() -> None:
    worked = worked_sum.of(make_course(credit=credit(Method.NASBA)))
    assert any("50 minutes" in note for note in worked.notes)
    assert "50 minutes an hour" in worked.lines[-3].reckoning


def test_what_was_not_claimed_is_told() -> None:
    hours = replace(credit(words=20_000), claimed={HourType.ETHICS: Decimal("0.5"), HourType.GENERAL: Decimal(1)})
    assert lines(hours)["Claimed"] == ("0.5 ethics + 1 general", "1.5 hours")
    assert lines(hours)["Left unclaimed"] == ("2 − 1.5", "0.5 hours")


def test_nasw_is_said_to_approve_from_one_hour_where_less_is_claimed() -> None:
    def notes(words: int) -> str:
        return " ".join(worked_sum.of(make_course(credit=credit(words=words))).notes)

    assert "one contact hour and more" in notes(5_000)
    assert "one contact hour and more" not in notes(10_000)


@given(
    st.sampled_from(Method),
    st.integers(0, 200_000),
    st.fractions(0, 2_000, max_denominator=10),
    st.integers(0, 200),
    st.integers(1, 5),
)
def test_every_sum_ends_in_what_was_computed_and_in_what_may_be_claimed(
    method: Method, words: int, minutes: Fraction, questions: int, difficulty: int
) -> None:
    hours = credit(method, words=words, minutes=minutes, questions=questions, difficulty=difficulty)
    told = lines(hours)
    exact = re.search(r"exactly (\S+)$", told["Computed"][1])
    shown = Fraction(exact[1] if exact else told["Computed"][1].split()[0].replace(",", ""))
    assert shown == hours.computed
    assert Fraction(told["May be claimed"][1].split()[0].replace(",", "")) == hours.claimable
    assert worked_sum.of(make_course(credit=hours)).source


def test_the_sum_has_the_figures_that_the_check_gives_for_machines(tmp_path: Path) -> None:
    reading = reader.read(write(tmp_path, dict(FILES)), today=TODAY)
    assert reading.course is not None
    (told,) = json.loads(check.as_json([check.said_of(reading)]))["courses"]
    worked = {line.label: line.gives for line in worked_sum.of(reading.course).lines}
    assert worked["Computed"] == worked_sum._hours(Fraction(told["credit"]["hours"]))
    assert worked["May be claimed"] == worked_sum._hours(Fraction(told["credit"]["claimable"]))


# --- the drift ----------------------------------------------------------------------------------------------------


def test_before_anybody_is_measured_the_drift_says_so_and_alarms_nobody() -> None:
    for measured in (None, Measured(Fraction(0), 0), Measured(Fraction(10), 4)):
        told = worked_sum.drift(credit(), measured)
        assert told.sentence.startswith("Not measured yet")
        assert not told.is_alarm


@pytest.mark.parametrize(("minutes", "alarms", "word"), [(20, True, "less"), (28, False, "fits"), (50, True, "more")])
def test_a_median_far_from_the_claim_is_an_alarm(minutes: int, alarms: bool, word: str) -> None:  # noqa: FBT001
    told = worked_sum.drift(credit(words=5_000), Measured(Fraction(minutes), 12))
    assert (told.is_alarm, word in told.sentence) == (alarms, True)
    assert f"12 people who completed this edition is {minutes} minutes; 30 minutes are claimed" in told.sentence
