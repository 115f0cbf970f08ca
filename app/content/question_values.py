"""The settings of one question: lines of the form `Name: value`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.content import rules
from app.content.course import Citation
from app.content.findings import Findings, Line
from app.content.markdown import Scribe
from app.content.spelling import did_you_mean, slug

MOST_POINTS = 100
_POINTS = re.compile(r"\d{1,6}(?:\.\d{1,6})?|\d{1,6}/0*[1-9]\d{0,5}")
_NUMBER = r"[-−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-−+]?\.\d+"
_ANSWER = re.compile(rf"(?P<number>{_NUMBER})\s*(?:(?:±|\+-|\+/-)\s*(?P<tolerance>.*))?")
_RANGE = re.compile(r"(\d{1,6})\s*[-–—]\s*(\d{1,6})")
_WAIVER = re.compile(r"(?P<rule>[\w-]+?)\s*(?:\s-{1,2}\s|[–—]|--)\s*(?P<reason>.*\S)")
_CITED = re.compile(r"\[?@?(?P<key>[^\],;\s]+)(?:,\s*+(?P<locator>.*?))?\]?")


@dataclass(frozen=True, slots=True)
class Values:
    """The settings of a question, each with what it is when the author says nothing."""

    id: str = ""
    points: Fraction = Fraction(1)
    partial_credit: bool = False
    objective: int | None = None
    source: Citation | None = None
    shuffle: bool | None = None
    private: bool = False
    words: tuple[int, int] | None = None
    match_capitals: bool = False


def read(named: Mapping[str, Line], scribe: Scribe) -> Values:
    """Read the settings of a question, and report those that cannot be what they say."""
    reader = _Reader(named, scribe)
    return Values(
        id=reader.id(),
        points=reader.points(),
        partial_credit=bool(reader.either("credit", "partial", "all")),
        objective=reader.objective(),
        source=reader.source(),
        shuffle=reader.either("shuffle", "yes", "no"),
        private=bool(reader.either("private", "yes", "no")),
        words=reader.words(),
        match_capitals=bool(reader.either("capitals", "match", "ignore")),
    )


def number(text: str) -> tuple[Decimal, Decimal, bool] | None:
    """Read `45 ± 5`: the number, its tolerance, and whether the tolerance could be read. Nothing if it is text."""
    match = _ANSWER.fullmatch(text.strip())
    if match is None:
        return None
    tolerance = match["tolerance"]
    if tolerance is None:
        return _decimal(match["number"]), Decimal(0), True
    if not re.fullmatch(_NUMBER, tolerance.strip()) or tolerance.strip()[0] in "-−":
        return _decimal(match["number"]), Decimal(0), False
    return _decimal(match["number"]), _decimal(tolerance.strip()), True


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def waiver(line: Line, findings: Findings) -> tuple[str, str] | None:
    """Read `rule-name — reason`; only warnings can be waived, and never without a reason."""
    match = _WAIVER.fullmatch(line.text.strip())
    name = match["rule"].lower() if match else line.text.strip().split(" ")[0].lower()
    if match and name in rules.warnings():
        return name, match["reason"]
    findings.add("bad-question-value", line.place, *_refused(name, reason=match is not None))
    return None


def _refused(name: str, *, reason: bool) -> tuple[str, str]:
    if name in rules.warnings() and not reason:
        return "This waiver gives no reason.", f"Write it after a dash: Waive: {name} — reason"
    if name in rules.by_name():
        return f"“{name}” is an error, and errors cannot be waived.", "Correct what it reports and delete this line."
    return f"There is no rule “{name}”.", did_you_mean(name, rules.warnings())


class _Reader:
    def __init__(self, named: Mapping[str, Line], scribe: Scribe) -> None:
        self._named = named
        self._scribe = scribe

    def _text(self, name: str) -> str:
        line = self._named.get(name)
        return line.text.strip() if line else ""

    def _bad(self, name: str, permitted: str) -> None:
        line, typed = self._named[name], self._text(name)
        said = f"“{typed}” cannot be understood after “{name.capitalize()}:”." if typed else "There is nothing here."
        self._scribe.findings.add("bad-question-value", line.place, said, f"Write {permitted}.")

    def id(self) -> str:
        if "id" not in self._named:
            return ""
        found = slug(self._text("id"))
        if not found or found != self._text("id").casefold():
            self._bad("id", "letters, digits and hyphens, as in: consent-first-step")
        return found

    def points(self) -> Fraction:
        text = self._text("points")
        if "points" not in self._named:
            return Fraction(1)
        points = Fraction(text) if _POINTS.fullmatch(text) else Fraction(0)
        if not 0 < points <= MOST_POINTS:
            self._bad("points", f"a number over 0 and up to {MOST_POINTS}")
            return Fraction(1)
        return points

    def either(self, name: str, yes: str, no: str) -> bool | None:
        if name not in self._named:
            return None
        text = self._text(name).lower()
        if text not in {yes, no}:
            self._bad(name, f"“{yes}” or “{no}”")
        return text == yes

    def objective(self) -> int | None:
        if "objective" not in self._named:
            return None
        text, known = self._text("objective"), self._scribe.desk.objectives
        if not re.fullmatch(r"[0-9]{1,4}", text):
            self._bad("objective", "the number of one objective in course.md")
            return None
        if known is not None and not 1 <= int(text) <= known:
            self._scribe.findings.add(
                "unknown-objective",
                self._named["objective"].place,
                f"There is no objective {text} in course.md.",
                f"Write a number from 1 to {known}.",
            )
        return int(text)

    def source(self) -> Citation | None:
        line = self._named.get("source")
        if line is None:
            return None
        match = _CITED.fullmatch(line.text.rstrip())
        if match is None:
            self._bad("source", "the name of a reference in course.md, as in: nasw-code, 1.07(r)")
            return None
        self._scribe.refer(match["key"], line.cut(match.start("key")).place)
        return Citation(match["key"], (match["locator"] or "").strip())

    def words(self) -> tuple[int, int] | None:
        if "words" not in self._named:
            return None
        match = _RANGE.fullmatch(self._text("words"))
        fewest, most = (int(match[1]), int(match[2])) if match else (1, 0)
        if fewest > most:
            self._bad("words", "the fewest and the most words, as in: 50-300")
            return None
        return fewest, most
