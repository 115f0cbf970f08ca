"""The first run: whoever holds the link that `./run` printed becomes the first administrator, in one short form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.identity import first_run
from app.identity.sign_in import Proof
from app.kit.errors import Invalid
from app.request import Db, Form, House, Now
from app.web import entering
from app.web.render import Page, Shows

router = APIRouter()
NEXT = "/admin/provider?first=yes"


@dataclass(frozen=True, kw_only=True)
class SetUpPage(Page):
    """Asks who the first administrator is."""

    template: ClassVar[str] = "setup/first.html"
    sent: Mapping[str, str]
    errors: Mapping[str, str]
    action: str


@router.get("/setup/{token}")
def ask(token: str, request: Request, db: Db, now: Now, show: Shows) -> HTMLResponse:
    """Ask who she is. To open the link uses nothing up: programs that look at links do that."""
    first_run.check(db, token, now=now)
    return show(_page(request, sent={}, errors={}))


@router.post("/setup/{token}")
def become_admin(token: str, request: Request, house: House, db: Db, form: Form, now: Now, show: Shows) -> Response:
    """Give her the account, sign her in, and lead on to the provider's profile."""
    try:
        email, name = form.text("email"), form.text("legal_name")
        person = first_run.become_admin(db, token, email=email, name=name, now=now)
    except Invalid as refused:
        return show(_page(request, sent=form.texts(), errors=refused.fields), status=refused.status)
    return entering.let_in(request, house, db, person, NEXT, proof=Proof.LINK, now=now)


def _page(request: Request, *, sent: Mapping[str, str], errors: Mapping[str, str]) -> SetUpPage:
    return SetUpPage(title="Set up this site", sent=sent, errors=errors, action=request.url.path)
