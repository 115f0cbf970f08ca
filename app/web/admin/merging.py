"""Merging two accounts of one person: both side by side first, then a reason, then one account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app.identity import people
from app.identity.people import Person, Role
from app.kit.errors import Conflict, Invalid
from app.learning.enrollments import Enrollment
from app.library import editions
from app.records import merge as merging
from app.request import Db, Form, FreshOfficeAdmin, Now, RowNumber, office
from app.web.admin import person
from app.web.admin.case import AdminPage
from app.web.admin.person import LONGEST, PEOPLE
from app.web.render import Shows, see_other

router = APIRouter(prefix=f"{person.PLACE}/merge")


class Nobody(Invalid):
    """No account has the address that was typed."""

    def __init__(self) -> None:
        """Say where to look."""
        super().__init__({"into": "No account has this address. Look for it in the list of people."})


@dataclass(frozen=True, slots=True)
class SideView:
    """One of the two accounts: whose it is, what it is for and what it holds."""

    email: str
    name: str
    role: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TwiceView:
    """A course that both accounts are taking, and under which address it goes on."""

    course_title: str
    goes_on_with: str


@dataclass(frozen=True, kw_only=True)
class MergePage(AdminPage):
    """Asks for the other address, then shows what would become of both."""

    template: ClassVar[str] = "admin/merge.html"
    goes: SideView
    stays: SideView | None
    twice: tuple[TwiceView, ...]
    action: str
    back_href: str
    other_way_href: str
    longest: int
    sent: Mapping[str, str]
    errors: Mapping[str, str]


@router.get("", dependencies=[Depends(office)])
def ask(person_id: RowNumber, db: Db, show: Shows, into: str = "") -> HTMLResponse:
    """Ask which account stays, or show what merging into it would do."""
    her = person.in_use(db, person_id)
    return show(_shown(db, her, into, {"into": into}) if into else _page(db, her, None, {}, {}))


@router.post("")
def merge(person_id: RowNumber, db: Db, admin: FreshOfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Merge her account into the other one. What was issued stays as it is."""
    her, typed = person.in_use(db, person_id), form.text("into")
    try:
        stays, reason = _of_address(db, typed), person.reason(form)
        merging.merge(db, her, stays, reason=reason, by=admin.actor, now=now)
    except (Invalid, Conflict) as refused:
        errors = refused.fields if isinstance(refused, Invalid) else {"into": refused.message}
        return show(_shown(db, her, typed, form.texts(), errors), status=refused.status)
    return see_other(person.at(stays))


def _of_address(db: Session, typed: str) -> Person:
    if found := people.by_email(db, typed):
        return found
    raise Nobody


def _shown(
    db: Session, her: Person, typed: str, sent: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> MergePage:
    """Show both accounts where they can be merged, and why not where they cannot."""
    try:
        stays = _of_address(db, typed)
        merging.assert_mergeable(her, stays)
    except (Invalid, Conflict) as refused:
        told = refused.fields if isinstance(refused, Invalid) else {"into": refused.message}
        return _page(db, her, None, sent, told)
    return _page(db, her, stays, sent, errors or {})


def _page(
    db: Session, her: Person, stays: Person | None, sent: Mapping[str, str], errors: Mapping[str, str]
) -> MergePage:
    return MergePage(
        title="Merge two accounts",
        trail=(("People", PEOPLE), (her.label, person.at(her)), ("Merge", "")),
        goes=_side(db, her),
        stays=_side(db, stays) if stays else None,
        twice=_twice(db, her, stays) if stays else (),
        action=person.at(her, "/merge"),
        back_href=person.at(her),
        other_way_href=f"{person.at(stays, '/merge')}?{urlencode({'into': her.email})}" if stays else "",
        longest=LONGEST,
        sent=sent,
        errors=errors,
    )


def _side(db: Session, one: Person) -> SideView:
    return SideView(one.email, one.legal_name or "None yet", Role(one.role).capitalize(), merging.side(db, one).counts)


def _twice(db: Session, her: Person, stays: Person) -> tuple[TwiceView, ...]:
    both = merging.open_twice(db, her, stays)
    titles = editions.titles(db, {one.goes_on.edition_id for one in both})

    def under(one: Enrollment) -> str:
        return her.email if one.person_id == her.id else stays.email

    return tuple(TwiceView(titles[one.goes_on.edition_id], under(one.goes_on)) for one in both)
