"""What an operator may set, may run and may meet is in the docs, each under its own name."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

import app
from app.cli import commands
from app.kit.errors import Refusal
from app.settings import Settings

ROOT = Path(__file__).parents[2]
FLOORS = ("kit", "audit", "content", "identity", "library", "learning", "assessment", "awards", "request", "web", "cli")


@cache
def docs() -> str:
    """Give everything the docs say."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))


def settings() -> list[str]:
    return [f"CONTINUA_{name.upper()}" for name in Settings.model_fields]


def words() -> Iterator[str]:
    """Give every command as it is typed."""
    for name, command in sorted(typer.main.get_command(commands.app).commands.items()):  # type: ignore[attr-defined]
        family = getattr(command, "commands", {})
        yield from (f"{name} {member}" for member in sorted(family)) if family else (name,)


def options() -> Iterator[str]:
    for command in typer.main.get_command(commands.app).commands.values():  # type: ignore[attr-defined]
        for one in getattr(command, "commands", {"": command}).values():
            yield from (option for given in one.params for option in given.opts if option.startswith("--"))


def refusals() -> list[str]:
    """Give the name of every kind of refusal in the house."""
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    return sorted({kind.__name__ for kind in _kinds(Refusal)})


def _kinds(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("app."):
            yield one
            yield from _kinds(one)


def is_told(name: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


@pytest.mark.parametrize("name", settings())
def test_every_setting_is_documented(name: str) -> None:
    assert is_told(name, (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", list(words()))
def test_every_command_is_documented_as_it_is_typed(name: str) -> None:
    assert is_told(f"./run {name}", docs())


@pytest.mark.parametrize("name", sorted({*options()} - {"--help"}))
def test_every_option_of_a_command_is_documented(name: str) -> None:
    assert is_told(name, docs())


@pytest.mark.parametrize("name", refusals())
def test_every_refusal_is_documented_by_its_name(name: str) -> None:
    assert f"`{name}`" in docs()


def test_no_setting_is_documented_that_does_not_exist() -> None:
    told = set(re.findall(r"\bCONTINUA_[A-Z_]+\b", docs()))
    assert told <= set(settings())


def test_no_command_is_documented_that_does_not_exist() -> None:
    known = {word.split()[0] for word in words()} | {"test", "gate"}
    told = set(re.findall(r"\./run ([a-z]+)", docs()))
    assert told <= known


def test_every_refusal_speaks_in_sentences() -> None:
    refusals()
    for kind in _kinds(Refusal):
        assert kind.__doc__, kind
        ends_well = kind.message.endswith(".") or "./run " in kind.message.rsplit(": ", 1)[-1]  # or in what to type
        assert ends_well, f"{kind.__name__}: {kind.message}"
        assert 400 <= kind.status < 600


def test_what_is_not_documented_would_be_found() -> None:
    assert not is_told("CONTINUA_DATABASE", "set CONTINUA_DATABASE_URL")
    assert len(refusals()) > 20
    assert len(list(words())) > 10
