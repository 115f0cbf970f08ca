"""What is found while a file is read: problems at their places, and what the author has waived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.content import rules
from app.content.course import Problem
from app.content.waiver import Waiver


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file; lines and columns count from 1, columns in characters."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of one source line: where it begins, and what it says from there on."""

    number: int
    column: int
    text: str

    @property
    def place(self) -> Place:
        """Say where the stretch begins."""
        return Place(self.number, self.column)

    @property
    def blank(self) -> bool:
        """Say whether there is nothing to read in it."""
        return not self.text.strip()

    def cut(self, start: int, end: int | None = None) -> Line:
        """Give a part of it, still knowing where it stands."""
        return Line(self.number, self.column + start, self.text[start:end])


@dataclass(frozen=True, slots=True)
class _Silenced:
    rule: str
    first: int
    last: int

    def covers(self, problem: Problem) -> bool:
        return problem.rule == self.rule and self.first <= problem.line <= self.last


class Findings:
    """The problems of one file, in the order they come to light."""

    def __init__(self, name: str, lines: Sequence[str] = ()) -> None:
        """Begin with a file's name within its course and its text, line by line."""
        self.name = name
        self.waivers: list[Waiver] = []
        self._lines = lines or ("",)
        self._problems: dict[Problem, None] = {}
        self._silenced: list[_Silenced] = []

    def add(self, rule: str, place: Place, message: str, remedy: str = "") -> None:
        """Note a mistake where the author must type."""
        inside = self._inside(place)
        self._note(Problem(self.name, inside.line, inside.column, _level(rule), rule, message, remedy))

    def add_file(self, name: str, rule: str, message: str, remedy: str = "") -> None:
        """Note that another file of the course is missing: it would be added as that file."""
        self._note(Problem(name, 1, 1, _level(rule), rule, message, remedy))

    def waive(self, rule: str, reason: str, *, at: int, first: int, last: int) -> None:
        """Silence a warning from one line to another, and keep the author's reason."""
        self.waivers.append(Waiver(self.name, at, rule, reason))
        self._silenced.append(_Silenced(rule, first, last))

    @property
    def last_line(self) -> int:
        """Give the number of the file's last line."""
        return len(self._lines)

    def errors(self) -> bool:
        """Say whether anything found here stops the course."""
        return any(problem.level == rules.ERROR for problem in self._problems)

    def has(self, *names: str) -> bool:
        """Say whether one of some rules was broken in this file."""
        return any(problem.rule in names for problem in self._problems)

    def unwaived(self) -> Iterator[Problem]:
        """Give the problems that no waiver silences."""
        for problem in self._problems:
            waived = problem.path == self.name and any(each.covers(problem) for each in self._silenced)
            if not waived:
                yield problem

    def _note(self, problem: Problem) -> None:
        self._problems[problem] = None

    def _inside(self, place: Place) -> Place:
        """Keep a place within the file, so that an editor can always jump to it."""
        line = min(max(place.line, 1), len(self._lines))
        return Place(line, min(max(place.column, 1), len(self._lines[line - 1]) + 1))


def _level(rule: str) -> str:
    return rules.by_name()[rule].level
