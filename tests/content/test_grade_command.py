"""`continua grade` grades what is in the exam, exactly, and refuses what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import grade

EXAM = """---
pass: 60
---
## One

Points: 2

- (x) *Right* one
- ( ) Wrong

Rationale: x

## All

Credit: partial

- [x] A
- [x] B
- [ ] C

Rationale: x

## Pairs

Credit: partial

- t1 -> m1
- t2 -> m2
- t3 -> m1
- -> m4

Rationale: x

## Order

Credit: partial

1. first
2. second
3. third

Rationale: x

## Short

Answer: consent | informed consent

Rationale: x

## Number

Answer: 1000 ± 0.5

Rationale: x

## Gaps

Credit: partial

___(a)___ and ___(b)___ and ___(c)___

Rationale: x

## Reflection: you

____
"""
POOL = """
## Pool: More (draw 1)

### P1

- (x) Y
- ( ) N

Rationale: x

### P2

- (x) Y
- ( ) N

Rationale: x
"""
RIGHT: dict[str, Any] = {
    "one": "*Right* one",
    "all": ["B", "A"],
    "pairs": {"t1": "m1", "t2": "m2", "t3": "m1"},
    "order": ["first", "second", "third"],
    "short": "  Informed   CONSENT. ",
    "number": "1,000.5",
    "gaps": ["A", "b", "c"],
}


def run(
    folder: Path, answers: object, *, exam: str = EXAM, seed: int | None = None, name: str = "exam.md"
) -> tuple[int, Any, str]:
    (folder / name).write_text(exam, encoding="utf-8")
    path = folder / "answers.json"
    path.write_text(answers if isinstance(answers, str) else json.dumps(answers), encoding="utf-8")
    out: list[str] = []
    err: list[str] = []
    status = grade.run(folder / name, path, as_json=True, seed=seed, write=out.append, complain=err.append)
    return status, json.loads(out[0]) if out else None, "\n".join(err)


@pytest.mark.parametrize("name", ["exam.md", "quiz of mine.md"])
def test_all_right_earns_all(tmp_path: Path, name: str) -> None:
    assert run(tmp_path, RIGHT, name=name) == (0, {"score": "8/1", "possible": "8", "passed": True}, "")


@pytest.mark.parametrize(
    ("ident", "answer", "lost"),
    [
        ("one", 1, "8/1"),
        ("one", "Wrong", "6/1"),
        ("one", 2, "6/1"),
        ("one", None, "6/1"),
        ("one", "", "6/1"),
        ("all", ["A"], "15/2"),
        ("all", [1, 3], "7/1"),
        ("pairs", {"t1": "m1", "t3": "m1"}, "23/3"),
        ("pairs", {"t1": "m4", "t2": None}, "7/1"),
        ("order", ["second", "third", "first"], "15/2"),
        ("order", ["first", "second"], "15/2"),
        ("short", "2", "7/1"),
        ("number", 1000.5, "8/1"),
        ("number", 1e3, "8/1"),
        ("number", "1000.50001", "7/1"),
        ("number", "many", "7/1"),
        ("gaps", ["a", None, "b"], "22/3"),
        ("gaps", ["a"], "22/3"),
    ],
)
def test_each_answer_counts_as_the_contract_says(tmp_path: Path, ident: str, answer: object, lost: str) -> None:
    status, told, _ = run(tmp_path, {**RIGHT, ident: answer})

    assert (status, told["score"]) == (0, lost)


def test_a_free_text_counts_neither_way(tmp_path: Path) -> None:
    assert run(tmp_path, {"reflection-you": "much"})[1] == {"score": "0/1", "possible": "8", "passed": False}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"two": 1}, "“two”"),
        ({"one": "Nearly"}, "“Nearly”"),
        ({"one": "1"}, "“1”"),
        ({"one": 3}, "“3”"),
        ({"one": 0}, "“0”"),
        ({"one": True}, "“True”"),
        ({"all": "A"}, "list"),
        ({"all": ["A", "A"]}, "twice"),
        ({"pairs": {"t9": "m1"}}, "“t9”"),
        ({"pairs": {"t1": "m9"}}, "“m9”"),
        ({"pairs": ["m1"]}, "terms"),
        ({"order": ["first", 1]}, "twice"),
        ({"short": ["a"]}, "text"),
        ({"gaps": ["a", "b", "c", "d"]}, "3 gaps"),
        ('{"number": 1e99999}', "digits"),
        ('{"number": NaN}', "no number"),
        ('{"one": 1, "one": 2}', "twice"),
        ("[1]", "question id"),
        ("{", "JSON"),
        ("[" * 5000, "JSON"),
        ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "JSON"),
    ],
)
def test_what_is_not_in_the_exam_is_an_error_and_no_grade(tmp_path: Path, answers: object, said: str) -> None:
    status, told, error = run(tmp_path, answers)

    assert (status, told) == (2, None)
    assert said in error


def test_a_pool_needs_a_seed_and_undrawn_questions_are_ignored(tmp_path: Path) -> None:
    assert run(tmp_path, RIGHT, exam=EXAM + POOL)[0] == 2
    for seed in range(6):
        status, told, _ = run(tmp_path, RIGHT | {"p1": "Y", "p2": "Y"}, exam=EXAM + POOL, seed=seed)
        assert (status, told) == (0, {"score": "9/1", "possible": "9", "passed": True})
    drawn = {run(tmp_path, {"p1": "Y"}, exam=EXAM + POOL, seed=seed)[1]["score"] for seed in range(20)}
    assert drawn == {"0/1", "1/1"}


def test_the_same_seed_draws_the_same_questions(tmp_path: Path) -> None:
    assert len({str(run(tmp_path, {"p1": "Y"}, exam=EXAM + POOL, seed=4)) for _ in range(3)}) == 1


def test_an_exam_with_mistakes_or_with_nothing_graded_is_not_graded(tmp_path: Path) -> None:
    status, _, error = run(tmp_path, {}, exam=EXAM.replace("(x) *Right*", "( ) *Right*"))
    assert status == 2
    assert "exam.md:8:3: error no-right-answer" in error
    assert run(tmp_path, {}, exam="## Reflection: you\n\n____\n")[0] == 2


def test_the_pass_mark_of_the_course_beside_it_counts(tmp_path: Path) -> None:
    answers = {**RIGHT, "one": "Wrong"}  # 6 of 8
    alone = EXAM.removeprefix("---\npass: 60\n---\n")

    assert run(tmp_path, answers, exam=alone)[1]["passed"] is False
    (tmp_path / "course.md").write_text("---\ntitle: T\npass: 75\n---\n", encoding="utf-8")
    assert run(tmp_path, answers, exam=alone)[1]["passed"] is True


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    out: list[str] = []
    status = grade.run(
        tmp_path / "exam.md", tmp_path / "a.json", as_json=True, seed=None, write=out.append, complain=out.append
    )

    assert status == 2
    assert "cannot be opened" in out[0]
