"""A handout: a sheet of a course that is printed and written on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

# What somebody fills in by hand stands in the text as one of these letters. Nobody types them: they mean nothing in
# Unicode, and are taken out of what an author writes.
BOX, TICKED, BLANK = "\ue000", "\ue001", "\ue002"  # a blank is as many of them as its author typed underscores


@dataclass(frozen=True, slots=True)
class Handout:
    """One handout, as its author wrote it. `course` is the title of its course; empty where it belongs to none."""

    title: str
    html: str
    course: str = ""
    language: str = "en"

    def to_json(self) -> str:
        """Give canonical JSON: it crosses so to the process that draws."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Handout:
        """Read back what `to_json` wrote."""
        return cls(**json.loads(text))
