"""What a course shares with a source word for word is found, however it is broken into lines or marked."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_course import FILES, write

from app.content import overlap
from app.content.overlap import MOST_PLACES, Run, Text

SENTENCE = "Tonight she is sitting in her car on level three of the garage"


def plain(words: str, name: str = "source.txt") -> Text:
    return overlap.of_plain(name, words)


def runs(ours: str, theirs: str, run: int = 8) -> list[Run]:
    return list(overlap.shared([plain(ours, "ours.md")], [plain(theirs)], run=run))


def test_a_planted_sentence_is_found_with_its_places() -> None:
    ours = f"Our own beginning.\n\nThen: {SENTENCE}, and so on."
    theirs = f"Another text.\nIt says this.\n{SENTENCE.upper()}!"
    assert runs(ours, theirs) == [Run("ours.md", 3, SENTENCE, 13, "source.txt", 3)]


def test_what_is_only_alike_is_not_found() -> None:
    assert runs(SENTENCE, SENTENCE.replace("car", "van").replace("level", "floor")) == []


def test_one_word_less_than_asked_for_is_no_run() -> None:
    eight = " ".join(SENTENCE.split()[:8])
    assert [one.count for one in runs(eight, SENTENCE)] == [8]
    assert runs(eight, SENTENCE, run=9) == []


@pytest.mark.parametrize(
    "ours",
    [
        "Tonight she is\nsitting in her\ncar on level\nthree of the garage",
        "Tonight **she is sitting** in *her* car, on `level three` of the ~~garage~~",
        "Tonight she is [sitting in her car](https://www.example.org/car) on level three of the garage",
        "Tonight she is sitting [@nasw-code, 1.07(c)] in her car[^1] on level three of the garage",
        "- Tonight she is sitting\n- in her car\n- on level three of the garage",
        "- (x) Tonight she is sitting in her car\n  > on level three of the garage",
        "1. Tonight she is sitting in her car\n2. on level three of the garage",
        "> Tonight she is sitting in her car\n> on level three of the garage",
        "| Tonight she is sitting | in her car |\n|---|---|\n| on level three | of the garage |",
        "Tonight — she is “sitting” in her car… on level three (of the garage)",
        "Tonight she is sitting in her car\n\n::: note\non level three of the garage\n:::",
        "Tonight she is sit-\nting in her car on lev\u00adel three of the gar\u00ad\nage",
        "To*night* she is sitting in her car on level three of the garage",
        "TONIGHT SHE IS SITTING IN HER CAR ON LEVEL THREE OF THE GARAGE",
    ],
)
def test_neither_line_ends_nor_marks_nor_capitals_hide_a_run(ours: str) -> None:
    assert [one.count for one in runs(ours, SENTENCE)] == [13]


def test_letters_that_look_alike_are_alike() -> None:
    assert [one.count for one in runs("The ﬁrst caf\u0065\u0301 isn’t open", "the first café isn't open", run=3)] == [5]


def test_a_hyphen_joins_and_a_dash_parts() -> None:
    assert plain("decision-making – well—known").words == ("decisionmaking", "well", "known")
    assert plain("2026-11-01").words == ("2026", "11", "01")


def test_a_run_is_told_once_and_whole() -> None:
    found = runs(f"a b c {SENTENCE} x y z", f"k l m {SENTENCE} n o p")
    assert [(one.count, one.words) for one in found] == [(13, SENTENCE)]


def test_the_longest_of_several_places_is_told() -> None:
    short = " ".join(SENTENCE.split()[:9])
    (found,) = runs(SENTENCE, f"{short} ends here.\n{SENTENCE}")
    assert (found.count, found.source_line) == (13, 2)


def test_every_source_is_named() -> None:
    sources = [plain(SENTENCE, "a.txt"), plain("nothing of it", "b.txt"), plain(f"so: {SENTENCE}", "c.txt")]
    found = overlap.shared([plain(SENTENCE, "ours.md")], sources)
    assert [one.source for one in found] == ["a.txt", "c.txt"]


WORDS = st.lists(st.sampled_from("abcd"), max_size=40).map(" ".join)


@given(WORDS, WORDS, st.integers(2, 5))
def test_no_shared_word_is_missed_and_none_is_invented(ours: str, theirs: str, run: int) -> None:
    text, source = plain(ours, "ours.md"), plain(theirs)
    shared = {
        place
        for start in range(len(text.words) - run + 1)
        for place in range(start, start + run)
        if _stands_in(text.words[start : start + run], source.words)
    }
    found = list(overlap._runs(text, source, overlap._places(source, run), run))
    told = {place for start, count, _ in found for place in range(start, start + count)}
    assert told == shared
    for start, count, at in found:
        assert count >= run
        assert text.words[start : start + count] == source.words[at : at + count]


def _stands_in(words: tuple[str, ...], source: tuple[str, ...]) -> bool:
    return any(source[at : at + len(words)] == words for at in range(len(source)))


def test_a_course_is_compared_in_all_its_texts_without_its_references_and_notes(tmp_path: Path) -> None:
    root = write(tmp_path, dict(FILES))
    texts = {source.name: overlap.of_source(source) for source in overlap.of_course(root)}
    assert set(texts) == {name for name in FILES if name.endswith(".md")}
    assert "ijswve" not in texts["course.md"].words, "a title of a reference is written as it is printed"
    assert {"practitioner", "2026", "watching"} <= set(texts["course.md"].words), (
        "what stands before and after is there"
    )
    assert "myself" not in texts["02-confidentiality.md"].words, "a note to oneself is not published"
    assert "asking" in texts["media/consent.md"].words


def test_a_whole_course_is_compared_in_well_under_a_second() -> None:
    words = [f"w{number * 7919 % 3001}" for number in range(30_000)]
    course = "\n".join(" ".join(words[at : at + 14]) for at in range(0, len(words), 14))
    source = " ".join(f"w{number * 104_729 % 2999}" for number in range(10_000))
    began = perf_counter()
    found = runs(course, f"{source}\n{' '.join(words[500:520])}")
    assert perf_counter() - began < 2, "on a busy machine; it takes a tenth of that"
    assert 20 in [one.count for one in found]


def test_a_text_that_repeats_itself_for_ever_takes_no_longer() -> None:
    began = perf_counter()
    found = runs("the " * 10_000, "the " * 5_000)
    assert perf_counter() - began < 4
    assert sum(one.count for one in found) >= 10_000
    assert MOST_PLACES < 5_000
