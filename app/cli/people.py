"""`continua people`: accounts and what they are for."""

from __future__ import annotations

from typing import Annotated

import typer

from app import audit
from app.cli import office
from app.identity import access, invitations, links, people, requests
from app.identity.people import Role
from app.identity.requests import TimeFactor
from app.library import provider
from app.settings import Settings

app = typer.Typer(help="Accounts and their roles.", no_args_is_help=True)


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


@app.command("invite")
def invite(
    email: Annotated[str, typer.Argument(help="Whom to write to.")],
    role: Annotated[Role, typer.Option(help="What the account is for.")] = Role.LEARNER,
) -> None:
    """Invite somebody by a letter with a link, good for seven days, once. It leaves while the site runs."""
    with office.act() as desk:
        named, address = provider.current(desk.db).name, Settings().address
        sent = invitations.invite(
            desk.db, email, role, provider=named, address=address, by=audit.OPERATOR, now=desk.now
        )
        typer.echo(f"{sent.email} is invited as {invitations.ROLE_WORDS[role]}. The letter leaves while the site runs.")


@app.command("link")
def link(email: Annotated[str, typer.Argument(help="Whose way back it is.")]) -> None:
    """Print a link that signs somebody in once, within a day: for who lost every other way. Hand it over in person."""
    with office.act() as desk:
        token = links.make(desk.db, people.known(desk.db, email), now=desk.now)
        typer.echo(f"{Settings().address}/sign-in/link/{token}")


@app.command("roles")
def roles() -> None:
    """Print who may do what: the one table."""
    rights = access.table()
    widest = max(len(right) for right, _ in rights)
    typer.echo(f"{'':{widest}}  {'  '.join(Role)}")
    for right, has in rights:
        marks = "  ".join(f"{'yes' if one else '-':{len(role)}}" for one, role in zip(has, Role, strict=True))
        typer.echo(f"{right:{widest}}  {marks.rstrip()}")


@app.command("requests")
def waiting() -> None:
    """List the requests for accommodations that nobody has answered yet, in the words of who asked."""
    with office.act() as desk:
        for person, request in requests.waiting(desk.db):
            typer.echo(f"{request.asked_at:%Y-%m-%d}  {person.email}\n  {office.harmless(request.needs)}")


@app.command("accommodate")
def accommodate(
    email: Annotated[str, typer.Argument(help="Whose exams it is about.")],
    time: Annotated[TimeFactor, typer.Option(help="Her share of the time where an exam has a limit.")],
    *,
    one_at_a_time: Annotated[bool, typer.Option("--one-at-a-time", help="Show one question at a time.")] = False,
    note: Annotated[str, typer.Option(help="What else to tell her in the letter.")] = "",
) -> None:
    """Grant somebody terms for the exams she starts from now on, and write to her. It answers what she asked."""
    with office.act() as desk:
        person = people.known(desk.db, email)
        by = audit.OPERATOR
        terms = requests.grant(desk.db, person, time, one_at_a_time=one_at_a_time, note=note, by=by, now=desk.now)
        typer.echo(f"{person.email}: {terms.in_words}.")


@app.command("decline")
def decline(
    email: Annotated[str, typer.Argument(help="Who asked.")],
    reason: Annotated[str, typer.Option(help="Why not, and what she can do instead. She is written to.")],
) -> None:
    """Say no to a request for an accommodation, with a reason."""
    with office.act() as desk:
        person = people.known(desk.db, email)
        requests.decline(desk.db, person, reason=reason, by=audit.OPERATOR, now=desk.now)
        typer.echo(f"{person.email} is told that it is not granted, and why.")
