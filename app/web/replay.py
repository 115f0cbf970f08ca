"""Forms that were kept until she proved that it is her are sent again by the house the moment she has done so.

The answer to a right proof carries a private header; this middleware takes it off, sends the kept forms
through the whole application as her browser would have, oldest first, and lets her go where the last one
leads. Her own check of who she is runs again for each: nothing is replayed that she could not send.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.identity import kept_forms, sign_in
from app.identity.kept_forms import KeptForm
from app.identity.sign_in import Known
from app.request import Wiring

REPLAY = "x-continua-replay"
PROOFS = {
    "/sign-in/code",
    "/sign-in/passkey",
    "/sign-in/prove/code",
    "/sign-in/prove/authenticator",
    "/sign-in/prove/passkey",
    "/sign-in/prove/recovery",
    "/account/security/passkeys",
    "/account/security/authenticator",
}
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Answer:
    """An answer that is held until it is known whether it is the one she gets."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        """Collect the parts of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def give(self, send: Send) -> None:
        """Send the answer on."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


@dataclass(frozen=True, slots=True)
class ReplayKeptForms:
    """The middleware."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; only the answer to a proof is held back."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in PROOFS:
            await self.app(scope, receive, send)
            return
        first = Answer()
        await self.app(scope, receive, first.take)
        token = Headers(raw=first.headers).get(REPLAY)
        if token is not None:
            await self._replay(scope, first, token)
        await first.give(send)

    async def _replay(self, scope: Scope, first: Answer, token: str) -> None:
        headers = MutableHeaders(raw=first.headers)
        del headers[REPLAY]
        wiring: Wiring = scope["app"].state.wiring
        last: Answer | None = None
        answered: list[int] = []
        for form in await run_in_threadpool(_waiting, wiring, token):
            answer = await self._send_again(_request(scope, form, wiring.cookie("continua"), token), form)
            if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                last = answer
                if not _asks_for_more(answer):  # then it waits on, until she has proved more than a code by mail
                    answered.append(form.id)
        await run_in_threadpool(_done, wiring, answered)
        if last is not None:
            _go_where_it_leads(first, last, headers)

    async def _send_again(self, scope: Scope, form: KeptForm) -> Answer:
        """Send one form. A fault of ours keeps it for the next sign-in, and never stands in the way of this one."""
        answer = Answer()
        try:
            await self.app(scope, _body(form.body), answer.take)
        except Exception:
            log.exception("a kept form for %s could not be replayed", form.path)
            return Answer()
        return answer


def _waiting(wiring: Wiring, token: str) -> Sequence[KeptForm]:
    now = wiring.clock()
    with wiring.database.read() as db:
        known = sign_in.known(db, token, now=now)
        return _of(db, known, now=now) if known and known.is_live else []


def _of(db: Session, known: Known, *, now: datetime) -> Sequence[KeptForm]:
    return kept_forms.waiting(db, known.person, sign_in_id=known.sign_in.id, now=now)


def _done(wiring: Wiring, forms: list[int]) -> None:
    with wiring.database.write() as db:
        kept_forms.replayed(db, forms, now=wiring.clock())


def _request(scope: Scope, form: KeptForm, cookie: str, token: str) -> Scope:
    given = Headers(scope=scope)
    headers = [
        (b"host", given.get("host", "").encode()),
        (b"content-type", form.content_type.encode()),
        (b"content-length", str(len(form.body)).encode()),
        (b"cookie", f"{cookie}={token}".encode()),
        (b"sec-fetch-site", b"same-origin"),
        (b"accept", b"text/html"),
    ]
    path = {"path": form.path, "raw_path": form.path.encode(), "query_string": b""}
    fresh = {name: scope[name] for name in scope if name not in {"state", "endpoint", "path_params", "router"}}
    return fresh | path | {"headers": headers, "state": {}}


def _body(content: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive


def _asks_for_more(answer: Answer) -> bool:
    leads_to = Headers(raw=answer.headers).get("location", "")
    return answer.status == HTTPStatus.SEE_OTHER and leads_to.startswith("/sign-in")


def _go_where_it_leads(first: Answer, last: Answer, headers: MutableHeaders) -> None:
    """Answer with the last form's own page, and keep the cookies of the sign-in."""
    if last.status == HTTPStatus.SEE_OTHER:
        headers["location"] = Headers(raw=last.headers)["location"]
        return
    cookies = [(name, value) for name, value in first.headers if name == b"set-cookie"]
    first.status, first.body = last.status, last.body
    first.headers[:] = [*last.headers, *cookies]
