"""One person, whole: what her account is for, what is hers, and what the office can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from app import audit
from app.awards import certificates, numbers
from app.awards.certificates import Certificate
from app.identity import access, grievances, licenses, people, requests, sign_in
from app.identity.access import Right
from app.identity.people import NoAccount, Person, Role
from app.identity.request_clocks import Kind
from app.kit import time_zones
from app.kit.errors import Invalid
from app.kit.listing import Sought
from app.learning import enrollments, rolls
from app.learning.rolls import Enrolled
from app.request import Db, House, Now, Overseer, RowNumber, Sent, Wiring
from app.web.admin.case import AdminPage
from app.web.render import Shows, see_other

router = APIRouter()

PEOPLE = "/admin/people"
PLACE = f"{PEOPLE}/{{person_id}}"
DONE = {"added": "Added", "changed": "Changed", "removed": "Taken off the list"}
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One line about her: where it leads to, or nothing, and what is said beside it."""

    words: str
    beside: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what is hers, and what to say where there is nothing."""

    title: str
    lines: tuple[Line, ...]
    nothing: str


@dataclass(frozen=True, kw_only=True)
class PersonPage(AdminPage):
    """Everything the office knows of one person."""

    template: ClassVar[str] = "admin/person.html"
    name: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    history: tuple[Line, ...]  # of her licenses
    base: str
    may_act: bool
    may_invite: bool
    may_end: bool  # she is signed in somewhere
    email: str
    roles: tuple[tuple[str, str], ...]
    longest: int
    sent: Mapping[str, str]
    errors: Mapping[str, str]


@router.get(PLACE)
def page(person_id: RowNumber, house: House, db: Db, overseer: Overseer, now: Now, show: Shows) -> Response:
    """Show a person, and write down that somebody looked; a merged account leads to the one that is in use."""
    found = people.by_id(db, person_id)
    if found.merged_into is not None:
        return see_other(at(people.survivor(db, found)))
    answer: HTMLResponse = show(of(db, in_use(db, person_id), overseer, now=now))
    _looked(house, found, overseer, now=now)
    return answer


def at(person: Person, below: str = "") -> str:
    """Give the address of a person's page, or of one below it."""
    return f"{PEOPLE}/{person.id}{below}"


def in_use(db: Session, person_id: int) -> Person:
    """Give an account that somebody uses; raise `NoAccount` for one that was erased or merged into another."""
    found = people.by_id(db, person_id)
    if found.is_erased or found.merged_into is not None:
        raise NoAccount
    return found


def reason(form: Sent) -> str:
    """Read why something is done about her; raise `Invalid` where it is too long to be kept."""
    if len(form.text("reason")) > LONGEST:
        raise Invalid({"reason": f"Write at most {LONGEST} letters."})
    return form.text("reason")


def _looked(house: Wiring, person: Person, overseer: Person, *, now: datetime) -> None:
    with house.database.write() as db:
        subject, role = person.email, overseer.role
        audit.look_at(db, person.id, by=overseer.actor, role=role, form="page", subject=subject, now=now)


def of(
    db: Session,
    person: Person,
    looks: Person,
    *,
    now: datetime,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> PersonPage:
    """Give her page to whoever looks, with what was typed and is wrong with it."""
    seen = Seen(db, person, looks.time_zone or "UTC", now)
    signed_in = seen.sign_ins()
    return PersonPage(
        title=person.label,
        trail=(("People", PEOPLE), (person.label, "")),
        name=person.label,
        facts=seen.facts(),
        parts=(seen.licenses(), seen.enrollments(), seen.certificates(), signed_in, seen.requests()),
        history=seen.history(),
        base=at(person),
        may_act=access.may(looks, Right.OFFICE),
        may_invite=person.role == Role.LEARNER,
        may_end=bool(signed_in.lines),
        email=person.email,
        roles=tuple((str(one), f"{one.capitalize()}: {access.in_short(one)}") for one in Role),
        longest=LONGEST,
        sent={"role": person.role, "legal_name": person.legal_name or "", **(sent or {})},
        errors=errors or {},
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as she is seen from the office: on the clock of whoever looks."""

    db: Session
    person: Person
    zone: str
    now: datetime

    def when(self, moment: datetime) -> str:
        """Say when something was."""
        return time_zones.in_words(moment, self.zone)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Say who she is."""
        her = self.person
        name = "None yet"
        if her.legal_name:
            attested = her.legal_name_attested_at
            name = f"{her.legal_name} ({f'on {self.when(attested)}' if attested else 'entered by the office'})"
        told = [("E-mail", her.email), ("Legal name", name)]
        told.append(("Role", f"{her.role.capitalize()}: {access.in_short(Role(her.role))}"))
        told.append(("Account since", self.when(her.created_at)))
        others = [one for one in people.accounts(self.db, her) if one.id != her.id]
        if others:
            told.append(("Merged into it", ", ".join(one.email for one in others)))
        return tuple(told)

    def licenses(self) -> Part:
        """Give the licenses on her list."""
        hers = licenses.all_of(self.db, self.person)
        lines = tuple(Line(f"{one.state} {one.type} {one.number}", _renews(one.renews_on)) for one in hers)
        return Part("Licenses", lines, "She has none on her list.")

    def history(self) -> tuple[Line, ...]:
        """Give what became of her licenses, newest first."""
        changes = licenses.history(self.db, self.person)
        who = people.labels(self.db, {one.by_id for one in changes if one.by_id is not None})
        return tuple(
            Line(
                f"{DONE.get(one.act, one.act)}: {_license(one.parts)}",
                f"{self.when(one.at)}, by {who.get(one.by_id or 0, 'the operator')}",
            )
            for one in changes
        )

    def enrollments(self) -> Part:
        """Give the courses she takes and has taken."""
        ids = tuple(one.id for one in enrollments.all_of(self.db, self.person))
        hers = rolls.everything(self.db, Sought(only=ids)) if ids else ()
        lines = (Line(one.course_title, self._state(one), f"/courses/{one.course_code}") for one in hers)
        return Part("Enrollments", tuple(lines), "She has begun no course.")

    def _state(self, one: Enrolled) -> str:
        if one.completed_at is not None:
            return f"Completed {self.when(one.completed_at)}"
        return f"Taking it: {one.modules_done} of {one.modules} modules done"

    def certificates(self) -> Part:
        """Give her certificates that no other one has replaced."""
        lines = tuple(self._certificate(one) for one in certificates.of_person(self.db, self.person))
        return Part("Certificates", lines, "She has none.")

    def _certificate(self, one: Certificate) -> Line:
        words = f"{numbers.in_groups(one.number)}, {one.facts.course_title}"
        beside = "Revoked" if one.revoked_at else f"Valid, issued {self.when(one.issued_at)}"
        return Line(words, beside, f"/admin/certificates/{one.number}")

    def sign_ins(self) -> Part:
        """Say how many browsers she is signed in with, and when she was last seen; not where."""
        live = sign_in.all_of(self.db, self.person, now=self.now)
        many = "1 browser" if len(live) == 1 else f"{len(live)} browsers"
        lines = (Line(many, f"Last seen {self.when(live[0].seen_at)}"),) if live else ()
        return Part("Signed in", lines, "She is signed in nowhere.")

    def requests(self) -> Part:
        """Give what she asked for, and whether it was answered."""
        asked = (
            self._request(Kind.ACCOMMODATION, one.id, one.asked_at, one.answered_at)
            for one in requests.of(self.db, self.person)
        )
        sent = (
            self._request(Kind.GRIEVANCE, one.id, one.asked_at, one.answered_at)
            for one in grievances.of(self.db, self.person)
        )
        return Part("Requests and grievances", (*asked, *sent), "She has asked for nothing.")

    def _request(self, kind: Kind, number: int, asked_at: datetime, answered_at: datetime | None) -> Line:
        how = "answered" if answered_at else "waits for an answer"
        words = f"Asked {self.when(asked_at)}; {how}"
        return Line(f"{kind.capitalize()} {number}", words, f"/admin/requests/{kind}/{number}")


def _renews(on: object) -> str:
    return f"To be renewed by {on:%B %-d, %Y}" if on else ""


def _license(parts: Mapping[str, str]) -> str:
    return " ".join(filter(None, (parts.get(name, "") for name in ("state", "type", "number")))) or "forgotten"
