"""`continua people`: accounts and what they are for."""

from __future__ import annotations

from typing import Annotated

import typer

from app import audit
from app.cli import office
from app.identity import people
from app.identity.people import Role

app = typer.Typer(help="Accounts and their roles.", no_args_is_help=True)


@app.callback()
def _family() -> None:
    """Keep `people` a family of words although it has one so far."""


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(help="The e-mail address she signs in with.")],
    role: Annotated[Role, typer.Option(help="What the account is for.")] = Role.LEARNER,
) -> None:
    """Add an account, or give one that is there another role. She signs in with a code sent to her address."""
    with office.act() as desk:
        person = people.find_or_add(desk.db, people.address(email), now=desk.now)
        people.give_role(desk.db, person, role, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"{person.email} is {role}.")
