"""An invitation, opened by who was invited: she sees what it is for, and accepts with a button.

Opening the link uses nothing up: the programs that look at links in mail do that as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.identity import access, invitations
from app.identity.people import Role
from app.identity.sign_in import Proof
from app.library import provider
from app.request import Db, House, Now
from app.web import entering
from app.web.render import Page, Shows

router = APIRouter()
PLACE = "/invitation/{token}"
FIRST_PLACE = {
    Role.LEARNER: "/",
    Role.INSTRUCTOR: "/author",
    Role.REVIEWER: "/author",
    Role.OFFICER: "/officer",
    Role.ADMIN: "/admin",
    Role.AUDITOR: "/admin",
}


@dataclass(frozen=True, kw_only=True)
class InvitationPage(Page):
    """Says what somebody is invited to."""

    template: ClassVar[str] = "setup/invitation.html"
    email: str
    role: str
    provider_name: str
    rights: tuple[str, ...]
    staff: bool
    action: str


@router.get(PLACE)
def show_invitation(token: str, request: Request, db: Db, now: Now, show: Shows) -> HTMLResponse:
    """Show what the invitation is for."""
    invitation = invitations.good(db, token, now=now)
    role = Role(invitation.role)
    return show(
        InvitationPage(
            title="You are invited",
            email=invitation.email,
            role=invitations.ROLE_WORDS[role],
            provider_name=provider.current(db).name,
            rights=access.in_words(role),
            staff=role != Role.LEARNER,
            action=request.url.path,
        )
    )


@router.post(PLACE)
def accept(token: str, request: Request, house: House, db: Db, now: Now) -> Response:
    """Accept it: sign her in, and lead to what she was invited to. The staff is asked there for more than a letter."""
    person = invitations.accept(db, token, now=now)
    place = FIRST_PLACE[Role(person.role)]
    return entering.let_in(request, house, db, person, place, proof=Proof.INVITATION, now=now)
