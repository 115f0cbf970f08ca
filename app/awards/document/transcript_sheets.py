"""One transcript in words, ready to be set: every decision is taken here, none in the template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.awards import numbers
from app.awards.document import sheets, wording
from app.awards.document.sheets import Line
from app.awards.transcripts import Entry, Transcript

TITLE = "Transcript of continuing education"
NOTHING = "No certificate was completed in this period."
_HIGHEST, _LEAST = 22.0, 12.0  # how large the holder's name is set, in points
_WIDTH = 528.0  # from margin to margin (transcript.css, @page)


@dataclass(frozen=True, slots=True)
class Row:
    """One certificate, a line of the table."""

    completed: str
    course: Line
    provider: str  # empty where one provider issued them all: the head names it
    format: str
    hours: tuple[str, ...]
    number: str
    verify_url: str
    standing: str
    counts: bool


@dataclass(frozen=True, slots=True)
class TranscriptSheet:
    """Everything the template prints, as it prints it."""

    subject: str
    made_at: str  # a W3C date-time, for the file's own properties
    demonstration: str  # empty when what is listed is valid for credit
    holder_name: str
    holder_size: float  # in points
    period: str
    made_on: str
    providers: tuple[str, ...]
    hours: tuple[tuple[str, str], ...]
    total: str
    caption: str
    rows: tuple[Row, ...]
    notes: tuple[Line, ...]
    title: str = TITLE
    nothing: str = NOTHING

    @classmethod
    def of(cls, transcript: Transcript, *, on: datetime) -> TranscriptSheet:
        """Put the transcript into words. Its date is read off `on` as it stands, in whatever zone that is."""
        transcript = Transcript.from_json(sheets.printable(transcript.to_json()))
        providers = _once(entry.provider_name for entry in transcript.entries)
        return cls(
            subject=f"{transcript.holder_name}: {wording.total(transcript.total_hours)}",
            made_at=on.isoformat(timespec="seconds"),
            demonstration=wording.DEMONSTRATION if transcript.demonstration else "",
            holder_name=transcript.holder_name,
            holder_size=_size(transcript.holder_name),
            period=wording.period(transcript.since, transcript.until),
            made_on=wording.date_in_words(on.date()),
            providers=providers,
            hours=_hours(transcript),
            total=wording.total(transcript.total_hours),
            caption=_caption(len(transcript.entries)),
            rows=tuple(_row(transcript, entry, tells_provider=len(providers) > 1) for entry in transcript.entries),
            notes=tuple(sheets.runs(note) for note in notes(transcript, on=on)),
        )


def notes(transcript: Transcript, *, on: datetime) -> Iterable[str]:
    """Say how to check it, how long it holds, and that it may not be what a board wants."""
    places = _once(entry.verify_url.rpartition("/")[0] + "/" for entry in transcript.entries)
    if places:
        yield f"Anyone may check a certificate at {' or '.join(places)} followed by its number."
    yield f"This transcript shows each certificate as it stood on {wording.date_in_words(on.date())}."
    yield "Some boards ask for the certificates themselves and accept no transcript. Each board decides what it counts."


def _hours(transcript: Transcript) -> tuple[tuple[str, str], ...]:
    by_type = wording.in_order(transcript.hours_by_type)
    return tuple((wording.hour_kind(kind).capitalize(), wording.figures(amount)) for kind, amount in by_type)


def _caption(certificates: int) -> str:
    """Say how many there are: a sheet that was taken out is missed."""
    return "1 certificate" if certificates == 1 else f"{certificates} certificates, oldest first"


def _row(transcript: Transcript, entry: Entry, *, tells_provider: bool) -> Row:
    return Row(
        completed=wording.date_in_words(entry.completed_on),
        course=sheets.runs(entry.course_title),
        provider=entry.provider_name if tells_provider else "",
        format=wording.delivery(entry.delivery),
        hours=wording.hours_in_short(entry.credit_hours),
        number=numbers.in_groups(entry.number),
        verify_url=entry.verify_url,
        standing=wording.standing(transcript, entry),
        counts=transcript.counts(entry),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """Give each name once, in the order in which it came first."""
    return tuple(dict.fromkeys(filter(None, names)))


def _size(holder_name: str) -> float:
    """Set the name as large as one line allows, and never so small that it hides."""
    return round(max(min(_HIGHEST, _WIDTH / sheets.width_in_ems(holder_name)), _LEAST), 1)
