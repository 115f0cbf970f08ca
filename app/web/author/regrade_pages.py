"""What the pages of a correction show: the key as fields, what would follow, and what followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from markupsafe import Markup

from app.assessment import key_texts
from app.awards import consequences, numbers
from app.awards.consequences import Consequence, Plan
from app.content.course import Kind, Question
from app.web.author.frame import StudioPage
from app.web.render import safe

MOST_ROWS = 1_000  # more than anybody reads on a page; the command line and its JSON tell them all
HOW = ("replace", "add", "drop")  # another key, a wider one, or none
AS_TEXT = {
    Kind.SHORT: "Answers that count as right, with | between them",
    Kind.NUMBER: "The right number, such as 45 or 45 ± 5",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a key: a box to tick, a list to choose from, or a text."""

    label: Markup | str
    value: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class KeyForm:
    """The key of a question as fields: of one kind, all of one name."""

    kind: str  # boxes, lists or texts
    parts: tuple[Part, ...]
    choices: tuple[tuple[str, str], ...] = ()  # of the lists


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was corrected about the question before."""

    words: str
    href: str


@dataclass(frozen=True, kw_only=True)
class CorrectPage(StudioPage):
    """A question, its key, and what may be wrong with it."""

    template: ClassVar[str] = "author/regrade.html"
    heading: Markup
    prompt: Markup
    key: str
    edition_words: str
    edition: str  # named in the address; empty for the current one
    plan_href: str
    form: KeyForm
    how: str
    only: bool
    editions: int  # in which the same text may stand
    refused: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    earlier: tuple[Earlier, ...] = ()
    draft_href: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One attempt, before and after."""

    who: str
    attempt: int
    before: str
    after: str
    words: str


@dataclass(frozen=True, kw_only=True)
class PlanPage(StudioPage):
    """Everything that would follow from a correction, before anything is written."""

    template: ClassVar[str] = "author/regrade_plan.html"
    heading: Markup
    was: str
    becomes: str
    where: str
    counts: tuple[tuple[str, int], ...]
    rows: tuple[PlanRow, ...]
    unchanged: tuple[PlanRow, ...]
    left_out: int
    losing: tuple[tuple[str, str], ...]  # who, and what of hers stands all the same
    can_take: int
    back_href: str
    apply_href: str
    fields: tuple[tuple[str, str], ...]  # what is sent again
    reason: str = ""
    takes: bool = False
    stale: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    error_of: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RuledPage(StudioPage):
    """What followed from a correction that is in force."""

    template: ClassVar[str] = "author/regraded.html"
    code: str
    heading: str
    was: str
    became: str
    on: str
    by: str
    reason: str
    where: str
    counts: tuple[tuple[str, int], ...]
    rows: tuple[PlanRow, ...]
    source: str  # whether the text that learners read holds the corrected key
    source_is_right: bool
    draft_href: str


def key_form(question: Question, typed: Sequence[str] | None) -> KeyForm:
    """Show the key of a question as fields, as it stands or as it was typed."""
    parts = list(typed) if typed is not None else key_texts.parts_of(question)
    if question.options:
        ticked = set(parts)
        options = enumerate(question.options, 1)
        return KeyForm("boxes", tuple(Part(safe(one.html), str(n), str(n) in ticked) for n, one in options))
    if question.kind is Kind.ORDERING:
        items = tuple((str(n), safe(one.html).striptags()) for n, one in enumerate(question.items, 1))
        return KeyForm("lists", tuple(Part(f"Place {n}", value) for n, value in enumerate(parts, 1)), items)
    if question.kind is Kind.MATCHING:
        terms = [pair.term for pair in question.pairs if pair.term]
        meanings = tuple((str(n), pair.meaning) for n, pair in enumerate(question.pairs, 1))
        return KeyForm("lists", tuple(Part(*two) for two in zip(terms, parts, strict=False)), meanings)
    if question.kind is Kind.GAPS:
        return KeyForm(
            "texts", tuple(Part(f"Gap {n}, with | between answers", value) for n, value in enumerate(parts, 1))
        )
    return KeyForm("texts", (Part(AS_TEXT[question.kind], parts[0] if parts else ""),))


def where(plan: Plan) -> str:
    """Say in which editions a correction would hold."""
    if plan.only_in is not None:
        return "In this edition alone."
    many = len(plan.edition_ids)
    return "In the one edition that asks it so." if many == 1 else f"In {many} editions, wherever the same text stands."


def rows(plan: Plan) -> tuple[tuple[PlanRow, ...], tuple[PlanRow, ...], int]:
    """Give the attempts that change, those that do not, and how many are left out."""
    ordered = consequences.sorted_by_weight(plan.consequences)
    changed = [row for one in ordered if one.is_affected or one.would_lose for row in _rows(one)]
    same = [row for one in ordered if not (one.is_affected or one.would_lose) for row in _rows(one)]
    shown = changed[:MOST_ROWS], same[: max(0, MOST_ROWS - len(changed))]
    return tuple(shown[0]), tuple(shown[1]), len(changed) + len(same) - len(shown[0]) - len(shown[1])


def _rows(one: Consequence) -> list[PlanRow]:
    return [
        PlanRow(
            who=one.who,
            attempt=each.number,
            before=score(each.was_percent, passed=each.was_passed),
            after=score(each.percent, passed=each.earned),
            words=WORDS.get(one.words) or ("Higher score" if each.rises else "Lower score"),
        )
        for each in one.regrades
    ]


WORDS = {
    "passes, certificate": "Passes; a certificate is issued",
    "passes": "Passes",
    "pass at stake, certificate stands": "Pass at stake; the certificate stands",
    "pass at stake, course completed": "Pass at stake; the course is completed",
    "pass at stake": "Pass at stake",
    "": "No change",
}


def score(percent: int, *, passed: bool) -> str:
    """Say a score and whether it is a pass."""
    return f"{percent}%, {'passed' if passed else 'not passed'}"


def losing(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Name everybody whose pass is at stake, and what stands whatever is chosen."""
    return tuple((one.who, _stands(one)) for one in sorted(plan.losing, key=lambda one: one.who))


def _stands(one: Consequence) -> str:
    if one.certificate:
        return f"Certificate {numbers.in_groups(one.certificate)} stands, whatever you choose"
    return "The course is completed, and stays so, whatever you choose" if one.completed else ""
