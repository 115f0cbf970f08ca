"""Approvals: dated records of what a board allows the provider to say, and the sentence it wants said.

A statement prints only from a record that covers the completion date, the delivery format and the type
of hours; without one, a certificate says “Not approved by any board” (facts: ACE and NASW practice).
A record is never rewritten. That it ends early, or was entered by mistake, is a row beside it; what was issued
while it held keeps its words.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import audit
from app.content.course import Delivery, HourType
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Invalid, NotFound, Refusal

REQUIRED = ("body", "provider_number", "valid_from", "valid_to", "formats", "hour_types", "statement")
LONGEST_REASON = 500  # letters
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


class ApprovalEnd(SQLModel, table=True):
    """That an approval ends earlier than it said; or, without a last day, that it never held and is withdrawn."""

    __tablename__ = "approval_end"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    approval_id: int = Field(foreign_key="approval.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    last_day: date | None = None
    reason: str
    at: datetime = Field(sa_type=UtcDateTime)
    by: str


@dataclass(frozen=True, slots=True)
class Record:
    """An approval with what became of it."""

    approval: Approval
    ends: tuple[ApprovalEnd, ...] = ()  # first to last

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back, as if it had never been entered."""
        return any(one.last_day is None for one in self.ends)

    @property
    def last_day(self) -> date:
        """The last day on which it holds, unless it was withdrawn."""
        return min([self.approval.valid_to, *(one.last_day for one in self.ends if one.last_day)])

    def holds(self, on: date) -> bool:
        """Say whether it holds on a day."""
        return not self.is_withdrawn and self.approval.valid_from <= on <= self.last_day

    def covers(self, *, course_code: str, delivery: str, on: date) -> bool:
        """Say whether it covers a course in a format on a date."""
        return self.holds(on) and self.approval.covers(course_code=course_code, delivery=delivery, on=on)


class NotAnApproval(Refusal):
    """What was written down is not an approval record."""

    def __init__(self, message: str, field: str = "") -> None:
        """Say what to mend, and in which field where it is one."""
        super().__init__(message)
        self.field = field


class NoSuchApproval(NotFound):
    """There is no approval of this number."""

    message = "There is no approval of this number. See the list of approvals."


class AlreadyOver(Conflict):
    """The approval was withdrawn, or is over by then anyway."""

    message = "This approval was withdrawn already. What was issued while it held keeps its words."


def add(db: Session, record: Mapping[str, Any], *, by: audit.Actor, now: datetime) -> Approval:
    """Add an approval as an operator wrote it down; raise `NotAnApproval` with the first thing to mend."""
    approval = read(record, now=now)
    _assert_new(db, approval)
    db.add(approval)
    db.flush()
    detail = {name: str(value) for name, value in record.items()}
    audit.record(db, actor=by, act="approval.added", subject=approval.body, now=now, detail=detail)
    return approval


def _assert_new(db: Session, approval: Approval) -> None:
    same = select(Approval).where(col(Approval.body) == approval.body)
    same = same.where(col(Approval.provider_number) == approval.provider_number)
    same = same.where(col(Approval.valid_from) == approval.valid_from)
    for record in _with_ends(db, same):
        known = record.approval
        is_same = (known.course_code, known.course_number) == (approval.course_code, approval.course_number)
        if is_same and not record.is_withdrawn:
            raise NotAnApproval("This approval is there already: the same body, number, course and first day.")


def all_of(db: Session) -> list[Record]:
    """Give every record, newest period first."""
    return _with_ends(db, select(Approval).order_by(col(Approval.valid_to).desc(), col(Approval.id)))


def by_id(db: Session, approval_id: int) -> Record:
    """Give a record, or raise `NoSuchApproval`."""
    for record in _with_ends(db, select(Approval).where(col(Approval.id) == approval_id)):
        return record
    raise NoSuchApproval


def _with_ends(db: Session, approvals: SelectOfScalar[Approval]) -> list[Record]:
    rows = approvals.add_columns(ApprovalEnd).outerjoin(ApprovalEnd, col(ApprovalEnd.approval_id) == col(Approval.id))
    ends: dict[int, list[ApprovalEnd]] = {}
    known: dict[int, Approval] = {}
    for approval, end in db.execute(rows.order_by(col(ApprovalEnd.id))):
        known[approval.id] = approval
        ends.setdefault(approval.id, []).extend([end] if end else [])
    return [Record(approval, tuple(ends[number])) for number, approval in known.items()]


def end(db: Session, record: Record, *, last_day: date, reason: str, by: audit.Actor, now: datetime) -> None:
    """Let an approval end earlier than it said. Certificates completed after that day do not print it."""
    _assert_open(record)
    why = _reason(reason)
    if not record.approval.valid_from <= last_day < record.last_day:
        first, last = (in_words(day) for day in (record.approval.valid_from, record.last_day))
        raise Invalid({"last_day": f"The last day must lie between {first} and the day before {last}."})
    _note(db, ApprovalEnd(approval_id=record.approval.id, last_day=last_day, reason=why, at=now, by=by.label))
    detail = {"approval": record.approval.id, "last_day": str(last_day), "reason": why}
    audit.record(db, actor=by, act="approval.ended", subject=record.approval.body, now=now, detail=detail)


def withdraw(db: Session, record: Record, *, reason: str, by: audit.Actor, now: datetime) -> None:
    """Take an approval back that was entered by mistake: no certificate issued from now on prints it."""
    _assert_open(record)
    why = _reason(reason)
    _note(db, ApprovalEnd(approval_id=record.approval.id, reason=why, at=now, by=by.label))
    detail = {"approval": record.approval.id, "reason": why}
    audit.record(db, actor=by, act="approval.withdrawn", subject=record.approval.body, now=now, detail=detail)


def _assert_open(record: Record) -> None:
    if record.is_withdrawn:
        raise AlreadyOver


def _reason(typed: str) -> str:
    if not typed.strip():
        raise Invalid({"reason": "Say why. It stays on record."})
    if len(typed) > LONGEST_REASON:
        raise Invalid({"reason": f"Write at most {LONGEST_REASON} letters."})
    return " ".join(typed.split())


def _note(db: Session, ended: ApprovalEnd) -> None:
    db.add(ended)
    db.flush()


def statements(
    db: Session, *, provider: str, course_code: str, delivery: str, hours: Mapping[str, Decimal], on: date
) -> tuple[str, ...]:
    """Give the statements that may print for hours completed on a date: none means not approved."""
    covering = [one for one in all_of(db) if one.covers(course_code=course_code, delivery=delivery, on=on)]
    written = (statement(one.approval, provider=provider, hours=hours) for one in covering)
    return tuple(one for one in written if one)


def statement(approval: Approval, *, provider: str, hours: Mapping[str, Decimal]) -> str | None:
    """Give the sentence that an approval has printed for hours; None where none of them is of its types."""
    covered = {kind: amount for kind, amount in hours.items() if kind in json.loads(approval.hour_types)}
    if not covered:
        return None
    return approval.statement.format(
        provider=provider,
        provider_number=approval.provider_number,
        course_number=approval.course_number,
        valid_from=in_words(approval.valid_from),
        valid_to=in_words(approval.valid_to),
        hours=sum(covered.values(), Decimal(0)),
        hour_types=" and ".join(kind.replace("-", " ") for kind in covered),
    )


def pattern(approval: Approval, *, provider: str) -> re.Pattern[str]:
    """Give what every sentence that an approval has printed looks like, whatever the hours."""
    hole = "\0"
    said = approval.statement.format(
        provider=provider,
        provider_number=approval.provider_number,
        course_number=approval.course_number,
        valid_from=in_words(approval.valid_from),
        valid_to=in_words(approval.valid_to),
        hours=hole,
        hour_types=hole,
    )
    return re.compile(".+".join(map(re.escape, said.split(hole))))


def in_words(day: date) -> str:
    """Write a date: January 1, 2026."""
    return f"{day:%B} {day.day}, {day.year}"


def read(record: Mapping[str, Any], *, now: datetime) -> Approval:
    """Read an approval as somebody wrote it down, and keep nothing; raise `NotAnApproval` with what to mend."""
    for name in REQUIRED:
        if record.get(name) in (None, "", []):
            raise NotAnApproval(f"The record has no “{name}”. It needs: {', '.join(REQUIRED)}.", name)
    for name in record:
        if name not in (*REQUIRED, *OPTIONAL):
            raise NotAnApproval(f"The record has an unknown “{name}”. It may hold: {', '.join(REQUIRED + OPTIONAL)}.")
    if _day(record, "valid_from") > _day(record, "valid_to"):
        raise NotAnApproval("“valid_to” is before “valid_from”. Check the dates of the approval.", "valid_to")
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
        raise NotAnApproval(f"“{name}” must be a date like 2027-06-30.", name) from None


def _template(statement: str) -> str:
    try:
        places = [place for place in Formatter().parse(statement) if place[1] is not None]
    except ValueError:
        raise NotAnApproval("The statement has a brace that is never closed.", "statement") from None
    names = {f"{name}{':' if spec else ''}{spec}{'!' if bang else ''}{bang or ''}" for _, name, spec, bang in places}
    if unknown := sorted(names - PLACES):
        known = ", ".join(sorted(PLACES))
        raise NotAnApproval(f"The statement has an unknown place “{unknown[0]}”. Known: {known}.", "statement")
    return " ".join(statement.split())
