"""Item analysis: figures as defined, nobody's place decided by chance, and silence where few speak."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers import make_question

from app.assessment import items, mending, pace
from app.assessment.grading import Answer
from app.assessment.items import Item, Sitting
from app.content.course import Kind, Question

RIGHT, SECOND, THIRD, FOURTH = 1, 2, 3, 4
QUESTIONS = tuple(make_question(number) for number in range(1, 6))


def sitting(*answers: Answer, asked: Sequence[Question] = QUESTIONS, **seconds: float) -> Sitting:
    """Somebody's answers to the questions in their order; a blank is None."""
    given = {question.id: answer for question, answer in zip(asked, answers, strict=True) if answer is not None}
    return Sitting(tuple(asked), given, {name.replace("_", "-"): time for name, time in seconds.items()})


def strong(first: Answer) -> Sitting:
    return sitting(first, RIGHT, RIGHT, RIGHT, RIGHT)


def weak(first: Answer) -> Sitting:
    return sitting(first, SECOND, SECOND, SECOND, SECOND)


def middling(first: Answer) -> Sitting:
    return sitting(first, RIGHT, RIGHT, SECOND, SECOND)


def first_item(*sittings: Sitting) -> Item:
    return items.analyze(QUESTIONS, sittings)[0]


# --- the figures -------------------------------------------------------------------------------------------------


def test_difficulty_is_the_mean_share_and_a_blank_earns_nothing() -> None:
    found = first_item(*[strong(RIGHT)] * 6, *[strong(SECOND)] * 3, strong(None))
    assert (found.asked, found.difficulty, found.blank) == (10, 0.6, 1)


def test_discrimination_is_the_correlation_with_the_rest_of_the_paper() -> None:
    # Ten strong (rest 1) of whom eight are right, ten weak (rest 0) of whom three are right: phi of that table.
    found = first_item(*[strong(RIGHT)] * 8, *[strong(SECOND)] * 2, *[weak(RIGHT)] * 3, *[weak(SECOND)] * 7)
    phi = (8 * 7 - 2 * 3) / math.sqrt(10 * 10 * 11 * 9)
    assert found.discrimination == pytest.approx(phi)


def test_the_question_itself_is_left_out_of_the_rest() -> None:
    # Everybody is alike in the rest, so the question agrees with nothing but itself: there is no correlation to give.
    found = first_item(*[strong(RIGHT)] * 10, *[strong(SECOND)] * 10)
    assert found.discrimination is None


def test_a_question_alone_on_its_paper_is_compared_with_nothing() -> None:
    alone = QUESTIONS[:1]
    (found,) = items.analyze(alone, [sitting(RIGHT, asked=alone)] * 15 + [sitting(SECOND, asked=alone)] * 15)
    assert (found.difficulty, found.discrimination) == (0.5, None)
    assert found.pulls[0].upper is None


def test_partial_credit_counts_as_the_share_it_is() -> None:
    question = replace(QUESTIONS[0], kind=Kind.CHOOSE_ALL, partial_credit=True, points=Fraction(2))
    question = replace(question, options=tuple(replace(o, right=n < 2) for n, o in enumerate(question.options)))
    sittings = [sitting([1, 2], asked=[question])] * 5 + [sitting([1], asked=[question])] * 5
    (found,) = items.analyze([question], sittings)
    assert found.difficulty == 0.75
    assert [pull.count for pull in found.pulls] == [10, 5, 0, 0]


def test_options_are_counted_among_all_and_in_the_thirds() -> None:
    found = first_item(
        *[strong(RIGHT)] * 7, *[middling(SECOND)] * 7, *[weak(SECOND)] * 3, *[weak(THIRD)] * 3, weak(None)
    )
    told = {pull.label: (pull.count, pull.upper, pull.lower) for pull in found.pulls}
    assert told["Option 1.1"] == (7, 1.0, 0.0)
    assert told["Option 1.2"] == (10, 0.0, pytest.approx(3 / 7))
    assert told["Option 1.4"] == (0, 0.0, 0.0)


def test_those_who_tie_across_the_line_share_the_room() -> None:
    found = first_item(*[strong(RIGHT)] * 15, *[strong(SECOND)] * 15)
    assert [pull.upper for pull in found.pulls[:2]] == [pytest.approx(0.5)] * 2
    assert [pull.lower for pull in found.pulls[:2]] == [pytest.approx(0.5)] * 2


def test_outcomes_are_counted_where_there_are_no_options() -> None:
    question = replace(QUESTIONS[0], kind=Kind.SHORT, options=(), accepted=("consent",))
    (found,) = items.analyze([question], [sitting("consent", asked=[question])] * 9 + [sitting("no", asked=[question])])
    assert [(pull.label, pull.count) for pull in found.pulls] == [("Right", 9), ("Partly right", 0), ("Wrong", 1)]


def test_an_answer_that_was_taken_back_is_told_apart_from_one_never_given() -> None:
    back = Sitting(QUESTIONS, {"question-1": None}, {})
    found = first_item(*[strong(RIGHT)] * 10, back, strong(None))
    assert (found.blank, found.taken_back) == (2, 1)


# --- small numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "told", "compared"), [(9, False, False), (10, True, False), (20, True, True)])
def test_few_answers_are_not_made_to_say_more_than_they_do(count: int, told: bool, compared: bool) -> None:  # noqa: FBT001
    found = first_item(*[strong(RIGHT)] * (count // 2), *[weak(SECOND)] * (count - count // 2))
    assert (found.is_told, found.is_compared) == (told, compared)
    assert (found.difficulty is not None, bool(found.pulls)) == (told, told)
    assert (found.discrimination is not None) == compared
    assert all((pull.upper is not None) == compared for pull in found.pulls)


def test_what_nobody_was_asked_is_nothing_to_mend() -> None:
    assert mending.first(items.analyze(QUESTIONS, [])) == ()


# --- laws --------------------------------------------------------------------------------------------------------

ANSWERS = st.lists(st.sampled_from([None, 1, 2, 3, 4]), min_size=5, max_size=5)
PEOPLE = st.lists(ANSWERS.map(lambda answers: sitting(*answers)), max_size=40)


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_in_which_people_came_changes_nothing(people: list[Sitting], chance) -> None:
    mixed = list(people)
    chance.shuffle(mixed)
    for one, other in zip(items.analyze(QUESTIONS, people), items.analyze(QUESTIONS, mixed), strict=True):
        assert (one.asked, one.difficulty, one.blank) == (other.asked, other.difficulty, other.blank)
        assert one.discrimination == pytest.approx(other.discrimination)
        for left, right in zip(one.pulls, other.pulls, strict=True):
            assert (left.count, left.upper, left.lower) == (
                right.count,
                pytest.approx(right.upper),
                pytest.approx(right.lower),
            )


@given(PEOPLE)
def test_figures_stay_within_their_bounds(people: list[Sitting]) -> None:
    for found in items.analyze(QUESTIONS, people):
        assert found.asked == len(people)
        assert found.difficulty is None or 0 <= found.difficulty <= 1
        assert found.discrimination is None or -1 <= found.discrimination <= 1
        if found.is_told:
            assert sum(pull.count for pull in found.pulls) + found.blank == found.asked
        for pull in found.pulls:
            assert all(rate is None or -1e-9 <= rate <= 1 + 1e-9 for rate in (pull.upper, pull.lower))


# --- worth mending -----------------------------------------------------------------------------------------------


def test_a_wrong_key_is_found_and_stands_first() -> None:
    # Whoever knows the rest chooses the second option, so the key of the first question is probably the wrong one.
    people = [strong(SECOND)] * 10 + [weak(RIGHT)] * 10 + [middling(THIRD)] * 5 + [middling(FOURTH)] * 5
    worth = mending.first(items.analyze(QUESTIONS, people))
    assert worth[0].item.question.id == "question-1"
    assert worth[0].reasons[0].sentence == (
        "The key may be wrong: of the strongest third 100% chose “Option 1.2” and 0% the right answer."
    )
    assert any("do worse here" in reason.sentence for reason in worth[0].reasons)


def test_an_option_that_nobody_chooses_is_named() -> None:
    people = [strong(RIGHT)] * 15 + [weak(SECOND)] * 10 + [weak(THIRD)] * 5
    told = [reason.sentence for reason in mending.first([first_item(*people)])[0].reasons]
    assert told == ["Nobody chose “Option 1.4”: it takes up room and reading time."]


def test_too_easy_too_hard_and_often_blank_are_said() -> None:
    def told(*people: Sitting) -> str:
        return " ".join(reason.sentence for one in mending.first([first_item(*people)]) for reason in one.reasons)

    assert "very easy: those asked earned 100%" in told(*[strong(RIGHT)] * 12)
    assert "very hard: those asked earned 0%" in told(*[strong(SECOND)] * 12)
    assert "left blank: by 3 of 12" in told(*[strong(RIGHT)] * 9, *[strong(None)] * 3)


def test_a_tick_that_the_strong_leave_out_is_named() -> None:
    options = tuple(replace(option, right=place < 2) for place, option in enumerate(QUESTIONS[0].options))
    question = replace(QUESTIONS[0], kind=Kind.CHOOSE_ALL, options=options)
    asked = (question, *QUESTIONS[1:])
    people = [sitting([1, 3], 1, 1, 1, 1, asked=asked)] * 10 + [sitting([1, 2], 2, 2, 2, 2, asked=asked)] * 20
    worth = mending.first(items.analyze(asked, people))
    told = [reason.sentence for reason in worth[0].reasons if reason.rank == 1]
    assert told == [
        "The key may be wrong: of the strongest third only 0% ticked “Option 1.2”.",
        "The key may be wrong: of the strongest third 100% ticked “Option 1.3”.",
    ]


def test_a_good_question_is_left_alone() -> None:
    people = [
        *[strong(RIGHT)] * 20, *[middling(RIGHT)] * 8, *[middling(SECOND)] * 2,
        *[weak(SECOND)] * 4, *[weak(THIRD)] * 4, *[weak(FOURTH)] * 2,
    ]  # fmt: skip
    assert mending.first([first_item(*people)]) == ()


# --- pace --------------------------------------------------------------------------------------------------------

START = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def after(*arrivals: tuple[float, str]) -> dict[str, float]:
    return pace.seconds(START, [(START + timedelta(seconds=seconds), question) for seconds, question in arrivals])


def test_a_question_takes_from_the_answer_before_it_and_changing_ones_mind_adds_up() -> None:
    assert after((30, "a"), (50, "b"), (95, "a")) == {"a": 30 + 45, "b": 20}


def test_answers_that_came_in_one_go_tell_no_time() -> None:
    assert after((30, "a"), (90, "b"), (90.2, "c"), (120, "d")) == {"a": 30, "d": pytest.approx(29.8)}


def test_a_break_counts_as_no_more_than_the_cap() -> None:
    assert after((7_200, "a")) == {"a": pace.LONGEST.total_seconds()}


@given(st.lists(st.tuples(st.floats(0, 100_000), st.sampled_from("abcde")), max_size=30))
def test_no_more_time_is_told_than_passed(arrivals: list[tuple[float, str]]) -> None:
    told = after(*arrivals)
    assert all(time >= 0 for time in told.values())
    assert sum(told.values()) <= max((seconds for seconds, _ in arrivals), default=0) + 1e-3
