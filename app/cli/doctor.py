"""`continua doctor`: what is unsafe about this installation, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from app.cli import dependencies
from app.cli.office import harmless
from app.cli.symptoms import Grade, Symptom, of_place, of_records, of_settings
from app.kit.clock import system_clock
from app.settings import Settings

Check = Callable[[], Iterator[Symptom]]
WORST_FIRST = (Grade.UNSAFE, Grade.UNKNOWN, Grade.SOON, Grade.WELL)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print for a machine.")] = False,  # noqa: FBT002 - an option
    dependencies_too: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--dependencies", help="Ask for known holes in the libraries too. Needs a network.")
    ] = False,
) -> None:
    """Say what is unsafe here, what will be soon, and how to mend it. Nothing is changed. Status 1: it is unsafe."""
    found = examine(Settings(), now=system_clock())
    if dependencies_too:
        found += dependencies.symptoms()
    found.sort(key=lambda one: WORST_FIRST.index(one.grade))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            _tell(one)
    if any(one.grade == Grade.UNSAFE for one in found):
        raise typer.Exit(1)


def examine(settings: Settings, *, now: datetime) -> list[Symptom]:
    """Make every check; one that breaks is told as not made."""
    checks: list[Check] = [
        partial(check, settings)
        for check in (
            *(of_settings.address, of_settings.listening, of_settings.proxies, of_settings.mail),
            *(of_place.rights, of_place.account, of_place.space, of_place.drawing),
        )
    ]
    checks += [partial(of_place.backups, settings, now=now), partial(of_records.records, settings, now=now)]
    return [one for check in checks for one in _made(check)]


def _made(check: Check) -> list[Symptom]:
    try:
        return list(check())
    except Exception as error:  # noqa: BLE001 - a sick house must not end its own examination
        name = getattr(check, "func", check).__name__
        words = f"This could not be looked at: {type(error).__name__}."  # its words may hold a password
        return [Symptom(name, Grade.UNKNOWN, words, "Start the site: what stands in the way is told there.")]


def _tell(one: Symptom) -> None:
    typer.echo(harmless(f"{one.grade:<11}  {one.about}: {one.words}"))
    if one.remedy:
        typer.echo(harmless(f"{'':<11}  → {one.remedy}"))
