"""Corrections, over questions of every kind: what they change, what they never change, and what they do to a score."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_grading import ANY_ANSWER, any_question, key_of, options, pairs, question

from app.assessment import corrections, grading, key_texts
from app.assessment.corrections import DROPPED, Correction
from app.assessment.grading import Answer, Answers
from app.assessment.key_texts import NotAKey
from app.content.course import Kind, Question

PASS_MARKS = st.integers(1, 100)


@st.composite
def corrected_questions(draw: st.DrawFn, *, keeps_old: bool | None = None) -> tuple[Question, Correction]:
    """A question of any kind, and another key that fits it."""
    one = draw(any_question())
    keeps = draw(st.booleans()) if keeps_old is None else keeps_old
    return one, key_texts.read(one, draw(other_parts(one)), keeps_old=keeps)


@st.composite
def other_parts(draw: st.DrawFn, one: Question) -> list[str]:
    """Write a key for a question, as a form sends it."""
    if one.options:
        return draw(st.lists(st.integers(1, len(one.options)).map(str), min_size=1, max_size=4, unique=True))
    if one.kind is Kind.ORDERING:
        return [str(number) for number in draw(st.permutations(range(1, len(one.items) + 1)))]
    if one.kind is Kind.MATCHING:
        terms = sum(bool(pair.term) for pair in one.pairs)
        return [str(draw(st.integers(1, len(one.pairs)))) for _ in range(terms)]
    words = st.text("abcdef", min_size=1, max_size=6)
    if one.kind is Kind.GAPS:
        return [draw(words) for _ in one.gaps]
    return [f"{draw(st.integers(-99, 99))} ± {draw(st.integers(0, 5))}"] if one.kind is Kind.NUMBER else [draw(words)]


def graded(questions: list[Question], answers: Answers, pass_mark: int = 60) -> grading.Result:
    return grading.grade(questions, answers, pass_mark=pass_mark)


# --- what a correction does ----------------------------------------------------------------------------------------


@given(corrected_questions(), ANY_ANSWER)
def test_correcting_twice_is_correcting_once(case: tuple[Question, Correction], answer: Answer) -> None:
    one, correction = case
    once = corrections.corrected(one, correction)
    twice = corrections.corrected(once, correction)
    assert grading.share(twice, answer) == grading.share(once, answer)


@given(any_question(), ANY_ANSWER)
def test_a_correction_to_the_same_key_changes_nothing(one: Question, answer: Answer) -> None:
    assume(one.kind not in {Kind.SHORT, Kind.GAPS})
    same = key_texts.read(one, key_texts.parts_of(one))
    assert not corrections.changes(one, same)
    assert grading.share(corrections.corrected(one, same), answer) == grading.share(one, answer)


@given(corrected_questions(), ANY_ANSWER)
def test_whatever_earns_something_else_is_seen_as_a_change(case: tuple[Question, Correction], answer: Answer) -> None:
    one, correction = case
    now = corrections.corrected(one, correction)
    assert corrections.changes(one, correction) or grading.share(now, answer) == grading.share(one, answer)


@given(corrected_questions(keeps_old=True), ANY_ANSWER)
def test_where_the_old_key_still_counts_no_answer_that_was_wholly_right_earns_less(
    case: tuple[Question, Correction], answer: Answer
) -> None:
    one, correction = case
    before, after = grading.share(one, answer), grading.share(corrections.corrected(one, correction), answer)
    assert before < 1 or after == 1
    assert after >= before


@given(corrected_questions())
def test_the_key_that_was_corrected_to_earns_everything(case: tuple[Question, Correction]) -> None:
    one, correction = case
    now = corrections.corrected(one, replace(correction, keeps_old=False))
    assert grading.share(now, right_answer(now)) == 1


def right_answer(one: Question) -> Answer:
    order = grading.right_order(one)
    if one.kind is Kind.ORDERING:
        return list(order)
    if one.kind is Kind.MATCHING:
        return {str(number): order[number - 1] for number, pair in enumerate(one.pairs, 1) if pair.term}
    return key_of(one)


@given(corrected_questions(), st.sampled_from([None, "", [], {}, " "]))
def test_a_blank_earns_nothing_under_any_key(case: tuple[Question, Correction], blank: Answer) -> None:
    assert grading.share(corrections.corrected(*case), blank) == 0


@given(corrected_questions())
def test_what_she_saw_stays_as_it_was(case: tuple[Question, Correction]) -> None:
    one, correction = case
    assert corrections.face(corrections.corrected(one, correction)) == corrections.face(one)
    assert corrections.face(corrections.corrected(one, DROPPED)) == corrections.face(one)


@given(corrected_questions())
def test_a_correction_is_written_down_and_read_without_loss(case: tuple[Question, Correction]) -> None:
    _, correction = case
    assert corrections.from_json(correction.to_json()) == correction


@given(corrected_questions())
def test_a_key_is_written_out_in_the_parts_it_is_read_from(case: tuple[Question, Correction]) -> None:
    now = corrections.corrected(case[0], replace(case[1], keeps_old=False))
    again = corrections.corrected(now, key_texts.read(now, key_texts.parts_of(now)))
    assert corrections.print_of(again) == corrections.print_of(now)


# --- what dropping does to a score ---------------------------------------------------------------------------------

PAPERS = st.lists(st.tuples(any_question(), ANY_ANSWER, st.integers(1, 5)), min_size=2, max_size=5)


def paper_of(drawn: list[tuple[Question, Answer, int]]) -> tuple[list[Question], dict[str, Answer]]:
    named = [replace(one, id=f"q{n}", points=Fraction(points)) for n, (one, _, points) in enumerate(drawn)]
    return named, {f"q{n}": answer for n, (_, answer, _) in enumerate(drawn)}


@given(PAPERS)
def test_dropping_never_adds_points_and_takes_no_more_than_the_question_earned(
    drawn: list[tuple[Question, Answer, int]],
) -> None:
    questions, answers = paper_of(drawn)
    before, after = (
        graded(questions, answers),
        graded([corrections.corrected(questions[0], DROPPED), *questions[1:]], answers),
    )
    assert after.score == before.score - before.marks[0].points
    assert after.possible == before.possible - questions[0].points


@given(PAPERS)
def test_dropping_raises_the_percent_of_whoever_did_worse_there_than_elsewhere_and_lowers_it_for_the_others(
    drawn: list[tuple[Question, Answer, int]],
) -> None:
    """It is not true that dropping never lowers a percent: who had it right may fall. That is why passes stay."""
    questions, answers = paper_of(drawn)
    before, after = (
        graded(questions, answers),
        graded([corrections.corrected(questions[0], DROPPED), *questions[1:]], answers),
    )
    here, whole = before.marks[0].share, before.score / before.possible
    now = after.score / after.possible
    assert (now > whole) == (here < whole)
    assert (now < whole) == (here > whole)


@given(PAPERS)
def test_dropping_what_nobody_could_have_right_never_takes_a_pass(drawn: list[tuple[Question, Answer, int]]) -> None:
    questions, answers = paper_of(drawn)
    before = graded(questions, answers | {"q0": None})
    after = graded([corrections.corrected(questions[0], DROPPED), *questions[1:]], answers)
    assert after.passed or not before.passed


def test_control_dropping_can_take_a_pass() -> None:
    one, other = (question(Kind.CHOOSE_ONE, id=name, options=options([True, False])) for name in "ab")
    assert graded([one, other], {"a": 1, "b": 2}, 50).passed
    assert not graded([corrections.corrected(one, DROPPED), other], {"a": 1, "b": 2}, 50).passed


# --- by example ----------------------------------------------------------------------------------------------------


def test_a_matching_is_corrected_by_the_numbers_under_which_it_was_asked() -> None:
    one = question(Kind.MATCHING, pairs=pairs("a", "b", extra=["c"]))
    now = corrections.corrected(one, key_texts.read(one, ["2", "3"]))
    assert grading.share(now, {"1": 2, "2": 3}) == 1
    assert grading.share(now, {"1": 2, "2": 2}) == Fraction(1, 2)
    assert grading.share(now, {"1": 1, "2": 2}) == 0
    assert corrections.key_in_words(now) == "t1 → b; t2 → c"


def test_an_order_is_corrected_by_the_numbers_under_which_it_was_asked() -> None:
    one = question(Kind.ORDERING, items=options([False] * 3))
    now = corrections.corrected(one, key_texts.read(one, ["2", "1", "3"], keeps_old=True))
    assert grading.share(now, [2, 1, 3]) == grading.share(now, [1, 2, 3]) == 1
    assert grading.share(now, [3, 2, 1]) == Fraction(1, 2)
    assert corrections.key_in_words(now) == "1. o2; 2. o1; 3. o3; or as before: 1. o1; 2. o2; 3. o3"


def test_two_whole_keys_of_choose_all_count_each_for_itself() -> None:
    one = question(Kind.CHOOSE_ALL, partial_credit=False, options=options([True, True, False]))
    now = corrections.corrected(one, Correction(right=(1, 2, 3), keeps_old=True))
    assert [grading.share(now, ticked) for ticked in ([1, 2], [1, 2, 3], [1, 3])] == [1, 1, 0]


def test_a_number_may_be_right_in_two_places() -> None:
    one = question(Kind.NUMBER, number=Decimal(45), tolerance=Decimal(5))
    now = corrections.corrected(one, key_texts.read(one, ["60 +/- 1"], keeps_old=True))
    assert [grading.share(now, given) for given in ("50", "61", "55")] == [1, 1, 0]


@pytest.mark.parametrize(
    ("kind", "more", "parts"),
    [
        (Kind.CHOOSE_ONE, {"options": options([True, False])}, ["3"]),
        (Kind.CHOOSE_ONE, {"options": options([True, False])}, []),
        (Kind.ORDERING, {"items": options([False] * 3)}, ["1", "2", "2"]),
        (Kind.MATCHING, {"pairs": pairs("a", "b")}, ["1"]),
        (Kind.SHORT, {"accepted": ("a",)}, [" | "]),
        (Kind.GAPS, {"gaps": (("a",), ("b",))}, ["a"]),
        (Kind.NUMBER, {"number": Decimal(1)}, ["about 5"]),
        (Kind.NUMBER, {"number": Decimal(1)}, ["5 ± -1"]),
        (Kind.SHORT, {"accepted": ("a",)}, ["x" * 3000]),
    ],
)
def test_what_is_no_key_of_a_question_is_refused_with_a_sentence(
    kind: Kind, more: dict[str, object], parts: list[str]
) -> None:
    with pytest.raises(NotAKey) as refused:
        key_texts.read(question(kind, **more), parts)
    assert refused.value.fields["key"].endswith(".")
