"""What findings come to: the verdict on a document. Pure, and short enough to be read in one go.

A fact that differs makes it altered. No difference, but anything at all that is odd, makes it a picture: a person
compares. Only what is left is called the same.
"""

from __future__ import annotations

from app.awards.reading.findings import Comparison, Doubt
from app.awards.verdicts import Difference, Document

LEAST_ALIKE = 0.5  # share of the original's words: below it a page is not laid out as the certificate is

# Of several doubts the one is told that says most about a file.
_WEIGHT = {doubt: place for place, doubt in enumerate((
    Doubt.SCRIPT,
    Doubt.ACTION,
    Doubt.LAYERS,
    Doubt.PAGES,
    Doubt.IMAGE,
    Doubt.NO_TEXT,
    Doubt.NO_ORIGINAL,
    Doubt.UNLIKE,
    Doubt.FORM,
    Doubt.NOTES,
    Doubt.WORDS,
    Doubt.DAMAGED,
    Doubt.MIXED,
    Doubt.APPENDED,
    Doubt.ATTACHED,
    Doubt.MARKS,
    Doubt.UNALIGNED,
    Doubt.SPOKEN,
    Doubt.DESCRIPTION,
    Doubt.FILES,
    Doubt.UNUSUAL,
))}  # fmt: skip


def document(found: Comparison) -> Document:
    """Say what a page is, held against its original."""
    if found.differences:
        is_broken = any(doubt is Doubt.DAMAGED for doubt, _detail in found.doubts)
        return Document.UNREADABLE if is_broken and found.only_lacks else Document.ALTERED
    return Document.PICTURE if found.doubts else Document.SAME_FACTS


def differences(found: Comparison, *, license_shown: str) -> tuple[Difference, ...]:
    """Give what differs. Of the record's license only as much is told as may be: whoever asks may hold a forgery."""
    return tuple(
        Difference(field, paper, license_shown if field == "license" else record)
        for field, paper, record in found.differences
    )


def weightiest(found: Comparison) -> tuple[Doubt, str]:
    """Give the doubt that is told."""
    return min(found.doubts, key=lambda one: _WEIGHT[one[0]])
