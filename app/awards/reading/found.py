"""What is found while a page is held against its original: differences, each named by its fact, and doubts."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.awards.reading.findings import Doubt

LOOKS_DIFFERENT = "looks different from the original"
ALSO_SAYS = "also says"
QR_CODE = "the QR code"
MISSING = "not there"
NOTHING = "nothing"
LONGEST = 160  # letters of a difference
_BEFORE = 40  # letters that are shown before the first one that differs, of a text that is too long to be shown whole


@dataclass(slots=True)
class Found:
    """Differences and doubts, as they are found."""

    differences: dict[tuple[str, str, str], None] = field(default_factory=dict)
    doubts: dict[tuple[Doubt, str], None] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)  # stretches of the original whose words differ
    only_lacks: bool = True  # whatever differs is missing or unreadable; nothing says something else

    def differs(self, name: str, paper: str, record: str) -> None:
        """Note that the paper says something else than the record."""
        self.only_lacks = False
        self._note(name, paper, record)

    def lacks(self, name: str, paper: str, record: str) -> None:
        """Note that the paper does not say, or not show, what the record says."""
        self._note(name, paper, record)

    def doubted(self, doubt: Doubt, what: str = "") -> None:
        """Note something odd that is no fact."""
        self.doubts[doubt, short(what)] = None

    def _note(self, name: str, paper: str, record: str) -> None:
        self.differences[name, *_windows(paper, record)] = None


def short(text: str) -> str:
    """Give a text, or its beginning."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _windows(paper: str, record: str) -> tuple[str, str]:
    """Shorten long texts to where they begin to differ."""
    if max(len(paper), len(record)) <= LONGEST:
        return paper, record
    same = next((index for index, (a, b) in enumerate(zip(paper, record, strict=False)) if a != b), 0)
    start = paper.rfind(" ", 0, max(0, same - _BEFORE)) + 1
    if not start:
        return short(paper), short(record)
    return short(f"…{paper[start:]}"), short(f"…{record[start:]}")
