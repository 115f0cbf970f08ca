"""What every request passes on its way in and out: an id, a size limit, an origin check, and headers."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import logs
from app.kit.errors import Forbidden, NotFound, TooLarge
from app.request import READS

MEBIBYTE = 1024 * 1024
LARGEST_BODY = MEBIBYTE  # no form of ours comes near
# The Studio takes more: the text of a file, held whole like every form so that it can be kept for somebody whose
# sign-in expired; and media and zips, which stream by to the disk, as do files to be checked (app/counter.py).
TEXTS = re.compile(r"/author/courses/[0-9]+/files/.+")
LARGEST_TEXT = 4 * MEBIBYTE
PARCELS = re.compile(
    r"/author/(upload|courses/[0-9]+/(media|upload))|/verify(/rows|/receipt\.(pdf|csv))?|/api/v1/verify"
)
LARGEST_PARCEL = 512 * MEBIBYTE
LEFT_ALONE = (".pdf", ".woff2", "/verify/rows")
SAFE_SITES = {"same-origin", "none"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# A preview shows the pages of learners inside a page of its own, and nobody else's page may do that.
FRAMED_BY_OURS = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
FRAMES_OURS = f"{POLICY}; frame-src 'self'"  # the editor and the desk hold a preview; nothing holds them
SENSES = (  # of a browser: no page of ours asks for any
    *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid"),
    *("magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": ", ".join(f"{sense}=()" for sense in SENSES),
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


@dataclass(frozen=True, slots=True)
class SecurityHeaders:
    """Gives each request an id, and each answer the headers that keep a browser careful."""

    app: ASGIApp
    encrypted: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to whatever is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        logs.request_id.set(request_id)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), request_id)
            await send(message)

        await self.app(scope, receive, sending)

    def _add(self, headers: MutableHeaders, request_id: str) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Cache-Control", "private, no-cache")
        headers["X-Request-Id"] = request_id
        if self.encrypted:
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT


@dataclass(frozen=True, slots=True)
class WholeBody:
    """Reads the body of a request once, up to a limit, so that it can be read, and kept, more than once.

    Media and zips are neither: they are counted as they stream by.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a huge body; hold the rest."""
        if scope["type"] != "http" or scope["method"] in READS:
            await self.app(scope, receive, send)
            return
        if PARCELS.fullmatch(scope["path"]):
            await self.app(scope, _counting(scope, receive), send)
            return
        limit = LARGEST_TEXT if TEXTS.fullmatch(scope["path"]) else LARGEST_BODY
        body = await _read(scope, receive, limit=limit)
        scope.setdefault("state", {})["body"] = body

        async def replaying() -> Message:
            nonlocal body
            if body is None:
                return await receive()
            message = {"type": "http.request", "body": body, "more_body": False}
            body = None
            return message

        await self.app(scope, replaying, send)


async def _read(scope: Scope, receive: Receive, *, limit: int) -> bytes | None:
    _refuse_beyond(limit, scope)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            raise TooLarge
        if not message.get("more_body"):
            return bytes(body)


def _counting(scope: Scope, receive: Receive) -> Receive:
    """Let a body stream by, and count it."""
    _refuse_beyond(LARGEST_PARCEL, scope)
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_PARCEL:
            raise TooLarge
        return message

    return counted


def _refuse_beyond(limit: int, scope: Scope) -> None:
    declared = Headers(scope=scope).get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge


@dataclass(frozen=True, slots=True)
class HeadIsGet:
    """Answers HEAD as GET without its body, which is all that HEAD is."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for the page, and keep its body to ourselves."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, without_body)


@dataclass(frozen=True, slots=True)
class NamesOnly:
    """Knows that nothing has a name with a zero byte in it: PostgreSQL cannot even be asked for one."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let every address pass that could name something."""
        if scope["type"] == "http" and "\0" in scope["path"]:
            raise NotFound
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Compressed:
    """Sends text compressed: a module of 2,000 words is a quarter as long on a slow line.

    Rows of a check are left alone: each is to arrive when it is found, and not when there is enough to compress.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave alone what is compressed already, and films, which are asked for in pieces."""
        path = scope.get("path", "")
        plain = scope["type"] != "http" or path.startswith("/media/") or path.endswith(LEFT_ALONE)
        app = self.app if plain else GZipMiddleware(self.app, minimum_size=1_000, compresslevel=5)
        await app(scope, receive, send)


class ForeignOrigin(Forbidden):
    """A form that another site's page sent."""

    title = "That came from another site"
    message = "This was sent from a page of another site, so we did not act on it. Start from our own pages."


@dataclass(frozen=True, slots=True)
class SameOrigin:
    """Refuses whatever would act and comes from another site's page: nobody acts in her name."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let reading pass, and acts that come from our own pages."""
        if scope["type"] == "http" and scope["method"] not in READS and not _is_ours(Headers(scope=scope)):
            raise ForeignOrigin
        await self.app(scope, receive, send)


def _is_ours(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in SAFE_SITES
    origin = headers.get("origin")
    # Neither header: not a browser, so there are no cookies it was tricked into sending.
    return origin is None or _netloc(origin) == headers.get("host")


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""  # no browser writes such an origin
