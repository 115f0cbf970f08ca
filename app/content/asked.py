"""What one learner is asked: draws, not pools. Where chance decides, the rules must hold for every learner."""

from __future__ import annotations

from collections.abc import Callable

from app.content.course import Case, Exam, Kind, Pool, Question

MULTIPLE_CHOICE = frozenset({Kind.CHOOSE_ONE, Kind.CHOOSE_ALL})
Counts = Callable[[Question], bool]


def graded(exam: Exam) -> int:
    """Count the graded questions that every learner is sure to be asked."""
    return fewest(exam, lambda question: question.graded)


def fewest(exam: Exam, counts: Counts) -> int:
    """Count the questions of some sort in the paper that holds the fewest of them."""
    return sum(sum(_drawn(item, counts)) for item in exam.items)


def most(exam: Exam, counts: Counts) -> int:
    """Count the questions of some sort in the paper that holds the most of them."""
    return sum(sum(_drawn(item, counts, largest=True)) for item in exam.items)


def sure_objectives(exam: Exam) -> set[int]:
    """Give the objectives that are tested whatever is drawn."""
    numbers = {question.objective for question in exam.questions() if question.objective is not None}
    return {number for number in numbers if fewest(exam, _tests(number))}


def _tests(objective: int) -> Counts:
    return lambda question: question.graded and question.objective == objective


def _drawn(item: Question | Case | Pool, counts: Counts, *, largest: bool = False) -> list[int]:
    """Give how many questions of a sort each drawn item brings, in the least or most favorable draw."""
    if not isinstance(item, Pool):
        return [_inside(item, counts)]
    if not item.per_objective:
        return sorted((_inside(each, counts) for each in item.items), reverse=largest)[: item.draw]
    drawn: list[int] = []
    for objective in {each.objective for each in item.items if isinstance(each, Question)}:
        group = [each for each in item.items if isinstance(each, Question) and each.objective == objective]
        drawn += sorted((_inside(each, counts) for each in group), reverse=largest)[: item.draw]
    return drawn


def _inside(item: Question | Case, counts: Counts) -> int:
    questions = item.questions if isinstance(item, Case) else (item,)
    return sum(1 for question in questions if counts(question))
