"""A question told in plain words, fact by fact, its key included: for whoever compares or approves it."""

from __future__ import annotations

from app.content.course import Kind, Question
from app.content.passages import plain

KINDS = {
    Kind.CHOOSE_ONE: "Choose one",
    Kind.TRUE_FALSE: "True or false",
    Kind.CHOOSE_ALL: "Choose all that apply",
    Kind.MATCHING: "Match",
    Kind.ORDERING: "Put in order",
    Kind.SHORT: "Short answer",
    Kind.NUMBER: "Number",
    Kind.GAPS: "Fill the gaps",
    Kind.FREE_TEXT: "Free text, not graded",
    Kind.SCALE: "Scale",
}


def of(question: Question) -> dict[str, str]:
    """Give every fact of a question by its name, in the order an author writes them; silent ones left out."""
    told = {
        "Kind": KINDS[question.kind],
        "Question": plain(question.heading_html) or question.heading,
        "Text": plain(question.prompt_html),
        **_offered(question),
        "Right answer": key(question),
        **_rules(question),
        "Hint": plain(question.hint_html),
        "Rationale": plain(question.rationale_html),
    }
    return {label: words for label, words in told.items() if words}


def key(question: Question) -> str:
    """Say what answers a question rightly; empty where nothing does."""
    if question.options:
        return "; ".join(option.text for option in question.options if option.right)
    if question.kind is Kind.MATCHING:
        return "; ".join(f"{pair.term} → {pair.meaning}" for pair in question.pairs if pair.term)
    if question.kind is Kind.ORDERING:
        return "; ".join(f"{place}. {item.text}" for place, item in enumerate(question.items, 1))
    if question.kind is Kind.NUMBER:
        return f"{question.number} ± {question.tolerance}" if question.tolerance else str(question.number)
    if question.kind is Kind.GAPS:
        return "; ".join(" | ".join(gap) for gap in question.gaps)
    return " | ".join(question.accepted)


def _offered(question: Question) -> dict[str, str]:
    """Give what a learner chooses from, with the feedback on each."""
    told = {}
    for number, option in enumerate(question.options, 1):
        told[f"Option {number}"] = option.text
        told[f"Feedback on option {number}"] = plain(option.feedback_html)
    extra = "; ".join(pair.meaning for pair in question.pairs if not pair.term)
    return told | ({"Meanings that match nothing": extra} if extra else {})


def _rules(question: Question) -> dict[str, str]:
    capitals = {True: "Capitals count", False: ""}[question.match_capitals]
    shuffled = {True: "Always shuffled", False: "Never shuffled", None: ""}[question.shuffle]
    source = question.source
    return {
        "Points": f"{question.points}" if question.graded else "Not graded",
        "Credit": "Partial" if question.partial_credit else "",
        "Objective": str(question.objective or ""),
        "Source": ", ".join(filter(None, (source.key, source.locator))) if source else "",
        "Order of options": shuffled,
        "Capitals": capitals,
        "Words": f"{question.words[0]}–{question.words[1]}" if question.words else "",
        "Private": "Seen by the learner alone" if question.private else "",
    }
