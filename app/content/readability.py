"""How hard a text is to read, by the two formulas that health and social agencies ask for.

Flesch reading ease (R. Flesch, 1948) = 206.835 − 1.015 × words ÷ sentences − 84.6 × syllables ÷ words: from 0, hardest,
to 100; 60 to 70 is plain English.
Flesch–Kincaid grade (J. P. Kincaid and others, 1975, for the U.S. Navy) = 0.39 × words ÷ sentences + 11.8 × syllables ÷
words − 15.59: the school year whose readers follow it.

What is counted is the running text of a module (running_text.py): no headings, no marks of questions, no citations, no
tables, no code. A word is what stands between spaces or dashes and holds a letter, so bare numbers are no words. A
sentence ends at . ! ? or …, or with its paragraph, item or option; abbreviations and initials end none.

Syllables are pyphen's pieces. Its dictionary says where a printer may break a word, and he never leaves one letter
alone (about) or breaks inside two vowels (client): counted so, a course has one syllable in twenty too few and seems a
whole school year easier. So the vowel sounds of each piece are counted, a silent e left out. Held against the CMU
Pronouncing Dictionary, 98 of 100 words of the first course come out right, and their sum within one in a hundred.

Both formulas were made for English, so courses in other languages get no figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyphen import Pyphen

_DASHES = re.compile(r"\s+|[–—]|--+")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[¿¡]*(?:[^\Wa-zß-öø-ÿ_]))")
_NO_END = re.compile(
    r"(?:^|[\s(“\"])(?:(?![ap]\.m\.)(?:[^\W\d_]\.)+|(?:Dr|Mr|Mrs|Ms|Mx|St|Jr|Sr|Prof|Rev|No|Nos|Art|Sec|Ch|Vol|vs|al|cf|etc|Inc)\.)$"
)
_SOUND = re.compile(r"[aeiouyáéíóúüö]+")
_SILENT = re.compile(
    r"(?:(?<=[^aeiouyl])|(?<=[aeiouy]l)|(?<=[aeou]))e$|(?<=[^aeioutd])ed$|(?<=[^aeiouysxzcgh])es$|(?<=th)es$"
)
_TWO_SOUNDS = re.compile(r"(?<![tcr])i(?=e[nt])")  # cli-ent, qui-et; but pa-tient, an-cient, friend


@dataclass(frozen=True, slots=True)
class Readability:
    """What the formulas are fed with. Of several texts it is their sum, never the mean of their grades."""

    words: int = 0
    sentences: int = 0
    syllables: int = 0

    def __add__(self, other: Readability) -> Readability:
        return Readability(
            self.words + other.words, self.sentences + other.sentences, self.syllables + other.syllables
        )  # fmt: skip

    @property
    def grade(self) -> float | None:
        """The Flesch–Kincaid grade; nothing where there is no sentence."""
        if not self.words:
            return None
        return round(0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59, 1)

    @property
    def ease(self) -> float | None:
        """Flesch reading ease; nothing where there is no sentence."""
        if not self.words:
            return None
        return round(206.835 - 1.015 * self.words / self.sentences - 84.6 * self.syllables / self.words, 1)


def speaks(language: str) -> bool:
    """Say whether the formulas were made for a language."""
    return language.lower().partition("-")[0] == "en"


def of(stretches: Iterable[str]) -> Readability:
    """Count running text: each stretch ends its last sentence."""
    return sum((_counted(sentence) for stretch in stretches for sentence in sentences(stretch)), Readability())


def _counted(sentence: str) -> Readability:
    said = [_LETTERS.findall(piece) for piece in _DASHES.split(sentence)]
    spoken = [letters for letters in said if letters]
    count = sum(syllables(one.lower()) for letters in spoken for one in letters)
    return Readability(len(spoken), 1 if spoken else 0, count)


def sentences(stretch: str) -> list[str]:
    """Part a stretch into sentences: “45 C.F.R. Part 164” and “Dr. Reyes” are parted nowhere."""
    found, begin = [], 0
    for end in _END.finditer(stretch):
        if not _NO_END.search(stretch[begin : end.end()].rstrip(" \"'”’)]")):
            found.append(stretch[begin : end.end()].strip())
            begin = end.end()
    return [*found, rest] if (rest := stretch[begin:].strip()) else found


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Count the syllables of an English word in small letters."""
    word = word.replace("’", "").replace("'", "")
    *pieces, last = _hyphenation().inserted(word, hyphen="-").split("-")
    ending = _SILENT.sub("", last)
    return sum(map(_sounds, (*pieces, ending if _SOUND.search(ending) else last)))


def _sounds(piece: str) -> int:
    return max(1, len(_SOUND.findall(piece)) + len(_TWO_SOUNDS.findall(piece)))


@cache
def _hyphenation() -> Pyphen:
    from pyphen import Pyphen

    return Pyphen(lang="en_US")
