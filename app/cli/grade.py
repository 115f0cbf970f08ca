"""`continua grade`: what answers in a file earn in an exam in a file, in exact arithmetic."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from app.assessment import answer_maps, grading, papers
from app.assessment.grading import Result
from app.content import reader
from app.content.course import Exam, Pool
from app.kit.clock import system_clock
from app.kit.errors import Refusal

GRADED, NOT_GRADED = 0, 2


class NotGraded(Refusal):
    """A file cannot be opened or read, or the exam draws questions and no seed says which."""

    message = "These answers could not be graded."


def grade(
    *,
    quiz: Annotated[Path, typer.Option(help="An exam.md, in its course folder or alone.")],
    answers: Annotated[Path, typer.Option(help="Answers as JSON: {question id: answer}.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print for a machine.")] = False,
    seed: Annotated[int | None, typer.Option(help="What a pool is drawn from.")] = None,
) -> None:
    """Grade answers as exams are graded. Exit: 0 graded; 2 not, for an unknown id or option, or a pool and no seed."""
    raise typer.Exit(run(quiz, answers, as_json=as_json, seed=seed, write=typer.echo))


def run(
    quiz: Path,
    answers: Path,
    *,
    as_json: bool,
    seed: int | None,
    write: Callable[[str], None],
    complain: Callable[[str], None] | None = None,
) -> int:
    """Grade, print, and give the exit status."""
    complain = complain or _to_stderr
    try:
        result = graded(quiz, answers, seed=seed)
    except Refusal as refusal:
        complain(refusal.message)
        return NOT_GRADED
    write(_json(result) if as_json else _sentence(result))
    return GRADED


def graded(quiz: Path, answers: Path, *, seed: int | None) -> Result:
    """Grade a file of answers, or raise `NotGraded` or `NotInTheExam`."""
    exam = _exam(quiz)
    given = answer_maps.read(exam, _answer_map(answers))
    if seed is None and any(isinstance(item, Pool) for item in exam.items):
        raise NotGraded(f"{quiz} draws questions from a pool. Say which with --seed and a number.")
    questions = papers.draw(exam, str(seed)).questions
    result = grading.grade(questions, given, pass_mark=exam.pass_mark)
    if not result.possible:
        raise NotGraded(f"{quiz} has no graded question.")
    return result


def _exam(quiz: Path) -> Exam:
    exam, problems = reader.read_exam(quiz, today=system_clock().date())
    if exam is None or problems:
        raise NotGraded("\n".join(str(problem) for problem in problems) or f"{quiz} cannot be read.")
    return exam


def _answer_map(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(
            path.read_bytes().removeprefix(b"\xef\xbb\xbf"),
            parse_float=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except OSError as error:
        raise NotGraded(f"{path} cannot be opened.") from error
    except (ValueError, RecursionError) as error:
        raise NotGraded(f"{path} is no JSON that can be read: {error}") from error
    if not isinstance(found, dict):
        raise NotGraded(f"{path} does not hold answers by question: {{question id: answer}}.")
    return found


def _no_number(name: str) -> None:
    message = f"{name} is no number"
    raise ValueError(message)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a name stands twice"
        raise ValueError(message)
    return found


def _json(result: Result) -> str:
    return json.dumps({"score": _exact(result.score), "possible": str(result.possible), "passed": result.passed})


def _sentence(result: Result) -> str:
    word = "passed" if result.passed else "not passed"
    return f"{result.score} of {result.possible} points: {word} ({result.pass_mark}% passes)."


def _exact(number: Fraction) -> str:
    return f"{number.numerator}/{number.denominator}"


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")
