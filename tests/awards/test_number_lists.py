"""Whatever numbers are pasted among, each is found, once and in order; and what is nearly one is not passed over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.awards import number_lists, numbers

ONE, TWO, THREE = (
    drawn + numbers.check_symbol(drawn)
    for drawn in ("YH84FBKZFMMPG9N10ZZ", "7S7MPSNE3ZWBSP9C0P9", "Q4T2V8XKA0B6C1D3E5F")
)
GROUPED = numbers.in_groups(TWO)


def found(text: str) -> list[str]:
    return [numbers.read(typed) for typed in number_lists.read(text).numbers]


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{GROUPED}\n{THREE}\n",
        f"{ONE} {GROUPED} {THREE}",
        f"{ONE},{GROUPED},{THREE}",
        f"{ONE}; {GROUPED};\r\n{THREE}",
        f"{ONE}\t{GROUPED}\t{THREE}",
        f"Name,Number\r\nAna Reyes,{ONE}\r\n“Ben, Carter”,{GROUPED}\r\nO’Neill,{THREE}\r\n",
        f"https://ce.example.org/v/{ONE}\nhttps://ce.example.org/v/{GROUPED.lower()}\n(see {THREE.lower()})",
        f"{ONE} {GROUPED.replace('-', ' ')} {numbers.in_groups(THREE).replace('-', '–')}",
        f"1. {ONE}\n2. {GROUPED}\n3. {THREE}",
        f"{ONE}\n{ONE}\n{GROUPED}\n{TWO}\n{THREE}",
        f'"{ONE}" "{GROUPED}" "{THREE}"',
    ],
)
def test_numbers_are_found_among_whatever_stands_between_them(text: str) -> None:
    assert found(text) == [ONE, TWO, THREE]


@given(
    st.lists(st.sampled_from([ONE, TWO, THREE]), min_size=1, max_size=9),
    st.sampled_from(["\n", ",", "; ", "\t", " | ", "\r\n\r\n", " "]),
    st.sampled_from([numbers.in_groups, str]),
)
def test_none_is_lost_and_none_comes_twice(
    given_numbers: list[str], between: str, written: Callable[[str], str]
) -> None:
    text = between.join(map(written, given_numbers))
    assert found(text) == list(dict.fromkeys(given_numbers))


def test_names_and_headings_are_left_out_and_told() -> None:
    told = number_lists.read(f"Certificate number,Holder\n{ONE},Anna Mary Jane Anne Beth\n{'x' * 90},\n")
    assert [numbers.read(typed) for typed in told.numbers] == [ONE]
    assert told.left_out == ("Certificate number", "Holder", "Anna Mary Jane Anne Beth", f"{'x' * 39}…")


@pytest.mark.parametrize("slip", [ONE[:-1], ONE + "7", f"{GROUPED}-{GROUPED[:4]}", ONE[:-1] + "U", GROUPED[:-5]])
def test_what_is_nearly_a_number_is_kept_to_be_told(slip: str) -> None:
    digits = sum(symbol.isdigit() for symbol in slip)
    if digits > 1:
        assert number_lists.read(f"{TWO}\n{slip}").numbers[1] == slip


@pytest.mark.parametrize("typed", ["999", "hello", "4CKT-9M2Q", "A" * 5_000])
def test_what_is_typed_alone_is_meant_as_a_number(typed: str) -> None:
    (kept,) = number_lists.read(f"  {typed}\n").numbers
    assert typed.startswith(kept)
    assert len(kept) <= 80


def test_nothing_is_found_in_nothing() -> None:
    assert number_lists.read(" \n,;\t ") == number_lists.NumberList((), ())


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    told = number_lists.read(text)
    assert all(typed.strip() for typed in told.numbers)
