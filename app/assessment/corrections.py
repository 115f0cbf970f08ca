"""Corrections: what is laid over a question of an edition after people have answered it. Pure.

An edition never changes, so a wrong key is not mended in it: a correction gives the question another key, or takes it
out of the grading, and whoever grades lays it over the question first. The paper stays the one she saw.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.assessment import grading
from app.assessment.grading import Rekeyed
from app.assessment.papers import Paper
from app.content import question_facts
from app.content.course import Kind, Question

ONE_OF = {Kind.CHOOSE_ONE, Kind.TRUE_FALSE}
MERGED = {*ONE_OF, Kind.SHORT, Kind.GAPS}  # kinds whose key may simply hold the earlier answers as well


@dataclass(frozen=True, slots=True)
class Correction:
    """Another key for a question, in the numbers under which its parts were written; or that it no longer counts."""

    drops: bool = False
    right: tuple[int, ...] = ()  # options
    order: tuple[int, ...] = ()  # items in their right order; for each line of a matching the number of its meaning
    accepted: tuple[str, ...] = ()
    gaps: tuple[tuple[str, ...], ...] = ()
    number: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    keeps_old: bool = False  # an answer by the key before counts as well

    def to_json(self) -> str:
        """Write it down, in one way only."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Regrade:
    """One attempt as it stands, and as it would with the correction."""

    attempt_id: int
    enrollment_id: int
    number: int
    was_score: Fraction
    was_possible: Fraction
    was_passed: bool
    score: Fraction
    possible: Fraction
    earned: bool  # the new score is a pass
    pass_mark: int  # percent

    @property
    def was_percent(self) -> int:
        """The score before, in whole percent, rounded down."""
        return grading.percent(self.was_score, self.was_possible)

    @property
    def percent(self) -> int:
        """The score after, in whole percent, rounded down."""
        return grading.percent(self.score, self.possible)

    @property
    def rises(self) -> bool:
        """Whether its score is a better one, as a share of what could be earned."""
        return self.score * self.was_possible > self.was_score * self.possible

    @property
    def changes(self) -> bool:
        """Whether its score is another one, or a pass by now."""
        scores = (self.was_score, self.was_possible) != (self.score, self.possible)
        return scores or (self.earned and not self.was_passed)


DROPPED = Correction(drops=True)
InForce = Mapping[str, Sequence[Correction]]  # question → what was decided about it, oldest first


def from_json(text: str) -> Correction:
    """Read a correction that was written down."""
    kept: dict[str, Any] = json.loads(text)
    return Correction(
        drops=kept["drops"],
        right=tuple(kept["right"]),
        order=tuple(kept["order"]),
        accepted=tuple(kept["accepted"]),
        gaps=tuple(tuple(gap) for gap in kept["gaps"]),
        number=None if kept["number"] is None else Decimal(kept["number"]),
        tolerance=Decimal(kept["tolerance"]),
        keeps_old=kept["keeps_old"],
    )


def corrected(question: Question, correction: Correction) -> Question:
    """Give a question as it is graded from now on. One that was dropped stays on its paper and counts neither way.

    Its feedback and rationale were written for the key that was: they would contradict the one that is.
    """
    question = _unexplained(question)
    if correction.drops:
        return replace(question, graded=False)
    before = (question, *question.also) if isinstance(question, Rekeyed) else (question,)
    if correction.keeps_old and question.kind in MERGED:
        return _rekeyed(question, _merged(question, correction))
    now = _rekeyed(question, correction)
    if not correction.keeps_old:
        return now
    others = tuple(one for one in before if _key(one) != _key(now))
    return replace(now, also=others)


def _unexplained(question: Question) -> Question:
    options = tuple(replace(option, feedback_html="") for option in question.options)
    items = tuple(replace(item, feedback_html="") for item in question.items)
    return replace(question, options=options, items=items, rationale_html="")


def laid_over(paper: Paper, in_force: InForce) -> Paper:
    """Give a paper with every question as it is graded now."""
    if not in_force:
        return paper
    slots = (replace(slot, question=standing(slot.question, in_force)) for slot in paper.slots)
    return replace(paper, slots=tuple(slots))


def standing(question: Question, in_force: InForce) -> Question:
    """Give a question as everything that was decided about it leaves it."""
    for correction in in_force.get(question.id, ()):
        question = corrected(question, correction)
    return question


def changes(question: Question, correction: Correction) -> bool:
    """Say whether a correction could change what any answer earns."""
    now = corrected(question, correction)
    return _whole_key(now) != _whole_key(question)


def key_in_words(question: Question) -> str:
    """Say what answers a question rightly by now."""
    if not question.graded:
        return "Counts neither way"
    also = question.also if isinstance(question, Rekeyed) else ()
    return "; or as before: ".join(question_facts.key(_as_written(one)) for one in (question, *also))


# --- one text or another -------------------------------------------------------------------------------------------


def face(question: Question) -> str:
    """Give what everybody saw of a question, its parts in the order in which they were written."""
    seen = (
        question.kind,
        question.heading_html,
        question.prompt_html,
        [option.html for option in question.options],
        [(pair.term_html or pair.term, pair.meaning_html or pair.meaning) for pair in question.pairs],
        [item.html for item in question.items],
        len(question.gaps),
    )
    return json.dumps(seen, ensure_ascii=False)


def print_of(question: Question) -> str:
    """Give the fingerprint of a question as it was published, its key included: what a correction is laid over.

    A later edition with the same text and the same wrong key has the same one; an edition with another key has not.
    """
    written = face(question), _key(question), question.match_capitals
    return hashlib.sha256(repr(written).encode()).hexdigest()


def _key(question: Question) -> tuple[object, ...]:
    return (
        question.graded,
        tuple(number for number, option in enumerate(question.options, 1) if option.right),
        grading.right_order(question),
        question.accepted,
        question.gaps,
        None if question.number is None else str(question.number.normalize()),
        str(question.tolerance.normalize()),
    )


def _whole_key(question: Question) -> tuple[object, ...]:
    also = question.also if isinstance(question, Rekeyed) else ()
    return _key(question), frozenset(map(_key, also))


# --- another key ---------------------------------------------------------------------------------------------------


def _merged(question: Question, correction: Correction) -> Correction:
    """Give a key that holds the answers of two."""
    old = tuple(number for number, option in enumerate(question.options, 1) if option.right)
    return replace(
        correction,
        right=tuple(sorted({*old, *correction.right})),
        accepted=_both(question.accepted, correction.accepted),
        gaps=tuple(_both(*two) for two in zip(question.gaps, correction.gaps, strict=True)),
    )


def _both(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


def _rekeyed(question: Question, correction: Correction) -> Rekeyed:
    named = {each.name: getattr(question, each.name) for each in fields(Question)}
    rights = set(correction.right)
    options = (replace(option, right=number in rights) for number, option in enumerate(question.options, 1))
    return Rekeyed(
        **named
        | {
            "graded": True,
            "options": tuple(options),
            "accepted": correction.accepted,
            "gaps": correction.gaps,
            "number": correction.number,
            "tolerance": correction.tolerance,
            "order": correction.order,
        }
    )


def _as_written(question: Question) -> Question:
    """Give a question whose parts stand as its key says, as an author would write it."""
    order = grading.right_order(question)
    if question.kind is Kind.ORDERING:
        return replace(question, items=tuple(question.items[number - 1] for number in order))
    if question.kind is not Kind.MATCHING:
        return question
    meanings = [question.pairs[number - 1] for number in order]
    pairs = zip(question.pairs, meanings, strict=True)
    return replace(question, pairs=tuple(replace(pair, meaning=found.meaning) for pair, found in pairs))
