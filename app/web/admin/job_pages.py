"""Jobs in the office: how it stands with each kind, what failed and why, and running one now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from app import audit
from app.identity import access
from app.identity.access import Right
from app.kit import jobs, time_zones
from app.kit.jobs import Job
from app.request import Db, House, Now, OfficeAdmin, Overseer, RowNumber
from app.web.admin.case import AdminPage, StateView
from app.web.render import Shows, see_other

router = APIRouter()
PLACE = "/admin/jobs"
SHOWN = 100
LONGEST_ERROR = 200
WORDS = {
    "mail": "Send a letter",
    "draw-certificate": "Draw a certificate",
    "tidy": "Clear up (daily)",
    "daily-checkpoint": "Mail the register’s checkpoint (daily)",
    "reminders": "Remind the provider (daily)",
    "exam.time_up": "Close an exam whose time is up",
}


@dataclass(frozen=True, slots=True)
class KindRow:
    """How it stands with the jobs of one kind."""

    words: str
    waiting: int
    running: int
    failed: int
    done: int
    last: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job that is not done."""

    words: str
    key: str
    state: StateView
    due: str
    tries: int
    error: str
    run_href: str  # empty where it cannot be run now, or that is not hers to do


@dataclass(frozen=True, kw_only=True)
class JobsPage(AdminPage):
    """The jobs of the house."""

    template: ClassVar[str] = "admin/jobs.html"
    kinds: tuple[KindRow, ...]
    rows: tuple[JobRow, ...]
    has_more: bool


@router.get(PLACE)
def page(house: House, db: Db, overseer: Overseer, now: Now, show: Shows) -> HTMLResponse:
    """Show how it stands with each kind, and what is not done."""
    zone, may_run = overseer.time_zone or "UTC", access.may(overseer, Right.OFFICE)
    tallied = {one.kind: one for one in jobs.tallies(db, now=now)}
    unfinished = jobs.unfinished(db, most=SHOWN + 1)
    known = sorted(tallied.keys() | house.worker.work.keys())
    empty = jobs.Tally("", 0, 0, 0, 0, None)
    return show(
        JobsPage(
            title="Jobs",
            trail=(("Jobs", ""),),
            kinds=tuple(_kind(kind, tallied.get(kind, empty), zone) for kind in known),
            rows=tuple(_row(one, zone, may_run=may_run, now=now) for one in unfinished[:SHOWN]),
            has_more=len(unfinished) > SHOWN,
        )
    )


def _kind(kind: str, one: jobs.Tally, zone: str) -> KindRow:
    last = time_zones.in_words(one.last_done_at, zone) if one.last_done_at else "Never"
    return KindRow(WORDS.get(kind, kind), one.waiting, one.running, one.failed, one.done, last)


def _row(one: Job, zone: str, *, may_run: bool, now: datetime) -> JobRow:
    is_running = one.lease_until is not None and one.lease_until >= now
    return JobRow(
        words=WORDS.get(one.kind, one.kind),
        key=one.key,
        state=_state(one, is_running=is_running),
        due=time_zones.in_words(one.due_at, zone),
        tries=one.tries,
        error=one.last_error[:LONGEST_ERROR],
        run_href=f"{PLACE}/{one.id}/run" if may_run and not is_running else "",
    )


def _state(one: Job, *, is_running: bool) -> StateView:
    if is_running:
        return StateView("refresh-cw", "note", "Running")
    if one.last_error:
        return StateView("circle-alert", "wrong", "Failed")
    return StateView("hourglass", "attention", "Waiting")


@router.post(f"{PLACE}/{{job_id}}/run")
def run(job_id: RowNumber, db: Db, office: OfficeAdmin, now: Now) -> RedirectResponse:
    """Have a job done now instead of at its next try."""
    job = jobs.run_again(db, job_id, now=now)
    audit.record(db, actor=office.actor, act="job.run", subject=f"job {job.id}", now=now, detail={"kind": job.kind})
    return see_other(PLACE)
