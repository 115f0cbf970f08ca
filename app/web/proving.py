"""Proving again that it is her: for the staff's pages, and for whatever hurts in the wrong hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.identity import authenticators, codes, kept_forms, means, passkeys, recovery
from app.identity.codes import CodeRefused
from app.identity.means import Means
from app.identity.passkeys import PasskeyRefused
from app.identity.people import Person
from app.identity.sign_in import Device, Known, Proof
from app.kit.errors import SignInNeeded
from app.request import Db, Form, House, KnownPerson, Learner, Now, Wiring
from app.web import entering, passkey_door
from app.web.render import Page, Show, Shows, local_path

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class ProvePage(Page):
    """Asks her to show that it is her, in the ways she has."""

    template: ClassVar[str] = "account/prove.html"
    next: str
    email: str
    passkey: bool
    authenticator: bool
    recovery: bool
    mail: bool
    mailed: bool  # a code is on its way
    in_terminal: bool
    set_up: bool  # she has nothing that counts here, and may set it up now
    passkeys_usable: bool
    has_kept: bool
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked to prove that it is her, and what an answer to that is made with."""

    house: Wiring
    db: Session
    known: Known
    now: datetime
    show: Show
    here: Device

    @property
    def person(self) -> Person:
        """Who it should be."""
        return self.known.person

    def on(self, typed_next: str, proof: Proof) -> Response:
        """Take it as proved, and lead on."""
        next_path = local_path(typed_next or "/")
        return entering.let_on(self.house, self.db, self.known, next_path, proof=proof, now=self.now)

    def again(self, typed_next: str, errors: Mapping[str, str], *, mailed: bool = False, status: int = 422) -> Response:
        """Ask once more, and say what was wrong."""
        return self.show(self.page(typed_next, errors=errors, mailed=mailed), status=status)

    def page(self, typed_next: str, *, errors: Mapping[str, str] | None = None, mailed: bool = False) -> ProvePage:
        """Write the page that asks."""
        hers, usable = means.of(self.db, self.person), passkeys.usable(self.house.settings.address)
        set_up = not mailed and self._may_set_up(hers)
        waits = kept_forms.waiting(self.db, self.person, sign_in_id=self.known.sign_in.id, now=self.now)
        return ProvePage(
            title="Set up a second way to sign in" if set_up else "Please prove that it is you",
            next=local_path(typed_next or "/"),
            email=self.person.email,
            passkey=hers.passkeys > 0 and usable,
            authenticator=hers.authenticator,
            recovery=hers.recovery_codes > 0,
            mail=hers.mail_counts,
            mailed=mailed,
            in_terminal=not self.house.settings.smtp_url,
            set_up=set_up,
            passkeys_usable=usable,
            has_kept=bool(waits),
            errors=errors or {},
        )

    def _may_set_up(self, hers: Means) -> bool:
        """Say whether she is staff, has nothing that opens the staff's pages, and just signed in."""
        is_weak = hers.is_staff and not hers.any_strong
        return is_weak and self.known.sign_in.is_fresh(self.now)


def asking(
    request: Request, house: House, db: Db, _learner: Learner, known: KnownPerson, now: Now, show: Shows
) -> Asking:
    """Give who is asked; the sign-in behind `Learner` is always there."""
    if known is None:
        raise SignInNeeded
    return Asking(house, db, known, now, show, entering.device(request, house))


Asks = Annotated[Asking, Depends(asking)]


@router.get("/sign-in/prove")
def ask(request: Request, asks: Asks) -> Response:
    """Ask her to prove that it is her."""
    return asks.show(asks.page(request.query_params.get("next", "/")))


@router.post("/sign-in/prove/options")
def ask_passkey(request: Request, asks: Asks) -> Response:
    """Ask one of her passkeys to sign a few random bytes."""
    house = asks.house
    entering.take_turn(request, house.proofs_allowed)
    browser, address = entering.browser_token(request, house), house.settings.address
    options = passkeys.options_to_prove(asks.db, address=address, browser=browser, now=asks.now, of=asks.person)
    return passkey_door.told(house, options, browser)


@router.post("/sign-in/prove/passkey")
def by_passkey(asks: Asks, form: Form) -> Response:
    """Take the proof of a passkey of hers, and of nobody else's."""
    browser, address = asks.here.token, asks.house.settings.address
    try:
        passkeys.prove(asks.db, form.text("credential"), address=address, browser=browser, now=asks.now, of=asks.person)
    except PasskeyRefused as refused:
        return asks.again(form.text("next"), {"passkey": refused.message})
    return asks.on(form.text("next"), Proof.PASSKEY)


@router.post("/sign-in/prove/authenticator")
def by_authenticator(request: Request, asks: Asks, form: Form) -> Response:
    """Take a code of her app. A wrong one is counted: that is committed with this answer."""
    here, vault = entering.device_hash(request, asks.house), asks.house.vault
    wrong = authenticators.check(asks.db, asks.person, form.text("code"), vault, device_hash=here, now=asks.now)
    return asks.again(form.text("next"), {"code": wrong}) if wrong else asks.on(form.text("next"), Proof.AUTHENTICATOR)


@router.post("/sign-in/prove/recovery")
def by_recovery(request: Request, asks: Asks, form: Form) -> Response:
    """Take one of the codes she wrote down, and use it up."""
    here = entering.device_hash(request, asks.house)
    if wrong := recovery.use(asks.db, asks.person, form.text("recovery"), device_hash=here, now=asks.now):
        return asks.again(form.text("next"), {"recovery": wrong})
    return asks.on(form.text("next"), Proof.RECOVERY)


@router.post("/sign-in/prove/send")
def send_code(request: Request, asks: Asks, form: Form) -> Response:
    """Send her a code, to her own address."""
    entering.take_turn(request, asks.house.codes_allowed)
    browser = entering.browser_token(request, asks.house)
    try:
        codes.ask_code(asks.db, asks.person.email, browser=browser, now=asks.now)
    except codes.TooManyCodes as refused:
        return asks.again(form.text("next"), {"mailed": refused.message}, mailed=True, status=refused.status)
    answer = asks.show(asks.page(form.text("next"), mailed=True))
    entering.set_cookie(answer, asks.house, entering.BROWSER, browser)
    return answer


@router.post("/sign-in/prove/code")
def by_code(asks: Asks, form: Form) -> Response:
    """Take the code that was mailed to her."""
    spent = codes.spend(asks.db, asks.person.email, form.text("mailed"), browser=asks.here.token, now=asks.now)
    if isinstance(spent, CodeRefused):
        return asks.again(form.text("next"), {"mailed": spent.message}, mailed=True)
    return asks.on(form.text("next"), Proof.CODE)
