"""Questions worth mending first: each with the reason, in a sentence to its author."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.assessment.items import CHOICES, Item, Pull
from app.content.course import Kind

TOO_EASY = 0.95
TOO_HARD = 0.30
POOR = 0.20  # Ebel & Frisbie, 1991: a discrimination below it is poor
MASTERED = 0.90  # where nearly everybody is right, nothing can tell the strong from the weak
MARGIN = 0.10  # how much more the strong must choose a wrong option before it is worth a sentence
OFTEN = 0.10  # of those asked
LONGEST_LABEL = 90  # letters of an option that a sentence repeats


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks against a question. The lower its rank, the sooner it should be looked at."""

    rank: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Mending:
    """A question worth mending, and why, the gravest reason first."""

    item: Item
    reasons: tuple[Reason, ...]


def first(found: Iterable[Item]) -> tuple[Mending, ...]:
    """Give the questions worth mending, those with the gravest reason first; what is too little asked is left out."""
    judged = ((item, tuple(sorted(_reasons(item), key=lambda one: one.rank))) for item in found)
    worth = [Mending(item, reasons) for item, reasons in judged if reasons]
    return tuple(sorted(worth, key=lambda one: (one.reasons[0].rank, _discrimination(one.item))))


def _discrimination(item: Item) -> float:
    return item.discrimination if item.discrimination is not None else 1.0


def _reasons(item: Item) -> Iterator[Reason]:
    if item.is_compared:
        yield from _of_the_key(item)
        yield from _of_its_edge(item)
        yield from _of_the_options(item)
    if item.is_told:
        yield from _of_its_difficulty(item)
        yield from _of_blanks(item)


def _of_the_key(item: Item) -> Iterator[Reason]:
    """Say where those who know the most disagree with the key."""
    if item.question.kind == Kind.CHOOSE_ALL:
        yield from (Reason(1, sentence) for pull in item.pulls if (sentence := _of_a_tick(pull)))
    elif item.question.kind in CHOICES:
        key = max((pull.upper or 0.0 for pull in item.pulls if pull.is_right), default=0.0)
        best = max((pull for pull in item.pulls if not pull.is_right), key=lambda pull: pull.upper or 0.0, default=None)
        if best is not None and (best.upper or 0.0) > key:
            yield Reason(
                1,
                f"The key may be wrong: of the strongest third {percent(best.upper)} chose {named(best.label)} and "
                f"{percent(key)} the right answer.",
            )


def _of_a_tick(pull: Pull) -> str:
    if pull.upper is None:
        return ""
    if pull.is_right and pull.upper < 0.5:
        return f"The key may be wrong: of the strongest third only {percent(pull.upper)} ticked {named(pull.label)}."
    if not pull.is_right and pull.upper > 0.5:
        return f"The key may be wrong: of the strongest third {percent(pull.upper)} ticked {named(pull.label)}."
    return ""


def _of_its_edge(item: Item) -> Iterator[Reason]:
    edge, difficulty = item.discrimination, item.difficulty or 0.0
    if edge is None or difficulty > MASTERED:
        return
    if edge < 0:
        yield Reason(2, f"Those who do well elsewhere do worse here (discrimination {signed(edge)}).")
    elif edge < POOR:
        yield Reason(6, f"It hardly tells the strong from the weak (discrimination {signed(edge)}).")


def _of_the_options(item: Item) -> Iterator[Reason]:
    if item.question.kind not in CHOICES:
        return
    for pull in item.pulls:
        upper, lower = pull.upper or 0.0, pull.lower or 0.0
        if not pull.is_right and upper - lower >= MARGIN:
            yield Reason(
                3,
                f"{named(pull.label)} draws more of the strongest third ({percent(upper)}) than of the weakest "
                f"({percent(lower)}): it may be right as well, or be read as right.",
            )
        if not pull.count and item.question.kind != Kind.TRUE_FALSE:
            yield Reason(8, f"Nobody chose {named(pull.label)}: it takes up room and reading time.")


def _of_its_difficulty(item: Item) -> Iterator[Reason]:
    difficulty = item.difficulty or 0.0
    if difficulty < TOO_HARD:
        yield Reason(4, f"It is very hard: those asked earned {percent(difficulty)} of its points.")
    elif difficulty > TOO_EASY:
        yield Reason(7, f"It is very easy: those asked earned {percent(difficulty)} of its points.")


def _of_blanks(item: Item) -> Iterator[Reason]:
    if item.blank >= OFTEN * item.asked:
        back = f", {item.taken_back} of them after a first answer" if item.taken_back else ""
        yield Reason(5, f"It is often left blank: by {item.blank} of {item.asked}{back}.")


def named(label: str) -> str:
    """Quote an option, in one pair of quotation marks and as long as it takes to know it again."""
    words = " ".join(label.split()).strip('“”"')
    return f"“{words}”" if len(words) <= LONGEST_LABEL else f"“{words[: LONGEST_LABEL - 1].rstrip()}…”"


def percent(share: float | None) -> str:
    """Write a share in whole percent."""
    return f"{round((share or 0.0) * 100)}%"


def signed(edge: float) -> str:
    """Write a discrimination with two digits, and a true minus."""
    return f"{edge:.2f}".replace("-", "−")
