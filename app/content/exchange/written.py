"""A question from elsewhere, written as our Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.content.course import Kind
from app.content.exchange.items import Choice, Item

_ORDER = ("Id", "Points", "Objective", "Source", "Credit", "Shuffle", "Hint", "Private", "Words", "Capitals")

_STANDS_ALONE = ("- ", "1. ", "|", "```", "> ", "* * *")  # lists, tables and the like begin a line


def question(item: Item, *, signs: int = 2, name: str = "") -> str:
    """Write a question under a heading of so many # signs; `name` is its Id where the heading does not say it."""
    settings = {**({"Id": name} if name else {}), **item.settings}
    lines = [f"{'#' * signs} {item.heading}", ""]
    lines += [f"{label}: {settings[label]}" for label in _ORDER if settings.get(label)]
    parts = ["\n".join(lines).rstrip(), item.prompt, "\n".join(_answer(item))]
    if item.rationale:
        begins = "\n\n" if item.rationale.startswith(_STANDS_ALONE) else " "
        parts.append(f"Rationale:{begins}{item.rationale}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _answer(item: Item) -> Iterator[str]:
    if item.kind in {Kind.CHOOSE_ONE, Kind.TRUE_FALSE, Kind.CHOOSE_ALL}:
        opens, closes = "[]" if item.kind is Kind.CHOOSE_ALL else "()"
        for choice in item.choices:
            yield f"- {opens}{'x' if choice.right else ' '}{closes} {choice.text}"
            yield from _feedback(choice)
    elif item.kind is Kind.ORDERING:
        for place, choice in enumerate(item.choices, 1):
            yield f"{place}. {choice.text}"
            yield from _feedback(choice)
    elif item.kind is Kind.MATCHING:
        yield from (f"- {term} -> {meaning}" if term else f"- -> {meaning}" for term, meaning in item.pairs)
    elif item.kind is Kind.SHORT:
        yield f"Answer: {' | '.join(item.accepted)}"
    elif item.kind is Kind.NUMBER:
        yield f"Answer: {number(item.number, item.tolerance)}"
    elif item.kind is Kind.FREE_TEXT:
        yield "____"


def _feedback(choice: Choice) -> Iterator[str]:
    for line in choice.feedback.split("\n") if choice.feedback else ():
        yield f"  > {line}".rstrip()


def number(value: Decimal, tolerance: Decimal) -> str:
    """Write a number and how far an answer may be off, in digits."""
    return f"{plain(value)} ± {plain(tolerance)}" if tolerance else plain(value)


def plain(value: Decimal) -> str:
    """Write a number without an exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
