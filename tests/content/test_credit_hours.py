"""Contact hours are exact, and every method gives what its source gives."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_course import FILES, read

from app.content import credit_hours
from app.content.course import Method


def hours(
    method: Method, *, words: int = 0, minutes: int = 0, questions: int = 0, difficulty: int | None = None
) -> Fraction:
    return credit_hours.compute(
        method, words=words, minutes=Fraction(minutes), questions=questions, difficulty=difficulty
    )


@pytest.mark.parametrize(
    ("words", "questions", "nasw", "ncbtmb", "nasba", "mergener"),
    [
        (10_000, 10, "1", "5/6", "1.798", (51, 65, 79)),
        (20_000, 15, "2", "5/3", "3.412", (82, 96, 110)),
        (60_000, 35, "6", "5", "9.866", (208, 222, 236)),
    ],
)
def test_the_methods_give_the_figures_of_their_sources(
    words: int, questions: int, nasw: str, ncbtmb: str, nasba: str, mergener
):
    assert hours(Method.NASW, words=words) == Fraction(nasw)
    assert hours(Method.NCBTMB, words=words) == Fraction(ncbtmb)
    assert abs(hours(Method.NASBA, words=words, questions=questions) - Fraction(nasba)) < Fraction(1, 1000)
    found = [hours(Method.MERGENER, words=words, questions=questions, difficulty=each) * 60 for each in (2, 3, 4)]
    assert found == list(mergener)


def test_the_worked_example_of_mergener_holds_with_a_negative_constant():
    # 0.9 × (−22.3 + 20.9 + 62) = 54.54 minutes; with +22.3 it would be 94.68.
    assert hours(Method.MERGENER, words=10_000, questions=0, difficulty=4) == Fraction(54, 60)
    assert credit_hours.MERGENER_CONSTANT < 0


def test_mergener_minutes_are_never_below_none():
    assert hours(Method.MERGENER, words=0, difficulty=1) == 0


def test_media_count_one_to_one_beside_words():
    assert hours(Method.NASW, words=5_000, minutes=30) == 1
    assert hours(Method.NCBTMB, words=6_000, minutes=30) == 1
    assert hours(Method.CLOCK, words=99_999, minutes=90) == hours(Method.PILOT, minutes=90) == Fraction(3, 2)


@given(st.fractions(min_value=0, max_value=1000))
def test_what_may_be_claimed_is_never_more_than_computed_and_in_halves(computed: Fraction):
    claim = credit_hours.claimable(computed)

    assert Fraction(claim) <= computed < Fraction(claim) + Fraction(1, 2)
    assert claim % Decimal("0.5") == 0


@pytest.mark.parametrize(
    ("claimed", "needed"), [("0.5", 10), ("1", 10), ("1.5", 15), ("2", 15), ("2.5", 20), ("6", 35)]
)
def test_each_further_hour_begun_asks_for_five_more_questions(claimed: str, needed: int):
    assert credit_hours.questions_needed(Decimal(claimed)) == needed


def test_an_operator_may_count_in_other_steps():
    assert credit_hours.claimable(Fraction(9, 5), step=Decimal("0.25")) == Decimal("1.75")
    assert not credit_hours.may_be_claimed(Decimal("0.25"))
    assert credit_hours.may_be_claimed(Decimal("0.25"), step=Decimal("0.25"))
    assert not credit_hours.may_be_claimed(Decimal(0))


COUNTED = """# Two words

One [link text](https://www.example.org/not-counted) and **bold**, don't — 3 ; code: `not counted`.

![not counted](media/photo.png "not counted")

| Head |
|------|
| cell |

::: note Title here
Inside.
:::

::: check
### Asked?

- (x) Yes
  > Because.
- ( ) Later
:::

Cited [@nasw-code, not counted].[^1] <!-- not counted -->

```
not counted
```

[^1]: Noted.
"""


def test_words_are_counted_as_the_rules_say(tmp_path: Path):
    course = read(tmp_path, {**FILES, "03-words.md": COUNTED}).course

    assert course is not None
    # Two words | One link text and bold, don't 3 code: | Head cell | Title here Inside. | Asked? Yes Because. Later
    # | Cited | Noted.
    assert course.modules[2].words == 2 + 8 + 2 + 3 + 4 + 1 + 1


def test_two_characters_of_a_script_without_spaces_are_a_word(tmp_path: Path):
    course = read(tmp_path, {**FILES, "03-words.md": "社会福祉士の倫理。 Two words"}).course

    assert course is not None
    assert course.modules[2].words == 2 + 8 // 2


def test_minutes_of_modules_count_where_the_course_gives_none(tmp_path: Path):
    text = FILES["course.md"].replace("  minutes: 60\n", "")
    first = FILES["01-a-decision-model.md"].replace("objectives: [1, 2]", "objectives: [1, 2]\nminutes: 45")
    second = FILES["02-confidentiality.md"].replace("objectives: [3]", "objectives: [3]\nminutes: 20")

    course = read(
        tmp_path, {**FILES, "course.md": text, "01-a-decision-model.md": first, "02-confidentiality.md": second}
    ).course

    assert course is not None
    assert (course.credit.minutes, course.credit.claimable) == (65, Decimal("1.0"))


def test_a_draw_counts_and_not_the_pool(tmp_path: Path):
    course = read(tmp_path).course

    assert course is not None
    assert course.exam is not None
    assert course.credit.questions == 12
    assert len(list(course.exam.questions())) == 14
