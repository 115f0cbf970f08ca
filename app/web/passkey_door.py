"""Signing in with a passkey: one tap, no address, and nothing that could be typed on a page that is not ours."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app import audit
from app.identity import passkeys
from app.identity.passkeys import PasskeyRefused
from app.identity.sign_in import Proof
from app.request import Db, Form, House, Now
from app.web import entering
from app.web.account import sign_in_page
from app.web.render import Shows, local_path

router = APIRouter()


@router.post("/sign-in/passkey/options")
def ask(request: Request, house: House, db: Db, now: Now) -> Response:
    """Ask whatever passkey of this site the browser has to sign a few random bytes."""
    entering.take_turn(request, house.proofs_allowed)
    browser = entering.browser_token(request, house)
    options = passkeys.options_to_prove(db, address=house.settings.address, browser=browser, now=now)
    return told(house, options, browser)


@router.post("/sign-in/passkey")
def enter(request: Request, house: House, db: Db, form: Form, now: Now, show: Shows) -> Response:
    """Sign in whose passkey signed them."""
    next_path = local_path(form.text("next") or "/")
    browser, sent = entering.device(request, house).token, form.text("credential")
    try:
        person = passkeys.prove(db, sent, address=house.settings.address, browser=browser, now=now)
    except PasskeyRefused as refused:
        page = sign_in_page(request, house, next_path, errors={"passkey": refused.message})
        return show(page, status=422)
    audit.record(db, actor=person.actor, act="person.signed_in", subject=person.email, now=now)
    return entering.let_in(request, house, db, person, next_path, proof=Proof.PASSKEY, now=now)


def told(house: House, options: dict[str, Any], browser: str) -> Response:
    """Tell a script what to ask the device, and give the browser the token that the answer is bound to."""
    answer = JSONResponse(options, headers={"Cache-Control": "no-store"})
    entering.set_cookie(answer, house, entering.BROWSER, browser)
    return answer
