"""The sentences of a check without the register: one file of them, for this program and for the page in a browser."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

WORDS: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
_BLANK = re.compile(r"\{([a-z_]+)\}")


def filled(sentence: str, **blanks: str | int) -> str:
    """Put words in the places that a sentence leaves for them, and never in what was put there."""
    return _BLANK.sub(lambda blank: str(blanks[blank[1]]), sentence)


def spoken(instant: str) -> str:
    """Say an instant as people do: “November 20, 2026, 6:00 PM (UTC)”."""
    moment = datetime.fromisoformat(instant)
    hour, half = moment.hour % 12 or 12, "AM" if moment.hour < 12 else "PM"
    month = WORDS["months"][moment.month - 1]
    return f"{month} {moment.day}, {moment.year}, {hour}:{moment.minute:02} {half} (UTC)"
