"""Costs: how long a request may be, and how often one may ask for what is dear to make.

What is dear is counted twice: for each browser, so that one cannot keep the presses to itself, and for each address
with ten times as much, so that an agency whose people share one is not held up and nobody wins by dropping cookies.
Checks of certificates have a count of their own (app/counter.py), and so have sign-in codes (app/identity).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app import counter
from app.kit.allowance import Allowance
from app.kit.errors import Refusal, TooMany

LONGEST_ADDRESS = 32 * 1024  # a long answer to a knowledge check travels in its address
LONGEST_HEAD = 48 * 1024  # of all headers together
MOST_HEADERS = 100

SHARING = 10  # people behind one address


class AddressTooLong(Refusal):
    """The address is longer than anything our pages lead to."""

    status = 414
    title = "That address is too long"
    message = "The address has more than 32 KB. Start from our pages; if it was a long answer, shorten it."


class HeadTooLarge(Refusal):
    """A browser sends along far more than we ever gave it."""

    status = 431
    title = "Your browser sent too much along"
    message = "There are too many headers, or too long ones. Delete the cookies of this site, then try again."


class TooDear(TooMany):
    """Somebody asks very often for what takes long to make."""

    def __init__(self, seconds: int) -> None:
        """Say how long to wait."""
        self.retry_after = seconds
        wait = "1 second" if seconds == 1 else f"{seconds:,} seconds"
        super().__init__(f"That was asked for very often in the last minute. Wait {wait}, then reload this page.")


@dataclass(frozen=True, slots=True)
class Short:
    """Refuses addresses and headers that are longer than any of ours."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure before anything is read."""
        if scope["type"] == "http":
            if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
                raise AddressTooLong
            headers = scope["headers"]
            if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEAD:
                raise HeadTooLarge
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Dear:
    """One kind of what is dear: which requests, and how many a minute for one browser."""

    name: str
    methods: frozenset[str]
    path: re.Pattern[str]
    per_minute: int


READING, SENDING = frozenset({"GET", "HEAD"}), frozenset({"POST"})
DEAR = (
    Dear("signing in", SENDING, re.compile(r"/sign-in(/.*)?"), 60),
    Dear("drawing", READING, re.compile(r"/(?!static/|media/).*\.pdf"), 60),
    Dear("exporting", READING, re.compile(r"/.*(\.(csv|xlsx|zip|ics)|/export(/.*)?|/download)"), 30),
    Dear("packing", SENDING, re.compile(r"/(?!verify/).*(\.(csv|xlsx|zip|pdf)|/(export|download|zip))"), 30),
    Dear("previewing", READING | SENDING, re.compile(r"/author/courses/[0-9]+/preview/page/(?!media/).*"), 300),
    Dear("uploading", SENDING, re.compile(r"/author/(upload|courses/[0-9]+/(media|upload))|/admin/.*roster.*"), 60),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Lets each ask for what is dear as often as people do, and tells a machine when to come again."""

    app: ASGIApp
    dear: tuple[Dear, ...] = DEAR
    _each: dict[str, Allowance] = field(default_factory=dict)
    _all: dict[str, Allowance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make a count for each kind."""
        for one in self.dear:
            self._each[one.name] = Allowance(per_minute=one.per_minute, burst=one.per_minute)
            self._all[one.name] = Allowance(per_minute=one.per_minute * SHARING, burst=one.per_minute * SHARING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what is dear, and let all else pass."""
        if scope["type"] == "http" and (kind := self._kind(scope)):
            whose = counter.address(Request(scope))
            if seconds := self._all[kind].take(whose) or self._each[kind].take(f"{whose} {_browser(scope)}"):
                raise TooDear(seconds)
        await self.app(scope, receive, send)

    def _kind(self, scope: Scope) -> str:
        path, method = scope["path"], scope["method"]
        return next((one.name for one in self.dear if method in one.methods and one.path.fullmatch(path)), "")


def _browser(scope: Scope) -> str:
    """Give a name for whichever browser asks, that tells nothing of its cookies."""
    cookies = Headers(scope=scope).get("cookie", "")
    return hashlib.sha256(cookies.encode()).hexdigest()[:16] if cookies else ""
