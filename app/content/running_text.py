"""The running text of a module: what is read sentence by sentence, once everything that is only looked at is left out.

Headings, tables, code, pictures with their captions and descriptions, the names of boxes and terms, and citations are
no sentences. Knowledge checks and scenarios are read, without the headings and marks of their questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from app.content.course import Check, Module, Option, Prose, Question
from app.content.passages import CUTS
from app.content.scenario import Scenario

_LOOKED_AT = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "table", "pre", "code", "figure", "dt", "sup"})
_NAMES = frozenset({"box-title", "footnote-backref"})
_BLOCKS = frozenset(CUTS.split())
_CITATION = re.compile(r'\(<a class="citation"[^>]*>[^<]*</a>(?:[^()]|\([^()]*\))*\)')


def of(module: Module) -> Iterator[str]:
    """Give the paragraphs, items and options of a module that are read, each on one line, in order."""
    for html in pieces(module):
        yield from stretches(html)


def pieces(module: Module) -> Iterator[str]:
    """Give every piece of HTML that a module shows, in the order it is met."""
    for block in module.blocks:
        if isinstance(block, Prose):
            yield block.html
        elif isinstance(block, Check):
            yield block.intro_html
            for question in block.questions:
                yield from _asked(question)
        else:
            yield from _played(block)


def _asked(question: Question) -> Iterator[str]:
    yield question.prompt_html
    yield from _offered((*question.options, *question.items))
    for pair in question.pairs:
        yield from (pair.term_html, pair.meaning_html)
    yield from (question.hint_html, question.rationale_html)


def _offered(options: tuple[Option, ...]) -> Iterator[str]:
    for option in options:
        yield from (option.html, option.feedback_html)


def _played(scenario: Scenario) -> Iterator[str]:
    yield scenario.intro_html
    for step in scenario.steps:
        yield step.html
        for choice in step.choices:
            yield from (choice.html, choice.feedback_html)


def stretches(html: str) -> list[str]:
    """Give the running text of a piece of HTML, a stretch for each paragraph, item or option."""
    reader = _Reader()
    reader.feed(_CITATION.sub(" ", html))
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Reads along, and skips what stands inside anything that is only looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._words: list[str] = []
        self._found: list[str] = []
        self._open: list[tuple[str, bool]] = []  # each element that is open, and whether it is skipped
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._cut()
        if tag in {"br", "hr", "img", "track"}:  # they hold nothing, and are never closed
            self._words.append(" ")
            return
        skips = tag in _LOOKED_AT or bool(_NAMES.intersection((dict(attrs).get("class") or "").split()))
        self._open.append((tag, skips))
        self._skipped += skips

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._cut()
        if self._open and self._open[-1][0] == tag:  # the sieve has balanced every text
            self._skipped -= self._open.pop()[1]

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._words.append(data)

    def finished(self) -> list[str]:
        self._cut()
        return self._found

    def _cut(self) -> None:
        if words := " ".join("".join(self._words).split()):
            self._found.append(words)
        self._words = []
