"""GIFT in: the text format of Moodle. Empty lines divide questions. Marks have meanings; a backslash takes them.

Read as Moodle reads it (question/format/gift), with two differences: every block keeps its line, and a block that
cannot be read stops no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from app.content.exchange import building, categories, escaping, texts
from app.content.exchange.building import Start, Weighed
from app.content.exchange.items import Choice, Item, LeftOut, Piece, Remark, Skip, Story

_ESCAPED = {mark: chr(0xE010 + index) for index, mark in enumerate(":#={}~\n")}
_BACK = {held: mark for mark, held in _ESCAPED.items()}
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_COMMENT = re.compile(r"\s*//(?P<text>.*)")
_MARKED = re.compile(r"\[(?P<name>id|tag):(?P<value>(?:[^\]\\]|\\.)*)\]")
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_ORDERING = re.compile(r">\s*(?P<rules>[^\n]*)\n(?P<steps>.*)", re.DOTALL)
_SENTENCE_END = re.compile(r"[\s.?!]*")


def read(text: str) -> Iterator[Piece]:
    """Read a GIFT file, piece by piece."""
    place = categories.Place()
    for line, block in _blocks(text):
        category = re.match(r"\$CATEGORY:(?P<path>.*)", block, re.DOTALL)
        if category:
            yield from (Remark(line, said) for said in place.go(escaping.squeezed(category["path"])))
            continue
        try:
            yield _Block(line, block, place).piece()
        except Skip as reason:
            yield LeftOut(line, _called(block), f"{reason}")


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Divide a file at its empty lines; comments stay, for they may name a question."""
    lines: list[str] = []
    first = 1
    for number, line in enumerate([*escaping.without_private(text).split("\n"), ""], 1):
        alone = line.startswith("$CATEGORY:")
        if (not line.strip() or alone) and any(not _COMMENT.match(each) for each in lines):
            yield first, "\n".join(lines)
            lines = []
        if alone:
            yield number, line
        elif line.strip():
            first = first if lines and any(not _COMMENT.match(each) for each in lines) else number
            lines.append(line)
        elif all(_COMMENT.match(each) for each in lines):
            lines = []


def _called(block: str) -> str:
    lines = [line for line in block.split("\n") if not _COMMENT.match(line)]
    return escaping.squeezed(re.sub(r"::|\[\w+\]|\\(?=[:#={}~])", "", " ".join(lines).partition("{")[0]))[:80]


def _hold(text: str) -> str:
    return _ESCAPE.sub(lambda m: "\\" if m[1] == "\\" else _ESCAPED["\n" if m[1] == "n" else m[1]], text)


def _release(text: str) -> str:
    return "".join(_BACK.get(letter, letter) for letter in text)


class _Block:
    """One question of a GIFT file."""

    def __init__(self, line: int, block: str, place: categories.Place) -> None:
        self._start = Start(line, under=place.under)
        self._comments(block)
        lines = [line for line in block.split("\n") if not _COMMENT.match(line)]
        self._text = self._named(_hold("\n".join(lines).strip()))
        self._form = "moodle"
        self._gap = ""

    def _comments(self, block: str) -> None:
        """Take what a comment says of a question: its ID number and its tags."""
        for comment in filter(None, map(_COMMENT.match, block.split("\n"))):
            for match in _MARKED.finditer(comment["text"]):
                value = re.sub(r"\\(.)", r"\1", match["value"])
                if match["name"] == "id":
                    self._start.id(value)
                elif value == building.GAP_TAG:
                    self._start.settings[building.GAP_TAG] = "yes"
                else:
                    self._start.tag(value)

    def _named(self, text: str) -> str:
        named = re.match(r"::(.*?)::", text, re.DOTALL)
        if named is None:
            return text
        self._start.name = _release(named[1])
        return text[named.end() :].strip()

    def piece(self) -> Piece:
        opens, closes = self._text.find("{"), self._text.find("}")
        if opens == closes == -1:
            return self._story()
        if opens == -1 or closes < opens:
            missing = "{ is never closed" if closes == -1 else "} closes nothing"
            raise Skip(f"A {missing}. In GIFT no empty line stands inside a question, and braces in a text are \\{{.")
        before, answer, after = self._text[:opens], self._text[opens + 1 : closes], self._text[closes + 1 :]
        if "{" in answer or "{" in after:
            raise Skip("It has more than one { }. In GIFT, braces that belong to the text are written \\{ and \\}.")
        answer = self._explained(answer.strip(), before)
        return self._item(answer, before, after)

    def _story(self) -> Piece:
        place = self._start.under
        self._ask(self._text)
        if place and place[-1].startswith("Case:"):
            return Story(self._start.line, texts.joined(self._start.parts), place, tuple(self._start.losses.found))
        raise Skip("It asks nothing: it is a description. Write it into a module, or as the story of a case.")

    def _explained(self, answer: str, before: str) -> str:
        """Take the general feedback from the end of an answer."""
        self._form = self._format(before)[0]
        answer, marks, feedback = answer.rpartition("####") if "####" in answer else (answer, "", "")
        if marks:
            self._start.rationale = self._blocks(feedback)
        return answer.strip()

    def _format(self, text: str) -> tuple[str, str]:
        match = _FORMAT.match(text.strip())
        return (match[1], text.strip()[match.end() :]) if match else (self._form, text.strip())

    def _blocks(self, text: str) -> str:
        form, text = self._format(text)
        return texts.joined(texts.blocks(_release(text), form, self._start.losses))

    def _inline(self, text: str) -> str:
        form, text = self._format(text)
        return texts.inline(_release(text), form, self._start.losses)

    def _plain(self, text: str) -> str:
        return escaping.squeezed(_release(self._format(text)[1]))

    def _ask(self, text: str) -> None:
        form, text = self._format(text)
        self._start.parts = texts.blocks(_release(text), form, self._start.losses)

    def _item(self, answer: str, before: str, after: str) -> Item:
        in_text = bool(after.strip()) or self._start.settings.pop(building.GAP_TAG, "") == "yes"
        truth = answer.partition("#")[0].strip()
        ordered = _ORDERING.match(answer)
        kind = (
            self._free
            if not answer
            else self._number
            if answer[0] == "#"
            else self._order
            if ordered
            else self._options
            if "~" in answer
            else self._pairs
            if "=" in answer and "->" in answer
            else self._truth
            if truth in _TRUTH
            else self._short
        )
        if kind == self._short and in_text:
            return self._in_the_text(answer, before, after)
        self._ask(f"{before}_____{after}" if after.strip() else before)
        return kind(answer)

    def _in_the_text(self, answer: str, before: str, after: str) -> Item:
        self._ask(f"{before}{building.gap_mark(0)}{after}")
        return building.gapped(self._start, [building.gap_texts(self._start, self._answers(answer, "=", 100))])

    def _free(self, _answer: str) -> Item:
        return building.free(self._start)

    def _truth(self, answer: str) -> Item:
        said, *feedback = answer.split("#", 2)
        right = _TRUTH[said.strip()]
        wrong_said, right_said = ([*map(self._blocks, feedback), "", ""])[:2]
        if_true, if_false = (right_said, wrong_said) if right else (wrong_said, right_said)
        return building.true_false(self._start, right=right, if_true=if_true, if_false=if_false)

    def _options(self, answer: str) -> Item:
        single = "=" in answer
        found = []
        for part in re.findall(r"[=~][^=~]*", answer):
            words, weight, feedback = self._weighed(part[1:], 100 if part[0] == "=" else 0)
            found.append(Weighed(self._inline(words), weight, self._blocks(feedback)))
        return building.options(self._start, found, single=single)

    def _short(self, answer: str) -> Item:
        return building.short(self._start, self._answers(answer, "=", 100))

    def _answers(self, answer: str, mark: str, weight: int) -> list[Weighed]:
        found = []
        for part in filter(str.strip, answer.split(mark)):
            words, share, feedback = self._weighed(part, weight)
            found.append(Weighed(self._plain(words), share, self._blocks(feedback)))
        return found

    def _weighed(self, text: str, weight: int) -> tuple[str, Decimal, str]:
        words, _, feedback = text.strip().partition("#")
        share = _WEIGHT.match(words)
        if share:
            return words[share.end() :], Decimal(share[1]), feedback
        return words, Decimal(weight), feedback

    def _pairs(self, answer: str) -> Item:
        pairs = []
        for part in filter(str.strip, answer.split("=")):
            term, arrow, meaning = part.partition("->")
            if not arrow:
                raise Skip(f"“{self._plain(part)[:60]}” has no -> between term and meaning.")
            pairs.append((self._inline(term), escaping.inline(self._plain(meaning))))
        return building.matching(self._start, pairs)

    def _order(self, answer: str) -> Item:
        match = _ORDERING.match(answer)
        steps = match["steps"].split("\n") if match else []
        choices = [Choice(self._inline(step)) for step in steps if step.strip()]
        return building.ordering(
            self._start, choices, partial="ALL_OR_NOTHING" not in (match["rules"] if match else "")
        )

    def _number(self, answer: str) -> Item:
        right, _, wrong = answer[1:].partition("~")
        if wrong:
            self._start.losses.add("Feedback on every other number was not carried over.")
        values, feedback = [], []
        for part in filter(str.strip, right.split("=")):
            words, weight, said = self._weighed(part, 100)
            values.append((*_range(self._plain(words)), weight))
            feedback.append(Weighed("", weight, self._blocks(said)))
        return building.numeric(self._start, values, feedback)


def _range(text: str) -> tuple[Decimal, Decimal]:
    """Read `45`, `45:5` or `40..50` as a number and how far an answer may be off."""
    low, dots, high = text.partition("..")
    value, _, off = text.partition(":")
    numbers = [building.decimal(each) for each in ((low, high) if dots else (value, off or "0"))]
    first, second = numbers
    if first is None or second is None:
        raise Skip(f"“{text[:40]}” is not a number.")
    return ((first + second) / 2, abs(second - first) / 2) if dots else (first, abs(second))
