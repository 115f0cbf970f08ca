"""Her records: what she earned, hours by type in any period, a transcript, and when her licenses renew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.awards import certificates, numbers, transcripts
from app.awards.document import transcript_sheets, wording
from app.awards.transcripts import Entry, Transcript
from app.identity import licenses, renewals
from app.identity.licenses import License
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import Invalid
from app.request import Db, Form, House, Learner, Now, RowNumber
from app.web.render import Page, Shows, see_other
from app.web.words import counted

router = APIRouter()

DRAW_SECONDS = 20.0
CALENDAR = "text/calendar; charset=utf-8"
PERIOD = ("since", "until")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One certificate in the table."""

    href: str
    course_title: str
    provider: str
    format: str
    completed: str
    hours: tuple[str, ...]  # 0.5 ethics
    number: str  # in groups
    standing: str  # in words
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Hours of one type, as a bar with its number."""

    kind: str
    hours: str
    share: int  # of all hours, in whole percent


@dataclass(frozen=True, slots=True)
class LicenseRow:
    """One license and when it renews."""

    field: str  # its date among the fields of the page: renews_on-7
    action: str
    name: str  # NY LCSW, number 081234-1
    renews_on: str  # 2027-06-30, or as she typed it; empty where she has not said
    hint: str  # how long it is until then


@dataclass(frozen=True, kw_only=True)
class RecordsPage(Page):
    """Everything she earned, made to be read and to be printed."""

    template: ClassVar[str] = "account/records.html"
    wide: ClassVar[bool] = True
    holder: str
    period: str  # in words
    made_on: str
    demonstration: str  # empty when what is listed is valid for credit
    since: str  # as typed
    until: str
    errors: Mapping[str, str]  # by field
    is_narrowed: bool  # to a period
    offers_period: bool  # she has something to choose from
    entries: tuple[EntryRow, ...]
    hours: tuple[HoursRow, ...]
    total: str
    notes: tuple[str, ...]  # what the printed page says of itself
    licenses: tuple[LicenseRow, ...]
    pdf_href: str
    calendar_href: str  # empty where no renewal date is known


@router.get("/account/records")
def records(request: Request, db: Db, learner: Learner, now: Now, show: Shows) -> Response:
    """Show her certificates and hours, of a period if she gives one."""
    sent = {name: request.query_params.get(name, "") for name in PERIOD}
    try:
        transcript, errors, status = _transcript(db, learner, sent), {}, 200
    except Invalid as refused:
        transcript, errors, status = _transcript(db, learner, {}), refused.fields, refused.status
    return show(_page(db, learner, transcript, now=now, sent=sent, errors=errors), status=status)


@router.get("/account/transcript.pdf")
def transcript_pdf(request: Request, house: House, db: Db, learner: Learner, now: Now) -> Response:
    """Give the transcript of a period as a PDF, dated on her calendar."""
    transcript, today = _transcript(db, learner, dict(request.query_params)), _here(now, learner)
    content = house.draws.draw_transcript(transcript, on=today, timeout=DRAW_SECONDS)
    headers = {
        "Content-Disposition": f'attachment; filename="transcript-{today:%Y-%m-%d}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/account/renewals.ics")
def renewal_dates(house: House, db: Db, learner: Learner, now: Now) -> Response:
    """Give her renewal dates as a calendar file."""
    host = urlsplit(house.settings.address).hostname or "localhost"
    content = renewals.calendar(licenses.all_of(db, learner), host=host, now=now)
    headers = {"Content-Disposition": 'attachment; filename="renewals.ics"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=CALENDAR, headers=headers)


@router.post("/account/licenses/{license_id}/renewal")
def renewal(license_id: RowNumber, db: Db, learner: Learner, form: Form, now: Now, show: Shows) -> Response:
    """Keep when a license must be renewed."""
    license_, typed = licenses.of(db, learner, license_id), form.text("renews_on")
    try:
        licenses.renew_on(db, license_, licenses.renewal_date(typed), now=now)
    except Invalid as refused:
        sent, errors = {_field(license_): typed}, {_field(license_): refused.fields["renews_on"]}
        page = _page(db, learner, _transcript(db, learner, {}), now=now, sent=sent, errors=errors)
        return show(page, status=refused.status)
    return see_other("/account/records#licenses")


def _transcript(db: Db, learner: Person, sent: Mapping[str, str]) -> Transcript:
    since, until = _period(sent)
    return transcripts.of(learner.label, certificates.of_person(db, learner), since=since, until=until)


def _period(sent: Mapping[str, str]) -> list[date | None]:
    """Read both ends as typed; raise `Invalid` with a sentence for each that is no date."""
    days, mistakes = [], {}
    for name in PERIOD:
        try:
            days.append(_day(sent.get(name, "")))
        except ValueError:
            mistakes[name] = "Enter the date like 2026-11-20."
    if mistakes:
        raise Invalid(mistakes)
    return days


def _day(typed: str) -> date | None:
    return date.fromisoformat(typed.strip()) if typed.strip() else None


def _here(now: datetime, learner: Person) -> datetime:
    return now.astimezone(time_zones.zone(learner.time_zone))


def _page(
    db: Db,
    learner: Person,
    transcript: Transcript,
    *,
    now: datetime,
    sent: Mapping[str, str],
    errors: Mapping[str, str],
) -> RecordsPage:
    mine, here = licenses.all_of(db, learner), _here(now, learner)
    days = {"since": transcript.since, "until": transcript.until}
    period = urlencode({name: day.isoformat() for name, day in days.items() if day})
    return RecordsPage(
        title="Your records",
        holder=transcript.holder_name,
        period=wording.period(transcript.since, transcript.until),
        made_on=wording.date_in_words(here.date()),
        demonstration=wording.DEMONSTRATION if transcript.demonstration else "",
        since=sent.get("since", ""),
        until=sent.get("until", ""),
        errors=errors,
        is_narrowed=bool(period),
        offers_period=bool(transcript.entries or period or errors),
        entries=tuple(_entry(transcript, one) for one in reversed(transcript.entries)),
        hours=_hours(transcript),
        total=wording.total(transcript.total_hours),
        notes=tuple(transcript_sheets.notes(transcript, on=here)),
        licenses=tuple(_license(one, sent, today=here.date()) for one in mine),
        pdf_href="/account/transcript.pdf" + (f"?{period}" if period else ""),
        calendar_href="/account/renewals.ics" if any(one.renews_on for one in mine) else "",
    )


def _entry(transcript: Transcript, entry: Entry) -> EntryRow:
    icon, tone = _look(entry)
    return EntryRow(
        href=f"/certificates/{entry.number}",
        course_title=entry.course_title,
        provider=entry.provider_name,
        format=wording.delivery(entry.delivery),
        completed=wording.date_in_words(entry.completed_on),
        hours=wording.hours_in_short(entry.credit_hours),
        number=numbers.in_groups(entry.number),
        standing=wording.standing(transcript, entry),
        icon=icon,
        tone=tone,
    )


def _look(entry: Entry) -> tuple[str, str]:
    """Give the icon and the tone that stand beside how a certificate stands."""
    if entry.revoked:
        return "shield-x", "wrong"
    return ("triangle-alert", "attention") if entry.demonstration else ("shield-check", "right")


def _hours(transcript: Transcript) -> tuple[HoursRow, ...]:
    total = transcript.total_hours
    return tuple(
        HoursRow(wording.hour_kind(kind).capitalize(), wording.figures(hours), round(hours * 100 / total))
        for kind, hours in wording.in_order(transcript.hours_by_type)
        if hours
    )


def _license(license_: License, sent: Mapping[str, str], *, today: date) -> LicenseRow:
    kept = license_.renews_on.isoformat() if license_.renews_on else ""
    return LicenseRow(
        field=_field(license_),
        action=f"/account/licenses/{license_.id}/renewal",
        name=f"{license_.state} {license_.type}, number {license_.number}",
        renews_on=sent.get(_field(license_), kept),
        hint=_hint(license_.renews_on, today) if license_.renews_on else "",
    )


def _hint(renews_on: date, today: date) -> str:
    """Say how long it is until a license renews, or that its next date is not known."""
    day, left = wording.date_in_words(renews_on), (renews_on - today).days
    if left < 0:
        return f"{day} is past. Enter the date after that."
    return f"{day}: " + (f"in {counted(left, 'day')}" if left else "today")


def _field(license_: License) -> str:
    return f"renews_on-{license_.id}"
