"""Papers: what one learner is asked, drawn from a seed so that the very paper can be laid out again.

The order depends on nothing but the exam, the seed and what earlier papers showed: each choice hashes the seed
with the ids at stake, so it is the same on every machine and in every version of Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from app.content.course import Case, Exam, Kind, Option, Pool, Question, Shuffle

T = TypeVar("T")
Seen = Mapping[str, int]  # question → the newest of her earlier papers that asked it, counted from 1
NOTHING_SEEN: Seen = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Slot:
    """One question on a paper: its number, and the order in which its options stand, numbered as written."""

    number: int  # counts from 1 over the paper
    question: Question
    order: tuple[int, ...]  # of options, meanings, or items to put in order
    case: Case | None = None  # the story it belongs to

    @property
    def options(self) -> tuple[tuple[int, Option], ...]:
        """The options as she sees them, each with the number it was written under."""
        return tuple((number, self.question.options[number - 1]) for number in self.order)


@dataclass(frozen=True, slots=True)
class Paper:
    """All that one learner is asked, in her order."""

    seed: str
    slots: tuple[Slot, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions, in her order."""
        return tuple(slot.question for slot in self.slots)

    def slot(self, question_id: str) -> Slot | None:
        """Find a question of this paper by its id."""
        return next((slot for slot in self.slots if slot.question.id == question_id), None)


def draw(exam: Exam, seed: str, *, seen: Seen = NOTHING_SEEN) -> Paper:
    """Draw the paper of a seed. A pool gives first what she has not seen, then what she saw longest ago."""
    asked = enumerate(_in_order(exam, seed, seen), 1)
    return Paper(seed=seed, slots=tuple(_slot(exam, seed, number, *one) for number, one in asked))


def draw_slot(exam: Exam, seed: str, question_id: str, *, seen: Seen = NOTHING_SEEN) -> Slot | None:
    """Draw one question of the paper of a seed, without mixing the options of all the others."""
    asked = enumerate(_in_order(exam, seed, seen), 1)
    return next((_slot(exam, seed, number, *one) for number, one in asked if one[0].id == question_id), None)


def seen_with(seen: Seen, paper: Paper) -> Seen:
    """Add a paper to what earlier ones showed."""
    newest = max(seen.values(), default=0) + 1
    return {**seen, **{question.id: newest for question in paper.questions}}


def shuffled(items: Sequence[T], seed: str, purpose: str, *, key: Callable[[T], str]) -> list[T]:
    """Give the items in the order that a seed decides."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{seed}\0{purpose}\0{key(item)}".encode()).digest())


def _in_order(exam: Exam, seed: str, seen: Seen) -> list[tuple[Question, Case | None]]:
    items = [chosen for item in exam.items for chosen in _drawn(item, seed, seen)]
    if exam.shuffle in {Shuffle.QUESTIONS, Shuffle.BOTH}:
        items = shuffled(items, seed, "questions", key=lambda item: item.id)
    return [(question, case) for item in items for question, case in _asked(item)]


def _slot(exam: Exam, seed: str, number: int, question: Question, case: Case | None) -> Slot:
    return Slot(number=number, question=question, order=_order(question, exam, seed), case=case)


def _drawn(item: Question | Case | Pool, seed: str, seen: Seen) -> list[Question | Case]:
    if not isinstance(item, Pool):
        return [item]
    mixed = shuffled(item.items, seed, f"pool {item.id}", key=lambda one: one.id)
    mixed.sort(key=lambda one: _last_seen(one, seen))  # among those seen equally long ago chance has decided
    mixed = _per_objective(mixed, item.draw) if item.per_objective else mixed[: item.draw]
    # What was drawn stands in the author's order; shuffling questions is the exam's own choice.
    drawn = {one.id for one in mixed}
    return [one for one in item.items if one.id in drawn]


def _last_seen(item: Question | Case, seen: Seen) -> int:
    """Say which of her papers showed this last; 0 for none. A case is as new as its newest question."""
    return max((seen.get(question.id, 0) for question, _ in _asked(item)), default=0)


def _per_objective(mixed: list[Question | Case], draw: int) -> list[Question | Case]:
    taken: dict[int | None, int] = {}
    chosen = []
    for one in mixed:
        objective = one.objective if isinstance(one, Question) else None
        if taken.get(objective, 0) < draw:
            taken[objective] = taken.get(objective, 0) + 1
            chosen.append(one)
    return chosen


def _asked(item: Question | Case) -> list[tuple[Question, Case | None]]:
    if isinstance(item, Case):
        return [(question, item) for question in item.questions]
    return [(item, None)]


def _order(question: Question, exam: Exam, seed: str) -> tuple[int, ...]:
    count = len(question.options or question.pairs or question.items)
    numbers = tuple(range(1, count + 1))
    if not _mixes(question, exam):
        return numbers
    if question.kind == Kind.ORDERING:
        return never_as_written(numbers, seed, question.id)
    return tuple(shuffled(numbers, seed, question.id, key=str))


def never_as_written(numbers: tuple[int, ...], seed: str, question_id: str) -> tuple[int, ...]:
    """Mix items whose written order is their key: it is never the order they are shown in."""
    order = tuple(shuffled(numbers, seed, question_id, key=str))
    return order[::-1] if order == numbers else order


def _mixes(question: Question, exam: Exam) -> bool:
    if question.kind in {Kind.ORDERING, Kind.MATCHING}:
        return True  # as written, they show their keys
    if question.kind in {Kind.TRUE_FALSE, Kind.SCALE}:
        return False
    if question.shuffle is not None:
        return question.shuffle
    return exam.shuffle in {Shuffle.OPTIONS, Shuffle.BOTH}
