"""Work that may wait until after the answer: a durable list, each entry done at least once.

A job is written in the transaction of the act that wants it, so it exists if and only if the act does.
It is claimed with a lease: when a worker dies, the lease runs out and another worker takes over.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from app.kit.clock import Clock
from app.kit.database import Database, RowId, UtcDateTime, insert_once

LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
POLL_SECONDS = 2.0  # how soon work queued by another process is noticed; our own wakes the worker at once

log = logging.getLogger(__name__)

Payload = dict[str, Any]
Work = Mapping[str, Callable[[Payload], None]]


class Job(SQLModel, table=True):
    """One piece of work: what kind, about what, when it is due, and how it went so far."""

    __tablename__ = "job"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    kind: str
    key: str = Field(unique=True)
    payload: str
    due_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    last_error: str = ""
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in a worker's hands."""

    id: int
    kind: str
    payload: Payload
    tries: int


def queue(db: Session, *, kind: str, key: str, payload: Payload, now: datetime) -> None:
    """Ask for work that is due at `now`, once per key: asking again for what is queued or done changes nothing."""
    insert_once(db, Job(kind=kind, key=key, payload=json.dumps(payload), due_at=now))


def claim(db: Session, *, kinds: tuple[str, ...], now: datetime) -> Claim | None:
    """Take the job that has been due longest, with a lease on it; None when there is nothing to do."""
    due = (
        select(Job)
        .where(col(Job.done_at).is_(None), col(Job.due_at) <= now, col(Job.kind).in_(kinds))
        .where(col(Job.lease_until).is_(None) | (col(Job.lease_until) < now))
        .order_by(col(Job.due_at), col(Job.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = db.exec(due).first()
    if job is None:
        return None
    job.lease_until, job.tries = now + LEASE, job.tries + 1
    db.add(job)
    return Claim(id=job.id, kind=job.kind, payload=json.loads(job.payload), tries=job.tries)


def finish(db: Session, claim: Claim, *, now: datetime) -> None:
    """Note that the work is done."""
    job = db.get_one(Job, claim.id)
    job.done_at, job.lease_until, job.last_error = now, None, ""
    db.add(job)


def put_off(db: Session, claim: Claim, *, error: str, now: datetime) -> None:
    """Note that the work failed, and try again later: after 5 s, 10 s, 20 s … up to an hour."""
    job = db.get_one(Job, claim.id)
    wait = min(timedelta(seconds=5 * 2 ** min(claim.tries - 1, 12)), LONGEST_WAIT)
    job.due_at, job.lease_until, job.last_error = now + wait, None, error[:500]
    db.add(job)


@dataclass(slots=True)
class Worker:
    """One thread that does jobs, woken when one is queued in this process."""

    database: Database
    clock: Clock
    work: Work
    _wake: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work in the background."""
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that there may be something to do."""
        self._wake.set()

    def stop(self, timeout: float = 5.0) -> None:
        """Finish the job in hand and end."""
        self._stop.set()
        self._wake.set()
        if self._thread:
            self._thread.join(timeout)

    def run_once(self) -> bool:
        """Do one job if one is due; say whether there was one."""
        with self.database.write() as db:
            claimed = claim(db, kinds=tuple(self.work), now=self.clock())
        if claimed is None:
            return False
        try:
            self.work[claimed.kind](claimed.payload)
        except Exception as error:
            log.exception("job %s %s failed", claimed.id, claimed.kind)
            with self.database.write() as db:
                put_off(db, claimed, error=f"{type(error).__name__}: {error}", now=self.clock())
        else:
            with self.database.write() as db:
                finish(db, claimed, now=self.clock())
        return True

    def _anything_due(self) -> bool:
        # Looked up through the reading door first: an idle server takes no write lock.
        with self.database.read() as db:
            return (
                db.exec(
                    select(Job.id).where(col(Job.done_at).is_(None), col(Job.due_at) <= self.clock()).limit(1)
                ).first()
                is not None
            )

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                busy = self._anything_due() and self.run_once()
            except Exception:
                log.exception("the job list could not be read; trying again")
                busy = False
            if not busy:
                self._wake.wait(POLL_SECONDS)
                self._wake.clear()
