"""The shapes of answers: what an option, a pair, a step or a setting looks like, and how each is mistyped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.content.comments import fenced
from app.content.findings import Line, Place
from app.content.grammar import GAP
from app.content.spelling import slips

NAMES = (
    "answer",
    "capitals",
    "credit",
    "hint",
    "id",
    "objective",
    "points",
    "private",
    "rationale",
    "shuffle",
    "source",
    "waive",
    "words",
)


class Shape(StrEnum):
    """What an answer looks like on the page."""

    ROUND = "round brackets"
    SQUARE = "square brackets"
    ARROWS = "arrows"
    NUMBERS = "a numbered list"
    ANSWER = "an “Answer:” line"
    BLANK = "a line ____"


_MARK = r"(?P<open>[(\[（［])\s*(?P<tick>[xX✓✔]?)\s*(?P<close>[)\]）］])"
_MISTICKED = (
    r"[(\[（［]\s*(?P<tick>[nNoOvVyYхХｘＸ]|[^\w\s()\[\]（）［］^@✓✔])\s*[)\]）］]"  # the Cyrillic х looks like x
)
OPTION = re.compile(rf" {{0,3}}[-*+]\s+(?P<mark>{_MARK})(?P<text>.*)")
SLIP = re.compile(rf"(?P<indent>\s*)(?P<bullet>[-*+–—•·●])(?P<gap>\s*){_MARK}(?=\s|$)")
TICK_SLIP = re.compile(rf" {{0,3}}[-*+]\s+(?P<mark>{_MISTICKED})(?=\s|$)")
ARROW_SLIP = re.compile(r"(?:\s*(?P<bullet>[–—•])| {0,3}-(?=[^\s-])).*?\s(?:->|→)")
PAIR = re.compile(r" {0,3}[-*+]\s++(?P<term>(?:.*?\S)??)\s*(?:->|→)\s*(?P<meaning>.*)")
ITEM = re.compile(r" {0,3}\d{1,9}[.)]\s+(?P<text>.*)")
NAMED = re.compile(r" {0,3}(?P<escape>\\?)(?P<name>[^\W\d_]{2,12})[ \t]*:[ \t]*(?P<value>.*)")
BLANK_LINE = re.compile(r" {0,3}_{3,}[ \t]*")
RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
FEEDBACK = re.compile(r"(?P<indent>[ \t]*)>[ ]?(?P<text>.*)")
INDENTED = re.compile(r"(?: {2,}|\t)\s*(?P<text>\S.*)")


def option(text: str) -> re.Match[str] | None:
    """Read a line as an option; `[x](…)` is a link."""
    match = OPTION.fullmatch(text)
    return None if match and match["open"] in "[［" and match["text"][:1] not in {"", " ", "\t"} else match


def is_asked(lines: Sequence[Line]) -> bool:
    """Say whether there is something to answer in these lines."""
    code = fenced(lines)
    return any(answers(line) for index, line in enumerate(lines) if index not in code)


def answers(line: Line) -> bool:
    """Say whether a line is an answer of some shape other than a numbered list."""
    text = line.text
    named = NAMED.fullmatch(text)
    return bool(
        OPTION.fullmatch(text)
        or SLIP.match(text)
        or TICK_SLIP.match(text)
        or PAIR.fullmatch(text)
        or BLANK_LINE.fullmatch(text)
        or GAP.search(text)
        or (named and named["name"].lower() == "answer" and not named["escape"])
    )


def stands_apart(line: Line) -> bool:
    """Say whether a line cannot be part of a paragraph of prose."""
    named = NAMED.fullmatch(line.text)
    ours = named is not None and any(slips(named["name"].lower(), name) <= 1 for name in NAMES)
    return line.blank or ours or answers(line) or ITEM.fullmatch(line.text) is not None


def before_rationale(lines: Sequence[Line], code: set[int]) -> list[Line]:
    """Give the lines in which an answer may be written."""
    found = []
    for index, line in enumerate(lines):
        if index in code:
            continue
        if line.text.lower().startswith("rationale:"):
            break
        found.append(line)
    return found


@dataclass(frozen=True, slots=True)
class Slip:
    """An option that was not quite typed as one."""

    place: Place
    what: str
    remedy: str = "Begin it like the others: a hyphen, a space, then the brackets."


def slip(line: Line) -> Slip | None:
    """Say what is wrong with a line that was meant for an option; nothing if it was not."""
    if match := SLIP.match(line.text):
        return Slip(line.cut(match.start("bullet")).place, _what_slipped(match))
    if match := TICK_SLIP.match(line.text):
        what = f"“{match['tick']}” in brackets where only an x is read"
        remedy = "Put an x into the brackets of a right option, and nothing into the others."
        return Slip(line.cut(match.start("mark")).place, what, remedy)
    if match := ARROW_SLIP.match(line.text):
        indent = len(line.text) - len(line.text.lstrip())
        return Slip(
            line.cut(indent).place,
            "a dash or dot where a hyphen belongs" if match["bullet"] else "no space after the hyphen",
        )
    return None


def _what_slipped(match: re.Match[str]) -> str:
    if len(match["indent"].replace("\t", "    ")) >= 4:
        return "four spaces or more before the hyphen"
    return "a dash or dot where a hyphen belongs" if match["bullet"] in "–—•·●" else "no space after the hyphen"


def one_slip(match: re.Match[str], name: str) -> bool:
    """Say whether a setting’s name is one slip from one of ours."""
    typed = match["name"].lower()
    if name == "id":  # “Ed: I feel watched.” is a person speaking
        return sorted(typed) == sorted(name) and re.fullmatch(r"[\w-]+\s*", match["value"]) is not None
    return slips(typed, name) == 1
