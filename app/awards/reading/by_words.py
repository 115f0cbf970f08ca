"""A page's words held against the original's: which fact says something else, which says nothing, what was added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from app.awards.reading import aligning, wordwise
from app.awards.reading.findings import Doubt
from app.awards.reading.found import ALSO_SAYS, MISSING, NOTHING, Found, short
from app.awards.reading.leaves import Box, Fit, Leaf, Word, union
from app.awards.reading.originals import Original
from app.awards.reading.wordwise import Change, Compared

_AS_THEY_STAND = 0.9  # share of words alike in the file's order; below it, the order on the page is tried
_SAME_LINE = 12.0  # points that a word may have moved within its fact
_BESIDE = 8.0  # points: as far as the next line of a fact
# What words are about that stand where nothing is printed.
_ABOUT = {
    "hours": re.compile(r"\b(hours?|credits?|CEUs?)\b", re.IGNORECASE),
    "approvals": re.compile(r"approv|accredit|recogni[sz]ed|\bboard\b", re.IGNORECASE),
    "license": re.compile(r"licen[sc]e", re.IGNORECASE),
}
UNNAMED = "wording"


class Laid:
    """A page beside its original: the words compared, and how one lies on the other."""

    def __init__(self, leaf: Leaf, original: Original) -> None:
        self.leaf, self.original = leaf, original
        self.words = _compared(leaf, original)

    @cached_property
    def fit(self) -> Fit | None:
        """Give how the page lies on the original; asked for only where something differs."""
        return aligning.fit(self.leaf, self.original, self.words)

    def place(self, words: Sequence[Word]) -> Box:
        """Give the place on the original where words of the page stand."""
        return aligning.on_original(union([self.leaf.box(word) for word in words]), self.fit)


def tell(found: Found, laid: Laid) -> None:
    """Name each fact whose words differ."""
    papers: dict[int, list[tuple[int, str]]] = {}
    for change in laid.words.changes:
        if change.original[0] == change.original[1]:
            _added(found, laid, change)
        else:
            _replaced(papers, laid, change)
    for owner in sorted(papers):
        found.touched.add(owner)
        said = [*_kept(laid, owner), *papers[owner]]
        paper = " ".join(text for _place, text in sorted(said, key=lambda one: one[0]))
        note = found.differs if papers[owner] else found.lacks
        note(laid.original.field_of(owner) or UNNAMED, paper or MISSING, laid.original.text_of(owner))


def _compared(leaf: Leaf, original: Original) -> Compared:
    """Compare words in the order of the file or, where another program changed that, as they stand on the page."""
    ours, theirs = [word.text for word in original.words], [word.text for word in leaf.words]
    found = wordwise.compared(ours, theirs)
    if found.alike > _AS_THEY_STAND or leaf.is_overfull or not theirs:
        return found
    mine, other = _by_place(original.leaf, original.words), _by_place(leaf, leaf.words)
    again = wordwise.compared([ours[index] for index in mine], [theirs[index] for index in other])
    if again.changes or again.alike < 1.0:
        return found
    return Compared(1.0, matches=tuple((mine[one], other[two]) for one, two in again.matches))


def _by_place(leaf: Leaf, words: Sequence[Word]) -> list[int]:
    boxes = [leaf.box(word) for word in words]
    return wordwise.in_order_of_place([(box[0], box[1]) for box in boxes])


def _kept(laid: Laid, owner: int) -> list[tuple[int, str]]:
    """Give the words of a fact that are the same on both."""
    original = laid.original
    return [(one, original.words[one].text) for one, _two in laid.words.matches if original.owners[one] == owner]


def _replaced(papers: dict[int, list[tuple[int, str]]], laid: Laid, change: Change) -> None:
    """Give each fact whose words are changed what the paper says instead."""
    owners = [laid.original.owners[index] for index in range(*change.original)]
    for owner in owners:
        papers.setdefault(owner, [])
    for index in range(*change.paper):
        word = laid.leaf.words[index]
        there = laid.original.owner_at(laid.place([word]), within=_SAME_LINE)
        papers[there if there in owners else owners[0]].append((change.original[0], word.text))


def _added(found: Found, laid: Laid, change: Change) -> None:
    """Name the fact beside which words were added; in the margin, they are no fact."""
    original = laid.original
    words = [laid.leaf.words[index] for index in range(*change.paper)]
    text = " ".join(word.text for word in words)
    place = laid.place(words)
    if not aligning.overlap(place, original.page):
        found.doubted(Doubt.WORDS, short(text))
        return
    owner = original.owner_at(place, within=_BESIDE)
    found.touched.add(owner)
    found.differs(original.field_of(owner) or _about(text), f"{ALSO_SAYS} “{text}”", original.text_of(owner) or NOTHING)


def _about(text: str) -> str:
    return next((field for field, words in _ABOUT.items() if words.search(text)), UNNAMED)
