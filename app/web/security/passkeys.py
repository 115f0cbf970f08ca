"""Her passkeys: add, rename, remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.identity import passkeys
from app.identity.passkeys import NAME_LONGEST, PasskeyRefused
from app.identity.sign_in import Proof
from app.kit.errors import SignInNeeded
from app.library import provider
from app.request import Db, Form, House, Keeper, KnownPerson, Learner, Now, RowNumber
from app.web import entering, passkey_door
from app.web.render import Page, Shows, local_path, see_other
from app.web.security import letters
from app.web.security.overview import PLACE

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class NewPasskeyPage(Page):
    """Asks what to call a new passkey, and has the device make it."""

    template: ClassVar[str] = "account/passkey_new.html"
    next: str
    name: str
    longest: int
    usable: bool
    errors: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PasskeyPage(Page):
    """One passkey, to be renamed or removed."""

    template: ClassVar[str] = "account/passkey.html"
    id: int
    name: str
    longest: int


@router.get(f"{PLACE}/passkeys/new")
def new(request: Request, house: House, _keeper: Keeper, show: Shows) -> Response:
    """Ask what to call a new passkey."""
    return show(_new_page(request, house, request.query_params.get("next", PLACE)))


@router.post(f"{PLACE}/passkeys/options")
def ask(request: Request, house: House, db: Db, keeper: Keeper, now: Now) -> Response:
    """Say what her device is asked to make."""
    browser, site = entering.browser_token(request, house), provider.current(db).name
    address = house.settings.address
    options = passkeys.options_to_add(db, keeper, address=address, site=site, browser=browser, now=now)
    return passkey_door.told(house, options, browser)


@router.post(f"{PLACE}/passkeys")
def add(
    request: Request, house: House, db: Db, keeper: Keeper, known: KnownPerson, form: Form, now: Now, show: Shows
) -> Response:
    """Keep what her device made. Making it was a proof, so it leads on to where she was going."""
    browser, address, name = entering.device(request, house).token, house.settings.address, form.text("name")
    try:
        made = passkeys.add(db, keeper, form.text("credential"), name=name, address=address, browser=browser, now=now)
    except PasskeyRefused as refused:
        page = _new_page(request, house, form.text("next"), name=name, errors={"passkey": refused.message})
        return show(page, status=422)
    if known is None:
        raise SignInNeeded
    letters.tell(db, keeper.email, f"The passkey “{made.name}” was added to your account.", now=now)
    return entering.let_on(house, db, known, local_path(form.text("next"), PLACE), proof=Proof.PASSKEY, now=now)


@router.get(f"{PLACE}/passkeys/{{passkey_id}}")
def one(passkey_id: RowNumber, db: Db, learner: Learner, show: Shows) -> Response:
    """Show one passkey."""
    found = passkeys.of(db, learner, passkey_id)
    return show(PasskeyPage(title="Your passkey", id=found.id, name=found.name, longest=NAME_LONGEST))


@router.post(f"{PLACE}/passkeys/{{passkey_id}}")
def rename(passkey_id: RowNumber, db: Db, learner: Learner, form: Form) -> Response:
    """Call a passkey something else."""
    passkeys.rename(db, passkeys.of(db, learner, passkey_id), form.text("name"))
    return see_other(PLACE)


@router.post(f"{PLACE}/passkeys/{{passkey_id}}/remove")
def remove(passkey_id: RowNumber, db: Db, keeper: Keeper, now: Now) -> Response:
    """Take a passkey for nothing any more, and write to her."""
    found = passkeys.of(db, keeper, passkey_id)
    passkeys.remove(db, keeper, found, now=now)
    letters.tell(db, keeper.email, f"The passkey “{found.name}” was removed from your account.", now=now)
    return see_other(PLACE)


def _new_page(
    request: Request, house: House, next_path: str, *, name: str = "", errors: Mapping[str, str] | None = None
) -> NewPasskeyPage:
    return NewPasskeyPage(
        title="Add a passkey",
        next=local_path(next_path, PLACE),
        name=name or entering.device(request, house).words,
        longest=NAME_LONGEST,
        usable=passkeys.usable(house.settings.address),
        errors=errors or {},
    )
