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
from app.awards.document import wording
from app.awards.transcripts import Entry, Transcript
from app.identity import licenses, renewals
from app.identity.licenses import License
from app.identity.people import Person
from app.kit import time_zones
from app.kit.errors import Invalid
from app.request import Db, Form, House, Learner, Now
from app.web.render import Page, Shows, see_other

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

    id: int
    name: str  # NY LCSW, number 081234-1
    renews_on: str  # 2027-06-30, or as she typed it; empty where she has not said
    error: str


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A renewal date that was not one: it comes back as it was typed."""

    license_id: int
    renews_on: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class RecordsPage(Page):
    """Everything she earned, made to be read and to be printed."""

    template: ClassVar[str] = "account/records.html"
    wide: ClassVar[bool] = True
    holder: str
    period: str  # in words
    made_on: str
    demonstration: str  # empty when what is listed is valid for credit
    sent: Mapping[str, str]  # since and until, as typed
    errors: Mapping[str, str]
    mistakes: tuple[tuple[str, str], ...]  # every field to put right, from the top, and its sentence
    is_narrowed: bool  # to a period
    entries: tuple[EntryRow, ...]
    hours: tuple[HoursRow, ...]
    total: str
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
def renewal(license_id: int, db: Db, learner: Learner, form: Form, now: Now, show: Shows) -> Response:
    """Keep when a license must be renewed."""
    license_, typed = licenses.of(db, learner, license_id), form.text("renews_on")
    try:
        licenses.renew_on(db, license_, licenses.renewal_date(typed))
    except Invalid as refused:
        mistyped = Mistyped(license_id, typed, refused.fields["renews_on"])
        page = _page(db, learner, _transcript(db, learner, {}), now=now, mistyped=mistyped)
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
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    mistyped: Mistyped | None = None,
) -> RecordsPage:
    mine = licenses.all_of(db, learner)
    days = {"since": transcript.since, "until": transcript.until}
    period = urlencode({name: day.isoformat() for name, day in days.items() if day})
    return RecordsPage(
        title="Your records",
        holder=transcript.holder_name,
        period=wording.period(transcript.since, transcript.until),
        made_on=wording.date_in_words(_here(now, learner).date()),
        demonstration=wording.DEMONSTRATION if transcript.demonstration else "",
        sent=sent or dict.fromkeys(PERIOD, ""),
        errors=errors or {},
        mistakes=(*(errors or {}).items(), *((_field(mistyped.license_id), mistyped.sentence) for _ in "1" if mistyped)),
        is_narrowed=bool(period),
        entries=tuple(_entry(transcript, one) for one in reversed(transcript.entries)),
        hours=_hours(transcript),
        total=wording.total(transcript.total_hours),
        licenses=tuple(_license(one, mistyped) for one in mine),
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
