"""Blackboard's question upload in: a question a line, its fields divided by tabs, the first naming the kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from app.content.course import Kind
from app.content.exchange import building, escaping, texts
from app.content.exchange.building import Start, Weighed
from app.content.exchange.items import Choice, Item, LeftOut, Piece, Skip

_VARIABLE = re.compile(r"\[(\w{1,40})\]")
KINDS = ("MC", "MA", "TF", "ESS", "SR", "ORD", "MAT", "FIB", "FIB_PLUS", "NUM")


def is_line(line: str) -> bool:
    """Say whether a line begins as those of such a file do."""
    kind, tab, _ = line.partition("\t")
    return bool(tab) and kind.strip().upper() in KINDS


def read(text: str) -> Iterator[Piece]:
    """Read a tab-delimited file, piece by piece."""
    for number, line in enumerate(escaping.without_private(text).split("\n"), 1):
        fields = [_unquoted(field) for field in line.split("\t")]
        if not line.strip():
            continue
        try:
            yield _Line(number, fields).item()
        except Skip as reason:
            yield LeftOut(number, (fields[1] if len(fields) > 1 else fields[0])[:80], f"{reason}")


def _unquoted(field: str) -> str:
    """Take away the quotes that spreadsheets put around a field."""
    field = field.strip()
    return field[1:-1].replace('""', '"') if len(field) > 1 and field[0] == field[-1] == '"' else field


class _Line:
    """One question: its kind, its text and its fields."""

    def __init__(self, number: int, fields: Sequence[str]) -> None:
        self._kind = fields[0].strip().upper()
        self._asked = fields[1] if len(fields) > 1 else ""
        self._fields = list(fields[2:])
        self._start = Start(number)

    def item(self) -> Item:
        builders: dict[str, Callable[[], Item]] = {
            "MC": self._options,
            "MA": self._options,
            "TF": self._truth,
            "ESS": self._free,
            "SR": self._free,
            "ORD": self._order,
            "MAT": self._pairs,
            "FIB": self._short,
            "FIB_PLUS": self._gaps,
            "NUM": self._number,
        }
        if self._kind not in builders:
            raise Skip(f"It begins with “{self._kind[:20]}”, which is not known here. Known are {', '.join(builders)}.")
        if not self._asked:
            raise Skip("It has no text.")
        if self._kind != "FIB_PLUS":
            self._start.parts = texts.blocks(self._asked, "moodle", self._start.losses)
        return builders[self._kind]()

    @property
    def _filled(self) -> list[str]:
        return [field for field in self._fields if field]

    def _inline(self, text: str) -> str:
        return texts.inline(text, "moodle", self._start.losses)

    def _two_by_two(self) -> list[tuple[str, str]]:
        fields = self._filled
        if len(fields) % 2:
            raise Skip("Its fields do not come in pairs: one is missing, or one too many.")
        return list(zip(fields[::2], fields[1::2], strict=True))

    def _options(self) -> Item:
        pairs = self._two_by_two()
        strange = next((state for _, state in pairs if state.lower() not in {"correct", "incorrect"}), None)
        if strange is not None:
            raise Skip(f"“{strange[:40]}” stands where “correct” or “incorrect” belongs.")
        rights = [state.lower() == "correct" for _, state in pairs]
        single = self._kind == "MC"
        share = Decimal(100) / max(1 if single else sum(rights), 1)
        wrong = Decimal(0) if single else -share
        if not single:
            self._start.settings["Credit"] = "all"
        answers = [
            Weighed(self._inline(text), share if right else wrong)
            for (text, _), right in zip(pairs, rights, strict=True)
        ]
        return building.options(self._start, answers, single=single)

    def _truth(self) -> Item:
        said = (self._filled or [""])[0].lower()
        if said not in {"true", "false"}:
            raise Skip("Neither “true” nor “false” stands after its text.")
        return building.true_false(self._start, right=said == "true")

    def _free(self) -> Item:
        if self._filled:
            self._start.losses.add("Its sample answer was not carried over.")
        return building.free(self._start)

    def _order(self) -> Item:
        return building.ordering(self._start, [Choice(self._inline(step)) for step in self._filled], partial=False)

    def _pairs(self) -> Item:
        return building.matching(
            self._start, [(self._inline(term), self._inline(meaning)) for term, meaning in self._two_by_two()]
        )

    def _short(self) -> Item:
        return building.short(self._start, [Weighed(text, Decimal(100)) for text in self._filled])

    def _number(self) -> Item:
        numbers = [building.decimal(field) for field in self._filled[:2]]
        if not numbers or None in numbers:
            raise Skip("No number stands after its text.")
        value, off = (*numbers, Decimal(0))[:2]
        return self._start.item(Kind.NUMBER, number=(value or Decimal(0), abs(off or Decimal(0))))

    def _gaps(self) -> Item:
        """Read variables and what each accepts; an empty field divides them."""
        accepted: list[list[str]] = [[]]
        for field in self._fields:
            if field:
                accepted[-1].append(field)
            elif accepted[-1]:
                accepted.append([])
        by_name = {group[0]: tuple(group[1:]) for group in accepted if len(group) > 1}
        names = [name for name in _VARIABLE.findall(self._asked) if name in by_name]
        if not names or len(names) < len(by_name):
            raise Skip("Its gaps, written as [name] in the text, do not agree with the answers after it.")
        numbers = iter(range(len(names)))
        marked = _VARIABLE.sub(
            lambda m: building.gap_mark(next(numbers)) if m[1] in by_name else m.group(), self._asked
        )
        self._start.parts = texts.blocks(marked, "moodle", self._start.losses)
        return building.gapped(self._start, [by_name[name] for name in names])
