"""Questions out: the exam of a course as another system reads it, and what that system cannot hold, item by item.

What a format has no field for, it keeps as a tag in our own words (`Objective: 2`): other systems carry tags along and
show them, and when the file comes back here, they are settings again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache

import nh3

from app.content.course import Case, Course, Kind, Pool, Question
from app.content.exchange import building

_GAP = re.compile(r'<span\b[^>]*\bdata-gap="(\d+)"[^>]*>[^<]*</span>')
_TAGS = (
    "a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i li ol p pre s strong sub sup table tbody td th thead tr ul"
)
_MEDIA = re.compile(r"<(?:img|video|audio|figure)\b")
_INSIDE = re.compile(r'<a\b[^>]*href="(?!https?:|mailto:|tel:|#)')


class Target(StrEnum):
    """What questions can be written as."""

    GIFT = "gift"
    MOODLE_XML = "moodle-xml"


@dataclass(frozen=True, slots=True)
class Sent:
    """One line of the report: a question, and what the format could not hold; left out if `out`."""

    id: str
    line: int  # of the question in exam.md
    lost: tuple[str, ...] = ()
    out: bool = False

    def __str__(self) -> str:
        """Say it in one line."""
        if self.out:
            return f"“{self.id}” is left out. {' '.join(self.lost)}"
        return f"“{self.id}” is written, but: {' '.join(self.lost)}" if self.lost else f"“{self.id}” is written."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the headings it stands under, and the story that begins with it."""

    question: Question
    under: tuple[str, ...]
    story: str = ""  # HTML; only at the first question of a case


@dataclass(frozen=True, slots=True)
class Export:
    """A question file for another system, and the report on it."""

    text: str
    sent: tuple[Sent, ...]

    @property
    def written(self) -> int:
        """Count the questions in the file."""
        return sum(not each.out for each in self.sent)


def walk(course: Course) -> Iterator[Asked]:
    """Give every question of the exam, each with where it stands."""
    for item in course.exam.items if course.exam else ():
        yield from _asked(item, ())


def _asked(item: Question | Case | Pool, under: tuple[str, ...]) -> Iterator[Asked]:
    if isinstance(item, Question):
        yield Asked(item, under)
    elif isinstance(item, Case):
        inside = (*under, f"Case: {item.title}")
        for number, question in enumerate(item.questions):
            yield Asked(question, inside, "" if number else item.story_html)
    else:
        each = " per objective" if item.per_objective else ""
        for inner in item.items:
            yield from _asked(inner, (*under, f"Pool: {item.title} (draw {item.draw}{each})"))


def html(text: str) -> str:
    """Give HTML of ours without what belongs to our pages alone."""
    return " ".join(_sieve().clean(text).split()) if "<pre" not in text else _sieve().clean(text).strip()


def asked_html(question: Question, gap: Callable[[int], str]) -> str:
    """Give heading and prompt as one text, its gaps written by `gap`, which is told their index."""
    text = f"<p>{question.heading_html}</p>{question.prompt_html}"
    marked = _GAP.sub(lambda match: building.gap_mark(int(match[1]) - 1), text)
    cleaned = html(marked)
    if question.gaps:  # a brace that belongs to the text would begin a gap elsewhere
        cleaned = cleaned.replace("{", "&#123;")
    return re.sub("\ue000(\\d+)\ue001", lambda match: gap(int(match[1])), cleaned)


def losses(question: Question) -> Iterator[str]:
    """Say what no format keeps: what lies in our media folder, and links into the course."""
    text = _all_html(question)
    if _MEDIA.search(text):
        yield "Its pictures and recordings stay here."
    if _INSIDE.search(text):
        yield "Its links into the course lead nowhere elsewhere."
    if any("<" in pair.meaning_html for pair in question.pairs):
        yield "Meanings are written without emphasis."


def _all_html(question: Question) -> str:
    options = (*question.options, *question.items)
    parts = [question.heading_html, question.prompt_html, question.rationale_html, question.hint_html]
    parts += [text for option in options for text in (option.html, option.feedback_html)]
    parts += [text for pair in question.pairs for text in (pair.term_html, pair.meaning_html)]
    return "".join(parts)


def tags(question: Question, *, has: frozenset[str] = frozenset()) -> list[str]:
    """Give what a format has no field for as tags; `has` names the settings it has one for."""
    found = {
        "Objective": str(question.objective or ""),
        "Points": "0" if question.kind is Kind.FREE_TEXT else "" if question.points == 1 else str(question.points),
        "Source": ", ".join(filter(None, (question.source.key, question.source.locator))) if question.source else "",
        "Credit": "all" if not question.partial_credit and question.kind in _SHARED else "",
        "Shuffle": {True: "yes", False: "no", None: ""}[question.shuffle],
        "Private": "yes" if question.private else "",
        "Words": f"{question.words[0]}-{question.words[1]}" if question.words else "",
        "Capitals": "match" if question.match_capitals else "",
    }
    return [f"{name}: {value}" for name, value in found.items() if value and name not in has]


# Kinds that other systems grade in parts unless they are told otherwise.
_SHARED = {Kind.CHOOSE_ALL, Kind.MATCHING, Kind.ORDERING, Kind.GAPS}


def shares(question: Question) -> tuple[str, str]:
    """Give the weights of right and wrong options in percent, as our own partial credit counts them."""
    rights = sum(option.right for option in question.options)
    share = f"{float(Fraction(100, max(rights, 1))):.5f}".rstrip("0").rstrip(".")
    return share, f"-{share}" if question.partial_credit else "-100"


def all_or_nothing(question: Question) -> Iterator[str]:
    """Say where another system gives part of the points and we give all or nothing."""
    if question.kind in _SHARED and not question.partial_credit and not _one_gap(question):
        yield "Elsewhere part of the answer earns part of the points; “all or nothing” goes along as a tag."


def _one_gap(question: Question) -> bool:
    return question.kind is Kind.GAPS and len(question.gaps) == 1


@cache
def _sieve() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS.split()),
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
