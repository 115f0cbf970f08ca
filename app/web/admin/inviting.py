"""Inviting somebody: a letter with a link, and what her account is for once she has used it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from app.identity import access, invitations, people
from app.identity.access import Right
from app.identity.invitations import RoleAlready
from app.identity.people import Role
from app.kit import time_zones
from app.kit.errors import Invalid
from app.library import provider
from app.request import Db, Form, FreshOfficeAdmin, House, Now, Overseer
from app.web.admin.case import AdminPage
from app.web.render import Shows, see_other

router = APIRouter()
PLACE = "/admin/people/invite"


@dataclass(frozen=True, slots=True)
class Waits:
    """One invitation that nobody has used yet."""

    email: str
    role: str
    when: str


@dataclass(frozen=True, kw_only=True)
class InvitePage(AdminPage):
    """Asks whom to invite, and shows who is."""

    template: ClassVar[str] = "admin/invite.html"
    may_invite: bool
    roles: tuple[tuple[str, str], ...]
    days: int
    waiting: tuple[Waits, ...]
    sent: Mapping[str, str]
    errors: Mapping[str, str]


def role(typed: str) -> Role:
    """Read a role as a form sends it; raise `Invalid` for one that is not on the list."""
    if typed not in set(Role):
        raise Invalid({"role": "Choose what the account is for."})
    return Role(typed)


@router.get(PLACE)
def ask(db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Ask whom to invite."""
    may_invite = access.may(overseer, Right.OFFICE)
    return show(_page(db, now=now, may_invite=may_invite, sent={}, errors={}))


@router.post(PLACE)
def invite(house: House, db: Db, office: FreshOfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Write to her."""
    named, address = provider.current(db).name, house.settings.address
    try:
        email, asked = people.address(form.text("email")), role(form.text("role"))
        invitations.invite(db, email, asked, provider=named, address=address, by=office.actor, now=now)
    except (Invalid, RoleAlready) as refused:
        errors = refused.fields if isinstance(refused, Invalid) else {"email": refused.message}
        return show(_page(db, now=now, may_invite=True, sent=form.texts(), errors=errors), status=refused.status)
    return see_other(PLACE)


def _page(db: Db, *, now: Now, may_invite: bool, sent: Mapping[str, str], errors: Mapping[str, str]) -> InvitePage:
    return InvitePage(
        title="Invite somebody",
        trail=(("People", "/admin/people"), ("Invite somebody", "")),
        may_invite=may_invite,
        roles=tuple((one, f"{one.capitalize()}: {access.in_short(one)}") for one in Role),
        days=invitations.LASTS.days,
        waiting=tuple(
            Waits(one.email, invitations.ROLE_WORDS[Role(one.role)], time_zones.in_words(one.invited_at, "UTC"))
            for one in invitations.waiting(db, now=now)
        ),
        sent=sent,
        errors=errors,
    )
