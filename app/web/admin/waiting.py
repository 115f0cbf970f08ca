"""What waits in the office: a count each, in words, with the way to it. Add your own line.

Each line counts in one query, so that the home page stays quick however much there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.awards import second_looks
from app.identity import access, request_clocks
from app.identity.access import Right
from app.identity.people import Person
from app.kit import jobs, outbox
from app.library import approval_alarms


@dataclass(frozen=True, slots=True)
class Counts:
    """One kind of thing that waits: how many there are, in words of one and of many, where, and for whom."""

    count: Callable[[Session, datetime], int]
    one: str
    many: str
    href: str
    icon: str
    right: Right


WAITING = (
    Counts(
        lambda db, _: len(second_looks.all_waiting(db)),
        "correction waits for a second person",
        "corrections wait for a second person",
        "/admin/certificates",
        "users",
        Right.CERTIFY,
    ),
    Counts(
        lambda db, now: len(request_clocks.waiting(db, now=now)),
        "request waits for an answer",
        "requests wait for an answer",
        "/admin/requests",
        "clock",
        Right.OFFICE,
    ),
    Counts(
        lambda db, now: len(approval_alarms.due(db, today=now.date())),
        "approval ends soon, or has ended",
        "approvals end soon, or have ended",
        "/admin/approvals",
        "triangle-alert",
        Right.OFFICE,
    ),
    Counts(
        lambda db, _: outbox.in_trouble(db),
        "letter could not be sent, or may not have been",
        "letters could not be sent, or may not have been",
        "/admin/mail",
        "mail",
        Right.OFFICE,
    ),
    Counts(
        lambda db, _: jobs.failing(db),
        "job failed and is tried again",
        "jobs failed and are tried again",
        "/admin/jobs",
        "circle-alert",
        Right.OFFICE,
    ),
)


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits, as the home page shows it."""

    words: str
    href: str
    icon: str


def of(db: Session, person: Person, *, now: datetime) -> Iterator[Waits]:
    """Give what waits for somebody, in the order of the list; what has a count of none is left out."""
    for kind in WAITING:
        if access.may(person, kind.right) and (count := kind.count(db, now)):
            yield Waits(f"{count:,} {kind.one if count == 1 else kind.many}", kind.href, kind.icon)
