"""An original, taken apart once: which words are which fact, where each fact stands, and how it looks.

Reading one takes as long as reading the paper that is held against it, so a few are kept.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING

from app.awards.facts import Facts
from app.awards.reading import fields, leaves, look, structure
from app.awards.reading.fields import Stretch
from app.awards.reading.leaves import Box, Fit, Leaf, Word
from app.awards.reading.look import Band
from app.awards.reading.structure import Structure

if TYPE_CHECKING:
    from PIL import Image

KEPT = 6
_NEAR = 3.0  # points around a fact that are still its own
_EM_IN_LINE = 1.25  # an em of our fonts takes 0.8 of the height of its line


class Original:
    """One stored certificate and the facts that it prints."""

    def __init__(self, content: bytes, facts: Facts) -> None:
        self._open = ExitStack()
        self.structure: Structure = structure.of(content)
        self.leaf = Leaf(self._open.enter_context(leaves.opened(content)), 0)
        self.words: tuple[Word, ...] = self.leaf.words
        self.stretches: tuple[Stretch, ...] = fields.stretches(facts)
        self.owners = fields.assigned([word.text for word in self.words], self.stretches)

    @cached_property
    def coarse(self) -> Image.Image:
        """Give the whole page at a glance."""
        return self.leaf.picture(look.COARSE_DPI)

    @cached_property
    def boxes(self) -> tuple[tuple[Box, int], ...]:
        """Give each line's place, with the stretch that it belongs to."""
        lines: list[tuple[Box, int]] = []
        for word, owner in zip(self.words, self.owners, strict=True):
            box = self.leaf.box(word)
            if lines and lines[-1][1] == owner and _on_one_line(lines[-1][0], box):
                lines[-1] = (leaves.union([lines[-1][0], box]), owner)
            else:
                lines.append((box, owner))
        return tuple(lines)

    @cached_property
    def page(self) -> Box:
        """Give what the words of the page take up: its body, without the frame."""
        return leaves.union([box for box, _owner in self.boxes])

    @cached_property
    def code(self) -> Box | None:
        """Give the place of the QR code, in points."""
        from app.awards.reading import pictures

        found = pictures.codes(self.coarse)
        if not found:
            return None
        scale = 72 / look.COARSE_DPI
        left, top, right, bottom = found[0].around
        return left * scale, self.leaf.height - bottom * scale, right * scale, self.leaf.height - top * scale

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """Give the parts of the page to be looked at closely."""
        sizes = {
            owner: self.leaf.line_height(word) / _EM_IN_LINE
            for word, owner in zip(self.words, self.owners, strict=True)
        }
        lines = [(box, sizes[owner]) for box, owner in self.boxes]
        return tuple(look.bands([*lines, (self.code, 10.0)] if self.code else lines))

    @cached_property
    def cutouts(self) -> tuple[tuple[Image.Image, Image.Image], ...]:
        """Give each band's picture, and the same with its ink spread."""
        cut = [self.leaf.cutout(band.box, band.dpi, Fit()) for band in self.bands]
        return tuple((picture, look.spread(picture)) for picture in cut)

    def owner_at(self, place: Box, *, within: float = _NEAR) -> int:
        """Give the stretch that a place belongs to: the nearest within so many points; -1 where there is none."""
        near = [(gap, owner) for box, owner in self.boxes if (gap := _gap(box, place)) <= within]
        return min(near, default=(0.0, -1))[1]

    def is_code_at(self, place: Box) -> bool:
        """Say whether a place belongs to the QR code."""
        return self.code is not None and _gap(self.code, place) <= _NEAR

    def field_of(self, owner: int) -> str:
        """Name the fact of a stretch."""
        return self.stretches[owner].field if owner >= 0 else ""

    def text_of(self, owner: int) -> str:
        """Give what a stretch says, as it is printed."""
        return self.stretches[owner].text if owner >= 0 else ""

    def close(self) -> None:
        """Let go of the file."""
        self.leaf.close()
        self._open.close()


class Shelf:
    """The originals that were needed last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Original] = OrderedDict()

    def original(self, content: bytes, facts: str) -> Original:
        """Give an original, taken apart already where it was needed a moment ago."""
        name = hashlib.sha256(content + facts.encode()).hexdigest()
        if name not in self._kept:
            self._kept[name] = Original(content, Facts.from_json(facts))
        self._kept.move_to_end(name)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)[1].close()
        return self._kept[name]

    def clear(self) -> None:
        """Let go of them."""
        while self._kept:
            self._kept.popitem()[1].close()


def _on_one_line(one: Box, other: Box) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.3 * min(one[3] - one[1], other[3] - other[1])


def _gap(one: Box, other: Box) -> float:
    across = max(one[0] - other[2], other[0] - one[2], 0.0)
    down = max(one[1] - other[3], other[1] - one[3], 0.0)
    return float((across**2 + down**2) ** 0.5)
