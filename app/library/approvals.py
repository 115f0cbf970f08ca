"""Approvals: dated records of what a board allows the provider to say, and the sentence it wants said.

A statement prints only from a record that covers the completion date, the delivery format and the type
of hours; without one, a certificate says “Not approved by any board” (facts: ACE and NASW practice).
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.content.course import Delivery, HourType
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Refusal

REQUIRED = ("body", "provider_number", "valid_from", "valid_to", "formats", "hour_types", "statement")
OPTIONAL = ("course_code", "course_number")
PLACES = {"provider", "provider_number", "course_number", "valid_from", "valid_to", "hours", "hour_types"}


class Approval(SQLModel, table=True):
    """One approval by one body, for the provider as a whole or for one course, between two dates."""

    __tablename__ = "approval"
    __table_args__ = (CheckConstraint("valid_from <= valid_to", name="period"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    body: str  # Association of Social Work Boards (ASWB) ACE
    provider_number: str
    course_code: str | None = None  # None: the provider as a whole
    course_number: str = ""
    formats: str  # JSON list of delivery formats
    hour_types: str  # JSON list
    valid_from: date
    valid_to: date
    statement: str
    added_at: datetime = Field(sa_type=UtcDateTime)

    def covers(self, *, course_code: str, delivery: str, on: date) -> bool:
        """Say whether the record covers a course in a format on a date."""
        in_time = self.valid_from <= on <= self.valid_to
        return in_time and self.course_code in {None, course_code} and delivery in json.loads(self.formats)


class NotAnApproval(Refusal):
    """The file does not hold an approval record."""


def add(db: Session, record: Mapping[str, Any], *, by: audit.Actor, now: datetime) -> Approval:
    """Add an approval as an operator wrote it down; raise `NotAnApproval` with the first thing to mend."""
    approval = _read(record, now=now)
    _assert_new(db, approval)
    db.add(approval)
    detail = {name: str(value) for name, value in record.items()}
    audit.record(db, actor=by, act="approval.added", subject=approval.body, now=now, detail=detail)
    return approval


def _assert_new(db: Session, approval: Approval) -> None:
    same = select(Approval).where(col(Approval.body) == approval.body)
    same = same.where(col(Approval.provider_number) == approval.provider_number)
    for known in db.exec(same.where(col(Approval.valid_from) == approval.valid_from)):
        if (known.course_code, known.course_number) == (approval.course_code, approval.course_number):
            raise NotAnApproval("This approval is there already: the same body, number, course and first day.")


def all_of(db: Session) -> list[Approval]:
    """Give every record, newest period first."""
    return list(db.exec(select(Approval).order_by(col(Approval.valid_to).desc(), col(Approval.id))))


def statements(
    db: Session, *, provider: str, course_code: str, delivery: str, hours: Mapping[str, Decimal], on: date
) -> tuple[str, ...]:
    """Give the statements that may print for hours completed on a date: none means not approved."""
    covering = [one for one in all_of(db) if one.covers(course_code=course_code, delivery=delivery, on=on)]
    written = (_statement(one, provider=provider, hours=hours) for one in covering)
    return tuple(statement for statement in written if statement)


def _statement(approval: Approval, *, provider: str, hours: Mapping[str, Decimal]) -> str | None:
    covered = {kind: amount for kind, amount in hours.items() if kind in json.loads(approval.hour_types)}
    if not covered:
        return None
    return approval.statement.format(
        provider=provider,
        provider_number=approval.provider_number,
        course_number=approval.course_number,
        valid_from=_in_words(approval.valid_from),
        valid_to=_in_words(approval.valid_to),
        hours=sum(covered.values(), Decimal(0)),
        hour_types=" and ".join(kind.replace("-", " ") for kind in covered),
    )


def _in_words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _read(record: Mapping[str, Any], *, now: datetime) -> Approval:
    for name in REQUIRED:
        if record.get(name) in (None, "", []):
            raise NotAnApproval(f"The record has no “{name}”. It needs: {', '.join(REQUIRED)}.")
    for name in record:
        if name not in (*REQUIRED, *OPTIONAL):
            raise NotAnApproval(f"The record has an unknown “{name}”. It may hold: {', '.join(REQUIRED + OPTIONAL)}.")
    if _day(record, "valid_from") > _day(record, "valid_to"):
        raise NotAnApproval("“valid_to” is before “valid_from”. Check the dates of the approval.")
    return Approval(
        body=_text(record, "body"),
        provider_number=_text(record, "provider_number"),
        course_code=_text(record, "course_code") or None,
        course_number=_text(record, "course_number"),
        formats=_list(record, "formats", {str(one) for one in Delivery}),
        hour_types=_list(record, "hour_types", {str(one) for one in HourType}),
        valid_from=_day(record, "valid_from"),
        valid_to=_day(record, "valid_to"),
        statement=_template(_text(record, "statement")),
        added_at=now,
    )


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise NotAnApproval(f"“{name}” must be one text. If it looks like a list or a date, put it in quotes.")
    return str(value)


def _list(record: Mapping[str, Any], name: str, allowed: set[str]) -> str:
    values = record[name] if isinstance(record[name], list) else [record[name]]
    for value in values:
        if str(value) not in allowed:
            raise NotAnApproval(f"“{value}” cannot stand in “{name}”. Permitted: {', '.join(sorted(allowed))}.")
    return json.dumps(values)


def _day(record: Mapping[str, Any], name: str) -> date:
    value = record[name]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise NotAnApproval(f"“{name}” must be a date like 2027-06-30.") from None


def _template(statement: str) -> str:
    try:
        places = [place for place in Formatter().parse(statement) if place[1] is not None]
    except ValueError:
        raise NotAnApproval("The statement has a brace that is never closed.") from None
    names = {f"{name}{':' if spec else ''}{spec}{'!' if bang else ''}{bang or ''}" for _, name, spec, bang in places}
    if unknown := sorted(names - PLACES):
        raise NotAnApproval(f"The statement has an unknown place “{unknown[0]}”. Known: {', '.join(sorted(PLACES))}.")
    return " ".join(statement.split())
