"""A line of the trail that names somebody by her address knows whose record it is: else she could not be forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "app"
# Of these there is no account yet, and so nobody to forget.
NO_ACCOUNT = {"person.invited"}


def lines(source: str) -> Iterator[dict[str, str]]:
    """Give each line that is written to the trail by what it is called with."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
            yield {word.arg: ast.unparse(word.value) for word in node.keywords if word.arg}


def nameless(source: str) -> list[str]:
    """Name each act whose subject is an address, while nothing says whose."""
    return [
        line["act"]
        for line in lines(source)
        if "email" in line["subject"]
        and "about" not in line
        and line["actor"] != line["subject"].replace(".email", ".actor")
        and line["act"].strip("'") not in NO_ACCOUNT
    ]


@pytest.mark.parametrize("path", sorted(HOUSE.rglob("*.py")), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_line_about_a_person_says_whose_it_is(path: Path) -> None:
    assert nameless(path.read_text(encoding="utf-8")) == []


def test_control_one_that_does_not_is_found() -> None:
    source = "audit.record(db, actor=by, act='person.role', subject=person.email, now=now)"
    assert nameless(source) == ["'person.role'"]
    assert nameless(source.replace("actor=by", "actor=person.actor")) == []
