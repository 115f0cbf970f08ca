"""`continua provider`: who the provider is, and who signs for it."""

from __future__ import annotations

from typing import Annotated

import typer

from app import audit
from app.cli import office
from app.library import provider

app = typer.Typer(help="Who the provider is, and who signs for it.", no_args_is_help=True)

Text = Annotated[str | None, typer.Option()]


@app.command("set")
def set_provider(  # noqa: PLR0913, PLR0917 - one option for each thing a provider says of itself
    name: Text = None,
    address: Text = None,
    phone: Text = None,
    email: Text = None,
    signer_name: Text = None,
    signer_title: Text = None,
    refund_policy: Text = None,
    grievance_policy: Text = None,
    accommodations_policy: Text = None,
    privacy_policy: Text = None,
) -> None:
    """Set what certificates, mail and the policies page say of the provider. What is issued already stays as it is."""
    given = {field: value for field, value in locals().items() if value is not None}
    if not given:
        raise typer.BadParameter("Name at least one thing to set, such as --name.")
    with office.act() as desk:
        provider.change(desk.db, given, by=audit.OPERATOR, now=desk.now)
    typer.echo(f"Set: {', '.join(name.replace('_', ' ') for name in given)}.")


@app.command("show")
def show() -> None:
    """Show what the provider says of itself."""
    with office.act() as desk:
        current = provider.current(desk.db)
        for field in provider.FIELDS:
            typer.echo(f"{field.replace('_', ' ')}: {getattr(current, field) or '–'}")
