"""The words of an evidence sheet, in sections: the page, the PDF and the command line say these and no others."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date, datetime

from app.awards import numbers
from app.awards.document import wording
from app.awards.document.dossier import FactRows, Grid, Part, Section, Words
from app.awards.evidence_sheets import EvidenceSheet, Studied, Tried
from app.awards.verdicts import Standing, Status
from app.kit import time_zones
from app.web.time_spent import days_in_words
from app.web.words import counted, time_in_words

NOTHING_ELSE = (
    "This sheet holds no questions, no answers and nothing of what the evaluation said. The holder of the certificate "
    "sees the same sheet, word for word, and who of the staff has looked at it."
)
APART = "What it said is kept apart from who sent it, so it cannot stand here."
STANDS = {
    Status.VALID: "Valid",
    Status.SUPERSEDED: "Replaced: another certificate counts instead",
    Status.REVOKED: "Revoked",
}
OTHER_HOURS = (
    "The certificate names other hours than this edition claims: they were corrected by two people, and the old "
    "certificate leads to this one."
)
COLUMNS = 100  # of a terminal
REPLACED = {"corrected": "corrected", "reissued": "issued anew"}


def sections(sheet: EvidenceSheet) -> tuple[Section, ...]:
    """Put a sheet into words."""
    told = [Section("certificate", "The certificate", tuple(_certificate(sheet)))]
    if sheet.gap:
        told.append(Section("gap", "How it was earned", (Words(sheet.gap),)))
    else:
        told += [
            Section("exam", "Exam", tuple(_exam(sheet))),
            Section("time", "Active time with the text", tuple(_time(sheet))),
            Section("evaluation", "Evaluation of the course", tuple(_evaluation(sheet))),
        ]
    told.append(Section("edition", "The edition that was studied", tuple(_edition(sheet))))
    if sheet.studied:
        told.append(Section("hours", "How the contact hours were computed", tuple(_hours(sheet, sheet.studied))))
    return (*told, Section("nothing-else", "What is not on this sheet", (Words(NOTHING_ELSE),)))


def _certificate(sheet: EvidenceSheet) -> Iterator[Part]:
    facts, named = sheet.facts, sheet.facts.license
    hours = "; ".join(wording.hours(amount, kind) for kind, amount in wording.in_order(facts.credit_hours))
    yield FactRows(
        (
            ("Certificate number", facts.number_in_groups),
            ("How it stands", in_words(sheet.standing)),
            ("Holder", facts.holder_name),
            ("License", f"{named.state} {named.type}, number {named.number}" if named else "None on the certificate"),
            ("Course", facts.course_title),
            ("Course code", facts.course_code),
            ("Contact hours", hours),
            ("Format", wording.delivery(facts.delivery)),
            ("Begun", time_zones.in_words(facts.began_at, facts.time_zone)),
            ("Completed", time_zones.in_words(facts.completed_at, facts.time_zone)),
            ("Provider", facts.provider_name),
        )
    )


def in_words(stands: Standing) -> str:
    """Say how a certificate stands, and what it has to do with another one."""
    told = STANDS[stands.status]
    if stands.replaced_by:
        told += f", number {numbers.in_groups(stands.replaced_by)} ({REPLACED[stands.why_replaced]})"
    if stands.revoked_on:
        told += f" on {wording.date_in_words(date.fromisoformat(stands.revoked_on))}: {stands.revocation_reason}"
    if stands.replaces and not stands.replaced_by:
        before = f"number {numbers.in_groups(stands.replaces)} ({REPLACED[stands.why_replaced]})"
        told = f"{told.rstrip('.')}. It took the place of {before}"
    return told


def _exam(sheet: EvidenceSheet) -> Iterator[Part]:
    pass_mark = sheet.studied.pass_mark if sheet.studied else None
    if pass_mark is None and not sheet.tried:
        yield Words("The course has no exam.")
        return
    facts = [("Attempts", str(len(sheet.tried)))]
    if sheet.best_percent is not None:
        facts.append(("Best score", f"{sheet.best_percent}%"))
    if pass_mark is not None:
        facts.append(("Needed to pass", f"{pass_mark}%"))
    yield FactRows(tuple(facts))
    if sheet.tried:
        rows = tuple(_attempt(one, sheet.facts.time_zone) for one in sheet.tried)
        zone = time_zones.title(sheet.facts.time_zone)
        yield Grid(
            f"Attempts ({zone})",
            ("Attempt", "Started", "Submitted", "Score", "Result"),
            rows,
            (10, 30, 30, 10, 20),
        )
    yield Words("Scores are in whole percent, rounded down.")


def _attempt(one: Tried, zone: str) -> tuple[str, ...]:
    started, submitted = (_at(moment, zone) for moment in (one.started_at, one.submitted_at))
    return str(one.number), started, submitted, f"{one.percent}%", "Passed" if one.passed else "Not passed"


def _at(moment: datetime, zone: str) -> str:
    local = moment.astimezone(time_zones.zone(zone))
    return f"{time_zones.date_in_words(local)}, {time_zones.clock_time(local)}"


def _time(sheet: EvidenceSheet) -> Iterator[Part]:
    facts = [("In all", _spent(sheet.seconds))]
    if sheet.studied and sheet.studied.minimum_minutes:
        facts.append(("Asked for before the exam", counted(sheet.studied.minimum_minutes, "minute")))
    yield FactRows(tuple(facts))
    if sheet.modules:
        rows = tuple((one.title, _spent(one.seconds), days_in_words(one.days) or "–") for one in sheet.modules)
        yield Grid("By module", ("Module", "Time", "When"), rows, (46, 22, 32))
    if sheet.days:
        by_day = tuple((wording.date_in_words(day), time_in_words(seconds)) for day, seconds in sheet.days)
        yield Grid("By day", ("Day", "Time"), by_day, (60, 40))
    yield Words(
        "Counted is the time while a module was open, in sight and in use. Time passes once, whatever was open beside "
        "it. Each line is in whole minutes, rounded down. "
        f"Days begin at midnight ({time_zones.title(sheet.facts.time_zone)})."
    )


def _spent(seconds: int) -> str:
    return time_in_words(seconds) if seconds else "none on record"


def _evaluation(sheet: EvidenceSheet) -> Iterator[Part]:
    if sheet.evaluated_at is None:
        yield Words("None was sent.")
        return
    yield FactRows((("Sent", time_zones.in_words(sheet.evaluated_at, sheet.facts.time_zone)),))
    yield Words(APART)


def _edition(sheet: EvidenceSheet) -> Iterator[Part]:
    studied = sheet.studied
    facts = [("Course code", sheet.facts.course_code), ("Edition", sheet.facts.edition)]
    if studied is None:
        yield FactRows(tuple(facts))
        yield Words("The text of this edition is not on record here any more. The hash names it all the same.")
        return
    published = wording.day(studied.published_at, sheet.facts.time_zone)
    yield FactRows((("Title", studied.title), *facts, ("Published", published)))
    yield Words("The edition is named by the hash of its whole text: another text has another one.")


def _hours(sheet: EvidenceSheet, studied: Studied) -> Iterator[Part]:
    worked = studied.worked
    if sheet.facts.credit_hours != studied.credit_hours:
        yield Words(OTHER_HOURS)
    yield FactRows((("Method", worked.method), ("Source", worked.source)))
    lines = tuple((line.label, line.reckoning, line.gives) for line in worked.lines)
    yield Grid("The sum", ("Step", "How", "Gives"), lines, (22, 46, 32))
    inputs = tuple((one.module, f"{one.words:,}", str(one.minutes)) for one in worked.inputs)
    yield Grid("What goes into it", ("Module", "Words", "Audio and video, minutes"), inputs, (56, 18, 26))
    yield from (Words(note) for note in worked.notes)


def text(told: tuple[Section, ...]) -> str:
    """Give sections as plain text, for a terminal."""
    return "\n\n".join(f"{one.title}\n{'─' * len(one.title)}\n" + "\n\n".join(_blocks(one)) for one in told)


def _blocks(section: Section) -> Iterator[str]:
    for part in section.parts:
        if isinstance(part, Words):
            yield textwrap.fill(part.words, COLUMNS)
        elif isinstance(part, FactRows):
            yield "\n".join(_table(part.rows))
        elif isinstance(part, Grid):
            yield "\n".join((part.caption, *_table((part.head, *part.rows))))


def _table(rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{words:{width}}" for words, width in zip(row, widths, strict=True)).rstrip()
