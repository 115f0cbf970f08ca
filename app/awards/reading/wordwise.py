"""The words of a page held against those of the original, in the order in which the file gives them.

Where a line breaks, and whether a program writes “0.5” in one piece or two, is not compared: letters are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from unicodedata import normalize

MOST_WORDS = 1500  # beyond this a page is no certificate, and comparing word by word takes long
_SOFT = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])

Span = tuple[int, int]  # words from, to


@dataclass(frozen=True, slots=True)
class Change:
    """Words of the original that stand otherwise on the paper. Either side may be empty."""

    original: Span
    paper: Span


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing."""

    alike: float  # share of the original's words that the paper has, in their order
    changes: tuple[Change, ...] = ()
    matches: tuple[tuple[int, int], ...] = field(default=())  # words that are the same: of the original, of the paper


def compared(original: Sequence[str], paper: Sequence[str]) -> Compared:
    """Compare two texts word by word."""
    ours, theirs = [_letters(word) for word in original], [_letters(word) for word in paper]
    if "".join(ours) == "".join(theirs):
        return Compared(1.0, matches=tuple(_same_places(ours, theirs)))
    if len(theirs) > MOST_WORDS:
        return Compared(_shared(ours, theirs))
    codes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    matches = tuple(pair for code in codes if code[0] == "equal" for pair in _pairs(code))
    changes = tuple(
        Change((start, end), (first, last))
        for kind, start, end, first, last in codes
        if kind != "equal" and "".join(ours[start:end]) != "".join(theirs[first:last])
    )
    same = sum(end - start for kind, start, end, first, last in codes if kind == "equal")
    same += sum(end - start for kind, start, end, first, last in codes if kind != "equal" and start < end) - sum(
        change.original[1] - change.original[0] for change in changes
    )
    return Compared(same / max(1, len(ours)), changes, matches)


def in_order_of_place(words: Sequence[tuple[float, float]]) -> list[int]:
    """Order words as one reads: lines from the top, each from the left. Gives their places in the text."""
    lines: list[tuple[float, list[int]]] = []
    for index in sorted(range(len(words)), key=lambda one: -words[one][1]):
        if not lines or lines[-1][0] - words[index][1] > 3.0:
            lines.append((words[index][1], []))
        lines[-1][1].append(index)
    return [index for _top, line in lines for index in sorted(line, key=lambda one: words[one][0])]


def _letters(word: str) -> str:
    """Give a word's letters as they count: a ligature as the letters in it, marks that nobody sees left out."""
    return normalize("NFKC", word).translate(_SOFT)


def _same_places(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pair the words of two texts of the same letters that begin and end at the same letter."""
    starts = {(start, word): index for index, (start, word) in enumerate(_placed(theirs))}
    for index, (start, word) in enumerate(_placed(ours)):
        if (start, word) in starts:
            yield index, starts[start, word]


def _placed(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    at = 0
    for word in words:
        yield at, word
        at += len(word)


def _pairs(code: tuple[str, int, int, int, int]) -> Iterator[tuple[int, int]]:
    _kind, start, end, first, _last = code
    return ((start + step, first + step) for step in range(end - start))


def _shared(ours: Sequence[str], theirs: Sequence[str]) -> float:
    there = set(theirs)
    return sum(word in there for word in ours) / max(1, len(ours)) / 2  # halved: nothing is known of their order
