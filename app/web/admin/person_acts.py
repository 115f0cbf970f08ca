"""What the office does about a person: her role, her name, her sign-ins, and an invitation once more."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from app.identity import invitations, people, sign_in
from app.identity.people import LastAdmin, Role
from app.kit.errors import Invalid
from app.library import provider
from app.request import Db, Form, FreshOfficeAdmin, House, Now, OfficeAdmin, RowNumber
from app.web.admin import inviting, person
from app.web.admin.person import PLACE
from app.web.render import Shows, see_other

router = APIRouter()


@router.post(f"{PLACE}/role")
def change_role(
    person_id: RowNumber, db: Db, office: FreshOfficeAdmin, form: Form, now: Now, show: Shows
) -> Response:  # fmt: skip
    """Change what her account is for, from her next request on."""
    her = person.in_use(db, person_id)
    try:
        asked = inviting.role(form.text("role"))
        if asked != her.role:
            people.give_role(db, her, asked, by=office.actor, now=now)
    except (Invalid, LastAdmin) as refused:
        errors = refused.fields if isinstance(refused, Invalid) else {"role": refused.message}
        page = person.of(db, her, office, now=now, sent={"role": form.text("role")}, errors=errors)
        return show(page, status=refused.status)
    return see_other(person.at(her))


@router.post(f"{PLACE}/name")
def correct_name(person_id: RowNumber, db: Db, office: OfficeAdmin, form: Form, now: Now, show: Shows) -> Response:
    """Correct her legal name, with a reason. Certificates say what they said, until each is corrected."""
    her = person.in_use(db, person_id)
    try:
        name, reason = form.text("legal_name"), person.reason(form)
        people.correct_legal_name(db, her, name, reason=reason, by=office.actor, now=now)
    except Invalid as refused:
        sent = {one: form.text(one) for one in ("legal_name", "reason")}
        return show(person.of(db, her, office, now=now, sent=sent, errors=refused.fields), status=refused.status)
    return see_other(person.at(her))


@router.post(f"{PLACE}/end-sign-ins")
def end_sign_ins(person_id: RowNumber, db: Db, office: OfficeAdmin, now: Now) -> Response:
    """Sign her out everywhere: for a phone that was lost."""
    her = person.in_use(db, person_id)
    sign_in.end_all(db, her, by=office.actor, now=now)
    return see_other(person.at(her))


@router.post(f"{PLACE}/invite")
def invite_again(person_id: RowNumber, house: House, db: Db, office: FreshOfficeAdmin, now: Now) -> Response:
    """Write to her once more, with a link that signs her in; the older one ends."""
    her = person.in_use(db, person_id)
    named, address = provider.current(db).name, house.settings.address
    invitations.invite(db, her.email, Role(her.role), provider=named, address=address, by=office.actor, now=now)
    return see_other(person.at(her))
