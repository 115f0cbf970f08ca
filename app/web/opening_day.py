"""A house that others can reach, and that does not say yet whose it is: it is set up, and nobody takes a course in it.

Certificates say who stands behind them. Until the provider is named, there is nobody to say it.
"""

from __future__ import annotations

import re

from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.database import Database
from app.kit.errors import Unavailable
from app.library import provider

# What is open before the opening: setting up, signing in, the office and its Studio, checking, and how all of it looks.
OPEN = re.compile(
    r"/|/(setup|admin|author|sign-in|sign-out|account|invitation|static|media|logo|theme|policies|verify|v|api|health|"
    r"robots\.txt|sitemap\.xml|\.well-known)(/.*|\.html)?"
)


class NotOpenYet(Unavailable):
    """Nobody has said yet who the provider is."""

    title = "This site opens soon"
    message = "This site is being set up. Come back a little later: courses open once its provider is named."


class OpeningDay:
    """Lets nobody into a course until the provider is named, and steps aside from then on."""

    def __init__(self, app: ASGIApp, *, database: Database) -> None:
        self.app = app
        self._database = database
        self._is_open = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or raise `NotOpenYet`."""
        if scope["type"] == "http" and not self._is_open and not OPEN.fullmatch(scope["path"]):
            self._is_open = await run_in_threadpool(self._is_named)
            if not self._is_open:
                raise NotOpenYet
        await self.app(scope, receive, send)

    def _is_named(self) -> bool:
        with self._database.read() as db:
            return provider.current(db).is_named
