"""What somebody wants corrected, read from the form: only what she changed, and every mistake at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.awards.document import wording
from app.awards.facts import Facts, LicenseFacts
from app.awards.replacements import Changes, NoReasonToReplace
from app.content.course import HourType
from app.identity import licenses, people
from app.kit.errors import Invalid
from app.request import Sent

LONGEST = 500  # letters of a reason
HOURS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
MOST_HOURS = 100
NO_LICENSE = "A license cannot be taken off here. Leave it, or correct it."
# A form of hers says “your license”; here it is somebody else's.
LICENSE = {
    "license_state": "Choose the state that issued the license.",
    "license_type": "Enter the type of the license, such as LCSW.",
    "license_number": "Enter the license number as it stands on the license.",
}

Read = TypeVar("Read")


def as_typed(facts: Facts) -> dict[str, str]:
    """Give the form filled in with what the certificate says."""
    named, hours = facts.license, facts.credit_hours
    return {
        "holder_name": facts.holder_name,
        "license_state": named.state if named else "",
        "license_type": named.type if named else "",
        "license_number": named.number if named else "",
        "completed_on": facts.completed_on.isoformat(),
        **{_hours_field(kind): wording.figures(Decimal(amount)) for kind, amount in hours.items()},
    }


def hours_fields() -> Iterator[tuple[str, str]]:
    """Give the field and the name of each type of hours."""
    for kind in HourType:
        yield _hours_field(kind), wording.hour_kind(kind).capitalize()


def read(form: Sent, facts: Facts, *, now: datetime) -> Changes:
    """Read what is to be different; raise `Invalid` with a sentence for each field that cannot be."""
    mistakes: dict[str, str] = {}

    def tried(part: Callable[[], Read]) -> Read | None:
        try:
            return part()
        except Invalid as refused:
            mistakes.update(refused.fields)
            return None

    changes = Changes(
        holder_name=tried(lambda: _name(form)),
        license=tried(lambda: _license(form, facts)),
        completed_at=tried(lambda: _completed(form, facts, now=now)),
        credit_hours=tried(lambda: _credit_hours(form, facts)),
    )
    tried(lambda: _assert_reason(form.text("reason")))
    if mistakes:
        raise Invalid(mistakes)
    return changes


def assert_short(reason: str) -> None:
    """Raise `Invalid` for a reason that nobody would read to its end."""
    if len(reason) > LONGEST:
        raise Invalid({"reason": f"Write at most {LONGEST} letters."})


def _assert_reason(reason: str) -> None:
    if not reason.strip():
        raise NoReasonToReplace
    assert_short(reason)


def _name(form: Sent) -> str:
    try:
        return people.legal_name(form.text("holder_name"))
    except Invalid as refused:
        raise Invalid({"holder_name": refused.fields["legal_name"].replace("your", "the")}) from refused


def _license(form: Sent, facts: Facts) -> LicenseFacts | None:
    try:
        parts = licenses.read(*(form.text(name) for name in LICENSE))
    except Invalid as refused:
        raise Invalid({name: LICENSE[name] for name in refused.fields}) from refused
    if parts is None and facts.license is not None:
        raise Invalid({"license_number": NO_LICENSE})
    return LicenseFacts(*parts) if parts else None


def _completed(form: Sent, facts: Facts, *, now: datetime) -> datetime:
    """Give the same time of day on the date that was typed; today, that time may be still to come."""
    try:
        day = date.fromisoformat(form.text("completed_on").strip())
    except ValueError:
        raise Invalid({"completed_on": "Enter the date like 2026-11-20."}) from None
    zone = ZoneInfo(facts.time_zone)
    at = datetime.combine(day, facts.completed_local.time(), tzinfo=zone)
    if day > now.astimezone(zone).date():
        raise Invalid({"completed_on": "The completion date must not lie in the future."})
    return min(at, now.replace(microsecond=0))


def _credit_hours(form: Sent, facts: Facts) -> dict[str, str] | None:
    typed = {str(kind): form.text(_hours_field(kind)).strip() for kind in HourType}
    mistakes = {_hours_field(kind): _wrong(amount) for kind, amount in typed.items() if amount and _wrong(amount)}
    if mistakes:
        raise Invalid(mistakes)
    hours = {kind: Decimal(amount) for kind, amount in typed.items() if amount and Decimal(amount)}
    if not hours:
        first = _hours_field(next(iter(HourType)))
        raise Invalid({first: "Say the hours of at least one type, or revoke the certificate."})
    if hours == {kind: Decimal(amount) for kind, amount in facts.credit_hours.items()}:
        return None  # the same hours, however they are written
    return {kind: wording.figures(amount) for kind, amount in hours.items()}


def _wrong(amount: str) -> str:
    if HOURS.fullmatch(amount) and Decimal(amount) <= MOST_HOURS:
        return ""
    return f"“{amount}” is not a number of contact hours, such as 1.5."


def _hours_field(kind: str) -> str:
    return f"hours-{kind}"
