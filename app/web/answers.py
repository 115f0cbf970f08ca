"""Answers as forms send them: read, carried on, and told where they can be mended.

The names of form fields are the question's own: `q.<id>` for a choice or a text, `q.<id>.<n>` where a
question takes several answers. Whatever is chosen, matched or put in order travels under its place on her
paper: of what is matched or ordered the author's own numbers would be the key, and of options they would
show an author's habit. An option travels as `p2`, the second on her paper; a plain `2` is the author's own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import cast

from app.assessment.grading import Answer, read_number
from app.assessment.papers import Slot
from app.content.course import Kind, Question
from app.request import Sent

PLACED = "p"  # before the place of an option
LONGEST_QUOTE = 40  # letters of hers that a remark repeats


class Standing(StrEnum):
    """How far a question is answered. Whether the answer is right is never said here."""

    WHOLE = "Answered"
    PART = "Answered in part"
    MENDABLE = "Look at this again"
    BLANK = "Not answered"


def read(sent: Sent, slot: Slot) -> Answer:
    """Read the answer to a question from a form; whatever the question does not offer counts as blank."""
    question, name = slot.question, field_name(slot.question)
    if question.kind in {Kind.CHOOSE_ONE, Kind.TRUE_FALSE, Kind.SCALE}:
        return next(iter(_chosen(sent.all(name), slot)), None)
    if question.kind == Kind.CHOOSE_ALL:
        return sorted(set(_chosen(sent.all(name), slot))) or None
    if question.kind == Kind.MATCHING:
        terms = [number for number, pair in enumerate(question.pairs, 1) if pair.term]
        picks = _picks(sent, question, terms, len(question.pairs))
        return {term: slot.order[place - 1] for term, place in picks.items()} or None
    if question.kind == Kind.ORDERING:
        count = len(question.items)
        picks = _picks(sent, question, range(1, count + 1), count)
        return _whole_order({str(slot.order[int(shown) - 1]): place for shown, place in picks.items()}, count)
    if question.kind == Kind.GAPS:
        texts = [_written(sent, f"{name}.{number}") for number in range(1, len(question.gaps) + 1)]
        return texts if any(texts) else None
    return _written(sent, name) or None


def field_name(question: Question) -> str:
    """Give the name under which a question's answer is sent."""
    return f"q.{question.id}"


def on_paper(slot: Slot, number: int) -> int:
    """Give the place on her paper of an option, a meaning or an item: the number it travels under."""
    return slot.order.index(number) + 1


def as_kept(slot: Slot, answer: Answer) -> str:
    """Write an answer down, so that a page can tell what has changed since it was made; empty for a blank."""
    return "" if answer is None else json.dumps(_as_sent(slot, answer), sort_keys=True, ensure_ascii=False)


def _as_sent(slot: Slot, answer: Answer) -> Answer:
    """Give an answer by the numbers that its page knows."""
    if slot.question.kind == Kind.MATCHING:
        return {term: on_paper(slot, meaning) for term, meaning in cast("dict[str, int]", answer).items()}
    if slot.question.kind == Kind.ORDERING:
        return {str(on_paper(slot, item)): place for item, place in places(answer).items()}
    if isinstance(answer, int):
        return on_paper(slot, answer)
    if slot.question.kind == Kind.CHOOSE_ALL:
        return sorted(on_paper(slot, number) for number in cast("list[int]", answer))
    return answer


def places(answer: Answer) -> dict[int, int]:
    """Give the place of each item of an ordering that has one."""
    if isinstance(answer, dict):
        return {int(item): place for item, place in answer.items()}
    return {item: place for place, item in enumerate(cast("list[int]", answer or []), 1)}


def standing(slot: Slot, answer: Answer) -> Standing:
    """Say how far a question is answered."""
    if answer is None:
        return Standing.BLANK
    if remark(slot, answer):
        return Standing.MENDABLE
    return Standing.PART if _left_open(slot.question, answer) else Standing.WHOLE


def remark(slot: Slot, answer: Answer) -> str:
    """Say what keeps an answer from being read as it was meant; empty where nothing does."""
    if slot.question.kind == Kind.ORDERING and isinstance(answer, dict):
        twice = [place for place, holders in sorted(Counter(answer.values()).items()) if holders > 1]
        return f"Place {twice[0]} is taken more than once. Give each item a place of its own." if twice else ""
    if slot.question.kind == Kind.NUMBER and answer is not None and read_number(str(answer)) is None:
        return f"We cannot read “{_quoted(str(answer))}” as a number. Write digits only, such as 45 or 1,000.5."
    return ""


def _left_open(question: Question, answer: Answer) -> int:
    """Count the parts of an answer that are still empty."""
    if question.kind == Kind.MATCHING:
        return sum(1 for pair in question.pairs if pair.term) - len(cast("dict[str, int]", answer))
    if question.kind == Kind.ORDERING:
        return len(question.items) - len(places(answer))
    if question.kind == Kind.GAPS:
        return sum(1 for text in cast("list[str]", answer) if not text)
    return 0


def _chosen(values: Sequence[str], slot: Slot) -> list[int]:
    count = len(slot.question.options)
    by_place = _offered([value[1:] for value in values if value.startswith(PLACED)], count)
    return [slot.order[place - 1] for place in by_place] + _offered(values, count)


def _offered(values: Sequence[str], count: int) -> list[int]:
    numbers = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 4]
    return [number for number in numbers if 1 <= number <= count]


def _picks(sent: Sent, question: Question, parts: Sequence[int], count: int) -> dict[str, int]:
    picks = {}
    for number in parts:
        for pick in _offered([sent.text(f"{field_name(question)}.{number}")], count):
            picks[str(number)] = pick
    return picks


def _whole_order(picks: dict[str, int], count: int) -> Answer:
    """Give a whole order as a list. One with open or doubled places is kept as it stands, for her to mend."""
    if len(picks) == len(set(picks.values())) == count:
        return sorted((int(item) for item in picks), key=lambda item: picks[str(item)])
    return picks or None


def _written(sent: Sent, name: str) -> str:
    """Give a text as it was written: forms send every line break as two letters."""
    return sent.text(name).replace("\r\n", "\n").replace("\r", "\n").strip()


def _quoted(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE].rstrip()}…"
