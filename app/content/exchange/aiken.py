"""Aiken in: a question, options with letters, and a line ANSWER: with the letter of the right one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from app.content.exchange import building, escaping, texts
from app.content.exchange.building import Start, Weighed
from app.content.exchange.items import LeftOut, Piece, Skip

_OPTION = re.compile(r"\s{0,3}(?P<letter>[A-Za-z])[.)]\s+(?P<text>\S.*)")
_ANSWER = re.compile(r"\s*ANSWERS?\s*:\s*(?P<letters>.*)", re.IGNORECASE)
_NUMBER = re.compile(r"\A\s*\d{1,4}[.)]\s+")


@dataclass(slots=True)
class _Block:
    line: int
    asked: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    letters: str | None = None


def read(text: str) -> Iterator[Piece]:
    """Read an Aiken file, piece by piece."""
    for block in _blocks(text):
        try:
            yield _piece(block)
        except Skip as reason:
            yield LeftOut(block.line, escaping.squeezed(" ".join(block.asked))[:80], f"{reason}")


def _blocks(text: str) -> Iterator[_Block]:
    """Divide a file: a question ends at its answer, or where an empty line and new text follow its options."""
    block = _Block(1)
    apart = False
    for number, line in enumerate(escaping.without_private(text).split("\n"), 1):
        answer, option = _ANSWER.fullmatch(line), _OPTION.fullmatch(line)
        if not line.strip():
            apart = True
            continue
        if answer is None and option is None and block.options and apart:
            yield block
            block = _Block(number)
        apart = False
        if not (block.asked or block.options):
            block.line = number
        if answer:
            block.letters = answer["letters"]
            yield block
            block = _Block(number + 1)
        elif option and block.asked:
            block.options.append((option["letter"].upper(), option["text"]))
        elif block.options:
            letter, words = block.options[-1]
            block.options[-1] = letter, f"{words} {line.strip()}"
        else:
            block.asked.append(line if block.asked else _NUMBER.sub("", line))
    if block.asked or block.options:
        yield block


def _piece(block: _Block) -> Piece:
    if not block.asked:
        raise Skip("There is an ANSWER: line without a question above it.")
    if block.letters is None:
        raise Skip("It has no ANSWER: line.")
    letters = re.findall(r"[A-Z]", re.sub(r"\b(?:AND|OR)\b", "", block.letters.upper()))
    known = [letter for letter, _ in block.options]
    if not letters or any(letter not in known for letter in letters):
        raise Skip(f"ANSWER: {block.letters.strip()[:20]} names none of its options ({', '.join(known) or 'none'}).")
    if len(set(known)) < len(known):
        raise Skip("Two of its options have the same letter.")
    start = Start(block.line)
    start.parts = texts.blocks("\n".join(block.asked), "plain", start.losses)
    share = Decimal(100) / len(set(letters))
    answers = [
        Weighed(texts.inline(words, "plain", start.losses), share if letter in letters else -share)
        for letter, words in block.options
    ]
    if len(set(letters)) == 1:
        answers = [Weighed(answer.text, max(answer.weight, Decimal(0))) for answer in answers]
    else:
        start.settings["Credit"] = "all"
    return building.options(start, answers, single=len(set(letters)) == 1)
