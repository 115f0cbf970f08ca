"""Privacy: what is kept of her, taken along in one click, and erased when she says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from app.awards import certificates
from app.identity.people import Role
from app.kit.errors import Invalid
from app.library import provider
from app.records import erase, export, retention
from app.records.export import Pencils
from app.request import Db, Form, FreshLearner, House, Learner, Now
from app.web.render import Page, Shows, see_other
from app.web.words import counted

router = APIRouter()
PLACE = "/account/privacy"


@dataclass(frozen=True, kw_only=True)
class PrivacyPage(Page):
    """What she can do about what is kept of her."""

    template: ClassVar[str] = "account/privacy.html"
    policy: str  # the provider's own words
    times: tuple[tuple[str, str], ...]  # what is kept, and how long
    years: int


@dataclass(frozen=True, kw_only=True)
class ErasePage(Page):
    """What goes and what stays, before she says that she means it."""

    template: ClassVar[str] = "account/erase.html"
    email: str
    certificates: str  # how many, in words; empty where she has none
    years: int
    typed: str
    works_here: bool  # the account is one of the staff, so it cannot be erased here
    errors: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ErasedPage(Page):
    """The last page."""

    template: ClassVar[str] = "account/erased.html"


@router.get(PLACE)
def privacy(house: House, db: Db, _learner: Learner, show: Shows) -> Response:
    """Show what is kept, and what she can do about it."""
    page = PrivacyPage(
        title="Privacy",
        policy=provider.current(db).privacy_policy,
        times=tuple((one.what, one.how_long) for one in retention.TIMES),
        years=house.settings.retention_years,
    )
    return show(page)


@router.post(f"{PLACE}/export")
def take_along(house: House, learner: Learner, now: Now) -> Response:
    """Give everything that is kept of her as a zip. Nothing is written, so no writer waits for it."""
    with house.database.read() as db:
        gathered = export.gather(db, learner, now=now)
    pencils = Pencils(house.database, house.draws_aside, house.issuer, house.clock)
    headers = {
        "Content-Disposition": f'attachment; filename="my-data-{now:%Y-%m-%d}.zip"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(export.stream(gathered, pencils), media_type="application/zip", headers=headers)


@router.get(f"{PLACE}/erase")
def ask_erase(house: House, db: Db, learner: FreshLearner, show: Shows) -> Response:
    """Say what goes and what stays, and ask whether she means it."""
    return show(_page(house, db, learner, errors={}))


@router.post(f"{PLACE}/erase")
def erase_me(
    house: House, db: Db, learner: FreshLearner, form: Form, now: Now, show: Shows
) -> Response:  # fmt: skip
    """Erase her account, if she confirmed it with her address."""
    try:
        erase.assert_meant(learner, form.text("email"))
    except Invalid as refused:
        return show(_page(house, db, learner, typed=form.text("email"), errors=refused.fields), status=refused.status)
    erase.erase(db, learner, years=house.settings.retention_years, now=now)
    return _goodbye(house)


@router.get("/erased")
def erased(show: Shows) -> Response:
    """Say that it is done."""
    return show(ErasedPage(title="Your account is erased"))


def _goodbye(house: House) -> RedirectResponse:
    answer = see_other("/erased")
    answer.headers["Clear-Site-Data"] = '"storage"'
    secure = house.settings.scheme == "https"
    for name in ("continua", "continua-browser", "continua-reader"):
        answer.delete_cookie(house.cookie(name), secure=secure, httponly=True)
    return answer


def _page(house: House, db: Db, learner: Learner, *, typed: str = "", errors: Mapping[str, str]) -> ErasePage:
    held = len(certificates.of_person(db, learner))
    return ErasePage(
        title="Erase your account",
        email=learner.email,
        certificates=counted(held, "certificate") if held else "",
        years=house.settings.retention_years,
        typed=typed,
        works_here=learner.role != Role.LEARNER,
        errors=errors,
    )
