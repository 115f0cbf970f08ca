"""The drawing room: certificates and transcripts are drawn in a process of their own, never in the one that serves.

Drawing is slow, hungry and done by large C libraries. Here it may hang, run out of memory or crash, and all that is
lost is one drawing: the certificate itself is a row that was committed long before.

The two sides speak in frames, four bytes of length and then that many bytes. A request is JSON: the kind of document,
what it says and how it is set. An answer is one byte, `P` or `R`, and then the PDF or, in JSON, why it was refused.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import IO, cast

from app.awards import document
from app.awards.document.dossier import Dossier
from app.awards.facts import Facts
from app.awards.transcripts import Transcript
from app.kit.errors import Unavailable

MEMORY_BYTES = 1536 * 1024 * 1024  # address space of the render process; an ordinary drawing takes a fifth of it

_LENGTH = struct.Struct(">I")
_DRAWN, _REFUSED = b"P", b"R"
_ROOT = Path(__file__).resolve().parents[2]
# What the render process inherits: where libraries and fonts are. No settings, and so no secrets.
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")

log = logging.getLogger(__name__)


class NotDrawn(Unavailable):
    """The drawing failed or took too long. Nothing about what was to be drawn is in doubt."""

    title = "The PDF is not ready"
    message = "What you earned is valid and on screen, but its PDF could not be drawn just now. Try again in a minute."


class PangoMissing(NotDrawn):
    """The library that sets type is not installed on this machine."""

    message = (
        "What you earned is valid and on screen. Its PDF cannot be drawn on this machine until its operator "
        "installs Pango, the library that sets type."
    )


class FontsMissing(NotDrawn):
    """No font on this machine has some of the letters, and a document with boxes in it is not drawn."""

    def __init__(self, letters: str) -> None:
        """Take the letters that no font has."""
        super().__init__(
            "What you earned is valid and on screen. Its PDF cannot be drawn on this machine until its operator "
            f"installs a font for these letters: {letters}"
        )


class DrawingRoom:
    """Where documents are drawn, one at a time, by a process that is started when it is first needed.

    Any thread may ask. A drawing that takes too long is ended together with its process, and the next one
    begins with a new process.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._easel: _Easel | None = None
        self._closed = False

    def draw(self, facts: Facts, *, timeout: float, paper: str = "letter") -> bytes:
        """Give the PDF of a certificate within this many seconds, or refuse in a sentence to the person."""
        return self._drawn({"kind": "certificate", "facts": facts.to_json(), "paper": paper}, timeout=timeout)

    def draw_transcript(self, transcript: Transcript, *, on: datetime, timeout: float) -> bytes:
        """Give the PDF of a transcript, made on this day on her calendar, within this many seconds, or refuse."""
        asked = {"kind": "transcript", "transcript": transcript.to_json(), "on": on.isoformat()}
        return self._drawn(asked, timeout=timeout)

    def draw_sample(self, facts: Facts, *, timeout: float) -> bytes:
        """Give the PDF of a sample certificate, which says on its face that it certifies nothing, or refuse."""
        return self._drawn({"kind": "sample", "facts": facts.to_json()}, timeout=timeout)

    def draw_dossier(self, dossier: Dossier, *, timeout: float) -> bytes:
        """Give the PDF of a dossier within this many seconds, or refuse."""
        return self._drawn({"kind": "dossier", "dossier": dossier.to_json()}, timeout=timeout)

    def warm(self) -> None:
        """Start the render process ahead of the first drawing. It loads its libraries while others work."""
        with self._turn:
            self._ready()

    def close(self) -> None:
        """End the render process, and with it a drawing that may be under way."""
        self._closed = True
        if easel := self._easel:
            easel.kill()
        with self._turn:
            self._dismiss()

    def _drawn(self, asked: Mapping[str, str], *, timeout: float) -> bytes:
        deadline = monotonic() + timeout  # a stopwatch, not the time of day
        request = json.dumps(asked).encode()
        if not self._turn.acquire(timeout=timeout):
            raise NotDrawn
        try:
            return self._opened(self._asked(request, deadline))
        finally:
            self._turn.release()

    def _asked(self, request: bytes, deadline: float) -> bytes:
        """Ask, and ask once more if the process died: it may have been ended from outside while it was idle."""
        for _ in range(2):
            if (left := deadline - monotonic()) <= 0:
                break
            try:
                return self._ready().ask(request, timeout=left)
            except _Overdue:
                self._dismiss()
                break
            except (EOFError, OSError):
                self._dismiss()
        log.error("A PDF was not drawn: the render process took too long, or ended")
        raise NotDrawn

    def _opened(self, answer: bytes) -> bytes:
        """Give the PDF of an answer, or raise what it says."""
        if answer.startswith(_DRAWN):
            return answer[len(_DRAWN) :]
        refusal = json.loads(answer[len(_REFUSED) :])
        self._dismiss()  # what is missing may be installed by the next time, and a new process will find it
        log.error("A PDF was not drawn: %s", refusal["why"])
        if refusal["kind"] == FontsMissing.__name__:
            raise FontsMissing(refusal["letters"])
        raise PangoMissing if refusal["kind"] == PangoMissing.__name__ else NotDrawn

    def _ready(self) -> _Easel:
        if self._closed:
            raise NotDrawn
        if self._easel is None or not self._easel.stands:
            self._dismiss()
            self._easel = _Easel()
        return self._easel

    def _dismiss(self) -> None:
        if self._easel is not None:
            self._easel.close()
        self._easel = None


class _Overdue(Exception):
    """The process was ended because it took too long."""


class _Easel:
    """The render process as seen from the web process: a pipe in, a pipe out and a folder of its own."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="continua-drawing-")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "app.awards.drawing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the web process's own may be a socket of the system's log
            cwd=self._folder.name,
            env=_environment(self._folder.name),
            start_new_session=True,  # Ctrl-C in a terminal lets the drawing under way finish
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    @property
    def stands(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def ask(self, request: bytes, *, timeout: float) -> bytes:
        """Send a request and wait for its answer. Past the time-out the process is killed."""
        overdue = threading.Event()

        def give_up() -> None:
            overdue.set()
            self._process.kill()

        watch = threading.Timer(timeout, give_up)
        watch.daemon = True
        watch.start()
        try:
            _send(self._requests, request)
            return _receive(self._answers)
        except (EOFError, OSError):
            if overdue.is_set():
                raise _Overdue from None
            raise
        finally:
            watch.cancel()

    def kill(self) -> None:
        """End the process where it stands."""
        self._process.kill()

    def close(self) -> None:
        """End the process and clear its folder away."""
        self._process.kill()
        self._process.wait()
        self._answers.close()
        with suppress(OSError):  # what was still to be sent has nobody left to read it
            self._requests.close()
        self._folder.cleanup()


def _environment(folder: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    ours = {"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT)}
    return {**inherited, **ours, "PYTHONHASHSEED": "0"}  # one order of everything: the same facts, the same bytes


def _send(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(_LENGTH.pack(len(content)) + content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content


# From here on: what runs in the render process.


def main() -> None:
    """Draw what is asked for until the web process closes its end, or is gone."""
    _confine()
    with os.fdopen(_answers(), "wb") as answers, suppress(EOFError, BrokenPipeError):
        _load()
        while True:
            _send(answers, _answer(_receive(sys.stdin.buffer)))


def _confine() -> None:
    """Bound the memory that a drawing may take, and leave no dump of somebody's records behind."""
    import resource

    with suppress(ValueError, OSError):  # macOS keeps no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answers() -> int:
    """Keep standard output for frames: whatever a library prints goes nowhere."""
    private = os.dup(sys.stdout.fileno())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return private


def _load() -> None:
    """Load the libraries and the fonts ahead of the first request. If Pango is missing, the answer will say so."""
    with suppress(OSError):
        document.load()


def _answer(request: bytes) -> bytes:
    """Draw, or say why not. Only running out of memory ends the process: a new one starts clean."""
    try:
        document.load()
    except OSError as error:
        return _refusal(PangoMissing, error)
    try:
        return _DRAWN + _document(json.loads(request))
    except document.LettersMissing as error:
        return _refusal(FontsMissing, error, letters=str(error))
    except MemoryError:
        raise SystemExit(1) from None
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one drawing, the next one is wanted
        return _refusal(NotDrawn, error)


def _document(asked: Mapping[str, str]) -> bytes:
    if asked["kind"] == "transcript":
        transcript = Transcript.from_json(asked["transcript"])
        return document.draw_transcript(transcript, on=datetime.fromisoformat(asked["on"]))
    if asked["kind"] == "dossier":
        return document.draw_dossier(Dossier.from_json(asked["dossier"]))
    if asked["kind"] == "sample":
        return document.draw_sample(Facts.from_json(asked["facts"]))
    return document.draw(Facts.from_json(asked["facts"]), paper=asked["paper"])


def _refusal(kind: type[NotDrawn], error: Exception, **more: str) -> bytes:
    """Say what went wrong and where. Not the error's own words: they may quote what is on the page."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    why = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
    return _REFUSED + json.dumps({"kind": kind.__name__, "why": why, **more}).encode()


if __name__ == "__main__":
    main()
