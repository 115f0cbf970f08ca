"""Stamps: the moment a page was made, sealed, so that the page can bring it back and we know it for ours.

The seal is made with a key of this site, in a file of the folder of data, which all its machines share. Nothing
grave hangs on it: without it nobody can say that a page was opened hours before it was.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

KEY_FILE = "stamp.key"
KEY_BYTES = 32
LONGEST = 80  # letters


@dataclass(frozen=True, slots=True)
class Stamps:
    """Seals moments, and reads the seal."""

    key: bytes = field(repr=False)

    def seal(self, moment: datetime) -> str:
        """Write a moment so that it can be given away."""
        told = str(int(moment.timestamp()))
        return f"{told}.{self._mark(told)}"

    def read(self, stamp: str) -> datetime | None:
        """Read a moment that was sealed here; nothing for what was not."""
        told, _, mark = stamp.partition(".")
        if len(stamp) > LONGEST or not hmac.compare_digest(mark.encode(), self._mark(told).encode()):
            return None
        return datetime.fromtimestamp(int(told), tz=UTC)

    def _mark(self, told: str) -> str:
        return hmac.new(self.key, told.encode(), hashlib.sha256).hexdigest()[:32]


def of_folder(folder: Path) -> Stamps:
    """Give the stamps of a site, whose key is in this folder; it is made there once."""
    path = folder / KEY_FILE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and linked: of two processes that begin at once one makes the key, and nobody reads half of it.
    aside = folder / f".{KEY_FILE}.{secrets.token_hex(8)}"
    if not path.exists():
        aside.touch(mode=0o600)
        aside.write_bytes(secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    return Stamps(path.read_bytes())
