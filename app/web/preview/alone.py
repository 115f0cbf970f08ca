"""A folder on view by itself: no database, no sign-in, this machine alone, and a line for news of saved files."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, StreamingResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app.content import reader
from app.content.folder import OnDisk
from app.kit.clock import Clock
from app.library.provider import Provider
from app.request import Form
from app.web import files
from app.web.middleware import SecurityHeaders
from app.web.preview.routes import router
from app.web.preview.view import OnView, site_of

LOOPBACK = "127.0.0.1"
GLANCE = 0.025  # seconds between two looks at the folder, while somebody has the preview open
SETTLED = 0.015  # a file that is still being written is waited for
AT = ""  # it has the whole address to itself
PROVIDER = "Your organization"

Signature = tuple[tuple[str, int, int, int], ...]


class Watched:
    """A folder that is read again when it has changed, and the last version of it without errors."""

    def __init__(self, path: Path, *, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._turn = threading.Lock()
        self._read_at: Signature | None = None
        self._view: OnView | None = None

    def view(self) -> OnView:
        """Give what is on view now."""
        with self._turn:
            signature = self.signature()
            if self._view is None or signature != self._read_at:
                self._view, self._read_at = self._look(), signature
            return self._view

    def signature(self) -> Signature:
        """Give a value that changes whenever a file of the folder does."""
        found = []
        for name, _ in OnDisk(self._path).entries():
            try:
                stat = (self._path / name).stat()
            except OSError:
                continue
            found.append((name, stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(found)

    def _look(self) -> OnView:
        now, label = self._clock(), str(self._path)
        reading = reader.read(self._path, today=now.date(), label=label, site=site_of(AT))
        course = reading.course or (self._view.course if self._view else None)
        return OnView(
            at=AT,
            shelf=OnDisk(self._path),
            reading=reading,
            course=course,
            provider=Provider(name=PROVIDER),
            label=label,
            remark=self._gone(),
            now=now,
            changes="/changes",
        )

    def _gone(self) -> str:
        if self._path.is_dir():
            return ""
        return f"The folder {self._path} is not there any more. Put it back, and the preview goes on."


def app_of(watched: Watched) -> FastAPI:
    """Give an application that shows one folder, to this machine alone."""

    def theme(form: Form) -> RedirectResponse:
        return files.choose_theme(form, secure=False)

    def changes() -> StreamingResponse:
        return StreamingResponse(_news(watched), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    app = FastAPI(title="Preview", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.add_api_route("/changes", changes, response_model=None)
    app.add_api_route("/static/{digest}/{name:path}", files.static, response_model=None)
    app.add_api_route("/theme", theme, methods=["POST"], response_model=None)
    app.include_router(router(watched.view))
    # A page of another site must not read an unpublished course through a name that leads to this machine.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])
    app.add_middleware(SecurityHeaders, encrypted=False)
    return app


async def _news(watched: Watched) -> AsyncIterator[str]:
    """Tell a browser of every change, once the files are whole."""
    known = watched.signature()
    yield "retry: 1000\n\n"
    while True:
        await asyncio.sleep(GLANCE)
        now = watched.signature()
        if now == known:
            continue
        while now != known:
            known = now
            await asyncio.sleep(SETTLED)
            now = watched.signature()
        yield "data: changed\n\n"
