"""Checking: what is asked of whoever reads a paper and holds it against the record.

Page, API and command line ask in these two ways and no other, so that they cannot answer differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from app.awards.verdicts import Result


class Checks(Protocol):
    """Whoever says what a file or a number proves."""

    def file(self, *, filename: str, content: bytes) -> Iterator[Result]:
        """Say what a file proves: one result, or one for each file in it where it is a zip.

        A file that cannot be read is a result too. Raises `Unavailable` where it could be read and cannot be now.
        """

    def number(self, typed: str) -> Result:
        """Say how the certificate of a number stands, as the number was typed; an unknown one is a result too."""
