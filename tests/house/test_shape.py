"""The shape of the code: small modules, small functions, and names that say something."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE, LONGEST_FUNCTION, MOST_POSITIONAL = 350, 40, 8
BANNED = {"utils", "helpers", "common", "base", "manager", "handler", "data", "info", "service", "process"}
THEIRS = {"process_bind_param", "process_result_value", "handle_data", "get_route_handler"}  # libraries ask for these
ALLOWED = {"templates/base.html", "static/css/base.css"}
MODULES = sorted((ROOT / "app").rglob("*.py"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function, its docstring left out: saying what a thing means is never too long."""
    words = ast.get_docstring(node, clean=False)
    return (node.end_lineno or 0) - node.lineno + 1 - (words.count("\n") + 1 if words else 0)


def banned_names(tree: ast.AST) -> set[str]:
    """Give the names of modules, classes and functions that are too vague to be names."""
    defined = (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef))
    return {name for name in defined if BANNED & words(name)} - THEIRS


def words(name: str) -> set[str]:
    """Give the words that a name is made of."""
    return set(re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower().split("_"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_is_short_and_says_why_it_exists(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= LONGEST_MODULE
    assert source.startswith('"""'), "a module opens with why it exists"
    assert [f"{node.name}: {lines(node)} lines" for node in functions(tree) if lines(node) > LONGEST_FUNCTION] == []
    assert banned_names(tree) == set()


@pytest.mark.parametrize("folder", ["app", "tests", "templates", "static", "migrations", "docs"])
def test_no_file_has_a_name_that_says_nothing(folder: str) -> None:
    vague = [path for path in (ROOT / folder).rglob("*") if path.stem.lower() in BANNED]
    assert {path.relative_to(ROOT).as_posix() for path in vague} <= ALLOWED


def test_no_two_tests_share_a_name() -> None:
    # Tests live in folders that are no packages, where two of one name cannot be collected together.
    names = sorted(path.name for path in (ROOT / "tests").rglob("*.py"))
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_most_functions_are_shorter_than_ten_lines() -> None:
    lengths = sorted(lines(node) for path in MODULES for node in functions(ast.parse(path.read_text("utf-8"))))
    assert lengths[len(lengths) * 3 // 4] < 14, "three of four"
    assert lengths[len(lengths) // 2] < 10, "half of them"


def test_only_the_clock_reads_the_clock() -> None:
    reads = re.compile(r"datetime\.now\(|utcnow\(|date\.today\(|\btime\.time\(")
    found = {path.relative_to(ROOT).as_posix() for path in MODULES if reads.search(path.read_text("utf-8"))}
    assert found == {"app/kit/clock.py"}


def test_templates_hold_no_queries_and_no_script() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)", source), path
        assert "| safe" not in source, f"{path}: what is safe is decided where it is written"
        assert "autoescape false" not in source, path


def test_what_is_out_of_shape_would_be_found() -> None:
    tree = ast.parse("class UserManager:\n    pass\ndef process_data():\n" + "    x = 1\n" * 60)
    assert banned_names(tree) == {"UserManager", "process_data"}
    assert [lines(node) for node in functions(tree)] == [61]
