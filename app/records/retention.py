"""How long things are kept: one table of times, which the daily job enforces and docs/operating.md repeats.

A time counts from the last moment at which the thing was of use. What is not listed is kept as docs/privacy.md says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from app import audit
from app.awards import certificates, erasures
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.identity import codes, kept_forms, passkeys, sign_in, tries
from app.identity.links import OneTimeLink
from app.kit.jobs import Job
from app.kit.mail import Mail
from app.learning import enrollments
from app.learning.rosters import imports
from app.records.erase import Erasure

MAIL_FORGOTTEN = "This letter was sent, and its words are no longer kept."
LETTERS, LINKS = timedelta(days=90), timedelta(days=90)
JOBS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that is kept for a time: what, how long in words, and the verb that ends it."""

    what: str
    how_long: str
    end: Callable[[Session, datetime], object]


def _end_tries(db: Session, now: datetime) -> None:
    passkeys.purge_challenges(db, now=now)
    tries.purge(db, now=now)


def _end_links(db: Session, now: datetime) -> None:
    db.execute(delete(OneTimeLink).where(col(OneTimeLink.made_at) < now - LINKS))


def _forget_networks(db: Session, now: datetime) -> None:
    audit.forget_networks(db, before=now - audit.NETWORK_KEPT, now=now)


def _forget_letters(db: Session, now: datetime) -> None:
    old = update(Mail).where(col(Mail.sent_at) < now - LETTERS, col(Mail.text) != MAIL_FORGOTTEN)
    db.execute(old.values(text=MAIL_FORGOTTEN, html=MAIL_FORGOTTEN))


def _end_last_letters(db: Session, now: datetime) -> None:
    """Delete last letters once they have left, with the address they went to, or after the time that any letter has."""
    theirs = select(Mail).join(Erasure, col(Erasure.letter_id) == col(Mail.id))
    gone = or_(col(Mail.sent_at).is_not(None), col(Mail.queued_at) < now - LETTERS)
    for letter in db.exec(theirs.where(gone).distinct()).all():
        db.execute(update(Mail).where(col(Mail.again_of) == letter.id).values(again_of=None))
        db.execute(update(Erasure).where(col(Erasure.letter_id) == letter.id).values(letter_id=None))
        db.delete(letter)
    db.flush()


def _end_jobs(db: Session, now: datetime) -> None:
    db.execute(delete(Job).where(col(Job.done_at) < now - JOBS))


TIMES: tuple[Kept, ...] = (
    Kept("Sign-ins that ended", f"{sign_in.KEPT_AFTER_END.days} days", lambda db, now: sign_in.purge(db, now=now)),
    Kept("Network addresses in the audit trail", "90 days", _forget_networks),
    Kept("Sign-in codes", "25 minutes, and no longer than a day", lambda db, now: codes.purge_codes(db, now=now)),
    Kept("Challenges and tries of proofs", "a day", _end_tries),
    Kept(
        "What was read without an account",
        "30 days after the last visit",
        lambda db, now: enrollments.purge_readers(db, now=now),
    ),
    Kept("One-time links", "90 days", _end_links),
    Kept("Forms sent after a sign-in expired", "7 days", lambda db, now: kept_forms.purge(db, now=now)),
    Kept("The words of letters that were sent", "90 days", _forget_letters),
    Kept(
        "The last letter to an erased account, with its address", "until the day after it was sent", _end_last_letters
    ),
    Kept(
        "The rows of rosters that were taken in",
        "90 days; of others, 7 days",
        lambda db, now: imports.purge(db, now=now),
    ),
    Kept("Jobs that are done", "30 days", _end_jobs),
)


def enforce(db: Session, *, issuer: Issuer, years: int, now: datetime) -> None:
    """End everything whose time is over."""
    for kept in TIMES:
        kept.end(db, now)
    purge(db, issuer=issuer, years=years, now=now)


def purge(db: Session, *, issuer: Issuer, years: int, now: datetime) -> int:
    """Take name and license from certificates of erased accounts whose retention time is over; give how many."""
    waiting = db.exec(select(Erasure).where(col(Erasure.purged_at).is_(None))).all()
    return sum(_purge(db, one, issuer=issuer, before=years_before(now, years), now=now) for one in waiting)


def _purge(db: Session, erasure: Erasure, *, issuer: Issuer, before: datetime, now: datetime) -> int:
    named = select(Certificate).where(col(Certificate.person_id) == erasure.person_id)
    named = named.where(col(Certificate.personal).is_not(None)).order_by(col(Certificate.id))
    count = 0
    for certificate in db.exec(named).all():
        if certificate.completed_at < before and not certificates.held(db, certificate).is_erased:
            count += len(erasures.erase(db, certificate, issuer=issuer, by=audit.HOUSE, now=now))
    if db.exec(named).first() is None:
        erasure.purged_at = now
        db.add(erasure)
        subject = f"person {erasure.person_id}"
        audit.record(
            db, actor=audit.HOUSE, act="person.purged", subject=subject, now=now, detail={"certificates": count}
        )
    db.flush()
    return count


def years_before(now: datetime, years: int) -> datetime:
    """Give the same day some years before; February 29 becomes February 28 where there is none."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)


def written() -> str:
    """Give the table of times as docs/operating.md repeats it."""
    return "| What | How long |\n|---|---|\n" + "".join(f"| {one.what} | {one.how_long} |\n" for one in TIMES)
