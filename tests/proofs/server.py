"""The real server in a folder of its own, which a proof may start and kill as often as it likes."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AS_SHIPPED = ("-m", "app", "serve")
LONGEST_START = 30.0  # seconds; several times what a busy machine needs
PATIENCE = 0.01  # seconds between two knocks at the door


class DidNotOpen(AssertionError):
    """The server ended, or said nothing, instead of opening."""


@dataclass(frozen=True, slots=True)
class Open:
    """A server that answers, and how long it took from its start until it did."""

    port: int
    seconds: float
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Kill it as a machine that runs out of memory would: at once, without a word."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def opened(folder: Path, url: str, *, program: tuple[str, ...] = AS_SHIPPED) -> Iterator[Open]:
    """Start a server over a database and wait until it answers; whatever happens, it is dead in the end."""
    port, log = _free_port(), folder / "server.log"
    began = time.perf_counter()
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, *program],
            cwd=folder,  # away from the checkout, so that no .env of a developer's is read
            env=_environment(folder, url, port),
            stderr=stderr,
            start_new_session=True,
        )
    server = Open(port, 0.0, process)
    try:
        _wait_until_it_answers(server, log)
        yield Open(port, time.perf_counter() - began, process)
    finally:
        server.kill()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def _environment(folder: Path, url: str, port: int) -> dict[str, str]:
    # As after ./run, which compiles what it installs: a start does not compile the application again.
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CONTINUA_", "PYTHONDONT"))}
    courses = folder / "courses"
    courses.mkdir(exist_ok=True)
    return ours | {
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
        "CONTINUA_DATA": str(folder),
        "CONTINUA_DATABASE_URL": url,
        "CONTINUA_PORT": str(port),
        "CONTINUA_COURSES": str(courses),
    }


def _wait_until_it_answers(server: Open, log: Path) -> None:
    give_up_at = time.monotonic() + LONGEST_START
    while not _answers(server.port):
        if server.process.poll() is not None or time.monotonic() > give_up_at:
            raise DidNotOpen(log.read_text(encoding="utf-8", errors="replace"))
        time.sleep(PATIENCE)


def _answers(port: int) -> bool:
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        door.request("GET", "/health")
        return door.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        door.close()
