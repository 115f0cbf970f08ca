"""Papers: what a seed draws is drawn again anywhere, keys are not given away by their place, and cases stay whole."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers import make_question

from app.assessment import papers
from app.content.course import Case, Exam, Feedback, Kind, Option, Pair, Pool, Question, Shuffle
from app.kit.templates import ROOT

SEEDS = st.text("0123456789abcdef", min_size=32, max_size=32)
MANY_SEEDS = [f"{number:032x}" for number in range(300)]


def exam(*items: Question | Case | Pool, shuffle: Shuffle = Shuffle.OPTIONS) -> Exam:
    return Exam(title="Exam", pass_mark=80, attempts=None, feedback=Feedback.AFTER_PASS, shuffle=shuffle, items=items)


def questions(first: int, last: int, **more: object) -> tuple[Question, ...]:
    return tuple(make_question(number, **more) for number in range(first, last + 1))  # type: ignore[arg-type]


def true_or_false(number: int) -> Question:
    options = (Option("True", "True", right=True), Option("False", "False"))
    return replace(make_question(number), kind=Kind.TRUE_FALSE, options=options)


def ordering(number: int, count: int) -> Question:
    items = tuple(Option(f"step {place}", "") for place in range(1, count + 1))
    return replace(make_question(number), kind=Kind.ORDERING, options=(), items=items)


def matching(number: int) -> Question:
    pairs = tuple(Pair(term, f"meaning {place}") for place, term in enumerate(("a", "b", "c", ""), 1))
    return replace(make_question(number), kind=Kind.MATCHING, options=(), pairs=pairs)


def a_case(number: int, *inner: Question) -> Case:
    return Case(id=f"case-{number}", title=f"Case {number}", story_html="<p>…</p>", questions=inner)


def full_exam(shuffle: Shuffle = Shuffle.BOTH) -> Exam:
    """One of everything, in pools and out of them."""
    return exam(
        *questions(1, 3),
        true_or_false(4),
        ordering(5, 4),
        matching(6),
        a_case(1, *questions(10, 12)),
        Pool(
            id="pool-1",
            title="Pool",
            items=(*questions(20, 24), a_case(2, *questions(25, 27)), a_case(3, *questions(28, 29))),
            draw=4,
        ),
        shuffle=shuffle,
    )


def orders(asked: Exam, seed: str) -> dict[str, tuple[int, ...]]:
    return {slot.question.id: slot.order for slot in papers.draw(asked, seed).slots}


def ids(asked: Exam, seed: str) -> list[str]:
    return [question.id for question in papers.draw(asked, seed).questions]


# --- the same again ----------------------------------------------------------------------------------------------


@given(SEEDS, st.sampled_from(Shuffle), st.sets(st.integers(20, 29)))
def test_one_question_is_drawn_as_the_whole_paper_draws_it(seed: str, shuffle: Shuffle, before: set[int]) -> None:
    asked, seen = full_exam(shuffle), {f"question-{number}": 1 for number in before}
    paper = papers.draw(asked, seed, seen=seen)
    for question in asked.questions():
        assert papers.draw_slot(asked, seed, question.id, seen=seen) == paper.slot(question.id)
    assert papers.draw_slot(asked, seed, "nothing-of-ours", seen=seen) is None


@given(SEEDS, st.sampled_from(Shuffle))
def test_the_same_seed_draws_the_same_paper(seed: str, shuffle: Shuffle) -> None:
    assert papers.draw(full_exam(shuffle), seed) == papers.draw(full_exam(shuffle), seed)


DRAW_ELSEWHERE = """
import json, sys
import test_papers
print(json.dumps([test_papers.orders(test_papers.full_exam(), seed) for seed in test_papers.MANY_SEEDS[:20]]))
"""


def test_another_process_draws_the_same_papers() -> None:
    """With other hash seeds too, which change the order of sets."""
    here = json.dumps([orders(full_exam(), seed) for seed in MANY_SEEDS[:20]])
    path = os.pathsep.join(str(ROOT / one) for one in (".", "tests", "tests/assessment"))
    for hash_seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", DRAW_ELSEWHERE],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.strip() == here


def test_a_paper_that_was_drawn_years_ago_is_laid_out_as_it_was() -> None:
    """Written down once: if this fails, the papers of attempts that are kept would change under their answers."""
    asked = exam(*questions(1, 4), Pool(id="pool", title="P", items=questions(5, 9), draw=2), shuffle=Shuffle.BOTH)
    assert list(orders(asked, "c0ffee" * 5).items()) == [
        ("question-8", (4, 2, 1, 3)),
        ("question-3", (2, 1, 3, 4)),
        ("question-7", (3, 2, 4, 1)),
        ("question-2", (1, 3, 4, 2)),
        ("question-4", (2, 3, 4, 1)),
        ("question-1", (2, 3, 4, 1)),
    ]


def test_other_seeds_draw_other_papers() -> None:
    assert len({json.dumps(orders(full_exam(), seed)) for seed in MANY_SEEDS[:50]}) == 50


# --- options -----------------------------------------------------------------------------------------------------


@given(SEEDS, st.sampled_from(Shuffle))
def test_every_option_stands_on_the_paper_once(seed: str, shuffle: Shuffle) -> None:
    for slot in papers.draw(full_exam(shuffle), seed).slots:
        count = len(slot.question.options or slot.question.pairs or slot.question.items)
        assert sorted(slot.order) == list(range(1, count + 1))


@given(SEEDS)
def test_options_keep_the_numbers_they_were_written_under(seed: str) -> None:
    (slot,) = papers.draw(exam(make_question(1)), seed).slots
    assert all(slot.question.options[number - 1] == option for number, option in slot.options)


@pytest.mark.parametrize("seed", MANY_SEEDS[:60])
def test_true_and_false_never_change_places(seed: str) -> None:
    insistent = replace(true_or_false(1), shuffle=True)
    assert orders(exam(insistent, true_or_false(2), shuffle=Shuffle.BOTH), seed) == {
        "question-1": (1, 2),
        "question-2": (1, 2),
    }


@pytest.mark.parametrize("shuffle", [Shuffle.NONE, Shuffle.QUESTIONS])
def test_options_stand_as_written_where_the_exam_does_not_mix_them(shuffle: Shuffle) -> None:
    assert {orders(exam(make_question(1), shuffle=shuffle), seed)["question-1"] for seed in MANY_SEEDS} == {
        (1, 2, 3, 4)
    }


def test_a_question_may_say_otherwise_than_its_exam() -> None:
    keeps = exam(make_question(1, shuffle=False), shuffle=Shuffle.OPTIONS)
    mixes = exam(make_question(1, shuffle=True), shuffle=Shuffle.NONE)
    assert {orders(keeps, seed)["question-1"] for seed in MANY_SEEDS} == {(1, 2, 3, 4)}
    assert len({orders(mixes, seed)["question-1"] for seed in MANY_SEEDS}) == 24


def test_every_option_comes_to_stand_at_every_place_about_as_often() -> None:
    first = Counter(orders(exam(make_question(1)), seed)["question-1"][0] for seed in MANY_SEEDS)
    assert set(first) == {1, 2, 3, 4}
    assert all(45 <= times <= 105 for times in first.values())  # 75 expected, four standard deviations either way


@pytest.mark.parametrize("count", [2, 3, 4])
def test_what_is_to_be_put_in_order_never_stands_in_order(count: int) -> None:
    asked = exam(ordering(1, count), shuffle=Shuffle.NONE)
    assert tuple(range(1, count + 1)) not in {orders(asked, seed)["question-1"] for seed in MANY_SEEDS}


def test_meanings_are_mixed_whatever_the_exam_mixes() -> None:
    asked = exam(matching(1), shuffle=Shuffle.NONE)
    assert len({orders(asked, seed)["question-1"] for seed in MANY_SEEDS}) == 24


# --- questions ---------------------------------------------------------------------------------------------------


@given(SEEDS, st.sampled_from(Shuffle))
def test_questions_are_numbered_from_one_and_each_is_asked_once(seed: str, shuffle: Shuffle) -> None:
    paper = papers.draw(full_exam(shuffle), seed)
    assert [slot.number for slot in paper.slots] == list(range(1, len(paper.slots) + 1))
    assert len(set(paper.questions)) == len(paper.questions)


def test_questions_stand_as_written_unless_the_exam_mixes_them() -> None:
    asked = exam(*questions(1, 5), shuffle=Shuffle.OPTIONS)
    assert {tuple(ids(asked, seed)) for seed in MANY_SEEDS[:20]} == {tuple(f"question-{n}" for n in range(1, 6))}
    mixed = replace(asked, shuffle=Shuffle.QUESTIONS)
    assert len({tuple(ids(mixed, seed)) for seed in MANY_SEEDS[:20]}) > 10


@given(SEEDS, st.sampled_from(Shuffle))
def test_a_case_stays_whole_in_its_order_and_with_its_story(seed: str, shuffle: Shuffle) -> None:
    slots = papers.draw(full_exam(shuffle), seed).slots
    cases = {slot.case.id: slot.case for slot in slots if slot.case}
    for case in cases.values():
        places = [slot.number for slot in slots if slot.case == case]
        assert places == list(range(places[0], places[0] + len(case.questions)))
        assert tuple(slot.question for slot in slots if slot.case == case) == case.questions


def test_a_question_is_found_on_the_paper_that_asks_it_and_on_no_other() -> None:
    paper = papers.draw(exam(make_question(1)), MANY_SEEDS[0])
    assert paper.slot("question-1") == paper.slots[0]
    assert paper.slot("question-2") is None


# --- pools -------------------------------------------------------------------------------------------------------


def drawn(pool: Pool, seed: str) -> Sequence[str]:
    return ids(exam(pool, shuffle=Shuffle.NONE), seed)


@given(SEEDS, st.integers(1, 8))
def test_a_pool_draws_as_many_as_it_says_in_the_order_written(seed: str, draw: int) -> None:
    asked = drawn(Pool(id="p", title="P", items=questions(1, 8), draw=draw), seed)
    assert len(asked) == len(set(asked)) == draw
    assert asked == sorted(asked)


def test_every_question_of_a_pool_is_drawn_about_as_often() -> None:
    pool = Pool(id="p", title="P", items=questions(1, 6), draw=2)
    times = Counter(one for seed in MANY_SEEDS for one in drawn(pool, seed))
    assert len(times) == 6
    assert all(65 <= count <= 135 for count in times.values())  # 100 expected


@given(SEEDS)
def test_a_pool_draws_a_case_as_one(seed: str) -> None:
    cases = tuple(a_case(n, *questions(10 * n, 10 * n + 2)) for n in range(1, 5))
    asked = papers.draw(exam(Pool(id="p", title="P", items=cases, draw=2)), seed)
    assert len({slot.case.id for slot in asked.slots if slot.case}) == 2
    assert len(asked.slots) == 6


@given(SEEDS, st.integers(1, 2))
def test_a_pool_drawn_to_a_blueprint_asks_as_many_of_each_objective(seed: str, draw: int) -> None:
    items = tuple(replace(one, objective=1 + place % 3) for place, one in enumerate(questions(1, 9)))
    pool = Pool(id="p", title="P", items=items, draw=draw, per_objective=True)
    asked = papers.draw(exam(pool), seed).questions
    assert Counter(question.objective for question in asked) == {1: draw, 2: draw, 3: draw}


def test_two_pools_draw_independently() -> None:
    one = Pool(id="one", title="P", items=questions(1, 6), draw=1)
    two = Pool(id="two", title="P", items=questions(11, 16), draw=1)
    together = {tuple(ids(exam(one, two), seed)) for seed in MANY_SEEDS}
    assert len(together) == 36


# --- what she has seen -------------------------------------------------------------------------------------------


def papers_in_a_row(asked: Exam, seeds: Sequence[str]) -> list[papers.Paper]:
    """Draw the papers of somebody who tries again and again."""
    seen, drawn = papers.NOTHING_SEEN, []
    for seed in seeds:
        drawn.append(papers.draw(asked, seed, seen=seen))
        seen = papers.seen_with(seen, drawn[-1])
    return drawn


def ids_of(paper: papers.Paper) -> set[str]:
    return {question.id for question in paper.questions}


@given(
    size=st.integers(1, 12), draw=st.integers(1, 12), seeds=st.lists(SEEDS, min_size=2, max_size=6), mixed=st.booleans()
)
def test_a_retake_asks_first_what_she_has_not_seen(size: int, draw: int, seeds: list[str], mixed: bool) -> None:  # noqa: FBT001
    pool = Pool(id="pool", title="Pool", items=questions(1, size), draw=min(draw, size))
    asked = exam(pool, shuffle=Shuffle.BOTH if mixed else Shuffle.NONE)
    seen: set[str] = set()
    for paper in papers_in_a_row(asked, seeds):
        fresh = ids_of(paper) - seen
        assert len(paper.slots) == pool.draw
        assert len(fresh) == min(pool.draw, size - len(seen))
        seen |= ids_of(paper)


@given(seeds=st.lists(SEEDS, min_size=4, max_size=4))
def test_once_all_is_seen_what_she_saw_longest_ago_comes_back_first(seeds: list[str]) -> None:
    asked = exam(Pool(id="pool", title="Pool", items=questions(1, 6), draw=2))
    first, second, third, fourth = map(ids_of, papers_in_a_row(asked, seeds))
    assert first | second | third == {f"question-{number}" for number in range(1, 7)}
    assert fourth == first


@given(seeds=st.lists(SEEDS, min_size=2, max_size=2))
def test_a_blueprint_stays_a_blueprint_and_is_fresh_for_each_objective(seeds: list[str]) -> None:
    items = tuple(replace(question, objective=1 + place % 3) for place, question in enumerate(questions(1, 12)))
    asked = exam(Pool(id="pool", title="Pool", items=items, draw=2, per_objective=True))
    first, second = papers_in_a_row(asked, seeds)
    for paper in (first, second):
        assert Counter(question.objective for question in paper.questions) == {1: 2, 2: 2, 3: 2}
    assert not ids_of(first) & ids_of(second)


@given(seeds=st.lists(SEEDS, min_size=3, max_size=3))
def test_a_case_is_seen_or_fresh_as_a_whole(seeds: list[str]) -> None:
    cases = tuple(a_case(number, *questions(10 * number, 10 * number + 2)) for number in (1, 2, 3))
    asked = exam(Pool(id="pool", title="Pool", items=cases, draw=1))
    drawn = [ids_of(paper) for paper in papers_in_a_row(asked, seeds)]
    assert len(set().union(*drawn)) == 9
    assert all(len(one) == 3 for one in drawn)


@given(
    seed=SEEDS, seen=st.dictionaries(st.sampled_from([f"question-{one}" for one in range(1, 30)]), st.integers(1, 9))
)
def test_what_she_has_seen_changes_what_is_drawn_and_nothing_else(seed: str, seen: dict[str, int]) -> None:
    asked = full_exam()
    fresh, again = papers.draw(asked, seed), papers.draw(asked, seed, seen=seen)
    assert papers.draw(asked, seed, seen=dict(reversed(seen.items()))) == again
    orders_of = {slot.question.id: slot.order for slot in fresh.slots}
    assert all(orders_of.get(slot.question.id, slot.order) == slot.order for slot in again.slots)
    outside = {slot.question.id for slot in fresh.slots if slot.question.id < "question-2"}
    assert outside <= ids_of(again)


def test_without_the_memory_a_retake_would_ask_again_what_she_has_seen() -> None:
    """The control: drawn as if she had seen nothing, many second papers repeat questions of the first."""
    asked = exam(Pool(id="pool", title="Pool", items=questions(1, 12), draw=6))
    pairs = itertools.pairwise(MANY_SEEDS)
    assert sum(bool(set(ids(asked, one)) & set(ids(asked, other))) for one, other in pairs) > 200
