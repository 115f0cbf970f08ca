"""Adding the questions of a file to an exam: first a plan, told item by item, then the new text. Nothing is written.

Whoever asked for the plan writes its text, or does not: that is the dry run. What stood in the exam stays, byte for
byte, and what is added was read again as part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from app.content import course_settings, credit_hours, exam, folder, modules, reader
from app.content.course import Kind, Problem, Question, Reference
from app.content.desk import Desk
from app.content.exchange import decoding, formats, proof
from app.content.exchange.arranging import Group
from app.content.exchange.decoding import NotQuestions, QuestionsTooLarge
from app.content.exchange.formats import Format
from app.content.exchange.items import Item, LeftOut, Piece, Remark, Skip, Story
from app.content.folder import COURSE, EXAM, OnDisk, Shelf
from app.content.media import Library
from app.content.question_facts import KINDS
from app.kit.errors import Conflict

MOST_ITEMS = 2_000
TOO_MANY = f"Only the first {MOST_ITEMS} questions of a file are read. Divide it."


class ExamTakesNone(Conflict):
    """The exam is in a state in which nothing can be added to it."""

    message = "Nothing can be added to exam.md as it stands. Mend what is wrong in it first, then try again."


class Fate(StrEnum):
    """What becomes of one item."""

    ADDED = "added"
    CHANGED = "added, but"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the report: an item of the file, and what becomes of it."""

    line: int
    name: str
    fate: Fate
    id: str = ""  # the question it becomes
    kind: str = ""
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in one line."""
        if self.fate is Fate.LEFT_OUT:
            return f"left out: “{self.name or 'Question'}”. {' '.join(self.remarks)}"
        added = f"added as “{self.id}” ({self.kind.lower()})"
        return f"{added}, but: {' '.join(self.remarks)}" if self.remarks else f"{added}."


@dataclass(frozen=True, slots=True)
class Plan:
    """What adding a file to an exam does: the exam as it would be, and what to say of each item."""

    form: Format
    entries: tuple[Entry, ...]
    remarks: tuple[Remark, ...]
    exam: bytes  # exam.md with the questions added
    added: str  # the Markdown that is added
    problems: tuple[Problem, ...]  # of the exam as it would be, in what is added

    def count(self, *fates: Fate) -> int:
        """Count the items with these fates."""
        return sum(entry.fate in fates for entry in self.entries)

    @property
    def additions(self) -> int:
        """Count the questions that are added."""
        return self.count(Fate.ADDED, Fate.CHANGED)


@dataclass(frozen=True, slots=True)
class _Overlaid:
    """A course whose exam is another text."""

    under: Shelf
    exam: bytes

    def entries(self) -> Iterator[tuple[str, bool]]:
        names = dict(self.under.entries())
        yield from ({**names, EXAM: True}).items()

    def read(self, name: str) -> bytes | None:
        return self.exam if name == EXAM else self.under.read(name)

    def digest(self, name: str) -> str:
        return self.under.digest(name)

    def path(self, name: str) -> Path | None:
        return None if name == EXAM else self.under.path(name)


def plan(where: Path | Shelf, content: bytes, *, today: date, form: Format | None = None) -> Plan:
    """Plan to add the questions of a file to a course's exam."""
    shelf = OnDisk(where) if isinstance(where, Path) else where
    text, guessed = decoding.decode(content)
    form = form or formats.recognize(text)
    before = _questions(shelf, today=today)
    planner = _Planner(_desk(shelf, today=today)[0], before)
    for piece in formats.read(text, form):
        planner.take(piece)
        if len(planner.entries) >= MOST_ITEMS:
            planner.remarks.append(Remark(piece.line, TOO_MANY))
            break
    if not planner.entries and not planner.remarks:
        raise NotQuestions
    added = "\n".join(planner.group.write())
    old = shelf.read(EXAM) or b""
    new = _joined(old, added)
    problems = (
        _proved(_Overlaid(shelf, new), planner.made, before, after=old.count(b"\n"), today=today) if added else ()
    )
    remarks = (*([Remark(1, guessed)] if guessed else ()), *planner.remarks)
    return Plan(form, tuple(planner.entries), remarks, new, added, problems)


def _joined(old: bytes, added: str) -> bytes:
    """Put new questions below an exam, with its own line endings."""
    if not added:
        return old
    ending = b"\r\n" if b"\r\n" in old else b"\n"
    new = added.encode().replace(b"\n", ending)
    if not old.strip():
        return old + new
    return old + (b"" if old.endswith(b"\n") else ending) + ending + new


def _desk(shelf: Shelf, *, today: date) -> tuple[Desk, course_settings.CourseSettings]:
    """Lay out a course as its reader does, so far as a question needs it."""
    looked = folder.look_into(shelf)
    desk = Desk(looked, Library(looked), today)
    source = desk.source(COURSE)
    step = credit_hours.HALF
    settings, _ = course_settings.read(list(source.written), source.findings, today=today, step=step)
    desk.code, desk.language = settings.code, settings.language
    desk.objectives = len(settings.objectives) if settings.objectives is not None else None
    if settings.references is not None:
        desk.references = {each.name: Reference(each.name, each.text, "") for each in settings.references}
    return desk, settings


@dataclass(frozen=True, slots=True)
class _Asked:
    """The questions a course asks already: those of its exam, and every id that is taken."""

    exam: Mapping[str, Question]
    ids: frozenset[str]


def _questions(shelf: Shelf, *, today: date) -> _Asked:
    desk, settings = _desk(shelf, today=today)
    for file in desk.folder.modules:
        modules.read(desk, file)
    draft = exam.read(desk, settings) if EXAM in desk.folder.names else None
    if draft is None and EXAM in desk.folder.names:
        raise ExamTakesNone
    exam.read_evaluation(desk)
    asked = {each.question.id: each.question for each in draft.outline.drafts()} if draft else {}
    return _Asked(asked, frozenset(desk.ids))


@dataclass(slots=True)
class _Planner:
    """Takes the pieces of a file in turn."""

    desk: Desk
    before: _Asked
    group: Group = field(default_factory=Group)
    entries: list[Entry] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    made: dict[str, Question] = field(default_factory=dict)

    def take(self, piece: Piece) -> None:
        if isinstance(piece, Remark):
            self.remarks.append(piece)
        elif isinstance(piece, Story):
            self.group.tell(piece)
            self.remarks += [Remark(piece.line, f"{piece.under[-1]}: {lost}") for lost in piece.lost]
        elif isinstance(piece, LeftOut):
            self.entries.append(Entry(piece.line, piece.name, Fate.LEFT_OUT, remarks=(piece.reason,)))
        else:
            self._item(piece)

    def _item(self, item: Item) -> None:
        try:
            proved = self._named(item)
        except Skip as reason:
            self.entries.append(Entry(item.line, item.heading[:80], Fate.LEFT_OUT, remarks=(f"{reason}",)))
            return
        question = proved.question
        self.made[question.id] = question
        lost = (*item.lost, *proved.lost)
        fate = Fate.CHANGED if lost else Fate.ADDED
        self.entries.append(Entry(item.line, question.heading[:80], fate, question.id, KINDS[question.kind], lost))

    def _named(self, item: Item) -> proof.Proved:
        """Prove an item, and give it a name that no other question has."""
        wished = item.settings.get("Id", "")
        item = replace(item, settings={key: value for key, value in item.settings.items() if key != "Id"})
        proved = proof.prove(item, self.desk)
        if wished and wished != proved.question.id:
            again = proof.prove(proved.item, self.desk, name=wished)
            proved = replace(again, lost=proved.lost)
        if same := self._same(proved.question):
            raise Skip(f"The same question is there already, as “{same}”.")
        name = self._free(proved.question.id)
        if name != proved.question.id:
            why = f"Another question is called “{proved.question.id}”, so this one has the Id “{name}”."
            again = proof.prove(proved.item, self.desk, name=name)
            proved = replace(again, lost=(*proved.lost, why))
        named = name if name != proof.prove(proved.item, self.desk).question.id else ""
        self.group.add(proved.item, named)
        return proved

    def _same(self, question: Question) -> str:
        """Find the question that asks and answers the very same."""
        asked = [*self.before.exam.values(), *self.made.values()]
        return next((each.id for each in asked if _alike(each, question)), "")

    def _free(self, name: str) -> str:
        taken = self.before.ids | set(self.made)
        numbers = (f"{name}-{number}" for number in range(2, len(taken) + 3))
        return name if name not in taken else next(each for each in numbers if each not in taken)


def _alike(one: Question, other: Question) -> bool:
    return one.heading == other.heading and replace(one, id="", line=0) == replace(other, id="", line=0)


def _proved(
    shelf: Shelf, made: Mapping[str, Question], before: _Asked, *, after: int, today: date
) -> tuple[Problem, ...]:
    """See that the exam asks what it asked, and what was added, word for word; give the problems of what was added."""
    asked = _questions(shelf, today=today).exam
    expected = {**before.exam, **made}
    if set(asked) != set(expected) or any(not _is(asked[name], each) for name, each in expected.items()):
        raise ExamTakesNone
    problems: Sequence[Problem] = reader.read(shelf, today=today).problems
    return tuple(problem for problem in problems if problem.path == EXAM and problem.line > after)


def _is(one: Question, other: Question) -> bool:
    """Compare two readings of a question; footnotes are numbered by where they stand."""
    if "footnote" in one.prompt_html + one.rationale_html:
        return one.kind is other.kind and one.key_texts() == other.key_texts()
    return replace(one, line=0) == replace(other, line=0)


__all__ = ["Entry", "ExamTakesNone", "Fate", "Kind", "NotQuestions", "Plan", "QuestionsTooLarge", "plan"]
