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
        # Written aside and renamed: a reader never sees half a file.
        draft = _write_aside(self.root, content)
        draft.chmod(0o644)
        draft.replace(target)

    def path(self, name: str) -> Path | None:
        """Find a file by its name, or nothing: a name that is not a hash never reaches the disk."""
        if not NAME.fullmatch(name):
            return None
        target = self.root / name
        return target if target.is_file() else None


def _write_aside(folder: Path, content: bytes) -> Path:
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as draft:
        try:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        except OSError:
            Path(draft.name).unlink()
            raise
    return Path(draft.name)
