"""Files named by what they hold: the same bytes are kept once, and a name never changes its meaning."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{2,5}")


@dataclass(frozen=True, slots=True)
class Files:
    """A folder of content-addressed files, `<sha-256>.<kind>`, that several machines may share."""

    root: Path

    def keep(self, name: str, content: bytes) -> None:
        """Keep `content` under its name; a file that is there already holds the same bytes."""
        target = self.root / name
        if target.exists():
            return
        self.root.mkdir(parents=True, exist_ok=True)
        # Written aside and renamed: a reader never sees half a file, and a crash leaves none.
        with tempfile.NamedTemporaryFile(dir=self.root, delete=False) as draft:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(target)

    def path(self, name: str) -> Path | None:
        """Find a file by its name, or nothing: a name that is not a hash never reaches the disk."""
        if not NAME.fullmatch(name):
            return None
        target = self.root / name
        return target if target.is_file() else None
