"""What a handler may ask for: the database, the time, who is asking, and what she sent."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BeforeValidator
from sqlmodel import Session

from app import audit
from app.awards.attesting import Attests
from app.awards.checks import Checks
from app.awards.issuer import Issuer
from app.awards.pdfs import Draws
from app.identity import access, means, sign_in
from app.identity.access import Right
from app.identity.people import Person
from app.identity.sign_in import Known
from app.kit.allowance import Allowance
from app.kit.clock import Clock
from app.kit.database import Database
from app.kit.errors import SignInNeeded, Unsupported
from app.kit.files import Files
from app.kit.jobs import Worker
from app.kit.stamps import Stamps
from app.kit.vault import Vault
from app.learning import readers
from app.learning.enrollments import Student
from app.settings import Settings

READS = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Wiring:
    """Everything the house was opened with: built once by `create_app`, held by the app, replaced in tests."""

    settings: Settings
    database: Database
    clock: Clock
    files: Files
    draws: Draws
    draws_aside: Draws  # long papers, in a process of their own: no certificate waits behind a receipt of twenty pages
    worker: Worker
    stamps: Stamps
    issuer: Issuer
    checks: Checks
    attests: Attests
    vault: Vault
    # Checks that an officer may ask for in a minute: five hundred and as many again, before a polite limit.
    checks_allowed: Allowance = field(default_factory=lambda: Allowance(per_minute=1_000, burst=1_000))
    # Codes and challenges that one network may ask for: an agency of thirty behind one address comes in on a Monday.
    codes_allowed: Allowance = field(default_factory=lambda: Allowance(per_minute=10, burst=40))
    proofs_allowed: Allowance = field(default_factory=lambda: Allowance(per_minute=60, burst=120))
    lookups_allowed: Allowance = field(default_factory=lambda: Allowance(per_minute=60, burst=60))  # for each account
    large_turn: threading.Lock = field(default_factory=threading.Lock)  # a very large file is held one at a time
    # Writers take turns before they take a thread: forty that wait for SQLite's lock would leave no thread for
    # the one that holds it.
    write_turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def cookie(self, name: str) -> str:
        """Give a cookie its full name: bound to this host and to TLS wherever there is TLS."""
        return f"__Host-{name}" if self.settings.scheme == "https" else name


def wiring(request: Request) -> Wiring:
    """Give what the house was opened with."""
    wired: Wiring = request.app.state.wiring
    return wired


# Here and below, whatever asks the database nothing is `async`: a plain function is sent to a thread and back on every
# request. And what all others stand on asks the request alone, for each is solved as often as another one names it.
async def the_house(request: Request) -> Wiring:
    """Give a handler what the house was opened with."""
    return wiring(request)


House = Annotated[Wiring, Depends(the_house)]


async def open_database(request: Request) -> AsyncIterator[Session]:
    """Open the door that fits the method. What was written is durable before the answer leaves."""
    house = wiring(request)
    if request.method in READS:
        with Session(house.database.reading) as db:
            yield db
        return
    async with AsyncExitStack() as turn:
        if house.database.is_sqlite:
            await turn.enter_async_context(house.write_turn)
        db = Session(house.database.writing, expire_on_commit=False)
        audit.come_from(db, request.client.host if request.client else None)
        try:
            yield db
            await run_in_threadpool(db.commit)
        except BaseException:
            await run_in_threadpool(db.rollback)
            raise
        finally:
            db.close()
    house.worker.wake()


# scope="function": the commit happens before the answer leaves, not after it.
Db = Annotated[Session, Depends(open_database, scope="function")]


async def instant(request: Request) -> datetime:
    """Give the time at which this request is answered."""
    return wiring(request).clock()


Now = Annotated[datetime, Depends(instant)]

ROW_NUMBER = re.compile(r"[1-9][0-9]{0,17}")  # as the database writes it: one spelling, and within its 64 bits


def row_number(written: str) -> int:
    """Read the number of a row in an address; one that no row can have is answered like one that no row has."""
    if not ROW_NUMBER.fullmatch(written):
        raise ValueError(written)
    return int(written)


RowNumber = Annotated[int, BeforeValidator(row_number)]


def known_person(request: Request, db: Db, now: Now) -> Known | None:
    """Find whose sign-in the browser holds, live or not."""
    token = request.cookies.get(wiring(request).cookie("continua"))
    return sign_in.known(db, token, now=now) if token else None


KnownPerson = Annotated[Known | None, Depends(known_person)]


async def visitor(request: Request, known: KnownPerson, db: Db, now: Now) -> Person | None:
    """Give the person who is signed in, if anybody is."""
    if known is None or not known.is_live:
        request.state.person = None
        return None
    if request.method not in READS:
        sign_in.touch(db, known.sign_in, now=now)
    request.state.person = known.person.label
    request.state.whose = known.person.id, known.person.role
    return known.person


Visitor = Annotated[Person | None, Depends(visitor)]


async def learner(visitor: Visitor) -> Person:
    """Give the person who is signed in, or ask for a sign-in."""
    if visitor is None:
        raise SignInNeeded
    return visitor


Learner = Annotated[Person, Depends(learner)]


async def fresh_learner(learner: Learner, known: KnownPerson, now: Now) -> Person:
    """Give the person who is signed in and proved just now that it is her: for what hurts in the wrong hands."""
    sign_in.insist_fresh(known, now=now)
    return learner


FreshLearner = Annotated[Person, Depends(fresh_learner)]


def keeper(learner: Learner, known: KnownPerson, db: Db, now: Now) -> Person:
    """Give the person who may change what she proves herself with: as `FreshLearner`, but for staff without any."""
    if known is None or not (known.sign_in.is_fresh(now) and means.of(db, learner).mail_counts):
        sign_in.insist_fresh(known, now=now)
    return learner


Keeper = Annotated[Person, Depends(keeper)]


# The staff proves itself by more than a code, and does so after its right was looked at: whoever has no business here
# is not asked for a proof.
def _staff(learner: Person, known: Known | None, right: Right, *, now: datetime) -> Person:
    access.insist(learner, right)
    sign_in.insist_strong(known, now=now)
    return learner


async def instructor(learner: Learner, known: KnownPerson, now: Now) -> Person:
    """Give the person who is signed in and may write courses. Which ones are hers, `library.authors` says."""
    return _staff(learner, known, Right.AUTHOR, now=now)


Instructor = Annotated[Person, Depends(instructor)]


async def reviewer(learner: Learner, known: KnownPerson, now: Now) -> Person:
    """Give the person who is signed in and may read what is not published yet, and sign that she did."""
    return _staff(learner, known, Right.REVIEW, now=now)


Reviewer = Annotated[Person, Depends(reviewer)]


async def officer(learner: Learner, known: KnownPerson, now: Now) -> Person:
    """Give the person who is signed in and may see what led to a certificate. Each look of hers is written down."""
    return _staff(learner, known, Right.EVIDENCE, now=now)


Officer = Annotated[Person, Depends(officer)]


async def admin(learner: Learner, known: KnownPerson, now: Now) -> Person:
    """Give the person who is signed in and may revoke and correct certificates."""
    return _staff(learner, known, Right.CERTIFY, now=now)


Admin = Annotated[Person, Depends(admin)]


async def fresh_admin(admin: Admin, known: KnownPerson, now: Now) -> Person:
    """Give the same, who proved herself within minutes."""
    sign_in.insist_fresh(known, now=now)
    return admin


FreshAdmin = Annotated[Person, Depends(fresh_admin)]


async def office(learner: Learner, known: KnownPerson, now: Now) -> Person:
    """Give the person who is signed in and may run the office: people, approvals, requests, rosters, mail."""
    return _staff(learner, known, Right.OFFICE, now=now)


OfficeAdmin = Annotated[Person, Depends(office)]


async def fresh_office(office: OfficeAdmin, known: KnownPerson, now: Now) -> Person:
    """Give the same, who proved herself within minutes: for roles, merging, erasing, keys."""
    sign_in.insist_fresh(known, now=now)
    return office


FreshOfficeAdmin = Annotated[Person, Depends(fresh_office)]


async def overseer(learner: Learner, known: KnownPerson, now: Now) -> Person:
    """Give the person who is signed in and may read every record of the office; an auditor may do no more."""
    return _staff(learner, known, Right.OVERSEE, now=now)


Overseer = Annotated[Person, Depends(overseer)]


async def searcher(learner: Learner, known: KnownPerson, now: Now) -> Person:
    """Give the person who is signed in and may look up certificates by license and period; it is written down."""
    return _staff(learner, known, Right.LOOK_UP, now=now)


Searcher = Annotated[Person, Depends(searcher)]


def student(request: Request, house: House, visitor: Visitor, db: Db, now: Now) -> Student | None:
    """Give whoever reads: the person who is signed in, or the reader whose token this browser holds."""
    if visitor is not None:
        return visitor
    token = request.cookies.get(house.cookie("continua-reader"))
    return readers.of(db, token, now=now) if token else None


MaybeStudent = Annotated[Student | None, Depends(student)]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: every field may have been sent more than once."""

    fields: dict[str, list[str]]

    def text(self, name: str) -> str:
        """Give a field, or an empty text."""
        return self.fields.get(name, [""])[-1]

    def all(self, name: str) -> list[str]:
        """Give everything sent under a name."""
        return self.fields.get(name, [])

    def texts(self) -> dict[str, str]:
        """Give every field by its last value: what a form is shown again with."""
        return {name: values[-1] for name, values in self.fields.items()}


CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]*)")
LONGEST_FIELD = 4 * 1024 * 1024
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


async def sent_form(request: Request) -> Sent:
    """Read the form of a request; raise `Unsupported` for anything that is not a form."""
    if "content-type" not in request.headers and request.headers.get("content-length", "0") == "0":
        return Sent({})  # a button and nothing else
    kind, _, details = request.headers.get("content-type", "").lower().partition(";")
    # Our pages send UTF-8. Under another name, letters could arrive that no database keeps.
    charset = CHARSET.search(details)
    if kind.strip() not in FORM_TYPES or (charset and charset[1] != "utf-8"):
        raise Unsupported("This address takes a form. Go back, reload the page, and send it again.")
    fields: dict[str, list[str]] = {}
    # How long a field may be follows from how long the whole may be (web/middleware.py).
    async with request.form(max_fields=2_000, max_files=0, max_part_size=LONGEST_FIELD) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields.setdefault(name, []).append(value)
    return Sent(fields)


Form = Annotated[Sent, Depends(sent_form)]
