"""Approvals: a statement prints only from a dated record that covers the date, the format and the type of hours."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from cast import NOON
from sqlmodel import Session, select

from app import audit
from app.audit import AuditLine
from app.library import approvals
from app.library.approvals import Approval, NotAnApproval

ACE = {
    "body": "Association of Social Work Boards (ASWB) ACE",
    "provider_number": "1107",
    "valid_from": "2026-01-01",
    "valid_to": "2028-12-31",
    "formats": ["reading", "recorded"],
    "hour_types": ["ethics", "clinical"],
    "statement": "{provider}, {provider_number}, is approved from {valid_from} to {valid_to}. "
    "Social workers completing this course receive {hours} {hour_types} continuing education credits.",
}
HOURS = {"ethics": Decimal("0.5")}


def add(db: Session, **changes: object) -> Approval:
    approval = approvals.add(db, ACE | changes, by=audit.OPERATOR, now=NOON)
    db.flush()
    return approval


def statements(
    db: Session,
    *,
    course_code: str = "small-course",
    delivery: str = "reading",
    hours: dict[str, Decimal] = HOURS,
    on: date = date(2026, 11, 20),
) -> tuple[str, ...]:
    return approvals.statements(
        db, provider="Lakeside Institute", course_code=course_code, delivery=delivery, hours=hours, on=on
    )


# --- what prints -------------------------------------------------------------------------------------------------


def test_without_a_record_nothing_may_be_said(db: Session) -> None:
    assert statements(db) == ()


def test_a_statement_prints_as_the_board_wants_it_with_its_places_filled(db: Session) -> None:
    add(db)
    (statement,) = statements(db)
    assert statement == (
        "Lakeside Institute, 1107, is approved from January 1, 2026 to December 31, 2028. "
        "Social workers completing this course receive 0.5 ethics continuing education credits."
    )


@pytest.mark.parametrize(
    ("on", "prints"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2028, 12, 31), True),
        (date(2029, 1, 1), False),
    ],
)
def test_a_record_covers_its_first_and_its_last_day(db: Session, on: date, prints: bool) -> None:  # noqa: FBT001
    add(db)
    assert bool(statements(db, on=on)) == prints


def test_a_record_covers_the_formats_it_names(db: Session) -> None:
    add(db)
    assert statements(db, delivery="recorded")
    assert not statements(db, delivery="live-webinar")


def test_a_record_for_one_course_covers_that_course(db: Session) -> None:
    add(db, course_code="small-course", course_number="20-4711", statement="Course {course_number}.")
    assert statements(db) == ("Course 20-4711.",)
    assert not statements(db, course_code="another-course")


def test_only_hours_of_the_types_it_names_stand_in_a_statement(db: Session) -> None:
    add(db, statement="{hours} {hour_types}")
    mixed = {"ethics": Decimal("0.5"), "general": Decimal("1.0"), "clinical": Decimal("1.5")}
    assert statements(db, hours=mixed) == ("2.0 ethics and clinical",)
    assert statements(db, hours={"general": Decimal("1.0")}) == ()


def test_a_type_of_two_words_is_written_as_two_words(db: Session) -> None:
    add(db, hour_types=["cultural-competence"], statement="{hours} {hour_types}")
    assert statements(db, hours={"cultural-competence": Decimal("1.0")}) == ("1.0 cultural competence",)


def test_every_record_that_covers_prints(db: Session) -> None:
    add(db, statement="ACE.")
    add(db, body="New York", statement="New York.", valid_to="2027-06-30")
    assert statements(db) == ("ACE.", "New York.")


# --- what is a record --------------------------------------------------------------------------------------------


def test_an_approval_is_added_on_the_record(db: Session) -> None:
    add(db)
    (line,) = db.exec(select(AuditLine)).all()
    assert (line.act, line.subject, line.actor_label) == ("approval.added", ACE["body"], "operator")
    assert json.loads(line.detail)["provider_number"] == "1107"


def test_dates_may_come_as_dates_or_as_text(db: Session) -> None:
    assert add(db, valid_from=date(2026, 1, 1)).valid_from == date(2026, 1, 1)


def test_one_format_or_type_need_not_be_a_list(db: Session) -> None:
    approval = add(db, formats="reading", hour_types="ethics")
    assert (approval.formats, approval.hour_types) == ('["reading"]', '["ethics"]')


@pytest.mark.parametrize(
    ("changes", "tells"),
    [
        ({"body": ""}, "has no “body”"),
        ({"provider_number": None}, "has no “provider_number”"),
        ({"formats": []}, "has no “formats”"),
        ({"colour": "red"}, "unknown “colour”"),
        (
            {"formats": ["reading", "podcast"]},
            "“podcast” cannot stand in “formats”. Permitted: in-person, live-webinar",
        ),
        ({"hour_types": ["fun"]}, "“fun” cannot stand in “hour_types”"),
        ({"hour_types": [["ethics"]]}, "cannot stand in “hour_types”"),
        ({"valid_to": "31.12.2028"}, "“valid_to” must be a date"),
        ({"valid_from": datetime(2026, 1, 1, 9)}, "“valid_from” must be a date"),  # noqa: DTZ001
        ({"valid_from": "2029-01-01"}, "“valid_to” is before “valid_from”"),
        ({"statement": "{provider"}, "never closed"),
        ({"statement": "{providr}"}, "unknown place “providr”"),
        ({"statement": "{}"}, "unknown place “”"),
        ({"statement": "{provider.__class__}"}, "unknown place"),
        ({"statement": "{hours[0]}"}, "unknown place"),
        ({"statement": "{hours:.1f}"}, "unknown place"),
        ({"statement": "{valid_from:%Y}"}, "unknown place"),
        ({"statement": "{hours!r}"}, "unknown place"),
    ],
)
def test_what_is_not_an_approval_is_told_what_to_mend(db: Session, changes: dict[str, object], tells: str) -> None:
    with pytest.raises(NotAnApproval) as refused:
        add(db, **changes)
    assert tells in refused.value.message


@pytest.mark.parametrize("missing", approvals.REQUIRED)
def test_a_record_without_any_one_of_its_parts_is_none(db: Session, missing: str) -> None:
    with pytest.raises(NotAnApproval, match=missing):
        approvals.add(db, {name: value for name, value in ACE.items() if name != missing}, by=audit.OPERATOR, now=NOON)


def test_whatever_is_accepted_can_be_printed(db: Session) -> None:
    """A statement that fails when it prints would keep every certificate of its course from being issued."""
    add(db, statement="{{braces}} " + " ".join(f"{{{place}}}" for place in sorted(approvals.PLACES)))
    (statement,) = statements(db)
    assert statement.startswith("{braces} ")
    assert "{hours}" not in statement
