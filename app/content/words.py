"""How much there is to read: words, counted as the credit rules count them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

# Scripts that put no spaces between words: Han, kana, Thai, Lao, Tibetan, Burmese, Khmer.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003134f]"
)
_LINE_ENDS = {"softbreak", "hardbreak"}
_SPOKEN = {"text", "text_special"}


@dataclass(frozen=True, slots=True)
class Tally:
    """Words between spaces, and characters of scripts that have none."""

    pieces: int = 0
    characters: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.pieces + other.pieces, self.characters + other.characters)

    @property
    def words(self) -> int:
        """Two characters of a script without spaces count as one word."""
        return self.pieces + self.characters // 2


def count(text: str) -> Tally:
    """Count a text: a piece between white space counts once if it holds a letter or a digit."""
    characters = 0 if text.isascii() else sum(map(str.isalnum, _UNSPACED.findall(text)))
    pieces = _UNSPACED.sub("", text).split() if characters else text.split()
    said = [piece for piece in pieces if piece[0].isalnum() or any(map(str.isalnum, piece))]
    return Tally(len(said), characters)


def spoken(tokens: Sequence[Token] | None) -> str:
    """Give what is read aloud of a run of inline tokens: no code, no pictures, no citations."""
    parts = []
    for token in tokens or ():
        if token.type in _SPOKEN:
            parts.append(token.content)
        elif token.type in _LINE_ENDS:
            parts.append(" ")
    return "".join(parts)


def count_tokens(tokens: Sequence[Token]) -> Tally:
    """Count everything there is to read in a run of block tokens."""
    return count("\n".join(_read(token) for token in tokens))


def _read(token: Token) -> str:
    if token.type == "box_open":
        return str(token.meta["box"].title)
    return spoken(token.children) if token.type == "inline" else ""
