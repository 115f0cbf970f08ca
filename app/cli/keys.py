"""`continua keys`: making, listing, rotating, retiring and revoking the keys that sign and seal."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from app import audit
from app.awards import keys
from app.awards.keys import Key
from app.awards.register import log
from app.cli import office
from app.kit.errors import Conflict, Invalid

app = typer.Typer(help="Signing keys: make, list, rotate, retire, revoke.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="KEY", help="The key's name, as `keys list` shows it.")]


class KeysThereAlready(Conflict):
    """A house has keys, and signs with them."""

    message = "This house has its keys. To replace them with new ones, run: ./run keys rotate"


@app.command("new")
def new() -> None:
    """Make the first keys of a house. The server does this by itself when it first issues a certificate."""
    with office.act() as desk:
        log.hold(desk.db)  # another command may be making them
        if keys.all_of(desk.db):
            raise KeysThereAlready
        keys.hand(desk.db, desk.issuer, now=desk.now)
        _show(keys.all_of(desk.db))


@app.command("list")
def listed() -> None:
    """Show every key there ever was, with its fingerprint, and what became of it."""
    with office.act() as desk:
        known = keys.all_of(desk.db)
        _show(known)
        for warning in keys.due(known, now=desk.now):
            typer.echo(warning)


@app.command("rotate")
def rotate() -> None:
    """Make this year's keys and retire those before. What was signed verifies as before."""
    with office.act() as desk:
        made = keys.rotate(desk.db, desk.issuer, by=audit.OPERATOR, now=desk.now)
        _show([key for key in made if key.is_active])


@app.command("retire")
def retire(name: Name) -> None:
    """Let a key sign nothing any more. What it signed verifies as before."""
    with office.act() as desk:
        key = keys.by_name(desk.db, name)
        keys.retire(desk.db, key, issuer=desk.issuer, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"Retired: {name}. Its file may be moved off this machine.")


@app.command("revoke")
def revoke(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why: it stands in the register for everybody to read.")],
    since: Annotated[
        str, typer.Option(help="Distrust also what it signed on record from this instant on: 2026-11-20T18:00:00+00:00")
    ] = "",
) -> None:
    """Distrust a key that others may have. A successor is made first where there is none."""
    with office.act() as desk:
        key = keys.by_name(desk.db, name)
        from_ = _instant(since)
        keys.revoke(desk.db, key, reason=reason, since=from_, issuer=desk.issuer, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"Revoked: {name}. What stood in the register before counts on; nothing it signs counts any more.")
        _show([one for one in keys.all_of(desk.db) if one.is_active])


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid({"since": "Write the instant with its zone, like 2026-11-20T18:00:00+00:00."})
    return moment


def _show(known: list[Key]) -> None:
    prints = keys.fingerprints(known)
    for key in known:
        typer.echo(f"{key.name}  {key.public.algorithm}  {_state(key)}")
        typer.echo(f"    SHA-256 {prints[key.name]}")


def _state(key: Key) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}: {key.why}"
    if key.retired_at:
        return f"retired {key.retired_at:%Y-%m-%d}"
    return f"signs since {key.made_at:%Y-%m-%d}"
