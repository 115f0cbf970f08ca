"""Erasures of accounts: who she is goes at once; what boards may ask for stays apart from it, and ends in its time.

Certificates stay valid and can be checked by everybody who holds one. Her account becomes a number that leads to
nobody. After the retention time a daily job takes name and license from her certificates as well (docs/decisions/0041).
"""

from datetime import datetime

from sqlalchemy import delete, func, text, update
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.assessment import answer_events, attempts
from app.assessment.attempts import Attempt
from app.audit import Actor
from app.content.course import Kind
from app.identity import licenses, people
from app.identity.people import Person, Role
from app.kit import mail
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Invalid
from app.kit.jobs import Job
from app.kit.mail import Mail
from app.learning.enrollments import Enrollment
from app.library import provider
from app.records import hers
from app.records.hers import Scope
from app.records.holdings import HOLDINGS, Fate

# Columns that are emptied where the row itself stays; no name, no address and none of her words is left in it.
BLANKED = {"grievance": ("email", "email_key", "name", "words", "answer")}


class Erasure(SQLModel, table=True):
    """That an account was erased: of its number alone, so that what stays for a time can be ended in time."""

    __tablename__ = "erasure"

    person_id: int = Field(
        primary_key=True,
        foreign_key="person.id",
        ondelete="RESTRICT",
        sa_type=RowId,
        sa_column_kwargs={"autoincrement": False},
    )
    erased_at: datetime = Field(sa_type=UtcDateTime)
    letter_id: int | None = Field(default=None, sa_type=RowId)  # the last letter, until it has left
    purged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # nothing is left that names her


class StillOnStaff(Conflict):
    """The account is not hers alone: others rely on what it may do."""

    title = "Your account also works for the provider"
    message = "Ask an administrator to make it a learner's account first. Then you can erase it here."


class NotHerAddress(Invalid):
    """What was typed to confirm is not the address of the account."""

    def __init__(self) -> None:
        """Ask for it again."""
        super().__init__({"email": "Type the e-mail address you sign in with, to confirm that you mean it."})


def assert_meant(person: Person, typed: str) -> None:
    """Raise `NotHerAddress` unless her own address was typed, and `StillOnStaff` where others rely on the account."""
    if person.role != Role.LEARNER:
        raise StillOnStaff
    if people.key(typed) != person.email_key:
        raise NotHerAddress


def erase(db: Session, person: Person, *, years: int, now: datetime) -> None:
    """Erase an account with all that was merged into it, and write her a last letter."""
    if person.role != Role.LEARNER:
        raise StillOnStaff
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text("PRAGMA secure_delete = ON"))  # else the file keeps the letters until their place is needed
    db.flush()
    accounts, address, whose = people.accounts(db, person), person.email, hers.scope(db, person)
    _empty_answers(db, whose)
    _forget_words(db, whose)
    for account in accounts:
        licenses.forget(db, account)
        audit.forget_person(db, account.id, by=audit.HOUSE, now=now)
    _delete_rows(db, whose)
    for account in accounts:
        people.forget(db, account)
    letter_id = _last_letter(db, address, years=years, now=now)
    for account in accounts:
        db.add(Erasure(person_id=account.id, erased_at=now, letter_id=letter_id))
    her = Actor(id=person.id, label=people.ERASED)
    audit.record(db, actor=her, act="person.erased", subject=f"person {person.id}", now=now)
    db.flush()


def _empty_answers(db: Session, whose: Scope) -> None:
    """Empty what she wrote in exams in her own words, or for herself alone."""
    mine = select(Attempt).join(Enrollment, col(Enrollment.id) == col(Attempt.enrollment_id))
    for attempt in db.exec(mine.where(col(Enrollment.person_id).in_(whose.ids))).all():
        asked = attempts.paper(db, attempt).questions
        free = [one.id for one in asked if one.private or one.kind == Kind.FREE_TEXT]
        if free:
            answer_events.forget(db, attempt.id, free)


def _forget_words(db: Session, whose: Scope) -> None:
    remarks, reports = hers.table("report_remark"), hers.table("question_report")
    db.execute(delete(remarks).where(hers.are_hers("report_remark", whose)))
    db.execute(update(reports).where(hers.are_hers("question_report", whose)).values(person_id=None))
    rosters = hers.table("roster")
    for address in whose.addresses:
        db.execute(
            update(rosters).where(func.lower(rosters.c.told).contains(address, autoescape=True)).values(told=None)
        )
    for name, columns in BLANKED.items():
        db.execute(update(hers.table(name)).where(hers.are_hers(name, whose)).values(dict.fromkeys(columns, "")))


def _delete_rows(db: Session, whose: Scope) -> None:
    """Delete all rows that go, what names others before what is named."""
    letters = select(Mail.id).where(hers.are_hers("mail", whose))
    waiting = [f"{mail.KIND}:{one}" for one in db.exec(letters)]
    db.execute(delete(Job).where(col(Job.key).in_(waiting), col(Job.done_at).is_(None)))
    db.execute(update(Mail).where(hers.are_hers("mail", whose)).values(again_of=None))
    going = {one.table for one in HOLDINGS if one.fate == Fate.GOES}
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name in going:
            db.execute(delete(table).where(hers.are_hers(table.name, whose)))


def _last_letter(db: Session, address: str, *, years: int, now: datetime) -> int:
    told = mail.letter("account-erased", provider_name=provider.current(db).name, years=years)
    return mail.queue(db, to=address, message=told, now=now).id
