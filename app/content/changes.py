"""What changed from one text of a course to the next, and whether it may change under a reader's hands.

A change is minor if a learner in the middle loses nothing by meeting it at her next page: the same
questions with the same keys, the same rules of the exam, objectives, hours and module addresses. Every
other change is major: she finishes what she began, or chooses the new text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from app.content import course_facts, question_facts
from app.content.course import Case, Course, Exam, Kind, Module, Option, Pool, Question
from app.content.passages import Passage, between, between_facts


class Extent(StrEnum):
    """How far a change goes."""

    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a course that changed: its settings, a module, a question."""

    title: str
    passages: tuple[Passage, ...]
    note: str = ""  # new, no longer there


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two texts. Parts tell everything, keys included, and are for authors and reviewers."""

    reasons: tuple[str, ...]  # why it is major, for authors; empty where it is minor
    told: tuple[str, ...]  # what a learner who chooses is told: nothing in it is a key
    parts: tuple[Part, ...]

    @property
    def kind(self) -> Extent:
        """Whether learners in the middle may be moved without being asked."""
        return Extent.MAJOR if self.reasons else Extent.MINOR


def compare(old: Course, new: Course) -> Changes:
    """Tell two texts of a course apart."""
    return Changes(reasons=reasons(old, new), told=told(old, new), parts=tuple(_parts(old, new)))


def reasons(old: Course, new: Course) -> tuple[str, ...]:
    """Say why a change is major; nothing where it is minor."""
    return (*_promises(old, new), *_addresses(old, new), *_exam(old, new))


def _promises(old: Course, new: Course) -> Iterator[str]:
    """Compare what the course promised to learners and boards."""
    if _claimed(old) != _claimed(new):
        yield f"It gives other contact hours: {course_facts.hours(new)} instead of {course_facts.hours(old)}."
    if old.objectives != new.objectives:
        yield "Its objectives are not the same."
    if old.format != new.format:
        yield f"It is {new.format} instead of {old.format}."


def _claimed(course: Course) -> dict[str, str]:
    return {str(kind): f"{amount.normalize():f}" for kind, amount in course.credit.claimed.items() if amount}


def _addresses(old: Course, new: Course) -> Iterator[str]:
    yield from (f"The module “{module.title}” ({module.slug}) is new." for module in _only_in(new, old))
    yield from (f"The module “{module.title}” ({module.slug}) is no longer there." for module in _only_in(old, new))


def _only_in(one: Course, other: Course) -> list[Module]:
    return [module for module in one.modules if other.module(module.slug) is None]


def _exam(old: Course, new: Course) -> Iterator[str]:
    ours, theirs = course_facts.questions(old.exam), course_facts.questions(new.exam)
    yield from (f"The question “{theirs[one].heading}” is new." for one in theirs if one not in ours)
    yield from (f"The question “{ours[one].heading}” is no longer asked." for one in ours if one not in theirs)
    for one, question in theirs.items():
        if one in ours and _differs(ours[one], question):
            yield f"The question “{question.heading}” is graded differently."
    if _rules(old) != _rules(new):
        yield "The rules of the exam are not the same."
    elif ours.keys() == theirs.keys() and _shape(old.exam) != _shape(new.exam):
        yield "The exam draws its questions differently."


def _rules(course: Course) -> tuple[object, ...]:
    exam = course.exam
    limits = (exam.pass_mark, exam.attempts, exam.time_limit) if exam else ()
    return course.minimum_minutes, *limits


def _shape(exam: Exam | None) -> frozenset[object]:
    """Give which questions stand alone, which belong together, and how many of which are drawn."""
    return frozenset(map(_group, exam.items)) if exam else frozenset()


def _group(item: Question | Case | Pool) -> object:
    if isinstance(item, Question):
        return item.id
    if isinstance(item, Case):
        return frozenset(question.id for question in item.questions)
    return item.draw, item.per_objective, frozenset(map(_group, item.items))


def _differs(old: Question, new: Question) -> bool:
    """Say whether a question grades differently. Answers are kept by the author's numbers, so places count."""
    if _grading(old) != _grading(new):
        return True
    return any(_moved(ours, theirs) for ours, theirs in zip(_choices(old), _choices(new), strict=True))


def _grading(question: Question) -> tuple[object, ...]:
    return (
        question.kind,
        question.graded,
        question.points,
        question.partial_credit,
        question.objective,
        question.match_capitals,
        tuple(option.right for option in question.options),
        tuple(bool(pair.term) for pair in question.pairs),
        len(question.items),
        question.accepted if question.kind is Kind.SHORT else (),
        question.gaps,
        question.number,
        question.tolerance,
        tuple(len(choices) for choices in _choices(question)),
    )


def _choices(question: Question) -> tuple[tuple[str, ...], ...]:
    """Give the texts that answers point at by number."""
    terms = tuple(pair.term for pair in question.pairs)
    meanings = tuple(pair.meaning for pair in question.pairs)
    return _texts(question.options), _texts(question.items), terms, meanings


def _texts(options: tuple[Option, ...]) -> tuple[str, ...]:
    return tuple(option.text for option in options)


def _moved(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Say whether a text stands at another number than before: a typo mended is not that, an exchange is.

    Each changed text belongs to the old one it is most like; a letter altered on the way hides no exchange.
    """
    changed = [(was, now) for was, now in zip(old, new, strict=True) if was != now]
    return any(_likeness(now, other) > _likeness(now, was) for was, now in changed for other, _ in changed)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


# --- what a learner is told --------------------------------------------------------------------------------------


def told(old: Course, new: Course) -> tuple[str, ...]:
    """Say what changed without a word of any question or key; what only authors see is not even looked at."""
    return tuple(_told(old, new))


def _told(old: Course, new: Course) -> Iterator[str]:
    yield from _promises(old, new)
    yield from (f"New to read: “{module.title}”." for module in _only_in(new, old))
    yield from (f"No longer part of it: “{module.title}”." for module in _only_in(old, new))
    reworded = [module.title for module in new.modules if _is_reworded(old, module)]
    if reworded:
        yield f"Reworded: {', '.join(f'“{title}”' for title in reworded)}."
    yield from _told_of_exam(old, new)


def _is_reworded(old: Course, module: Module) -> bool:
    before = old.module(module.slug)
    return before is not None and course_facts.text(before) != course_facts.text(module)


def _told_of_exam(old: Course, new: Course) -> Iterator[str]:
    if old.exam and new.exam and old.exam.pass_mark != new.exam.pass_mark:
        yield f"The exam is passed with {new.exam.pass_mark}% instead of {old.exam.pass_mark}%."
    elif _rules(old) != _rules(new):
        yield "The exam has other rules. Its first page tells them."
    ours, theirs = course_facts.questions(old.exam), course_facts.questions(new.exam)
    if ours.keys() != theirs.keys() or any(_differs(ours[one], theirs[one]) for one in ours):
        yield "The exam has other questions."
    elif _shape(old.exam) != _shape(new.exam):
        yield "The exam draws its questions differently."


# --- everything, for authors and reviewers -----------------------------------------------------------------------


def _parts(old: Course, new: Course) -> Iterator[Part]:
    """Give every part that differs, in the order of a course folder."""
    yield from _part(
        "Settings and contact hours", between_facts(course_facts.settings(old), course_facts.settings(new))
    )
    for module in (*new.modules, *_only_in(old, new)):
        yield from _module(old.module(module.slug), new.module(module.slug))
    yield from _part("Rules of the exam", between_facts(course_facts.rules(old.exam), course_facts.rules(new.exam)))
    yield from _questions("Question", course_facts.questions(old.exam), course_facts.questions(new.exam))
    ours, theirs = ({one.id: one for one in course.evaluation} for course in (old, new))
    yield from _questions("Evaluation", ours, theirs)


def _module(old: Module | None, new: Module | None) -> Iterator[Part]:
    passages = (
        *between_facts(course_facts.about(old) if old else {}, course_facts.about(new) if new else {}),
        *between(course_facts.text(old) if old else (), course_facts.text(new) if new else ()),
    )
    named = new or old
    yield from _part(f"Module “{named.title if named else ''}”", passages, note=_note(old, new))


def _questions(what: str, old: dict[str, Question], new: dict[str, Question]) -> Iterator[Part]:
    for one in (*new, *(one for one in old if one not in new)):
        ours, theirs = old.get(one), new.get(one)
        told = (question_facts.of(ours) if ours else {}, question_facts.of(theirs) if theirs else {})
        named = theirs or ours
        heading = named.heading if named else one
        yield from _part(f"{what} “{heading}”", between_facts(*told), note=_note(ours, theirs))


def _part(title: str, passages: tuple[Passage, ...], *, note: str = "") -> Iterator[Part]:
    if passages or note:
        yield Part(title, passages, note)


def _note(old: object, new: object) -> str:
    if old is None:
        return "new"
    return "no longer there" if new is None else ""
