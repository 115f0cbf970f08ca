"""The outbox as it is looked at: what waits, what was sent, what could not be, and when it is tried next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, select
from sqlmodel import Session, col, func
from sqlmodel import select as pick

from app.kit import listing
from app.kit.errors import NotFound
from app.kit.jobs import Job
from app.kit.listing import Found, Selected, Sought
from app.kit.mail import SECRET_SUBJECT, Mail, State, key_of


class NoSuchLetter(NotFound):
    """The outbox has no letter of this number."""

    message = "The outbox has no letter of this number."


def by_id(db: Session, mail_id: int) -> Mail:
    """Give a letter, or raise `NoSuchLetter`."""
    found = db.get(Mail, mail_id)
    if found is None:
        raise NoSuchLetter
    return found


def sent_again(db: Session, mail: Mail) -> Sequence[Mail]:
    """Give the letters that were sent in place of one."""
    return db.exec(pick(Mail).where(col(Mail.again_of) == mail.id).order_by(col(Mail.id))).all()


def page(db: Session, sought: Sought, number: int) -> Found[Mail]:
    """Give a page of the letters that answer to what is sought."""
    found = listing.page(db, letters(sought), number)
    return Found([row[0] for row in found.rows], found.total, found.page, found.pages)


def everything(db: Session, sought: Sought) -> Iterator[Mail]:
    """Give all of them, one after the other."""
    for rows in listing.batches(db, letters(sought)):
        yield from (row[0] for row in rows)


def letters(sought: Sought) -> Selected:
    """Select the letters that answer to what is sought. The subject of a secret one is never looked into."""
    subject = case((col(Mail.is_secret), SECRET_SUBJECT), else_=col(Mail.subject))
    rows: Selected = select(Mail)
    if sought.only is not None:
        rows = rows.where(col(Mail.id).in_(sought.only))
    else:
        rows = rows.where(listing.holds(sought.words, col(Mail.recipient), subject, col(Mail.last_error)))
        if state := sought.narrowed.get("state"):
            rows = rows.where(is_in(State(state)))
    columns: dict[str, listing.Sqlish] = {
        "queued": col(Mail.id),  # they are numbered as they are written
        "recipient": col(Mail.recipient),
        "tries": col(Mail.tries),
    }
    return listing.in_order(rows, sought, columns, first="queued", last=col(Mail.id))


def is_in(state: State) -> ColumnElement[bool]:
    """Give the condition of a letter's state, as `Mail.state` says it of one."""
    sent, unsure, failed = (col(one).is_not(None) for one in (Mail.sent_at, Mail.unsure_at, Mail.failed_at))
    return {
        State.SENT: sent,
        State.UNSURE: ~sent & unsure,
        State.FAILED: ~sent & ~unsure & failed,
        State.WAITING: ~sent & ~unsure & ~failed,
    }[state]


def in_trouble(db: Session) -> int:
    """Count the letters that could not be sent, or may not have been, and that nobody has sent again."""
    seen_to = pick(Mail.again_of).where(col(Mail.again_of).is_not(None))
    wrong = (is_in(State.FAILED) | is_in(State.UNSURE)) & ~col(Mail.is_secret)
    return db.exec(pick(func.count(col(Mail.id))).where(wrong, col(Mail.id).not_in(seen_to))).one()


def next_tries(db: Session, letters: Iterable[Mail]) -> dict[int, datetime]:
    """Say when each of the letters that wait is tried next."""
    keys = {key_of(one.id): one.id for one in letters if one.state == State.WAITING}
    due = pick(Job).where(col(Job.key).in_(keys), col(Job.done_at).is_(None))
    return {keys[job.key]: job.due_at for job in db.exec(due)}
