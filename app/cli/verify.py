"""`continua verify`: what files and numbers prove; here by the record, or anywhere by the provider’s public keys."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from app.awards import issuing, numbers
from app.awards.drawing import DrawingRoom
from app.awards.proofs import Keys, Revocations, files
from app.awards.proofs.checking import Proven
from app.awards.proofs.page import offline_page
from app.awards.reading.room import ReadingRoom
from app.awards.shelf import HouseChecks, Shelf
from app.awards.verdicts import Result, Status
from app.cli import office, opening
from app.kit.clock import system_clock
from app.kit.errors import Refusal
from app.settings import Settings

PROOF_ENDING = ".tlog-proof"


class NoSuchFile(Refusal):
    """There is nothing at the path."""

    def __init__(self, asked: str) -> None:
        """Name what was asked for."""
        super().__init__(f"“{asked}” is neither a file here nor a certificate number.")


class KeysNeeded(Refusal):
    """An offline check stands on keys that came from the provider."""

    message = (
        "An offline check needs the provider’s public keys: --keys FILE. Its site gives them at /verify/keys.json."
    )


def verify(
    asked: Annotated[
        list[str] | None, typer.Argument(metavar="FILE|NUMBER…", help="Files, folders or numbers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for a machine, as the API answers.")] = False,  # noqa: FBT002 - an option
    keys: Annotated[Path | None, typer.Option(help="Check offline, by this file of public keys alone.")] = None,
    revocations: Annotated[
        Path | None, typer.Option(help="A signed list of revocations, for an offline check.")
    ] = None,
    page: Annotated[Path | None, typer.Option(help="Write the offline verifier, one HTML file, and end.")] = None,
) -> None:
    """Say what files and numbers prove. Status 0: all of them are genuine and stand; 1: not all."""
    if page is not None:
        page.write_text(offline_page(keys.read_text(encoding="utf-8") if keys else None), encoding="utf-8")
        typer.echo(str(page))
        return
    if revocations is not None and keys is None:
        raise KeysNeeded
    told = _offline(asked or [], keys, revocations) if keys else _by_record(asked or [])
    found = list(_printed(told, as_json=as_json))
    if as_json:
        typer.echo(json.dumps({"results": [plain for plain, _ in found]}, ensure_ascii=False, indent=2))
    if not all(holds for _, holds in found):
        raise typer.Exit(1)


def _printed(told: Iterator[Result | tuple[str, Proven]], *, as_json: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Tell each result as it comes, and give it for a machine, with whether it holds."""
    for one in told:
        if isinstance(one, Result):
            if not as_json:
                _say(one)
            yield one.plain(), one.status == Status.VALID if one.ok is None else one.ok
        else:
            name, proven = one
            if not as_json:
                _say_proven(name, proven)
            yield {"filename": name, **proven.plain()}, proven.holds


# --- by the record -------------------------------------------------------------------------------------------------


def _by_record(asked: list[str]) -> Iterator[Result]:
    settings = Settings()
    database, issuer = opening.records(settings), issuing.of(settings)
    draws, room = DrawingRoom(issuer.signer), ReadingRoom()
    checks = HouseChecks(Shelf(database, draws, issuer, system_clock), room)
    try:
        paths = [(one, list(_files(one))) for one in asked]
        yield from (checks.number(one) for one, found in paths if not found)
        yield from checks.files((path.name, path.read_bytes()) for _, found in paths for path in found)
    finally:
        room.close()
        draws.close()
        database.close()


def _files(asked: str) -> Iterator[Path]:
    """Give the files of what was asked for: itself, or all in a folder; none where it reads as a number."""
    path = Path(asked)
    if path.is_dir():
        yield from sorted(one for one in path.rglob("*") if one.is_file())
    elif path.is_file():
        yield path
    elif os.sep in asked or "." in asked or not numbers.read(asked):
        raise NoSuchFile(asked)


def _say(one: Result) -> None:
    what = one.filename or numbers.in_groups(one.number) or "number"
    document = f"{one.document} " if one.document else ""
    typer.echo(f"{office.harmless(what)}: {document}{one.status}")
    typer.echo(f"    {office.harmless(one.sentence)}")
    for difference in one.differences:
        paper, record = office.harmless(difference.paper), office.harmless(difference.record)
        typer.echo(f"    {difference.field}: paper {paper or '(nothing)'} · record {record or '(nothing)'}")


# --- offline -------------------------------------------------------------------------------------------------------


def _offline(asked: list[str], keys: Path, listed: Path | None) -> Iterator[tuple[str, Proven]]:
    known = Keys.read(keys.read_bytes())
    revoked = Revocations.read(listed.read_bytes(), known) if listed else None
    for one in asked:
        paths = list(_files(one))
        if not paths:
            raise NoSuchFile(one)
        for path in paths:
            if path.suffix != PROOF_ENDING:  # a proof is read with the certificate.json that it lies beside
                yield path.name, files.check(path.read_bytes(), known, revocations=revoked, proof=_beside(path))


def _beside(path: Path) -> bytes | None:
    proof = path.with_suffix(PROOF_ENDING)
    return proof.read_bytes() if path.suffix == ".json" and proof.is_file() else None


def _say_proven(name: str, proven: Proven) -> None:
    typer.echo(f"{office.harmless(name)}: {proven.verdict}{f', seal {proven.seal}' if proven.seal else ''}")
    for sentence in (proven.sentence, proven.seal_sentence, proven.standing, *proven.warnings):
        if sentence:
            typer.echo(f"    {office.harmless(sentence)}")
    for field, value in (proven.facts or {}).items():
        typer.echo(f"    {field}: {office.harmless(str(value))}")
