"""What is missing: nothing exactly when the certificate is due, and every sentence right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.awards import eligibility
from app.awards.eligibility import Missing, Standing, Step

TITLES = st.lists(st.text("abcdefgh ", min_size=1, max_size=12), max_size=4).map(tuple)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Any way an enrollment can stand, the ones no house would ever reach included."""
    return Standing(
        modules_left=draw(TITLES),
        has_exam=draw(st.booleans()),
        exam_open=draw(st.booleans()),
        exam_passed=draw(st.booleans()),
        attempts_left=draw(st.none() | st.integers(0, 3)),
        pass_mark=draw(st.integers(1, 100)),
        best_percent=draw(st.none() | st.integers(0, 99)),
        evaluated=draw(st.booleans()),
        confirmed=draw(st.booleans()),
        minutes_short=draw(st.integers(0, 3)),
    )


def a_standing(**changes: object) -> Standing:
    """Everything done, but for what a test takes away."""
    done: dict[str, object] = {
        "modules_left": (),
        "has_exam": True,
        "exam_open": False,
        "exam_passed": True,
        "attempts_left": None,
        "pass_mark": 80,
        "best_percent": 100,
        "evaluated": True,
        "confirmed": True,
    }
    return Standing(**(done | changes))  # type: ignore[arg-type]


def sentences(**changes: object) -> list[str]:
    return [one.sentence for one in eligibility.missing(a_standing(**changes))]


@settings(max_examples=1000)
@given(standings())
def test_nothing_is_missing_exactly_when_the_certificate_is_due(one: Standing) -> None:
    exam = one.exam_passed or not one.has_exam
    due = not one.modules_left and not one.minutes_short and exam and one.evaluated and one.confirmed
    assert (eligibility.missing(one) == ()) == due


@settings(max_examples=500)
@given(standings())
def test_each_step_is_named_once_and_in_the_order_it_is_done(one: Standing) -> None:
    steps = [missing.step for missing in eligibility.missing(one)]
    assert steps == [step for step in Step if step in steps]


@settings(max_examples=500)
@given(standings())
def test_a_step_is_named_exactly_when_it_is_not_done(one: Standing) -> None:
    steps = {missing.step for missing in eligibility.missing(one)}
    assert (Step.READING in steps) == bool(one.modules_left)
    assert (Step.TIME in steps) == bool(one.minutes_short)
    assert (Step.EXAM in steps) == (one.has_exam and not one.exam_passed)
    assert (Step.EVALUATION in steps) == (not one.evaluated or not one.confirmed)


@settings(max_examples=500)
@given(standings())
def test_every_sentence_is_whole(one: Standing) -> None:
    for missing in eligibility.missing(one):
        assert missing.sentence[0].isupper()
        assert missing.sentence.endswith((".", "”."))
        assert "None" not in missing.sentence


@settings(max_examples=500)
@given(standings())
def test_something_can_be_done_at_once_unless_every_attempt_is_used_up(one: Standing) -> None:
    missing = eligibility.missing(one)
    stuck = one.has_exam and not one.exam_passed and not one.exam_open and one.attempts_left == 0
    if missing and not (stuck and not one.modules_left):
        assert any(each.can_act for each in missing)


def test_one_module_is_called_by_its_name_and_several_are_counted() -> None:
    assert sentences(modules_left=("Consent",)) == ["Finish reading “Consent”."]
    assert sentences(modules_left=("Consent", "Limits")) == ["Finish reading 2 modules, next “Consent”."]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"best_percent": None}, "Pass the exam with 80% or more."),
        ({"best_percent": 66}, "Pass the exam: you need 80%, and your best so far is 66%."),
        (
            {"best_percent": 66, "attempts_left": 2},
            "Pass the exam: you need 80%, and your best so far is 66%. You have 2 attempts left.",
        ),
        (
            {"best_percent": 0, "attempts_left": 1},
            "Pass the exam: you need 80%, and your best so far is 0%. You have one attempt left.",
        ),
        ({"exam_open": True}, "Finish and submit your exam. Every answer you chose is saved."),
        ({"exam_open": True, "attempts_left": 0}, "Finish and submit your exam. Every answer you chose is saved."),
        ({"attempts_left": 0}, "You have used every attempt at the exam. Ask the provider for another."),
    ],
)
def test_the_exam_is_told_as_it_stands(changes: dict[str, object], sentence: str) -> None:
    assert sentences(exam_passed=False, **changes) == [sentence]


@pytest.mark.parametrize(("left", "told"), [(1, "Spend 1 more minute with"), (12, "Spend 12 more minutes with")])
def test_the_time_that_is_left_is_told_in_minutes(left: int, told: str) -> None:
    (sentence,) = sentences(minutes_short=left)
    assert sentence.startswith(told)


def test_a_used_up_exam_is_not_hers_to_mend() -> None:
    (missing,) = eligibility.missing(a_standing(exam_passed=False, attempts_left=0))
    assert not missing.can_act


def test_the_evaluation_waits_for_the_reading_and_the_exam() -> None:
    asks = "Fill in the evaluation and confirm your name. It takes about a minute."
    (last,) = eligibility.missing(a_standing(evaluated=False))
    assert last == Missing(Step.EVALUATION, asks, can_act=True)
    for changes in ({"modules_left": ("Consent",)}, {"exam_passed": False}):
        *_, waits = eligibility.missing(a_standing(evaluated=False, **changes))
        assert waits == Missing(Step.EVALUATION, asks, can_act=False)


def test_a_course_without_an_exam_asks_for_none() -> None:
    assert sentences(has_exam=False, exam_passed=False) == []
    (only,) = eligibility.missing(a_standing(has_exam=False, exam_passed=False, evaluated=False))
    assert only.can_act


def test_an_evaluation_without_a_name_asks_for_the_name_alone() -> None:
    assert sentences(confirmed=False) == ["Confirm your legal name and time zone."]
