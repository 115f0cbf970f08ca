"""What a page is told to paint: whether every instruction has what it takes, within bounds on which all programs agree.

Out of them each does as it likes: PDFium takes a color of five for one, and the next program paints it gray.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from pikepdf import Array, Dictionary, Name, String

# Paths, colors, text, forms, marked content. No inline images, no shadings, no sections for some programs only.
_NUMBERS = {  # instructions that take nothing but numbers, and how many
    0: "q Q h S s f F f* B B* b b* n W W* BT ET T* EMC",
    1: "w J j M i Tc Tw Tz TL Tr Ts g G",
    2: "m l Td TD d0",
    3: "rg RG",
    4: "v y re k K",
    6: "cm c Tm d1",
}
_TAKES = {word: count for count, words in _NUMBERS.items() for word in words.split()}
_WITHIN = {
    **dict.fromkeys(("g", "G", "rg", "RG", "k", "K"), (0, 1)),
    **dict.fromkeys(("J", "j"), (0, 2)),
    **dict.fromkeys(("w", "M", "Tz"), (0, 10_000)),
    "Tr": (0, 7),
    "i": (0, 100),
}
_KINDS: dict[str, tuple[tuple[type, ...], ...]] = {
    "d": ((Array,), (int, Decimal)),
    "ri": ((Name,),),
    "gs": ((Name,),),
    "Tf": ((Name,), (int, Decimal)),
    "Tj": ((String,),),
    "TJ": ((Array,),),
    "'": ((String,),),
    '"': ((int, Decimal), (int, Decimal), (String,)),
    "CS": ((Name,),),
    "cs": ((Name,),),
    "Do": ((Name,),),
    "MP": ((Name,),),
    "DP": ((Name,), (Name, Dictionary)),
    "BMC": ((Name,),),
    "BDC": ((Name,), (Name, Dictionary)),
}
_COLORS = ("sc", "SC", "scn", "SCN")
_MOST_PARTS = 4  # of a color
_OPENS = {"q": "Q", "BT": "ET", "BMC": "EMC", "BDC": "EMC"}
_CLOSES = frozenset(_OPENS.values())


class Instructions:
    """Follows the instructions of a page or a form, one by one."""

    def __init__(self, *, has_lab: bool) -> None:
        """Say whether there are colors whose parts go beyond one."""
        self._widest = (-128, 128) if has_lab else (0, 1)
        self._open = dict.fromkeys(_CLOSES, 0)

    def is_plain(self, word: str, taken: list[Any]) -> bool:
        """Say whether an instruction is one of the plain ones, and has what it takes."""
        return self._is_in_turn(word) and (
            _are_numbers(taken, *self._widest) and 0 < len(taken) <= _MOST_PARTS
            if word in _COLORS
            else _fits(word, taken)
        )

    @property
    def are_closed(self) -> bool:
        """Whether everything that was begun has ended."""
        return not any(self._open.values())

    def _is_in_turn(self, word: str) -> bool:
        """Say whether it ends only what was begun. A text is not begun within another."""
        if word in _CLOSES:
            self._open[word] -= 1
            return self._open[word] >= 0
        if word in _OPENS:
            self._open[_OPENS[word]] += 1
            return word != "BT" or self._open["ET"] == 1
        return True


def _fits(word: str, taken: list[Any]) -> bool:
    if word in _TAKES:
        return len(taken) == _TAKES[word] and _are_numbers(taken, *_WITHIN.get(word, (-(10**6), 10**6)))
    if (kinds := _KINDS.get(word)) is None:
        return False
    if len(taken) != len(kinds) or not all(isinstance(one, kind) for one, kind in zip(taken, kinds, strict=True)):
        return False
    if word == "TJ":
        return all(isinstance(one, (String, int, Decimal)) for one in taken[0])
    return word != "d" or _are_numbers(taken[0], 0, 10_000)


def _are_numbers(taken: Iterable[Any], least: float, most: float) -> bool:
    return all(isinstance(one, (int, Decimal)) and least <= one <= most for one in taken)
