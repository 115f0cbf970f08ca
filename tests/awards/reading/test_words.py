"""Words: whatever is written otherwise is found, and where a line breaks is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.awards.reading import wordwise
from app.awards.reading.found import Found

WORD = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=8)
TEXT = st.lists(WORD, min_size=1, max_size=60)


@given(TEXT)
def test_a_text_equals_itself(text: list[str]) -> None:
    found = wordwise.compared(text, text)
    assert (found.alike, found.changes) == (1.0, ())
    assert found.matches == tuple((index, index) for index in range(len(text)))


@given(TEXT, st.data())
def test_a_word_that_is_broken_in_two_is_the_same_word(text: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    broken = data.draw(st.integers(0, len(text[at])))
    halves = [half for half in (text[at][:broken], text[at][broken:]) if half]
    assert wordwise.compared(text, [*text[:at], *halves, *text[at + 1 :]]).changes == ()


@given(TEXT, WORD, st.data())
def test_another_word_is_found_where_it_stands(text: list[str], word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    other = [*text[:at], f"{word}†", *text[at + 1 :]]
    changes = wordwise.compared(text, other).changes
    assert changes
    assert any(change.paper[0] <= at < change.paper[1] for change in changes)


@given(TEXT, WORD, st.data())
def test_a_word_that_was_added_is_found(text: list[str], word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    changes = wordwise.compared(text, [*text[:at], f"{word}†", *text[at:]]).changes
    assert any(change.paper[0] <= at < change.paper[1] for change in changes)


@given(TEXT, st.data())
def test_a_word_that_is_missing_is_found(text: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    assert wordwise.compared([*text[:at], "†", *text[at:]], text).changes


def test_ligatures_and_marks_that_nobody_sees_are_the_letters_that_are_read() -> None:
    assert wordwise.compared(["office", "½"], ["o\ufb03ce", "1⁄2"]).changes == ()
    assert wordwise.compared(["0.5"], ["0\u200b.5"]).changes == ()
    assert wordwise.compared(["0.5"], ["0,5"]).changes
    assert wordwise.compared(["Ana"], ["Аna"]).changes, "a Cyrillic letter is another letter"


def test_words_are_ordered_as_one_reads_them() -> None:
    places = [(300.0, 100.0), (50.0, 500.0), (50.0, 100.5), (300.0, 499.0)]
    assert wordwise.in_order_of_place(places) == [1, 3, 2, 0]


def test_a_page_full_of_words_is_compared_in_no_time() -> None:
    text = [f"word{number}" for number in range(300)]
    assert wordwise.compared(text, text * 100).alike <= 0.5


@pytest.mark.parametrize("length", [20, 400])
def test_long_texts_are_shown_from_where_they_differ(length: int) -> None:
    before = "word " * (length // 5)
    found = Found()
    found.differs("approvals", f"{before}#9999 and more", f"{before}#1234 and more")
    ((_field, paper, record),) = found.differences
    assert "#9999" in paper
    assert "#1234" in record
    assert len(paper) <= 160
