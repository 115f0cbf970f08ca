"""Limits: how much one course may hold, so that no draft fills the house. Each is told in a sentence."""

from __future__ import annotations

from app.kit.errors import TooLarge
from app.library import names

MIB = 1024 * 1024
TEXT_LARGEST = 1 * MIB  # of one text: a book has about as much
TEXTS_LARGEST = 20 * MIB  # of all texts of a course, which are read together at each look
MEDIA_LARGEST = 200 * MIB  # of one picture, recording or film
COURSE_LARGEST = 500 * MIB
MOST_FILES = 2_000


class TextTooLarge(TooLarge):
    """A text is longer than one file of a course may be."""

    def __init__(self, name: str) -> None:
        """Name the file."""
        super().__init__(f"{name} holds more than {said(TEXT_LARGEST)} of text. Split it into several modules.")


class MediaTooLarge(TooLarge):
    """A picture or a recording is larger than one may be."""

    def __init__(self, name: str) -> None:
        """Name the file."""
        super().__init__(f"{name} is larger than {said(MEDIA_LARGEST)}. Save it smaller, or cut it into parts.")


class CourseTooLarge(TooLarge):
    """All files of a course together are too much."""

    def __init__(self, name: str) -> None:
        """Name the file that does not fit any more."""
        super().__init__(
            f"With {name} this course would hold more than {said(COURSE_LARGEST)}, of it {said(TEXTS_LARGEST)} of "
            "text. Remove what it does not need, or make it two courses."
        )


class TooManyFiles(TooLarge):
    """A course of more files than anybody can keep in mind."""

    message = f"A course may hold up to {MOST_FILES:,} files. Remove some before you add more."


def most(name: str) -> int:
    """Say how many bytes a file of this name may have."""
    return TEXT_LARGEST if names.is_text(name) else MEDIA_LARGEST


def said(size: int) -> str:
    """Say a number of bytes as people do."""
    if size < 1024:
        return f"{size} bytes"
    return f"{size / 1024:.0f} KB" if size < MIB else f"{size / MIB:.0f} MB"
