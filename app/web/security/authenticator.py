"""Her authenticator app: set up with a QR code or a key in words, confirmed by its first code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.identity import authenticators
from app.identity.people import Person
from app.identity.sign_in import Proof
from app.kit.errors import SignInNeeded
from app.library import provider
from app.request import Db, Form, House, Keeper, KnownPerson, Now, Wiring
from app.web import entering
from app.web.render import Page, Shows, local_path, see_other
from app.web.security import letters
from app.web.security.overview import PLACE

router = APIRouter()
HERE = f"{PLACE}/authenticator"


@dataclass(frozen=True, kw_only=True)
class AuthenticatorPage(Page):
    """Shows how to set an app up, or that one is."""

    template: ClassVar[str] = "account/authenticator.html"
    next: str
    is_set_up: bool
    picture: str  # the QR code as a picture; empty before a secret was drawn
    key: str  # the same in letters, in groups of four
    errors: Mapping[str, str]


@router.get(HERE)
def authenticator(request: Request, house: House, db: Db, keeper: Keeper, show: Shows) -> Response:
    """Show where she is with it."""
    return show(_page(house, db, keeper, request.query_params.get("next", "")))


@router.post(f"{HERE}/begin")
def begin(house: House, db: Db, keeper: Keeper, form: Form, now: Now, show: Shows) -> Response:
    """Draw a secret for her app, and show it."""
    authenticators.begin(db, keeper, house.vault, now=now)
    return show(_page(house, db, keeper, form.text("next")))


@router.post(HERE)
def confirm(
    request: Request, house: House, db: Db, keeper: Keeper, known: KnownPerson, form: Form, now: Now, show: Shows
) -> Response:
    """Take the first code of the app. That is a proof, so it leads on to where she was going."""
    here = entering.device_hash(request, house)
    wrong = authenticators.confirm(db, keeper, form.text("code"), house.vault, device_hash=here, now=now)
    if wrong:
        return show(_page(house, db, keeper, form.text("next"), errors={"code": wrong}), status=422)
    if known is None:
        raise SignInNeeded
    letters.tell(db, keeper.email, "An authenticator app was added to your account.", now=now)
    return entering.let_on(house, db, known, local_path(form.text("next"), PLACE), proof=Proof.AUTHENTICATOR, now=now)


@router.post(f"{HERE}/remove")
def remove(db: Db, keeper: Keeper, now: Now) -> Response:
    """Take its codes for nothing any more, and write to her."""
    authenticators.remove(db, keeper, now=now)
    letters.tell(db, keeper.email, "The authenticator app was removed from your account.", now=now)
    return see_other(PLACE)


def _page(
    house: Wiring, db: Db, person: Person, next_path: str, *, errors: Mapping[str, str] | None = None
) -> AuthenticatorPage:
    begun = authenticators.begun(db, person)
    is_set_up = begun is not None and begun.confirmed_at is not None
    key = picture = ""
    if begun is not None and not is_set_up:
        key = authenticators.secret_of(begun, person, house.vault)
        issuer = provider.current(db).name
        picture = _picture(authenticators.address_of(begun, person, house.vault, issuer=issuer))
    return AuthenticatorPage(
        title="Authenticator app",
        next=local_path(next_path, PLACE),
        is_set_up=is_set_up,
        picture=picture,
        key=" ".join(key[place : place + 4] for place in range(0, len(key), 4)),
        errors=errors or {},
    )


def _picture(address: str) -> str:
    import segno

    drawn: str = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=4, light="white")
    return drawn
