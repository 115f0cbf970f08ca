"""How a page lies on its original: printed a little smaller, a little moved, or just as it was.

Words that stand on both tell it. A page that was stretched, or set anew, lies nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from app.awards.reading.leaves import Box, Fit, Leaf
from app.awards.reading.originals import Original
from app.awards.reading.wordwise import Compared

LEAST_ANCHORS = 12  # words whose places are compared; fewer tell nothing
MOST_ANCHORS = 80
MOST_OFF = 1.2  # points that a word may lie off once the page is laid over the original
LEAST_LYING = 0.6  # share of the words that have to lie: the others may be forged
_FAR = 40.0  # points that words stand apart before their distance tells the scale
_AS_PRINTED = 0.0015
_UNMOVED = 0.3  # points

Pairs = Sequence[tuple[Box, Box]]  # where a word stands on the original, and where on the page


def fit(leaf: Leaf, original: Original, words: Compared) -> Fit | None:
    """Find how a page lies on the original; None where it does not."""
    step = max(1, len(words.matches) // MOST_ANCHORS)
    chosen = words.matches[::step]
    if len(chosen) < LEAST_ANCHORS:
        return None
    pairs = [(original.leaf.box(original.words[one]), leaf.box(leaf.words[two])) for one, two in chosen]
    scale = _scale(pairs)
    if scale is None:
        return None
    right = median(ours[0] - theirs[0] * scale for ours, theirs in pairs)
    up = median(ours[1] - theirs[1] * scale for ours, theirs in pairs)
    if abs(scale - 1) < _AS_PRINTED and abs(right) < _UNMOVED and abs(up) < _UNMOVED:
        scale, right, up = 1.0, 0.0, 0.0
    found = Fit(scale, right, up)
    lying = sum(_off(ours, on_original(theirs, found)) <= MOST_OFF for ours, theirs in pairs)
    return found if lying >= LEAST_LYING * len(pairs) else None


def on_original(box: Box, fit: Fit | None) -> Box:
    """Give the place on the original where a place of the page lies."""
    if fit is None:
        return box
    left, bottom, right, top = (edge * fit.scale for edge in box)
    return left + fit.right, bottom + fit.up, right + fit.right, top + fit.up


def overlap(one: Box, other: Box) -> bool:
    """Say whether two boxes share anything."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scale(pairs: Pairs) -> float | None:
    """Compare how far words stand apart: the same in width and in height, or it is no printing of the original."""
    half = len(pairs) // 2
    apart = [(a, b, c, d) for (a, b), (c, d) in zip(pairs, pairs[half:], strict=False)]
    wide = [(ours[0] - other[0], here[0] - there[0]) for ours, here, other, there in apart]
    high = [(ours[1] - other[1], here[1] - there[1]) for ours, here, other, there in apart]
    ratios = [ours / theirs for ours, theirs in (*wide, *high) if abs(theirs) > _FAR and ours / theirs > 0.2]
    return median(ratios) if ratios else None


def _off(ours: Box, theirs: Box) -> float:
    return max(abs(ours[0] - theirs[0]), abs(ours[1] - theirs[1]))
