"""Certificate numbers: random, typed by people, and wrong when they are mistyped."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.awards import numbers
from app.awards.numbers import ALPHABET

NUMBERS = st.text(ALPHABET, min_size=19, max_size=19).map(lambda drawn: drawn + numbers.check_symbol(drawn))


def test_the_alphabet_has_32_symbols_and_none_that_is_mistaken_for_another() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_a_new_number_is_well_formed_and_no_two_are_alike() -> None:
    drawn = [numbers.new() for _ in range(2_000)]
    assert all(map(numbers.is_well_formed, drawn))
    assert len(set(drawn)) == len(drawn)


def test_every_symbol_is_drawn_about_as_often_at_every_place() -> None:
    drawn = [numbers.new() for _ in range(3_200)]
    for place in range(numbers.LENGTH):
        times = Counter(number[place] for number in drawn)
        assert set(times) == set(ALPHABET)
        assert max(times.values()) < 200  # 100 expected


@given(NUMBERS)
def test_any_one_wrong_symbol_is_noticed(number: str) -> None:
    for place, was in enumerate(number):
        for symbol in set(ALPHABET) - {was}:
            assert not numbers.is_well_formed(number[:place] + symbol + number[place + 1 :])


@given(NUMBERS)
def test_any_two_symbols_that_changed_places_are_noticed(number: str) -> None:
    for left, right in combinations(range(numbers.LENGTH), 2):
        typed = list(number)
        typed[left], typed[right] = typed[right], typed[left]
        assert numbers.is_well_formed("".join(typed)) == (number[left] == number[right])


@given(NUMBERS)
def test_a_number_is_printed_in_five_groups_of_four_and_read_back(number: str) -> None:
    groups = numbers.in_groups(number)
    assert [len(group) for group in groups.split("-")] == [4] * 5
    for typed in (groups, groups.lower(), groups.replace("-", " "), groups.replace("0", "o").replace("1", "I")):
        assert numbers.read(typed) == number


@pytest.mark.parametrize("number", ["", "0" * 19, "0" * 21, "U" * 20, "0" * 19 + "1", "é" * 20])
def test_what_could_not_have_been_issued_is_not_well_formed(number: str) -> None:
    assert not numbers.is_well_formed(number)
