"""Her records: what she earned, hours by type in any period, a transcript, and when her licenses renew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
from app.kit.errors import Invalid
from app.request import Db, Form, House, Learner, Now
from app.web.render import Page, Shows, see_other

router = APIRouter()

DRAW_SECONDS = 20.0
CALENDAR = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One certificate in the table."""

    href: str
    course_title: str
    provider: str
    format: str
    completed: str
    hours: str  # 0.5 ethics
    number: str  # in groups
    state: str  # Valid, Revoked or Demonstration


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
    renews_on: str  # 2027-06-30; empty where she has not said


@dataclass(frozen=True, kw_only=True)
class RecordsPage(Page):
    """Everything she earned, made to be read and to be printed."""

    template: ClassVar[str] = "account/records.html"
    wide: ClassVar[bool] = True
    holder: str
    sent: Mapping[str, str]  # since and until, as typed
    errors: Mapping[str, str]
    entries: tuple[EntryRow, ...]
    hours: tuple[HoursRow, ...]
    total: str
    licenses: tuple[LicenseRow, ...]
    license_errors: Mapping[int, str]
    pdf_href: str
    calendar_href: str  # empty where no renewal date is known


@router.get("/account/records")
def records(request: Request, db: Db, learner: Learner, show: Shows) -> Response:
    """Show her certificates and hours, of a period if she gives one."""
    sent = dict(request.query_params)
    try:
        transcript, errors, status = _transcript(db, learner, sent), {}, 200
    except Invalid as refused:
        transcript, errors, status = _transcript(db, learner, {}), refused.fields, refused.status
    return show(_page(db, learner, transcript, sent=sent, errors=errors), status=status)


@router.get("/account/transcript.pdf")
def transcript_pdf(request: Request, house: House, db: Db, learner: Learner, now: Now) -> Response:
    """Give the transcript of a period as a PDF."""
    transcript = _transcript(db, learner, dict(request.query_params))
    content = house.draws.draw_transcript(transcript, on=now, timeout=DRAW_SECONDS)
    headers = {
        "Content-Disposition": f'attachment; filename="transcript-{now:%Y-%m-%d}.pdf"',
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
def renewal(license_id: int, db: Db, learner: Learner, form: Form, show: Shows) -> Response:
    """Keep when a license must be renewed."""
    license_ = licenses.of(db, learner, license_id)
    try:
        on = licenses.renewal_date(form.text("renews_on"))
    except Invalid as refused:
        transcript = _transcript(db, learner, {})
        wrong = {license_id: refused.fields["renews_on"]}
        page = _page(db, learner, transcript, sent={}, errors={}, license_errors=wrong)
        return show(page, status=refused.status)
    licenses.renew_on(db, license_, on)
    return see_other("/account/records#licenses")


def _transcript(db: Db, learner: Person, sent: Mapping[str, str]) -> Transcript:
    mine = certificates.of_person(db, learner)
    since, until = _day(sent, "since"), _day(sent, "until")
    return transcripts.of(learner.label, mine, since=since, until=until)


def _day(sent: Mapping[str, str], name: str) -> date | None:
    typed = sent.get(name, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid({name: "Enter the date like 2026-11-20."}) from None


def _page(
    db: Db,
    learner: Person,
    transcript: Transcript,
    *,
    sent: Mapping[str, str],
    errors: Mapping[str, str],
    license_errors: Mapping[int, str] | None = None,
) -> RecordsPage:
    mine = licenses.all_of(db, learner)
    period = urlencode({name: sent[name] for name in ("since", "until") if sent.get(name) and not errors})
    return RecordsPage(
        title="Your records",
        holder=learner.label,
        sent=sent,
        errors=errors,
        entries=tuple(_entry(one) for one in reversed(transcript.entries)),
        hours=_hours(transcript),
        total=wording.total(transcript.total_hours),
        licenses=tuple(_license(one) for one in mine),
        license_errors=license_errors or {},
        pdf_href="/account/transcript.pdf" + (f"?{period}" if period else ""),
        calendar_href="/account/renewals.ics" if any(one.renews_on for one in mine) else "",
    )


def _entry(entry: Entry) -> EntryRow:
    hours = ", ".join(f"{amount} {wording.hour_kind(kind)}" for kind, amount in entry.credit_hours.items())
    state = "Revoked" if entry.revoked else "Demonstration" if entry.demonstration else "Valid"
    return EntryRow(
        href=f"/certificates/{entry.number}",
        course_title=entry.course_title,
        provider=entry.provider_name,
        format=wording.delivery(entry.delivery),
        completed=wording.date_in_words(entry.completed_on),
        hours=hours,
        number=numbers.in_groups(entry.number),
        state=state,
    )


def _hours(transcript: Transcript) -> tuple[HoursRow, ...]:
    total = transcript.total_hours
    return tuple(
        HoursRow(wording.hour_kind(kind).capitalize(), wording.figures(hours), round(hours * 100 / total))
        for kind, hours in transcript.hours_by_type.items()
    )


def _license(license_: License) -> LicenseRow:
    renews_on = license_.renews_on.isoformat() if license_.renews_on else ""
    return LicenseRow(license_.id, f"{license_.state} {license_.type}, number {license_.number}", renews_on)
