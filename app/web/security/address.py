"""Her address: changed by a code to the new one, and a letter to the old one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.identity import addresses, codes
from app.identity.codes import CodeRefused
from app.kit.errors import Invalid
from app.request import Db, Form, FreshLearner, House, Learner, Now
from app.web import entering
from app.web.render import Page, Shows, see_other
from app.web.security import letters
from app.web.security.overview import PLACE

router = APIRouter()
HERE = "/account/address"


@dataclass(frozen=True, kw_only=True)
class AddressPage(Page):
    """Asks for the new address, then for the code that was sent to it."""

    template: ClassVar[str] = "account/address.html"
    email: str
    new: str  # empty until a code was sent to it
    sent: Mapping[str, str]
    errors: Mapping[str, str]
    in_terminal: bool


@router.get(HERE)
def address(house: House, learner: Learner, show: Shows) -> Response:
    """Ask for the new address."""
    return show(_page(house, learner.email))


@router.post(HERE)
def send_code(
    request: Request, house: House, db: Db, fresh: FreshLearner, form: Form, now: Now, show: Shows
) -> Response:
    """Send a code to the new address, whoever's it is: nobody learns here which addresses have an account."""
    entering.take_turn(request, house.codes_allowed)
    browser, typed = entering.browser_token(request, house), form.text("email")
    try:
        codes.ask_code(db, typed, browser=browser, now=now, purpose=addresses.purpose(fresh))
    except (Invalid, codes.TooManyCodes) as refused:
        errors = refused.fields if isinstance(refused, Invalid) else {"email": refused.message}
        return show(_page(house, fresh.email, sent=form.texts(), errors=errors), status=refused.status)
    answer = show(_page(house, fresh.email, new=typed.strip()))
    entering.set_cookie(answer, house, entering.BROWSER, browser)
    return answer


@router.post(f"{HERE}/code")
def change(request: Request, house: House, db: Db, fresh: FreshLearner, form: Form, now: Now, show: Shows) -> Response:
    """Change her address once the code that went there is right, and tell the old one."""
    browser, new, old = entering.device(request, house).token, form.text("email").strip(), fresh.email
    spent = codes.spend(db, new, form.text("code"), browser=browser, now=now, purpose=addresses.purpose(fresh))
    if isinstance(spent, CodeRefused):
        return show(_page(house, old, new=new, errors={"code": spent.message}), status=422)
    addresses.change(db, fresh, spent, now=now)
    letters.tell(db, old, f"You now sign in with {spent}. This address does not work any more.", now=now)
    return see_other(PLACE)


def _page(
    house: House,
    email: str,
    *,
    new: str = "",
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> AddressPage:
    return AddressPage(
        title="Your e-mail address",
        email=email,
        new=new,
        sent=sent or {},
        errors=errors or {},
        in_terminal=not house.settings.smtp_url,
    )
