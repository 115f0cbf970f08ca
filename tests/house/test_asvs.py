"""Every requirement of ASVS 5.0.0 that we take on stands in docs/asvs.md, with a test that is there or a reason."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "asvs.md"
WANTED = Path(__file__).with_name("asvs-5.0.0.txt")  # number and level of each: levels 1 and 2, and 33 of level 3
STANDINGS = {"met", "falls short", "with the operator", "does not apply"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| (.+?) \| (.+?) \| (.*) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/.-]+\.py)(?:::(\w+))?`")


def wanted() -> dict[str, str]:
    return dict(line.split() for line in WANTED.read_text(encoding="utf-8").splitlines())


@cache
def names_in(path: str) -> frozenset[str]:
    """Give the names of the tests in a file, or nothing where there is no such file."""
    if not (ROOT / path).is_file():
        return frozenset()
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def problems(table: str, numbers: dict[str, str]) -> list[str]:
    """Say what is wrong with a table."""
    rows = ROW.findall(table)
    told = {number: level for number, level, *_rest in rows}
    found = [f"{number} is missing" for number in numbers.keys() - told.keys()]
    found += [f"{number} is not a requirement that is taken on" for number in told.keys() - numbers.keys()]
    found += [f"{number} stands there twice" for number in told if sum(row[0] == number for row in rows) > 1]
    for number, level, words, standing, proof in rows:
        found += _of_row(number, words, standing, proof)
        if numbers.get(number, level) != level:
            found.append(f"{number} is of level {numbers[number]}")
    return sorted(found)


def _of_row(number: str, words: str, standing: str, proof: str) -> list[str]:
    found = [f"{number}: {standing}?"] if standing not in STANDINGS else []
    if not words.strip() or (len(TEST.sub("", proof).strip(" ;")) < 3 and not TEST.search(proof)):
        found.append(f"{number} says nothing")
    for path, name in TEST.findall(proof):
        if not names_in(path) or (name and name not in names_in(path)):
            found.append(f"{number} names {path}::{name}, which is not there")
    return found


def test_every_requirement_has_a_test_that_is_there_or_a_reason() -> None:
    assert problems(TABLE.read_text(encoding="utf-8"), wanted()) == []


def test_levels_1_and_2_are_whole_and_33_of_level_3_are_taken_on() -> None:
    levels = list(wanted().values())
    assert {level: levels.count(level) for level in "123"} == {"1": 70, "2": 183, "3": 33}


def test_the_counts_at_the_head_are_those_of_the_rows() -> None:
    table = TABLE.read_text(encoding="utf-8")
    standings = [row[3] for row in ROW.findall(table)]
    head = table.partition("## V1 ")[0]
    for standing, words in {"met": "are met", "falls short": "fall short", "with the operator": "lie with"}.items():
        assert f"{standings.count(standing)} {words}" in " ".join(head.split()), standing


def test_what_is_missing_gone_or_empty_would_be_found() -> None:
    numbers = {"1.1.1": "2", "1.1.2": "1"}
    good = "| 1.1.1 | 2 | words | met | reason enough |\n| 1.1.2 | 1 | words | falls short | because |"
    assert problems(good, numbers) == []
    assert problems(good.replace("1.1.2", "9.9.9"), numbers) == [
        "1.1.2 is missing",
        "9.9.9 is not a requirement that is taken on",
    ]
    assert problems(good.replace("reason enough", ""), numbers) == ["1.1.1 says nothing"]
    gone = good.replace("reason enough", "`tests/house/test_asvs.py::test_never_written`")
    assert problems(gone, numbers) == ["1.1.1 names tests/house/test_asvs.py::test_never_written, which is not there"]
    assert problems(good.replace("| 1 | words", "| 3 | words"), numbers) == ["1.1.2 is of level 1"]
    assert problems(good.replace("met", "well"), numbers) == ["1.1.1: well?"]
