"""A page's look held against the original's: which fact looks different, and what else does."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.awards.reading import aligning, look
from app.awards.reading.by_words import Laid
from app.awards.reading.findings import Doubt, Look
from app.awards.reading.found import LOOKS_DIFFERENT, QR_CODE, Found
from app.awards.reading.leaves import Fit, Leaf
from app.awards.reading.look import Band
from app.awards.reading.originals import Original

MOST_TOUCHED = 0.4  # share of the facts that may look different before the whole is a matter of how it was printed
MOST_DUST = 0  # cells of stray ink where no fact stands


@dataclass(slots=True)
class _Astray:
    """Where ink is astray."""

    owners: set[int] = field(default_factory=set)
    is_code: bool = False
    marks: int = 0


def tell(found: Found, laid: Laid) -> Look:
    """Name each fact that looks different."""
    original = laid.original
    if look.is_equal(original.coarse, laid.leaf.picture(look.COARSE_DPI)):
        return Look.EQUAL
    if laid.fit is None:
        found.doubted(Doubt.UNALIGNED)
        return Look.UNALIGNED
    astray = _astray(laid.leaf, original, laid.fit)
    if len(astray.owners) > MOST_TOUCHED * len(original.stretches):
        found.doubted(Doubt.UNALIGNED)
        return Look.UNALIGNED
    for owner in sorted(astray.owners - found.touched):
        found.lacks(original.field_of(owner), LOOKS_DIFFERENT, original.text_of(owner))
    if astray.is_code:
        found.lacks("number", f"{QR_CODE} {LOOKS_DIFFERENT}", f"{QR_CODE} that was printed")
    if astray.marks > MOST_DUST:
        found.doubted(Doubt.MARKS)
    return Look.DIFFERS if astray.owners or astray.is_code else Look.ALIKE


def _astray(leaf: Leaf, original: Original, fit: Fit) -> _Astray:
    """Look closely where words and codes stand, and at a glance at the rest."""
    found = _Astray(marks=_marks(leaf, original, fit))
    for band, (picture, wide) in zip(original.bands, original.cutouts, strict=True):
        stray = look.stray_ink(picture, wide, leaf.cutout(band.box, band.dpi, fit))
        for cell in look.places(stray, band):
            owner = original.owner_at(cell)
            is_code = owner < 0 and original.is_code_at(cell)
            found.owners |= {owner} - {-1}
            found.is_code = found.is_code or is_code
            found.marks += owner < 0 and not is_code
    return found


def _marks(leaf: Leaf, original: Original, fit: Fit) -> int:
    """Count what is drawn, or missing, beyond the bands."""
    whole = Band((0.0, 0.0, original.leaf.width, original.leaf.height), look.COARSE_DPI)
    paper = leaf.cutout(whole.box, whole.dpi, fit)
    stray = look.stray_ink(original.coarse, look.spread(original.coarse), paper)
    cells = look.places(stray, whole)
    return sum(not any(aligning.overlap(cell, band.box) for band in original.bands) for cell in cells)
