"""The one place that wires things together: settings, clock, mail and database in; an application out."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from app.api import health
from app.api import verification as verification_api
from app.assessment import attempts
from app.awards import anchors, certificates, daily_checkpoints, issuing, pdfs, time_up
from app.awards.drawing import DrawingRoom
from app.awards.house_hand import HouseHand
from app.awards.issuer import Issuer
from app.awards.pdfs import Draws
from app.awards.reading.room import ReadingRoom
from app.awards.shelf import HouseChecks, Shelf
from app.kit import jobs, mail, reminders, stamps
from app.kit.carriers import FolderMailer, Mailer, SmtpMailer
from app.kit.clock import Clock, system_clock
from app.kit.database import Database, assert_durable, open_database
from app.kit.errors import NotFound, Refusal
from app.kit.files import Files
from app.kit.jobs import Payload, Worker
from app.kit.signing import Signer
from app.kit.vault import Vault
from app.library import mornings, parcels, provider
from app.records import retention
from app.request import Wiring
from app.settings import Settings
from app.web import (
    accommodations,
    account,
    admin,
    author,
    catalog,
    choosing,
    evaluation,
    evidence_sheet,
    exam,
    files,
    grievances,
    invited,
    learn,
    licenses,
    logo,
    looks,
    officer,
    passkey_door,
    privacy,
    proving,
    records,
    refusals,
    reporting,
    results,
    security,
    security_contact,
    setting_up,
    time_spent,
    verifying,
)
from app.web import certificates as certificate_pages
from app.web.costs import Measured, Short
from app.web.hosts import KnownHost
from app.web.middleware import Compressed, HeadIsGet, NamesOnly, SameOrigin, SecurityHeaders, WholeBody
from app.web.opening_day import OpeningDay
from app.web.replay import ReplayKeptForms

TIDY = "tidy"

ROUTERS = (
    catalog.router,
    learn.router,
    time_spent.router,
    choosing.router,
    exam.router,
    results.router,
    reporting.router,
    evaluation.router,
    account.router,
    passkey_door.router,
    proving.router,
    *security.ROUTERS,
    accommodations.router,
    certificate_pages.router,
    evidence_sheet.router,
    records.router,
    licenses.router,
    looks.router,
    officer.router,
    privacy.router,
    *verifying.ROUTERS,
    files.router,
    grievances.router,
    logo.router,
    setting_up.router,
    invited.router,
    security_contact.router,
    *author.ROUTERS,
    *admin.ROUTERS,
    verification_api.router,
    health.router,
)


def create_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    mailer: Mailer | None = None,
    draws: Draws | None = None,
    signer: Signer | None = None,
    opens_when_named: bool = False,
) -> FastAPI:
    """Build the application over a migrated database; nothing here is read from anywhere else.

    With `opens_when_named` nobody takes a course in it until somebody has said who the provider is.
    """
    wired = wire(settings, clock=clock, mailer=mailer, draws=draws, signer=signer)
    app = FastAPI(
        title="Continua",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,  # it would lead to whatever host the request names
    )
    app.state.wiring = wired
    for router in ROUTERS:
        app.include_router(router)
    if opens_when_named:
        app.add_middleware(OpeningDay, database=wired.database)  # the innermost: what is around it answers refusals
    _add_middleware(app, settings)
    _answer_refusals(app)
    return app


def wire(
    settings: Settings, *, clock: Clock, mailer: Mailer | None, draws: Draws | None, signer: Signer | None
) -> Wiring:
    """Open the database and put the parts together."""
    database = open_database(settings.database)
    assert_durable(database)
    carrier = mailer or _mailer(settings)
    issuer = issuing.of(settings, signer=signer)
    artist = draws or DrawingRoom(issuer.signer)
    files = Files(settings.data / "media")
    work = {
        mail.KIND: mail.sender(database, carrier, from_address=_from_address(database), clock=clock),
        certificates.DRAW: pdfs.drawer(database, artist, issuer, clock),
        reminders.KIND: _reminder(database, settings, clock),
        TIDY: _tidier(database, files, issuer, clock, years=settings.retention_years),
        daily_checkpoints.CHECKPOINT: _checkpointer(database, settings, issuer, clock),
        attempts.TIME_UP: time_up.closer(database, issuer, clock),
    }
    return Wiring(
        settings=settings,
        database=database,
        clock=clock,
        files=files,
        draws=artist,
        draws_aside=draws or DrawingRoom(issuer.signer),
        worker=Worker(database=database, clock=clock, work=work, apart=frozenset({mail.KIND})),
        stamps=stamps.of_folder(settings.data),
        issuer=issuer,
        checks=HouseChecks(Shelf(database, artist, issuer, clock), ReadingRoom()),
        attests=HouseHand(database, issuer),
        vault=Vault(settings.data / "keys" / "vault.key"),
    )


def _mailer(settings: Settings) -> Mailer:
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url)
    return FolderMailer(settings.data / "mail", tell=_tell_terminal)


def _tell_terminal(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _from_address(database: Database) -> Callable[[], str]:
    def read() -> str:
        with database.read() as db:
            return provider.current(db).email or "continua@localhost"

    return read


def _tidier(
    database: Database, files: Files, issuer: Issuer, clock: Clock, *, years: int
) -> Callable[[Payload], None]:  # fmt: skip
    """Give the job that, once a day, ends whatever has been kept for its time, and uploads that nobody decided on."""

    def tidy(_payload: Payload) -> None:
        now = clock()
        with database.write() as db:
            retention.enforce(db, issuer=issuer, years=years, now=now)
            parcels.clear_up(db, files, now=now)
            _queue_tidying(db, on=now + timedelta(days=1))

    return tidy


def _checkpointer(database: Database, settings: Settings, issuer: Issuer, clock: Clock) -> Callable[[Payload], None]:
    """Give the job that, once a day, mails the register's checkpoint to whoever keeps it outside of this house.

    Before that the register says how the audit trail stands, so that who keeps the one keeps the other.
    """

    def tell(_payload: Payload) -> None:
        with database.write() as db:
            anchors.anchor(db, issuer, now=clock())
            daily_checkpoints.send(db, settings.checkpoint_readers, address=settings.address, now=clock())
            daily_checkpoints.queue_next(db, now=clock())

    return tell


def _reminder(database: Database, settings: Settings, clock: Clock) -> Callable[[Payload], None]:
    """Give the job that writes to the provider every morning what ends soon and who waits for an answer."""

    def remind(_payload: Payload) -> None:
        with database.write() as db:
            mornings.write(db, address=settings.address, now=clock())

    return remind


def _queue_tidying(db: Session, *, on: datetime) -> None:
    jobs.queue(db, kind=TIDY, key=f"{TIDY}:{on:%Y-%m-%d}", payload={}, now=on)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    wired: Wiring = app.state.wiring
    with wired.database.write() as db:
        _queue_tidying(db, on=wired.clock())
        daily_checkpoints.queue_next(db, now=wired.clock())
        reminders.queue_next(db, now=wired.clock())
    wired.worker.start()
    yield
    wired.worker.stop()
    for room in (wired.draws, wired.draws_aside):
        if isinstance(room, DrawingRoom):
            room.close()
    if isinstance(wired.checks, HouseChecks):
        wired.checks.room.close()
    wired.database.close()


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    # The last one added is the first one met: headers, then refusals, host, length, origin, cost, size, what was kept.
    app.add_middleware(ReplayKeptForms)
    app.add_middleware(WholeBody)
    app.add_middleware(Measured)
    app.add_middleware(SameOrigin)
    app.add_middleware(NamesOnly)
    app.add_middleware(Short)
    app.add_middleware(KnownHost, settings=settings)
    app.add_middleware(refusals.AnswerEverything)
    app.add_middleware(HeadIsGet)
    app.add_middleware(Compressed)
    app.add_middleware(SecurityHeaders, encrypted=settings.scheme == "https")


def _answer_refusals(app: FastAPI) -> None:
    def refused(request: Request, refusal: Exception) -> Response:
        return refusals.answer(request, refusal if isinstance(refusal, Refusal) else Refusal())

    def unroutable(request: Request, error: Exception) -> Response:
        answered = refusals.answer(request, refusals.of_status(error))
        if allowed := getattr(error, "headers", None):
            answered.headers.update(allowed)
        return answered

    def malformed(request: Request, _error: Exception) -> Response:
        return refusals.answer(request, NotFound())

    handlers: dict[Any, Callable[[Request, Exception], Response]] = {
        Refusal: refused,
        HTTPException: unroutable,
        RequestValidationError: malformed,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
