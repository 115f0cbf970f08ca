"""Refusals, answered: a page for people, problem JSON (RFC 9457) for machines, a sign-in where one is missing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from app.identity import kept_forms, sign_in
from app.identity.sign_in import ProofNeeded
from app.kit import logs
from app.kit.errors import Invalid, NotFound, Refusal, SignInNeeded
from app.library import provider
from app.request import READS, Wiring
from app.web.render import Frame, Page, html, local_path, see_other, theme_of

log = logging.getLogger(__name__)
# Whoever runs the house wants to see when somebody tries what is not hers, or tries to get around a limit.
NOTED = {400, 403, 413, 421, 429}
QUESTIONS = "/options"  # what a script asks before a device signs: it asks again, and nobody waits for the answer


@dataclass(frozen=True, kw_only=True)
class ErrorPage(Page):
    """What went wrong, and what to do next."""

    template: ClassVar[str] = "error.html"
    status: int
    message: str
    request_id: str  # to tell the provider of a fault; empty where nothing is broken
    way_on: tuple[str, str]  # the address and the words of the one button


class Broken(Refusal):
    """A fault of ours."""

    status = 500
    title = "Something broke on our side"
    message = "What you saved before this is safe. Try again in a minute; if it happens again, tell the provider."


class NotThisWay(Refusal):
    """The address is right and the method is not."""

    status = 405
    title = "That address does not take this"
    message = "Go back and start from one of our pages."


class NotRead(Refusal):
    """What was sent cannot be read."""

    title = "We could not read that"
    message = "What was sent is damaged or has too many parts. Reload the page and send it again."


def of_status(error: Exception) -> Refusal:
    """Give the refusal behind an answer of the framework: no such address, or not this way."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    if status == HTTPStatus.NOT_FOUND:
        return NotFound()
    return NotThisWay() if status == HTTPStatus.METHOD_NOT_ALLOWED else NotRead()


def answer(request: Request, refusal: Refusal) -> Response:
    """Answer a request that is refused."""
    if refusal.status in NOTED:
        _note(request, refusal)
    if isinstance(refusal, SignInNeeded):
        return _ask_sign_in(request, refusal)
    if wants_json(request):
        return _problem(request, refusal)
    return _page(request, refusal)


def _note(request: Request, refusal: Refusal) -> None:
    """Note who was refused what: a person by her number, and an address by its form, which names nobody."""
    route = getattr(request.scope.get("route"), "path", "")
    who = getattr(request.state, "whose", None)
    asked = {"refusal": type(refusal).__name__, "status": refusal.status, "method": request.method, "route": route}
    logs.note("refused", **asked, **({"person": who[0], "role": who[1]} if who else {}))


def wants_json(request: Request) -> bool:
    """Say whether a machine is asking."""
    accept, path = request.headers.get("accept", ""), request.url.path
    if path.startswith("/api/") or path.endswith(".json"):
        return True
    return "application/json" in accept and "text/html" not in accept


def _problem(request: Request, refusal: Refusal, **more: str) -> JSONResponse:
    problem = {
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.message,
        "instance": request.url.path,
        **more,
    }
    if isinstance(refusal, Invalid):
        problem["fields"] = refusal.fields
    headers = _headers(refusal)
    return JSONResponse(problem, refusal.status, media_type="application/problem+json", headers=headers)


def _page(request: Request, refusal: Refusal) -> HTMLResponse:
    page = ErrorPage(
        title=refusal.title,
        status=refusal.status,
        message=refusal.message,
        request_id=getattr(request.state, "request_id", "") if refusal.status >= Broken.status else "",
        way_on=_way_on(request.url.path),
    )
    headers = _headers(refusal)
    return HTMLResponse(html(page, _frame(request, page.title)), status_code=refusal.status, headers=headers)


def _headers(refusal: Refusal) -> dict[str, str]:
    again = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    return {"Cache-Control": "no-store", **again}


def _way_on(path: str) -> tuple[str, str]:
    if path.startswith("/admin"):
        return "/admin/certificates", "See all certificates"
    verifies = path.startswith(("/v/", "/verify"))
    return ("/verify", "Verify another certificate") if verifies else ("/", "See all courses")


def _frame(request: Request, title: str) -> Frame:
    wired: Wiring = request.app.state.wiring
    try:
        with wired.database.read() as db:
            name = provider.current(db).name
    except Exception:  # noqa: BLE001 - the page of an error must come even when the database does not
        log.warning("no database for an error page")
        name = "Continua"
    return Frame(
        title=title,
        path=request.url.path if request.method in READS else "/",
        provider_name=name,
        demonstration=wired.settings.demonstration,
        person_name=getattr(request.state, "person", None) or "",
        theme=theme_of(request),
    )


def _ask_sign_in(request: Request, refusal: Refusal) -> Response:
    """Lead to the sign-in and back. A form of somebody whose sign-in has expired is kept first."""
    if request.method not in READS and not request.url.path.endswith(QUESTIONS):
        _keep_form(request)
    back = quote(_page_to_return_to(request))
    door = "/sign-in/prove" if isinstance(refusal, ProofNeeded) else "/sign-in"
    if wants_json(request):
        return _problem(request, refusal, sign_in=f"{door}?next={back}")
    return see_other(f"{door}?next={back}")


def _page_to_return_to(request: Request) -> str:
    if request.method in READS:
        query = f"?{request.url.query}" if request.url.query else ""
        return local_path(request.url.path + query)
    referer = urlsplit(request.headers.get("referer", ""))
    return local_path(referer.path) if referer.netloc == request.url.netloc else "/"


def _keep_form(request: Request) -> None:
    wired: Wiring = request.app.state.wiring
    token = request.cookies.get(wired.cookie("continua"))
    body: bytes | None = getattr(request.state, "body", None)
    if not token or body is None:  # an empty one is kept: “Submit my exam” has no fields
        return
    now = wired.clock()
    with wired.database.write() as db:
        known = sign_in.known(db, token, now=now)
        if known is not None:
            content_type = request.headers.get("content-type", "")
            path = request.url.path
            sign_in_id = known.sign_in.id
            kept_forms.keep(
                db, known.person, sign_in_id=sign_in_id, path=path, content_type=content_type, body=body, now=now
            )


@dataclass(frozen=True, slots=True)
class AnswerEverything:
    """Answers what a middleware refuses, and what breaks: an answer always has a page and its headers."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn a refusal into its page, and a fault into an apology with the request's id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal: Refusal
        try:
            await self.app(scope, receive, send)
        except Refusal as refused:
            refusal = refused
        except Exception:
            log.exception("request %s failed", scope["state"]["request_id"])
            refusal = Broken()
        else:
            return
        response = await run_in_threadpool(answer, Request(scope), refusal)
        await response(scope, receive, send)
