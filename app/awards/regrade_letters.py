"""Letters about a corrected question: what was corrected, the score before and after, and what that means for her.

They never say what the right answer is: she may be asked again, and her result page knows what it may show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.corrections import Correction, Regrade
from app.assessment.rulings import Ruling
from app.awards.consequences import Consequence
from app.identity.people import Person
from app.kit import mail
from app.kit.mail import Letter

NEXT = "What is left is the evaluation. It takes about a minute."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one person."""

    found: Consequence
    touched: Sequence[tuple[Regrade, bool]]  # her attempts, each with whether it is a pass now
    certified: bool  # she was given her certificate
    left: str  # what is left to do, where her pass has changed


def letter(outcome: Outcome, ruling: Ruling, person: Person, course_title: str, *, site: str) -> Letter:
    """Write to somebody whose exam was graded again."""
    return mail.letter(
        "regraded",
        addressee=person.legal_name or "",
        course_title=course_title,
        heading=ruling.heading,
        on=ruling.on,
        change=change(ruling.laid),
        lines=[score_in_words(one) for one, _ in outcome.touched],
        meaning=meaning(outcome, ruling),
        passed=outcome.found.gains,
        link=f"{site}/attempts/{outcome.touched[-1][0].attempt_id}/result",
    )


def change(correction: Correction) -> str:
    """Say what was corrected, and nothing of the key."""
    if correction.drops:
        return "It no longer counts, neither for you nor against you."
    if correction.keeps_old:
        return "More answers count as right now. What counted before still does."
    return "It has another right answer now."


def score_in_words(one: Regrade) -> str:
    """Say how an attempt was graded before and after."""
    before = f"{points(one.was_score)} of {points(one.was_possible)} points ({one.was_percent}%)"
    return f"Attempt {one.number}: {before} before, {points(one.score)} of {points(one.possible)} ({one.percent}%) now."


def meaning(outcome: Outcome, ruling: Ruling) -> str:
    """Say what it means for her."""
    one, mark = outcome.found, outcome.touched[-1][0].pass_mark
    if outcome.certified:
        return (
            "With that you have passed, and nothing else is missing: your certificate is issued. It is dated today, "
            "because today is the day on which everything was complete."
        )
    if one.gains:
        return f"With that you have passed. {outcome.left or NEXT}"
    if one.would_lose:
        return _at_stake(outcome, ruling, mark)
    if one.passed_before:
        return f"You have passed, as before.{' Nothing changes about your certificate.' if one.completed else ''}"
    return f"The exam asks for {mark}%, so this is not a pass yet. The page of the exam says how you can go on."


def _at_stake(outcome: Outcome, ruling: Ruling, mark: int) -> str:
    if ruling.takes_passes and outcome.found.can_lose:
        return f"The exam asks for {mark}%, so by the corrected score it is not passed any more. {outcome.left}"
    stays = ", and nothing changes about your certificate" if outcome.found.completed else ""
    return f"The exam asks for {mark}%. You keep the pass that you have all the same{stays}."


def points(number: Fraction) -> str:
    """Write points: 8 or 8.5."""
    return str(number) if number.denominator == 1 else f"{float(number):.2f}".rstrip("0")
