"""The page of all of it: passkeys, authenticator, recovery codes, sign-ins, address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import Response

from app.identity import means, passkeys, sign_in
from app.identity.passkeys import Passkey
from app.identity.people import Person
from app.kit import time_zones
from app.request import Db, House, Learner, Now
from app.web.render import Page, Shows
from app.web.words import counted

router = APIRouter()
PLACE = "/account/security"


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey of hers."""

    id: int
    name: str
    added: str
    used: str
    kept: str  # where it lives


@dataclass(frozen=True, kw_only=True)
class SecurityPage(Page):
    """What she proves herself with, and where she is signed in."""

    template: ClassVar[str] = "account/security.html"
    email: str
    passkeys: tuple[PasskeyRow, ...]
    passkeys_usable: bool
    authenticator: bool
    recovery_codes: str  # “10 codes left”; empty where there are none
    can_recover: bool
    sign_ins: str
    staff_needs_more: bool  # she is staff, and has nothing but her mail


@router.get(PLACE)
def security(house: House, db: Db, learner: Learner, now: Now, show: Shows) -> Response:
    """Show how she signs in."""
    hers = means.of(db, learner)
    page = SecurityPage(
        title="Signing in",
        email=learner.email,
        passkeys=tuple(_row(one, learner) for one in passkeys.all_of(db, learner)),
        passkeys_usable=passkeys.usable(house.settings.address),
        authenticator=hers.authenticator,
        recovery_codes=f"{counted(hers.recovery_codes, 'code')} left" if hers.recovery_codes else "",
        can_recover=hers.any_strong,
        sign_ins=counted(len(sign_in.all_of(db, learner, now=now)), "browser"),
        staff_needs_more=hers.is_staff and not hers.any_strong,
    )
    return show(page)


def told_at(moment: datetime, person: Person) -> str:
    """Say when something was, in her time zone."""
    return time_zones.in_words(moment, person.time_zone or "UTC")


def _row(one: Passkey, person: Person) -> PasskeyRow:
    return PasskeyRow(
        id=one.id,
        name=one.name,
        added=told_at(one.added_at, person),
        used=told_at(one.used_at, person) if one.used_at else "never",
        kept="kept in an account of yours, on all its devices" if one.is_synced else "kept on one device",
    )
