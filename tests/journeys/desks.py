"""A house whose checks answer by a script, served from a thread: for what no real certificate can be brought to say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep

import uvicorn
from conftest import Pencil, Postbox
from scripted_checks import NUMBER, ScriptedChecks, ScriptedHand

from app.awards.verdicts import Document, Status
from app.main import create_app
from app.settings import Settings

LONGEST_WAIT = 30.0
EVERY_VERDICT = [
    *(f"{document}.{status}.pdf" for document in ("original", "same-facts", "altered", "picture") for status in Status),
    *(f"{document}.unknown.pdf" for document in (Document.NOT_OURS, Document.UNREADABLE)),
]


@dataclass
class Desk:
    """Where an officer sits: the address of the house, and what answers her."""

    address: str
    checks: ScriptedChecks
    folder: Path

    def file(self, name: str, content: bytes = b"") -> str:
        """Put a file into her folder."""
        path = self.folder / name
        path.write_bytes(content or f"%PDF-1.7 {name}".encode())
        return str(path)

    def files(self, *names: str) -> list[str]:
        return [self.file(name) for name in names]


@contextmanager
def desk(sqlite_url: str, folder: Path, port: int) -> Iterator[Desk]:
    """Open the house, and close it."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data=folder,
        database_url=sqlite_url,
        port=port,
        courses=folder / "courses",
    )
    app = create_app(settings, mailer=Postbox(), draws=Pencil())
    checks = ScriptedChecks(known={NUMBER: Status.VALID})
    app.state.wiring = replace(app.state.wiring, checks=checks, attests=ScriptedHand())
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = monotonic() + LONGEST_WAIT
    while not server.started:
        assert monotonic() < deadline
        sleep(0.02)
    papers = folder / "papers"
    papers.mkdir()
    yield Desk(settings.address, checks, papers)
    server.should_exit = True
    thread.join(LONGEST_WAIT)
