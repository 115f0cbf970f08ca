"""The provider's profile: who offers the courses, its logo, its policies, who signs; each change stays on record."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from app.audit import AuditLine
from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import Invalid, Unsupported
from app.library import logos, profile, provider
from app.library.logos import Shown
from app.request import Db, Form, Now, OfficeAdmin, Overseer
from app.web.admin.case import AdminPage
from app.web.render import Shows, see_other

router = APIRouter()
PLACE = "/admin/provider"
SHOWN_CHANGES = 20
NAMES: Mapping[str, str] = {
    "name": "Name",
    "address": "Address",
    "phone": "Phone",
    "email": "E-mail",
    "signer_name": "Who signs",
    "signer_title": "Title of who signs",
    "refund_policy": "Refunds and cancellation",
    "grievance_policy": "Grievances",
    "accommodations_policy": "Accommodations",
    "privacy_policy": "Privacy",
    "logo": "Logo",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the profile: what, when and by whom, and the words before and after."""

    name: str
    when: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ProviderPage(AdminPage):
    """The profile as a form, or to read for an auditor."""

    template: ClassVar[str] = "admin/provider.html"
    first: bool  # she comes from the first run
    may_change: bool
    shown: tuple[tuple[str, str], ...]  # for who may only read
    logo: Shown | None
    changes: tuple[Change, ...]
    sent: Mapping[str, str]
    errors: Mapping[str, str]


class NotAPicture(Unsupported):
    """Something else than a form with a file was sent where the logo is taken."""

    message = "This address takes a picture from a form. Go back, reload the page, and choose the file again."


async def sent_logo(request: Request, _office: OfficeAdmin) -> AsyncIterator[bytes]:
    """Take the one file of a form. How large it may be at all, web/middleware.py has seen to before."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise NotAPicture
    async with request.form(max_files=1, max_fields=5) as form:
        sent = form.get("logo")
        yield await sent.read() if isinstance(sent, UploadFile) else b""


SentLogo = Annotated[bytes, Depends(sent_logo)]


@router.get(PLACE)
def show_profile(request: Request, db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show the profile: to change, or to read."""
    sent = profile.begin(provider.current(db))
    return show(_page(db, overseer, first=bool(request.query_params.get("first")), sent=sent, errors={}))


@router.post(PLACE)
def change(db: Db, office: OfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Set what was typed."""
    first = form.text("first") == "yes"
    try:
        values = profile.read(form.texts())
    except Invalid as refused:
        page = _page(db, office, first=first, sent=form.texts(), errors=refused.fields)
        return show(page, status=refused.status)
    before = provider.current(db)
    differing = {name: value for name, value in values.items() if value != getattr(before, name)}
    if differing:
        provider.change(db, differing, by=office.actor, now=now)
    return see_other(f"{PLACE}/next" if first else PLACE)


@router.get(f"{PLACE}/next")
def what_next(_overseer: Overseer, show: Shows) -> HTMLResponse:
    """Say what a house still needs once its provider is named."""
    return show(NextPage(title="Your site is set up", trail=(("Set up", ""),)))


@dataclass(frozen=True, kw_only=True)
class NextPage(AdminPage):
    """The last page of the first run: the ways on from there."""

    template: ClassVar[str] = "admin/set_up.html"


@router.post(f"{PLACE}/logo")
def show_logo(sent: SentLogo, db: Db, office: OfficeAdmin, now: Now, show: Shows) -> Response:
    """Show another logo from now on."""
    try:
        logo = logos.keep(db, sent, now=now)
    except Invalid as refused:
        page = _page(db, office, first=False, sent=profile.begin(provider.current(db)), errors=refused.fields)
        return show(page, status=refused.status)
    provider.show_logo(db, logo.digest, by=office.actor, now=now)
    return see_other(f"{PLACE}#logo")


@router.post(f"{PLACE}/logo/remove")
def remove_logo(db: Db, office: OfficeAdmin, now: Now) -> RedirectResponse:
    """Show no logo from now on."""
    provider.show_logo(db, "", by=office.actor, now=now)
    return see_other(f"{PLACE}#logo")


def _page(db: Db, person: Person, *, first: bool, sent: Mapping[str, str], errors: Mapping[str, str]) -> ProviderPage:
    current = provider.current(db)
    return ProviderPage(
        title="Provider",
        trail=(("Provider", ""),),
        first=first,
        may_change=access.may(person, Right.OFFICE),
        shown=tuple((NAMES[name], getattr(current, name) or "–") for name in provider.FIELDS),
        logo=logos.shown(db, current.logo),
        changes=tuple(_changes(provider.changes(db)))[:SHOWN_CHANGES],
        sent=sent,
        errors=errors,
    )


def _changes(lines: list[AuditLine]) -> Iterator[Change]:
    for line in lines:
        told = line.told
        when = f"{time_zones.in_words(line.at, 'UTC')}, by {line.actor_label}"
        for name, after in told.get("after", {}).items():
            yield Change(NAMES.get(name, name), when, *_words(name, told["before"].get(name, ""), after))


def _words(name: str, before: str, after: str) -> tuple[str, str]:
    if name == "logo":
        return ("A picture" if before else "None"), (
            "Another picture" if before and after else "A picture" if after else "None"
        )
    return before or "–", after or "–"
