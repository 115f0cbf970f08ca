"""Approvals that end early, by mistake or by their date; what was issued keeps its words, each alarm comes once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from cast import NOON, join
from makers import make_approval, make_certificate
from sqlmodel import Session, select
from typer.testing import CliRunner

from app.audit import OPERATOR, AuditLine
from app.awards import approved
from app.cli import office
from app.cli.commands import app
from app.kit import jobs, reminders
from app.kit.database import Database
from app.kit.errors import Invalid
from app.kit.jobs import Job
from app.kit.mail import Mail
from app.library import approval_alarms, approval_wordings, approvals, mornings, provider
from app.library.approvals import AlreadyOver, NoSuchApproval, NotAnApproval, Record

DAY = timedelta(days=1)
LAST = date(2028, 12, 31)
HOURS = {"ethics": Decimal("0.5")}


def again(db: Session, record: Record) -> Record:
    return approvals.by_id(db, record.approval.id)


def prints(db: Session, on: date) -> bool:
    return bool(
        approvals.statements(db, provider="Here", course_code="small-course", delivery="reading", hours=HOURS, on=on)
    )


# --- ending ----------------------------------------------------------------------------------------------------------


def test_one_that_ends_early_holds_to_its_last_day_and_not_longer(db: Session) -> None:
    record = make_approval(db)
    approvals.end(db, record, last_day=date(2027, 6, 30), reason="  Given\n up. ", by=OPERATOR, now=NOON)
    assert (prints(db, date(2027, 6, 30)), prints(db, date(2027, 7, 1))) == (True, False)
    (end,) = again(db, record).ends
    assert (end.reason, end.by, end.at) == ("Given up.", "operator", NOON)
    line = db.exec(select(AuditLine).where(AuditLine.act == "approval.ended")).one()
    assert line.told["last_day"] == "2027-06-30"


def test_one_that_was_a_mistake_never_held(db: Session) -> None:
    record = make_approval(db)
    approvals.withdraw(db, record, reason="Another title's number.", by=OPERATOR, now=NOON)
    assert not prints(db, date(2026, 6, 1))
    with pytest.raises(AlreadyOver):
        approvals.withdraw(db, again(db, record), reason="Again.", by=OPERATOR, now=NOON)
    with pytest.raises(AlreadyOver):
        approvals.end(db, again(db, record), last_day=date(2027, 1, 1), reason="Again.", by=OPERATOR, now=NOON)


@pytest.mark.parametrize("last_day", [date(2025, 12, 31), LAST, date(2029, 1, 1)])
def test_nothing_ends_before_it_began_nor_later_than_it_would(db: Session, last_day: date) -> None:
    record = make_approval(db)
    with pytest.raises(Invalid) as refused:
        approvals.end(db, record, last_day=last_day, reason="Why not.", by=OPERATOR, now=NOON)
    assert "last_day" in refused.value.fields


@pytest.mark.parametrize("reason", [" ", "x" * 501])
def test_nothing_ends_without_a_word(db: Session, reason: str) -> None:
    record = make_approval(db)
    with pytest.raises(Invalid):
        approvals.end(db, record, last_day=date(2027, 1, 1), reason=reason, by=OPERATOR, now=NOON)
    with pytest.raises(Invalid):
        approvals.withdraw(db, record, reason=reason, by=OPERATOR, now=NOON)


def test_what_is_added_twice_is_refused_and_may_be_entered_again_once_it_is_withdrawn(db: Session) -> None:
    record = make_approval(db)
    with pytest.raises(NotAnApproval, match="there already"):
        make_approval(db)
    approvals.withdraw(db, record, reason="Wrong dates.", by=OPERATOR, now=NOON)
    make_approval(db, valid_to="2029-12-31")
    assert prints(db, date(2029, 6, 1))


def test_there_is_no_approval_of_another_number(db: Session) -> None:
    with pytest.raises(NoSuchApproval):
        approvals.by_id(db, 987_654)


def test_certificates_keep_its_words_whatever_becomes_of_it(db: Session) -> None:
    record, other = make_approval(db), make_approval(db, body="Another", statement="Something else of {provider}.")
    certificate = make_certificate(db, join(db, "ana"))
    said = certificate.facts.approval_statements
    assert len(said) == 2
    approvals.withdraw(db, record, reason="A mistake.", by=OPERATOR, now=NOON)
    assert certificate.facts.approval_statements == said
    for one in (record, other):
        assert approved.printing(db, again(db, one)).newest == (certificate.number,)
    never = make_approval(db, body="A third", statement="Never {provider}.", valid_from="2026-02-01")
    assert approved.printing(db, never).count == 0


@pytest.mark.parametrize("wording", approval_wordings.WORDINGS, ids=lambda one: one.key)
def test_every_wording_to_begin_with_is_a_statement_that_prints(
    db: Session, wording: approval_wordings.Wording
) -> None:
    make_approval(db, body=wording.body or "Board", statement=wording.statement, course_number="20-4711")
    (said,) = approvals.statements(
        db, provider="Here", course_code="small-course", delivery="reading", hours=HOURS, on=NOON.date()
    )
    assert "{" not in said


# --- alarms ----------------------------------------------------------------------------------------------------------


def tell(db: Session, days_before: int) -> int:
    now = NOON.replace(year=2028, month=12, day=31) - days_before * DAY
    return approval_alarms.tell(db, to="ce@example.org", address="https://ce.example.org", now=now)


def test_each_alarm_comes_once_at_its_step_and_on_the_day_after(db: Session) -> None:
    record = make_approval(db)
    days = (200, 121, 120, 120, 119, 61, 60, 60, 59, 31, 30, 30, 29, 1, 0, -1, -1, -2)
    assert [day for day in days if tell(db, day)] == [120, 60, 30, -1]
    letters = [one.subject for one in db.exec(select(Mail))]
    assert len(letters) == 4
    assert letters[0].endswith("your approval ends in 120 days")
    assert letters[3].endswith("your approval ended yesterday")
    assert f"https://ce.example.org/admin/approvals/{record.approval.id}" in db.exec(select(Mail)).first().text  # type: ignore[union-attr]


def test_one_that_is_entered_late_gives_the_alarm_of_where_it_stands(db: Session) -> None:
    make_approval(db)
    assert tell(db, 45) == 1
    assert tell(db, 44) == 0
    assert tell(db, 30) == 1


def test_days_on_which_the_site_was_off_cost_no_alarm(db: Session) -> None:
    make_approval(db)
    assert [tell(db, days) for days in (115, 50, 3, -9)] == [1, 1, 1, 1]


def test_one_that_goes_on_in_another_gives_no_alarm(db: Session) -> None:
    make_approval(db)
    renewed = make_approval(db, valid_from="2029-01-01", valid_to="2031-12-31")
    assert tell(db, 30) == 0
    approvals.withdraw(db, renewed, reason="Not granted yet.", by=OPERATOR, now=NOON)
    assert tell(db, 30) == 1, "the control: without the other one it does"


def test_one_that_is_withdrawn_gives_no_alarm(db: Session) -> None:
    approvals.withdraw(db, make_approval(db), reason="A mistake.", by=OPERATOR, now=NOON)
    assert tell(db, 30) == 0


def test_a_morning_writes_to_the_provider_and_has_the_next_one_come(sqlite_database: Database) -> None:
    now = NOON.replace(year=2028, month=12, day=1)
    with sqlite_database.write() as db:
        provider.change(db, {"email": "ce@example.org"}, by=OPERATOR, now=NOON)
        make_approval(db)
        mornings.write(db, address="https://ce.example.org", now=now)
        mornings.write(db, address="https://ce.example.org", now=now)  # a job may be done twice
    with sqlite_database.read() as db:
        assert len(db.exec(select(Mail)).all()) == 1
        (job,) = db.exec(select(Job).where(Job.kind == reminders.KIND))
        assert job.due_at == now.replace(day=2, hour=reminders.HOUR)
        assert jobs.failing(db) == 0


# --- at the command line ---------------------------------------------------------------------------------------------


def test_an_operator_ends_and_withdraws_by_number(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.opening, "records", lambda _settings: sqlite_database)
    with sqlite_database.write() as db:
        number = str(make_approval(db).approval.id)
    run = CliRunner()
    ended = run.invoke(app, ["approvals", "end", number, "--last-day", "2027-06-30", "--reason", "Given up."])
    assert ended.exit_code == 0, ended.output
    assert "2026-01-01 to 2027-06-30" in run.invoke(app, ["approvals", "list"]).output
    assert run.invoke(app, ["approvals", "withdraw", number, "--reason", "A mistake."]).exit_code == 0
    assert f"{number}  withdrawn" in run.invoke(app, ["approvals", "list"]).output
