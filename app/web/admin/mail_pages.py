"""The outbox in the office: what waits, was sent or could not be, sending one again, and a test letter to oneself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app import audit
from app.identity import access
from app.identity.access import Right
from app.identity.people import Person
from app.kit import mail, outbox, time_zones
from app.kit.listing import Sought
from app.kit.mail import Mail, State
from app.kit.tables import Line
from app.library import provider
from app.request import Db, House, Now, OfficeAdmin, Overseer, RowNumber
from app.web.admin import exporting, lists
from app.web.admin.case import AdminPage, StateView
from app.web.admin.exporting import Sheet
from app.web.admin.lists import Cell, Column, Listing, ListView, Narrowing, Row
from app.web.render import Shows, see_other

router = APIRouter()
PLACE = "/admin/mail"
LOOKS: Mapping[State, StateView] = {
    State.WAITING: StateView("hourglass", "attention", "Waiting"),
    State.SENT: StateView("circle-check", "right", "Sent"),
    State.FAILED: StateView("circle-x", "wrong", "Could not be sent"),
    State.UNSURE: StateView("circle-question-mark", "attention", "May have been sent"),
}
LIST = Listing(
    place=PLACE,
    one="letter",
    many="letters",
    columns=(
        Column("recipient", "To", sorts=True),
        Column("subject", "About"),
        Column("queued", "Written", sorts=True),
        Column("state", "Status"),
        Column("tries", "Tries", sorts=True, is_number=True),
    ),
    first="queued",
    descending=True,
    search_words="Find letters",
    search_hint="By address, subject, or what the mail server said.",
    narrowings=(Narrowing("state", "Status", tuple((str(state), look.words) for state, look in LOOKS.items())),),
    actions=lists.exports(PLACE),
)
HEAD = ("To", "About", "Written (UTC)", "Status", "Sent (UTC)", "Tries", "What the server said")


@dataclass(frozen=True, kw_only=True)
class MailPage(AdminPage):
    """The outbox."""

    template: ClassVar[str] = "admin/mail.html"
    list: ListView
    leaves: bool  # mail leaves this machine
    may_act: bool


@dataclass(frozen=True, kw_only=True)
class LetterPage(AdminPage):
    """One letter, and what became of it."""

    template: ClassVar[str] = "admin/letter.html"
    subject: str
    state: StateView
    facts: tuple[tuple[str, str], ...]
    text: str  # empty where its words are secret
    others: tuple[tuple[str, str], ...]  # words and address: what it was sent in place of, and the other way around
    again_href: str  # empty where it cannot be sent again, or that is not hers to do


@router.get(PLACE)
def letters(request: Request, house: House, db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show the letters that answer to what was typed."""
    asked = lists.asked(LIST, request.query_params)
    found = outbox.page(db, asked.sought(), asked.page)
    tries, zone = outbox.next_tries(db, found.rows), overseer.time_zone or "UTC"
    view = lists.view(LIST, asked, found, [_row(one, tries.get(one.id), zone) for one in found.rows])
    return show(
        MailPage(
            title="Mail",
            trail=(("Mail", ""),),
            list=view,
            leaves=bool(house.settings.smtp_url),
            may_act=access.may(overseer, Right.OFFICE),
        )
    )


def _row(one: Mail, next_try: datetime | None, zone: str) -> Row:
    look, said = LOOKS[one.state], [one.last_error] if one.last_error else []
    if said and next_try:
        said.append(f"Next try: {time_zones.in_words(next_try, zone)}")
    return Row(
        id=one.id,
        label=f"{one.shown_subject}, to {one.recipient}",
        cells=(
            Cell(one.recipient),
            Cell(one.shown_subject, href=f"{PLACE}/{one.id}"),
            Cell(time_zones.in_words(one.queued_at, zone)),
            Cell(look.words, " · ".join(said), icon=look.icon, tone=look.tone),
            Cell(str(one.tries)),
        ),
    )


def _lines(db: Session, sought: Sought) -> Iterator[Line]:
    for one in outbox.everything(db, sought):
        told = (one.recipient, one.shown_subject, one.queued_at, LOOKS[one.state].words)
        yield (*told, one.sent_at, one.tries, one.last_error)


SHEET = Sheet("mail", HEAD, _lines)


@router.post(f"{PLACE}/test")
def test(house: House, db: Db, office: OfficeAdmin, now: Now) -> RedirectResponse:
    """Send a letter to oneself, to see whether mail arrives."""
    named = provider.current(db).name
    letter = mail.letter("test-mail", provider=named, address=house.settings.address)
    sent = mail.queue(db, to=office.email, message=letter, now=now)
    audit.record(db, actor=office.actor, act="mail.tested", subject=f"letter {sent.id}", now=now)
    return see_other(f"{PLACE}/{sent.id}")


@router.get(f"{PLACE}/{{mail_id}}")
def letter(mail_id: RowNumber, db: Db, overseer: Overseer, show: Shows) -> HTMLResponse:
    """Show a letter. One with a code shows neither its words nor its subject."""
    one = outbox.by_id(db, mail_id)
    may_send = access.may(overseer, Right.OFFICE) and one.state != State.WAITING and not one.is_secret
    return show(
        LetterPage(
            title=one.shown_subject,
            trail=(("Mail", PLACE), (one.shown_subject, "")),
            subject=one.shown_subject,
            state=LOOKS[one.state],
            facts=tuple(_facts(db, one, overseer)),
            text="" if one.is_secret else one.text,
            others=tuple(_others(db, one)),
            again_href=f"{PLACE}/{one.id}/again" if may_send else "",
        )
    )


def _facts(db: Session, one: Mail, looks: Person) -> Iterator[tuple[str, str]]:
    zone = looks.time_zone or "UTC"
    yield "To", one.recipient
    yield "Written", time_zones.in_words(one.queued_at, zone)
    if over_at := one.sent_at or one.unsure_at or one.failed_at:
        yield LOOKS[one.state].words, time_zones.in_words(over_at, zone)
    yield "Tries", str(one.tries)
    if one.last_error:
        yield "What the server said", one.last_error
    if next_try := outbox.next_tries(db, [one]).get(one.id):
        yield "Next try", time_zones.in_words(next_try, zone)


def _others(db: Session, one: Mail) -> Iterator[tuple[str, str]]:
    if one.again_of:
        yield "It was sent in place of an earlier one", f"{PLACE}/{one.again_of}"
    for again in outbox.sent_again(db, one):
        yield f"It was sent again: {LOOKS[again.state].words.lower()}", f"{PLACE}/{again.id}"


@router.post(f"{PLACE}/{{mail_id}}/again")
def send_again(mail_id: RowNumber, db: Db, office: OfficeAdmin, now: Now) -> RedirectResponse:
    """Send a letter once more, as a letter of its own: what became of the first one stays on record."""
    again = mail.send_again(db, outbox.by_id(db, mail_id), now=now)
    detail = {"again_of": mail_id}
    audit.record(db, actor=office.actor, act="mail.sent-again", subject=f"letter {again.id}", now=now, detail=detail)
    return see_other(f"{PLACE}/{again.id}")


exporting.offer(router, PLACE, lambda _db: LIST, lambda _now: SHEET)
