"""Proof that a question, written as our Markdown, is read as what was meant: same kind, same key, same words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.content import outline
from app.content.comments import without_comments
from app.content.course import Kind, Problem, Question
from app.content.desk import Desk
from app.content.exchange import written
from app.content.exchange.items import Choice, Item, Skip
from app.content.findings import Findings, Line
from app.content.folder import EXAM
from app.content.markdown import Scribe

_NAMED = re.compile(r"(?P<name>[A-Z][a-z]{1,11}): ")
_PRIVATE = re.compile(r"reflection\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proved:
    """A question that means what it should, the item it was written from, and what had to be left away."""

    item: Item
    question: Question
    lost: tuple[str, ...] = ()


def prove(item: Item, desk: Desk, *, name: str = "") -> Proved:
    """Write an item and read it again; settings that cannot be here are left away, all else is refused."""
    lost: list[str] = []
    for _ in range(len(item.settings) + 1):
        question, errors = _read(written.question(item, name=name), desk)
        setting = _at_a_setting(errors, item, name=name)
        if setting is None:
            break
        lost.append(f"Its line “{setting}: {item.settings[setting]}” was left away: {errors[0].message}")
        item = replace(item, settings={key: value for key, value in item.settings.items() if key != setting})
    if errors:
        raise Skip(f"{errors[0].message} {errors[0].remedy}".strip())
    if question is None or not means(item, question, desk):
        raise Skip("Written in our form it would not mean the same. Add it by hand.")
    if not question.graded and item.kind is not Kind.FREE_TEXT:
        lost.append("Its heading begins with “Reflection:”, so it is private here and not graded.")
    return Proved(item, question, tuple(lost))


def _read(text: str, desk: Desk) -> tuple[Question | None, list[Problem]]:
    lines = text.split("\n")
    findings = Findings(EXAM, lines)
    scribe = Scribe(replace(desk, ids=set(), cited=set(), wanted=[]), findings)
    found = outline.read(without_comments([Line(n, 1, line) for n, line in enumerate(lines, 1)]), scribe, level=2)
    errors = [problem for problem in findings.unwaived() if problem.level == "error"]
    drafts = list(found.drafts())
    alone = len(drafts) == len(found.items) == 1 and not found.title and all(line.blank for line in found.intro)
    return (drafts[0].question if alone else None), errors


def _at_a_setting(errors: Sequence[Problem], item: Item, *, name: str) -> str | None:
    """Say which setting the first error is about, if it is one that may be left away."""
    if not errors:
        return None
    lines = written.question(item, name=name).split("\n")
    match = _NAMED.match(lines[errors[0].line - 1])
    return match["name"] if match and match["name"] in item.settings else None


def means(item: Item, question: Question, desk: Desk) -> bool:
    """Say whether a question is what an item means."""
    scribe = Scribe(replace(desk, ids=set(), cited=set(), wanted=[]), Findings(EXAM))

    def inline(text: str) -> str:
        return scribe.inline([Line(1, 1, text)]).html

    def chosen(choices: Sequence[Choice]) -> list[tuple[str, bool, bool]]:
        return [(inline(each.text), each.right, bool(each.feedback)) for each in choices]

    kinds = {item.kind, Kind.TRUE_FALSE} if item.kind is Kind.CHOOSE_ONE else {item.kind}
    ordered = item.kind is Kind.ORDERING
    return (
        question.kind in kinds
        and chosen(() if ordered else item.choices)
        == [(option.html, option.right, bool(option.feedback_html)) for option in question.options]
        and [text for text, *_ in chosen(item.choices if ordered else ())] == [each.html for each in question.items]
        and [(inline(term), inline(meaning)) for term, meaning in item.pairs]
        == [(pair.term_html, pair.meaning_html) for pair in question.pairs]
        and item.accepted == question.accepted
        and item.gaps == question.gaps
        and (item.kind is not Kind.NUMBER or (item.number, item.tolerance) == (question.number, question.tolerance))
        and bool(item.rationale) == bool(question.rationale_html)
        and scribe.blocks(_lines(item.rationale)) == question.rationale_html
        and bool(item.prompt) == bool(question.prompt_html)
        and bool(question.heading.strip())
    )


def _lines(text: str) -> list[Line]:
    return [Line(number, 1, line) for number, line in enumerate(text.split("\n"), 1)]
