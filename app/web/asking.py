"""What a question says around what it asks: how to answer, what that earns, and who will see it."""

from __future__ import annotations

from fractions import Fraction

from app.assessment.grading import Mark
from app.content.course import Kind, Question

ASKS = {
    Kind.CHOOSE_ONE: "Choose one.",
    Kind.TRUE_FALSE: "Choose one.",
    Kind.CHOOSE_ALL: "Choose all that apply.",
    Kind.MATCHING: "Choose the meaning of each term.",
    Kind.ORDERING: "Put these in order: 1 comes first.",
    Kind.SHORT: "Write a short answer.",
    Kind.NUMBER: "Write a number in digits, without units.",
    Kind.GAPS: "Fill each gap.",
    Kind.FREE_TEXT: "Write in your own words. This is not graded.",
    Kind.SCALE: "Choose a number.",
}
PARTIAL = {
    Kind.CHOOSE_ALL: " Each right choice earns part of the credit, and each wrong one takes part of it back.",
    Kind.MATCHING: " Each right match earns part of the credit.",
    Kind.ORDERING: " Each pair of neighbors in the right order earns part of the credit.",
    Kind.GAPS: " Each right gap earns part of the credit.",
}
WHOLE = dict.fromkeys(PARTIAL, " Credit is given for the whole answer only.")
PRIVATE = "Only you see this. Never write anything that could identify a client."
STAYS = "What you write stays on this page: it is neither sent nor saved, and it is gone when you leave."
UNNAMED = "Never write anything that could identify a client."


def how(question: Question) -> str:
    """Say how to answer, and what part of an answer earns."""
    earns = (PARTIAL if question.partial_credit else WHOLE).get(question.kind, "") if question.graded else ""
    return f"{plainly(question)}{earns}"


def plainly(question: Question) -> str:
    """Say how to answer where nothing is earned."""
    aim = " Aim for {} to {} words.".format(*question.words) if question.words else ""
    return f"{ASKS[question.kind]}{aim}"


def privacy(question: Question) -> str:
    """Say who sees an answer that is kept; nothing where that is as usual."""
    return PRIVATE if question.private else ""


def privacy_of_what_stays(question: Question) -> str:
    """Say what becomes of an answer that never leaves the browser."""
    return f"{STAYS} {UNNAMED}" if question.private else STAYS


def worth(question: Question) -> str:
    """Say how many points a question is worth, where that is not one."""
    return "" if question.points == 1 or not question.graded else _points(question.points)


def earned(mark: Mark) -> str:
    """Say what an answer earned, where that is part of the points."""
    if not 0 < mark.share < 1:
        return ""
    number = f"{float(mark.points):.2f}".rstrip("0").rstrip(".")
    return f"{number} of {_points(mark.question.points)}"


def _points(points: Fraction) -> str:
    return "1 point" if points == 1 else f"{float(points):g} points"
