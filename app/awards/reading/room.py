"""The reading room: files from outside are taken apart in processes of their own, a few at a time.

A file may be made to hang whoever reads it, to fill memory, to break a library. Here it ends one process, and what is
lost is that one file's reading: it gets a sentence, a new process is started, and the next file is read.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from app.awards.document import frames
from app.awards.reading.findings import Comparison, Proven, Reading
from app.awards.reading.kinds import Trouble
from app.kit.errors import Unavailable

TIMEOUT_SECONDS = 20.0  # of one step; the process itself allows ten seconds of computing
WAIT_SECONDS = 120.0  # for a free process, while many others read
MOST_FILES = 400  # that one process reads before it is replaced: libraries leak a little
_ROOT = Path(__file__).resolve().parents[3]
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")  # no settings, and so no secrets


class RoomBusy(Unavailable):
    """So many files are being read that this one's turn did not come."""

    title = "Too many files are being read just now"
    message = "Many files are being read at this moment. Nothing is wrong with yours: send it again in a minute."


class Unread(Exception):
    """A file ended the process that read it; says how."""

    def __init__(self, trouble: Trouble, *, by_others: bool = False) -> None:
        """Take what happened, and whether somebody else ended the process: then the file is worth another try."""
        super().__init__(trouble)
        self.trouble, self.by_others = trouble, by_others


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One file of a zip, or why it is not given."""

    name: str
    content: bytes
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some files of a zip, and where to go on."""

    files: tuple[Unpacked, ...]
    next: int | None  # None: that was all
    spent: int  # bytes unpacked so far
    trouble: Trouble | None
    detail: str


class ReadingRoom:
    """A few processes that read files. Each is started when it is first needed. Any thread may ask."""

    def __init__(self, processes: int | None = None) -> None:
        self.processes = processes or os.cpu_count() or 1
        self._free: queue.LifoQueue[Desk] = queue.LifoQueue()
        self._desks = [Desk() for _ in range(self.processes)]
        for desk in self._desks:
            self._free.put(desk)
        self._closed = threading.Event()

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Lend a process for one file, or raise `RoomBusy`."""
        try:
            desk = self._free.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise RoomBusy from None
        try:
            if self._closed.is_set():
                raise RoomBusy
            yield desk
        finally:
            desk.tidy()
            self._free.put(desk)

    def warm(self) -> None:
        """Start the processes ahead of the first file. They load their libraries while others work."""
        for desk in self._desks:
            desk.start()

    def close(self) -> None:
        """End all processes, and with them whatever is being read."""
        self._closed.set()
        for desk in self._desks:
            desk.end()


class Desk:
    """One process as seen from whoever asks: a pipe in, a pipe out and an empty folder."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files = 0

    def read(self, content: bytes) -> Reading:
        """Say what a file is, and leave it open. Raises `Unread`."""
        self._files += 1
        return Reading.from_raw(self._asked({"act": "read"}, content))

    def compare(self, facts: str, original: bytes, *, place: int, keys: bytes) -> Comparison:
        """Hold a page of the open file against a record and its original. Raises `Unread`."""
        return Comparison.from_raw(self._asked({"act": "compare", "facts": facts, "place": place}, original, keys))

    def prove(self, keys: bytes) -> Proven:
        """Say what the open file proves by our keys alone. Raises `Unread`."""
        return Proven.from_raw(self._asked({"act": "prove"}, keys))

    def unpack(self, content: bytes, *, start: int, spent: int) -> Batch:
        """Give some files of a zip, from the one at `start` on. Raises `Unread`."""
        self._files += 1
        with self._turn:
            answers = self._exchange({"act": "unpack", "start": start, "spent": spent}, content)
            files = []
            while not (told := json.loads(next(answers)))["end"]:
                trouble = Trouble(told["trouble"]) if told["trouble"] else None
                files.append(Unpacked(told["name"], next(answers), trouble))
        trouble = Trouble(told["trouble"]) if told["trouble"] else None
        return Batch(tuple(files), next=told["next"], spent=told["spent"], trouble=trouble, detail=told["detail"])

    def start(self) -> None:
        """Start the process where it is not there."""
        with self._turn:
            self._ready()

    def tidy(self) -> None:
        """Replace the process once it has read enough."""
        if self._files > MOST_FILES:
            self.end()

    def end(self) -> None:
        """End the process and clear its folder away."""
        process, folder = self._process, self._folder
        self._process, self._folder, self._files = None, None, 0
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was still to be sent has nobody left to read it
                    cast("IO[bytes]", pipe).close()
        if folder is not None:
            folder.cleanup()

    def _asked(self, asked: Mapping[str, Any], *things: bytes) -> dict[str, Any]:
        with self._turn:
            return cast("dict[str, Any]", json.loads(next(self._exchange(asked, *things))))

    def _exchange(self, asked: Mapping[str, Any], *things: bytes) -> Iterator[bytes]:
        """Send a request, and give frame after frame of what comes back, each within its time."""
        process = self._ready()
        with self._watched(process) as watch:
            requests, answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
            for frame in (json.dumps(asked).encode(), *things):
                frames.send(requests, frame)
            while True:
                answer = frames.receive(answers)
                watch.rest()
                yield answer
                watch.start()

    @contextmanager
    def _watched(self, process: subprocess.Popen[bytes]) -> Iterator[_Watch]:
        watch = _Watch(process)
        watch.start()
        try:
            yield watch
        except (EOFError, OSError):
            process.kill()  # it may also have closed its pipe and lived on
            ended = process.wait()
            self.end()
            if watch.is_overdue or ended == -signal.SIGXCPU:
                raise Unread(Trouble.TOO_SLOW) from None
            raise Unread(Trouble.BREAKS_READER, by_others=ended in {-signal.SIGKILL, -signal.SIGTERM}) from None
        finally:
            watch.rest()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.end()
        if self._process is None:
            self._folder = tempfile.TemporaryDirectory(prefix="continua-reading-")
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "app.awards.reading.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder.name,
                env=_environment(self._folder.name),
                start_new_session=True,  # Ctrl-C in a terminal lets the reading under way finish
            )
        return self._process


class _Watch:
    """Ends a process that takes too long."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._timer: threading.Timer | None = None
        self.is_overdue = False

    def start(self) -> None:
        """Begin to count."""
        self._timer = threading.Timer(TIMEOUT_SECONDS, self._give_up)
        self._timer.daemon = True
        self._timer.start()

    def rest(self) -> None:
        """Stop counting."""
        if self._timer is not None:
            self._timer.cancel()

    def _give_up(self) -> None:
        self.is_overdue = True
        self._process.kill()


def _environment(folder: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    ours = {"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT)}
    # Where libraries were not compiled yet it must not try to: it may write no file of that size, and would be ended.
    return {**inherited, **ours, "PYTHONDONTWRITEBYTECODE": "1"}
