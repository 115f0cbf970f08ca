"""Item analysis: what the answers of many say about one question. Pure rules over first attempts, without names.

Terms, and where they come from:

*Difficulty* (p) is the mean share of a question's points that those who were asked it earned, from 0 to 1; a blank
earns nothing. (Crocker & Algina, 1986, *Introduction to Classical and Modern Test Theory*, chapter 14.)

*Discrimination* is the correlation of the share earned on a question with the share earned on the rest of the same
paper, the question itself left out, so that it is not correlated with itself. For a question that is right or wrong
this is the corrected point-biserial. (Henrysson, 1963, “Correction of item-total correlations in item analysis”,
*Psychometrika* 28, 211–218.) The rest is a share and not a sum because papers that draw from pools differ. Read as in
Ebel & Frisbie, 1991, *Essentials of Educational Measurement*: 0.40 and up is very good, below 0.20 poor. Where nobody
earned less, or nobody more, than another, there is no correlation to give.

*Upper and lower third*: those asked, in the order of their rest shares. People who tie across the line are shared out
over it in equal parts, so that nobody's place is decided by chance. (Thirds rather than the 27 percent of Kelley, 1939,
*Journal of Educational Psychology* 30, 17–24: the groups of a course are small.)

Small numbers say little: difficulty is told from `FEWEST_ASKED` answers on, what compares people from
`FEWEST_COMPARED` on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum, sqrt
from statistics import median
from typing import cast

from app.assessment import grading
from app.assessment.grading import Answer
from app.content.course import Kind, Question

FEWEST_ASKED = 10
FEWEST_COMPARED = 20
THIRD = 3
DIGITS = 9
CHOICES = frozenset({Kind.CHOOSE_ONE, Kind.TRUE_FALSE, Kind.CHOOSE_ALL})
RIGHT, PARTLY, WRONG = "Right", "Partly right", "Wrong"


@dataclass(frozen=True, slots=True)
class Sitting:
    """One first attempt that was submitted: what was asked, what counted, and how long each question took."""

    asked: tuple[Question, ...]  # graded ones
    answers: Mapping[str, Answer]
    seconds: Mapping[str, float]  # where the arrival of answers allows to say it


@dataclass(frozen=True, slots=True)
class Pull:
    """How often one option, or one outcome, came up: among all who were asked, and in the thirds."""

    label: str
    is_right: bool
    count: int
    share: float
    upper: float | None  # of the strongest third; None where there are too few to compare
    lower: float | None


@dataclass(frozen=True, slots=True)
class Item:
    """What is known about one question."""

    question: Question
    asked: int
    difficulty: float | None
    discrimination: float | None
    pulls: tuple[Pull, ...]
    blank: int  # asked, and nothing counted in the end
    taken_back: int  # of those: answered at first
    seconds: float | None  # the median, of those whose time can be told
    timed: int

    @property
    def is_told(self) -> bool:
        """Whether there are enough answers to say anything."""
        return self.asked >= FEWEST_ASKED

    @property
    def is_compared(self) -> bool:
        """Whether there are enough answers to compare the strong with the weak."""
        return self.asked >= FEWEST_COMPARED


def analyze(questions: Iterable[Question], sittings: Iterable[Sitting]) -> tuple[Item, ...]:
    """Say of each graded question what the sittings tell, in the order of the questions."""
    tallies = {question.id: _Tally(question) for question in questions if question.graded}
    for sitting in sittings:
        _add(tallies, sitting)
    return tuple(tally.item() for tally in tallies.values())


@dataclass(frozen=True, slots=True)
class _Taken:
    """One person's part in one question. `rest` is None where she was asked nothing else."""

    share: float
    rest: float | None
    picks: tuple[int, ...]


class _Tally:
    """What is gathered about one question while sittings go by."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.taken: list[_Taken] = []
        self.seconds: list[float] = []
        self.blank = 0
        self.taken_back = 0

    def item(self) -> Item:
        asked = len(self.taken)
        compared = [one for one in self.taken if one.rest is not None] if asked >= FEWEST_COMPARED else []
        return Item(
            question=self.question,
            asked=asked,
            difficulty=fsum(one.share for one in self.taken) / asked if asked >= FEWEST_ASKED else None,
            discrimination=_correlation([(one.share, one.rest) for one in compared if one.rest is not None]),
            pulls=_pulls(self.question, self.taken, compared),
            blank=self.blank,
            taken_back=self.taken_back,
            seconds=median(self.seconds) if len(self.seconds) >= FEWEST_ASKED else None,
            timed=len(self.seconds),
        )


def _add(tallies: Mapping[str, _Tally], sitting: Sitting) -> None:
    # In floats, rounded: exact fractions take twice as long, and equal rests must stay equal for ties.
    earned = [
        (question, float(question.points), float(grading.share(question, sitting.answers.get(question.id))))
        for question in sitting.asked
    ]
    possible = fsum(points for _, points, _ in earned)
    score = fsum(points * share for _, points, share in earned)
    for question, points, share in earned:
        tally, answer = tallies[question.id], sitting.answers.get(question.id)
        others = possible - points
        rest = round((score - share * points) / others, DIGITS) if others > 0 else None
        tally.taken.append(_Taken(share, rest, _picks(question, answer, share)))
        if grading.is_blank(answer):
            tally.blank += 1
            tally.taken_back += question.id in sitting.answers
        if question.id in sitting.seconds:
            tally.seconds.append(sitting.seconds[question.id])


def _picks(question: Question, answer: Answer, share: float) -> tuple[int, ...]:
    """Give which options were chosen, or how it came out where there are none; nothing for a blank."""
    if grading.is_blank(answer):
        return ()
    if question.kind not in CHOICES:
        return (1,) if share == 1 else (2,) if share else (3,)
    chosen = cast("list[int]", answer) if isinstance(answer, list) else [answer]
    return tuple(one for one in chosen if isinstance(one, int))


def _pulls(question: Question, taken: Sequence[_Taken], compared: Sequence[_Taken]) -> tuple[Pull, ...]:
    if len(taken) < FEWEST_ASKED:
        return ()
    upper, lower = _thirds(compared)
    return tuple(
        _pull(number, label, taken=taken, upper=upper, lower=lower, is_right=is_right)
        for number, (label, is_right) in enumerate(_outcomes(question), 1)
    )


def _outcomes(question: Question) -> tuple[tuple[str, bool], ...]:
    if question.kind in CHOICES:
        return tuple((option.text, option.right) for option in question.options)
    return ((RIGHT, True), (PARTLY, False), (WRONG, False))


Weighed = Sequence[tuple[_Taken, float]]


def _pull(
    number: int, label: str, *, taken: Sequence[_Taken], upper: Weighed, lower: Weighed, is_right: bool
) -> Pull:  # fmt: skip
    count = sum(number in one.picks for one in taken)
    return Pull(label, is_right, count, count / len(taken), _rate(number, upper), _rate(number, lower))


def _rate(number: int, group: Weighed) -> float | None:
    whole = fsum(weight for _, weight in group)
    return fsum(weight for one, weight in group if number in one.picks) / whole if whole else None


def _thirds(compared: Sequence[_Taken]) -> tuple[Weighed, Weighed]:
    """Give the upper and the lower third, each person with the part of her that belongs to it."""
    weakest_first = sorted(compared, key=_rest)
    return _filled(weakest_first[::-1]), _filled(weakest_first)


def _filled(in_order: Sequence[_Taken]) -> Weighed:
    """Fill a third from one end; those who tie where it is full share the room that is left."""
    room, group = len(in_order) / THIRD, list[tuple[_Taken, float]]()
    for _, ties in groupby(in_order, key=_rest):
        if room <= 0:
            break
        tied = list(ties)
        weight = min(1.0, room / len(tied))
        group += [(one, weight) for one in tied]
        room -= len(tied)
    return group


def _rest(one: _Taken) -> float:
    return one.rest or 0.0


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Give Pearson's correlation; none where one side never changes."""
    if not pairs:
        return None
    mean_left, mean_right = (fsum(side) / len(pairs) for side in zip(*pairs, strict=True))
    both = fsum((left - mean_left) * (right - mean_right) for left, right in pairs)
    lefts = fsum((left - mean_left) ** 2 for left, _ in pairs)
    rights = fsum((right - mean_right) ** 2 for _, right in pairs)
    spread = sqrt(lefts * rights)
    return max(-1.0, min(1.0, both / spread)) if spread > 1e-12 else None
