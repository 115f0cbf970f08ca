"""Work that may wait until after the answer: a durable list, each entry done at least once.

A job is written in the transaction of the act that wants it, so it exists if and only if the act does.
It is claimed with a lease: when a worker dies, the lease runs out and another worker takes over.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, false
from sqlalchemy import select as sa_select
from sqlmodel import Field, Session, SQLModel, col, func, select

from app.kit.clock import Clock
from app.kit.database import Database, RowId, UtcDateTime, insert_once
from app.kit.errors import Conflict, NotFound

LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)
POLL_SECONDS = 2.0  # how soon work queued by another process is noticed; our own wakes the worker at once

log = logging.getLogger(__name__)

Payload = dict[str, Any]
Work = Mapping[str, Callable[[Payload], None]]


class NotNow(Exception):
    """What the job needs is not there at the moment: expected, said in a line, and tried again later."""


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


# --- what is asked of the list, and done to it -----------------------------------------------------------------------


class NoSuchJob(NotFound):
    """There is no job of this number."""

    message = "There is no job of this number. See the list of jobs."


class NothingToRun(Conflict):
    """The job is done, or in a worker's hands."""

    message = "This job is done, or is being done right now. Look at the list again."


@dataclass(frozen=True, slots=True)
class Tally:
    """How it stands with the jobs of one kind."""

    kind: str
    waiting: int
    running: int
    failed: int
    done: int
    last_done_at: datetime | None


def tallies(db: Session, *, now: datetime) -> list[Tally]:
    """Count the jobs of each kind."""
    is_open, is_held = col(Job.done_at).is_(None), col(Job.lease_until) >= now
    has_failed = is_open & ~func.coalesce(is_held, false()) & (col(Job.last_error) != "")
    counted = (
        func.count(),
        func.sum(case((is_open, 1), else_=0)),
        func.sum(case((is_open & is_held, 1), else_=0)),
        func.sum(case((has_failed, 1), else_=0)),
        func.max(col(Job.done_at)),
    )
    rows = db.execute(sa_select(col(Job.kind), *counted).group_by(col(Job.kind)).order_by(col(Job.kind))).all()
    return [
        Tally(kind, int(still) - int(held) - int(wrong), int(held), int(wrong), int(every) - int(still), last)
        for kind, every, still, held, wrong, last in rows
    ]


def unfinished(db: Session, *, most: int) -> Sequence[Job]:
    """Give the jobs that are not done, those that failed first, then those that are due first."""
    is_fine = case((col(Job.last_error) != "", 0), else_=1)
    waiting = select(Job).where(col(Job.done_at).is_(None))
    return db.exec(waiting.order_by(is_fine, col(Job.due_at), col(Job.id)).limit(most)).all()


def failing(db: Session) -> int:
    """Count the jobs that failed and wait for their next try."""
    wrong = select(func.count(col(Job.id))).where(col(Job.done_at).is_(None), col(Job.last_error) != "")
    return db.exec(wrong).one()


def run_again(db: Session, job_id: int, *, now: datetime) -> Job:
    """Have a job that waits for its next try done now."""
    job = db.get(Job, job_id)
    if job is None:
        raise NoSuchJob
    if job.done_at is not None or (job.lease_until is not None and job.lease_until >= now):
        raise NothingToRun
    job.due_at = now
    db.add(job)
    return job


@dataclass(slots=True)
class Worker:
    """Does jobs in the background, woken when one is queued in this process.

    Kinds that wait for other people's machines are done `apart`, in a thread of their own: all else goes on meanwhile.
    """

    database: Database
    clock: Clock
    work: Work
    apart: frozenset[str] = frozenset()
    _wakes: list[threading.Event] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to work in the background."""
        for kinds in self._lanes():
            wake = threading.Event()
            self._wakes.append(wake)
            thread = threading.Thread(target=self._run, args=(kinds, wake), name=f"jobs {kinds[0]}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Say that there may be something to do."""
        for wake in self._wakes:
            wake.set()

    def stop(self, timeout: float = 5.0) -> None:
        """Finish the jobs in hand and end. One that hangs is left behind: its lease runs out by itself."""
        self._stop.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout)

    def run_once(self, kinds: tuple[str, ...] | None = None) -> bool:
        """Do one job if one is due; say whether there was one."""
        with self.database.write() as db:
            claimed = claim(db, kinds=kinds or tuple(self.work), now=self.clock())
        if claimed is None:
            return False
        try:
            self.work[claimed.kind](claimed.payload)
        except NotNow as reason:
            log.warning("job %s %s has to wait: %s", claimed.id, claimed.kind, reason)
            self._put_off(claimed, str(reason))
        except Exception as error:
            log.exception("job %s %s failed", claimed.id, claimed.kind)
            self._put_off(claimed, f"{type(error).__name__}: {error}")
        else:
            with self.database.write() as db:
                finish(db, claimed, now=self.clock())
        return True

    def _put_off(self, claimed: Claim, error: str) -> None:
        with self.database.write() as db:
            put_off(db, claimed, error=error, now=self.clock())

    def _lanes(self) -> list[tuple[str, ...]]:
        lanes = (
            tuple(kind for kind in self.work if kind not in self.apart),
            tuple(kind for kind in self.work if kind in self.apart),
        )
        return [lane for lane in lanes if lane]

    def _anything_due(self, kinds: tuple[str, ...]) -> bool:
        # Looked up through the reading door first: an idle server takes no write lock.
        due = select(Job.id).where(col(Job.done_at).is_(None), col(Job.due_at) <= self.clock())
        with self.database.read() as db:
            return db.exec(due.where(col(Job.kind).in_(kinds)).limit(1)).first() is not None

    def _run(self, kinds: tuple[str, ...], wake: threading.Event) -> None:
        while not self._stop.is_set():
            try:
                busy = self._anything_due(kinds) and self.run_once(kinds)
            except Exception:
                log.exception("the job list could not be read; trying again")
                busy = False
            if not busy:
                wake.wait(POLL_SECONDS)
                wake.clear()
