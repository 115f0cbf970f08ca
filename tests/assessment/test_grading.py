"""Grading, against the authoring contract: exact shares, nothing for a blank, nothing for a guess at everything."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.assessment import grading
from app.assessment.grading import Answer
from app.content.course import Kind, Option, Pair, Question

NOTHING, WHOLE = Fraction(0), Fraction(1)


def question(kind: Kind, *, partial_credit: bool = True, id: str = "q", **more: object) -> Question:  # noqa: A002
    return Question(id=id, kind=kind, heading="Q", heading_html="Q", partial_credit=partial_credit, **more)  # type: ignore[arg-type]


def options(rights: Sequence[bool]) -> tuple[Option, ...]:
    return tuple(Option(text=f"o{n}", html=f"o{n}", right=right) for n, right in enumerate(rights, 1))


def pairs(*meanings: str, extra: Sequence[str] = ()) -> tuple[Pair, ...]:
    terms = [Pair(term=f"t{n}", meaning=meaning) for n, meaning in enumerate(meanings, 1)]
    return (*terms, *(Pair(term="", meaning=meaning) for meaning in extra))


RIGHTS = st.lists(st.booleans(), min_size=2, max_size=8).filter(any)
TEXTS = st.text(string.ascii_letters + " .'éß", min_size=1, max_size=12).filter(lambda text: text.strip(" ."))
MEANINGS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6)


@st.composite
def any_question(draw: st.DrawFn) -> Question:
    """A well-made question of any graded kind, with or without partial credit."""
    kind = draw(st.sampled_from([kind for kind in Kind if kind not in {Kind.FREE_TEXT, Kind.SCALE}]))
    one = draw(st.integers(0, 3))
    parts: dict[str, object] = {
        Kind.CHOOSE_ONE: {"options": options([place == one for place in range(4)])},
        Kind.TRUE_FALSE: {"options": options([one < 2, one >= 2])},
        Kind.CHOOSE_ALL: {"options": options(draw(RIGHTS))},
        Kind.MATCHING: {"pairs": pairs(*draw(MEANINGS), extra=draw(st.lists(st.sampled_from("xyz"), max_size=2)))},
        Kind.ORDERING: {"items": options([False] * draw(st.integers(2, 7)))},
        Kind.SHORT: {"accepted": tuple(draw(st.lists(TEXTS, min_size=1, max_size=3)))},
        Kind.GAPS: {"gaps": tuple((text,) for text in draw(st.lists(TEXTS, min_size=1, max_size=4)))},
        Kind.NUMBER: {"number": Decimal(draw(st.integers(-99, 99))), "tolerance": Decimal(draw(st.integers(0, 5)))},
    }[kind]  # type: ignore[assignment]
    return question(kind, partial_credit=draw(st.booleans()), **parts)


NUMBERS = st.integers(-2, 12)
ANY_ANSWER: st.SearchStrategy[Answer] = st.one_of(
    st.none(),
    NUMBERS,
    st.text(max_size=12),
    st.lists(NUMBERS, max_size=9),
    st.lists(st.text(max_size=6), max_size=6),
    st.dictionaries(NUMBERS.map(str), NUMBERS, max_size=8),
)


def key_of(one: Question) -> Answer:
    """Write down an answer that is wholly right."""
    rights = [number for number, option in enumerate(one.options, 1) if option.right]
    by_kind: dict[Kind, Answer] = {
        Kind.CHOOSE_ONE: rights[0] if rights else None,
        Kind.TRUE_FALSE: rights[0] if rights else None,
        Kind.CHOOSE_ALL: rights,
        Kind.MATCHING: {str(number): number for number, pair in enumerate(one.pairs, 1) if pair.term},
        Kind.ORDERING: list(range(1, len(one.items) + 1)),
        Kind.SHORT: one.accepted[0] if one.accepted else "",
        Kind.GAPS: [gap[0] for gap in one.gaps],
        Kind.NUMBER: str(one.number),
    }
    return by_kind[one.kind]


def opposite_of(one: Question) -> Answer:
    """Write down an answer with nothing right in it; None where there is none."""
    wrongs = [number for number, option in enumerate(one.options, 1) if not option.right]
    by_kind: dict[Kind, Answer] = {
        Kind.CHOOSE_ONE: wrongs[0] if wrongs else None,
        Kind.TRUE_FALSE: wrongs[0] if wrongs else None,
        Kind.CHOOSE_ALL: wrongs,
        Kind.MATCHING: {str(number): _misfit(one, number) for number, pair in enumerate(one.pairs, 1) if pair.term},
        Kind.ORDERING: list(range(len(one.items), 0, -1)),
        Kind.SHORT: "~~~",
        Kind.GAPS: ["~~~"] * len(one.gaps),
        Kind.NUMBER: str((one.number or 0) + one.tolerance + 1),
    }
    return by_kind[one.kind]


def _misfit(one: Question, number: int) -> int:
    meaning = one.pairs[number - 1].meaning
    return next((other for other, pair in enumerate(one.pairs, 1) if pair.meaning != meaning), 0)


# --- every kind --------------------------------------------------------------------------------------------------


@given(any_question(), ANY_ANSWER)
def test_whatever_is_answered_earns_between_nothing_and_all(one: Question, answer: Answer) -> None:
    assert NOTHING <= grading.share(one, answer) <= WHOLE


@given(any_question())
def test_the_key_earns_all(one: Question) -> None:
    assert grading.share(one, key_of(one)) == WHOLE


@given(any_question())
def test_what_is_all_wrong_earns_nothing(one: Question) -> None:
    assert grading.share(one, opposite_of(one)) == NOTHING


@given(any_question(), st.sampled_from([None, "", " \t\n", [], {}, ["", " "]]))
def test_a_blank_earns_nothing(one: Question, blank: Answer) -> None:
    assert grading.share(one, blank) == NOTHING


@pytest.mark.parametrize("blank", [None, "", " \t ", [], {}])
def test_a_blank_is_told_from_a_wrong_answer(blank: Answer) -> None:
    assert grading.is_blank(blank)
    assert grading.is_blank(["", " "])
    assert not grading.is_blank(["", "x"])
    assert not grading.is_blank("0")


@given(any_question(), ANY_ANSWER)
def test_without_partial_credit_it_is_all_or_nothing(one: Question, answer: Answer) -> None:
    whole = grading.share(_with(one, partial_credit=False), answer)
    assert whole == (WHOLE if grading.share(_with(one, partial_credit=True), answer) == 1 else NOTHING)


@given(any_question(), ANY_ANSWER)
def test_what_is_not_graded_earns_nothing(one: Question, answer: Answer) -> None:
    assert grading.share(_with(one, graded=False), answer) == NOTHING


def _with(one: Question, **changes: object) -> Question:
    return replace(one, **changes)  # type: ignore[arg-type]


# --- choosing ----------------------------------------------------------------------------------------------------


@given(RIGHTS, st.integers(-1, 9))
def test_one_choice_is_right_or_wrong(rights: list[bool], picked: int) -> None:
    one = question(Kind.CHOOSE_ONE, options=options(rights))
    expected = 1 <= picked <= len(rights) and rights[picked - 1]
    assert grading.share(one, picked) == int(expected)


@given(RIGHTS, st.data())
def test_ticks_earn_the_right_ones_less_the_wrong_ones_over_all_right_ones(
    rights: list[bool], draw: st.DataObject
) -> None:
    ticked = draw.draw(st.lists(st.integers(1, len(rights)), unique=True, min_size=1))
    right = sum(rights[number - 1] for number in ticked)
    earned = max(NOTHING, Fraction(right - (len(ticked) - right), sum(rights)))
    assert grading.share(question(Kind.CHOOSE_ALL, options=options(rights)), ticked) == earned


@given(RIGHTS, st.data(), st.booleans())
def test_a_wrong_tick_never_raises_a_score(rights: list[bool], draw: st.DataObject, partial: bool) -> None:  # noqa: FBT001
    wrongs = [number for number, right in enumerate(rights, 1) if not right]
    assume(wrongs)
    ticked = draw.draw(st.lists(st.integers(1, len(rights)), unique=True))
    extra = draw.draw(st.sampled_from(wrongs))
    one = question(Kind.CHOOSE_ALL, partial_credit=partial, options=options(rights))
    assume(extra not in ticked)
    assert grading.share(one, [*ticked, extra]) <= grading.share(one, ticked)


@given(RIGHTS)
def test_ticking_everything_earns_no_more_than_the_right_ones_outnumber_the_wrong_ones(rights: list[bool]) -> None:
    everything = grading.share(question(Kind.CHOOSE_ALL, options=options(rights)), list(range(1, len(rights) + 1)))
    assert everything == max(NOTHING, Fraction(2 * sum(rights) - len(rights), sum(rights)))


def test_a_tick_sent_twice_counts_once() -> None:
    one = question(Kind.CHOOSE_ALL, options=options([True, True, False]))
    assert grading.share(one, [1, 1]) == Fraction(1, 2)


# --- matching ----------------------------------------------------------------------------------------------------


@given(MEANINGS, st.data())
def test_matching_earns_the_share_of_terms_matched_right(meanings: list[str], draw: st.DataObject) -> None:
    one = question(Kind.MATCHING, pairs=pairs(*meanings, extra=("x",)))
    picks = draw.draw(st.lists(st.integers(1, len(meanings) + 1), min_size=len(meanings), max_size=len(meanings)))
    all_meanings = [*meanings, "x"]
    right = sum(all_meanings[pick - 1] == meaning for pick, meaning in zip(picks, meanings, strict=True))
    answer = {str(number): pick for number, pick in enumerate(picks, 1)}
    assert grading.share(one, answer) == Fraction(right, len(meanings))


def test_where_two_terms_share_a_meaning_either_line_of_it_will_do() -> None:
    one = question(Kind.MATCHING, pairs=pairs("duty", "duty", "choice"))
    assert grading.share(one, {"1": 2, "2": 1, "3": 3}) == WHOLE
    assert grading.share(one, {"1": 1, "2": 1, "3": 3}) == WHOLE


def test_a_term_left_out_is_a_term_not_matched() -> None:
    one = question(Kind.MATCHING, pairs=pairs("a", "b", "c", extra=("x", "y")))
    assert grading.share(one, {"2": 2}) == Fraction(1, 3)


# --- putting in order --------------------------------------------------------------------------------------------


@given(st.integers(2, 7), st.data())
def test_an_order_earns_the_neighbor_pairs_that_stand(count: int, draw: st.DataObject) -> None:
    order = draw.draw(st.lists(st.integers(1, count), unique=True, min_size=1))
    standing = sum((first, first + 1) in list(pairwise(order)) for first in range(1, count))
    one = question(Kind.ORDERING, items=options([False] * count))
    assert grading.share(one, order) == Fraction(standing, count - 1)


@pytest.mark.parametrize(
    ("order", "earned"),
    [
        ([1, 2, 3, 4], Fraction(1)),
        ([4, 3, 2, 1], Fraction(0)),
        ([2, 3, 4, 1], Fraction(2, 3)),
        ([1, 3, 2, 4], Fraction(0)),
        ([3, 4, 1, 2], Fraction(2, 3)),
        ([2, 3], Fraction(1, 3)),
        ([1, 2, 2, 3], Fraction(0)),
        ([8, 9, 10, 11], Fraction(0)),
        ([0, 1], Fraction(0)),
    ],
)
def test_orders_earn_what_the_contract_says(order: list[int], earned: Fraction) -> None:
    assert grading.share(question(Kind.ORDERING, items=options([False] * 4)), order) == earned


# --- writing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "typed", "right"),
    [
        ("informed consent", "Informed  Consent", True),
        ("informed consent", " informed\tconsent. ", True),
        ("informed consent", "informed consent..", False),
        ("informed consent", "informedconsent", False),
        ("client's", "client’s", True),
        ("client’s", "client's", True),
        ("client‘s", "client’s", True),
        ("Straße", "STRASSE", True),
        ("office", "oﬃce", True),
        ("abc", "ａｂｃ", True),
        ("résumé", "resume", False),
        ("résumé", "re\u0301sume\u0301", True),
        ("etc.", "etc", True),
        ("45", "45", True),
    ],
)
def test_a_short_answer_is_compared_as_people_mean_it(accepted: str, typed: str, right: bool) -> None:  # noqa: FBT001
    assert grading.share(question(Kind.SHORT, accepted=(accepted,)), typed) == int(right)


def test_capitals_count_where_the_author_says_so() -> None:
    one = question(Kind.SHORT, accepted=("NASW",), match_capitals=True)
    assert grading.share(one, "NASW.") == WHOLE
    assert grading.share(one, "nasw") == NOTHING


@given(st.lists(TEXTS, min_size=1, max_size=4), st.data())
def test_any_accepted_answer_is_right(accepted: list[str], draw: st.DataObject) -> None:
    one = question(Kind.SHORT, accepted=tuple(accepted))
    assert grading.share(one, draw.draw(st.sampled_from(accepted))) == WHOLE


@given(st.text(max_size=20), st.booleans())
def test_folding_a_folded_text_changes_nothing_but_a_second_full_stop(text: str, match_capitals: bool) -> None:  # noqa: FBT001
    folded = grading.fold(text, match_capitals=match_capitals)
    assume(not folded.endswith("."))
    assert grading.fold(f"  {folded} . ", match_capitals=match_capitals) == grading.fold(
        folded, match_capitals=match_capitals
    )


@given(st.lists(TEXTS, min_size=1, max_size=5), st.data())
def test_gaps_earn_the_share_of_gaps_filled_right(words: list[str], draw: st.DataObject) -> None:
    one = question(Kind.GAPS, gaps=tuple((word,) for word in words))
    filled = [draw.draw(st.sampled_from([word, "~~~", ""])) for word in words]
    right = sum(text == word for text, word in zip(filled, words, strict=True))
    assert grading.share(one, filled) == Fraction(right, len(words))


def test_a_gap_may_have_alternatives_and_more_texts_than_gaps_earn_nothing_more() -> None:
    one = question(Kind.GAPS, gaps=(("duty", "obligation"), ("client",)))
    assert grading.share(one, ["Obligation", "client", "client"]) == WHOLE
    assert grading.share(one, ["client", "duty"]) == NOTHING


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("45", "45"),
        (" 45 ", "45"),
        ("+45", "45"),
        ("-45", "-45"),
        ("−45", "-45"),
        ("45.", "45"),
        (".5", "0.5"),
        ("0.50", "0.5"),
        ("007", "7"),
        ("1,000", "1000"),
        ("1000", "1000"),
        ("1,234,567.8", "1234567.8"),
        ("-1,000", "-1000"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, number: str) -> None:
    assert grading.read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "x", "45%", "$45", "45 min", "1,00", "1,0000", "10,00,000", ",5", "1 000", "4.5.6", "1e3", "--5", "5-",
     "NaN", "٤٥", "1_000", "0x10", "1,000,00", ".", "-", "+"],
)  # fmt: skip
def test_what_is_not_a_number_alone_is_not_read_as_one(typed: str) -> None:
    assert grading.read_number(typed) is None
    assert grading.share(question(Kind.NUMBER, number=Decimal(0), tolerance=Decimal(99)), typed) == NOTHING


@given(st.decimals(-1000, 1000, places=3), st.decimals(0, 50, places=3), st.decimals(-1100, 1100, places=3))
def test_a_number_is_right_within_its_edges_and_on_them(key: Decimal, tolerance: Decimal, given_: Decimal) -> None:
    one = question(Kind.NUMBER, number=key, tolerance=tolerance)
    assert grading.share(one, str(given_)) == int(key - tolerance <= given_ <= key + tolerance)
    assert grading.share(one, f"{key + tolerance:f}") == grading.share(one, f"{key - tolerance:f}") == WHOLE


def test_a_number_just_outside_its_edge_is_wrong_however_many_digits_it_takes_to_tell() -> None:
    one = question(Kind.NUMBER, number=Decimal(45), tolerance=Decimal(5))
    assert grading.share(one, "50." + "0" * 40 + "1") == NOTHING
    assert grading.share(one, "49." + "9" * 40) == WHOLE


# --- a whole paper -----------------------------------------------------------------------------------------------


@st.composite
def papers_with_answers(draw: st.DrawFn) -> tuple[list[Question], dict[str, Answer]]:
    asked = draw(st.lists(any_question(), min_size=1, max_size=6))
    worth = st.fractions(Fraction(1, 4), 100, max_denominator=4)
    questions = [_with(one, id=f"q{n}", points=draw(worth), graded=draw(st.booleans())) for n, one in enumerate(asked)]
    return questions, {one.id: draw(st.one_of(ANY_ANSWER, st.just(key_of(one)))) for one in questions}


@given(papers_with_answers(), st.integers(1, 100))
def test_points_add_up_exactly_and_what_is_not_graded_counts_neither_way(
    paper: tuple[list[Question], dict[str, Answer]], pass_mark: int
) -> None:
    questions, answers = paper
    graded = [one for one in questions if one.graded]
    result = grading.grade(questions, answers, pass_mark=pass_mark)
    assert result.possible == sum((one.points for one in graded), NOTHING)
    assert result.score == sum((one.points * grading.share(one, answers[one.id]) for one in graded), NOTHING)
    assert [mark.question for mark in result.marks] == graded
    assert result.passed == (bool(graded) and result.score * 100 >= pass_mark * result.possible)


@given(papers_with_answers())
def test_a_blank_paper_and_an_all_wrong_paper_score_nothing(paper: tuple[list[Question], dict[str, Answer]]) -> None:
    questions, _ = paper
    for answers in ({}, {one.id: opposite_of(one) for one in questions}):
        result = grading.grade(questions, answers, pass_mark=1)
        assert (result.score, result.passed) == (0, False)


def test_a_pass_is_a_pass_at_the_very_mark_and_not_a_hair_below() -> None:
    """Seven of nine is 77.77…%: a mark of 77 is reached, and 78 is not, whatever rounding would say."""
    nine = [question(Kind.SHORT, accepted=("yes",), id=f"q{n}") for n in range(9)]
    seven = {f"q{n}": "yes" for n in range(7)}
    assert grading.grade(nine, seven, pass_mark=77).passed
    assert not grading.grade(nine, seven, pass_mark=78).passed
    assert grading.grade(nine[:5], {f"q{n}": "yes" for n in range(4)}, pass_mark=80).passed


def test_an_answer_to_what_was_not_asked_changes_nothing() -> None:
    one = question(Kind.SHORT, accepted=("yes",))
    assert grading.grade([one], {"q": "yes", "other": "yes"}, pass_mark=80).score == 1


def test_a_mark_says_whether_it_is_right_and_whether_it_is_blank() -> None:
    one = question(Kind.CHOOSE_ALL, options=options([True, True, False]), points=Fraction(3))
    (half,) = grading.grade([one], {"q": [1]}, pass_mark=80).marks
    (blank,) = grading.grade([one], {}, pass_mark=80).marks
    assert (half.points, half.is_right, half.is_blank) == (Fraction(3, 2), False, False)
    assert (blank.points, blank.is_right, blank.is_blank) == (0, False, True)
