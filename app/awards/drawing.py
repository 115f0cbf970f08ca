"""The drawing room: certificates and transcripts are drawn in a process of their own, never in the one that serves.

Drawing is slow, hungry and done by large C libraries. Here it may hang, run out of memory or crash, and all that is
lost is one drawing: the certificate itself is a row that was committed long before.

The process that draws (app/awards/document/painter.py) holds no private key. While it draws a sealed document it asks
for each signature, and gets it only under what a drawing of that order has to have signed (document/witness.py).
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import IO, cast

from app.awards.document import frames, witness
from app.awards.document.dossier import Dossier
from app.awards.document.order import DossierOrder, Order
from app.awards.facts import Facts
from app.awards.transcripts import Transcript
from app.content.handout import Handout
from app.kit.errors import Unavailable

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

    def __init__(self, signer: witness.Signs | None = None) -> None:
        """Take who signs what is sealed; samples, transcripts and dossiers need nobody."""
        self._signer = signer
        self._turn = threading.Lock()
        self._easel: _Easel | None = None
        self._closed = False

    def draw(self, order: Order, *, timeout: float, paper: str = "letter") -> bytes:
        """Give the PDF of a certificate within this many seconds, or refuse in a sentence to the person."""
        seal_key = order.seal.key if order.seal else ""
        asked = {"kind": "certificate", "order": order.to_json(), "paper": paper}
        return self._drawn(asked, timeout=timeout, seal_key=seal_key, badge_key=order.badge_key)

    def draw_sealed(self, order: DossierOrder, *, timeout: float) -> bytes:
        """Give the PDF of a dossier, sealed, within this many seconds, or refuse."""
        asked = {"kind": "sealed", "order": order.to_json()}
        return self._drawn(asked, timeout=timeout, seal_key=order.seal.key)

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

    def draw_handout(self, handout: Handout, *, timeout: float, paper: str = "letter") -> bytes:
        """Give the PDF of a handout within this many seconds, or refuse."""
        asked = {"kind": "handout", "handout": handout.to_json(), "paper": paper}
        return self._drawn(asked, timeout=timeout)

    @property
    def pid(self) -> int | None:
        """The number of the render process, while there is one: a bench measures what it does."""
        return self._easel.pid if self._easel else None

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

    def _drawn(self, asked: Mapping[str, str], *, timeout: float, seal_key: str = "", badge_key: str = "") -> bytes:
        deadline = monotonic() + timeout  # a stopwatch, not the time of day
        request = json.dumps(asked).encode()
        if not self._turn.acquire(timeout=timeout):
            raise NotDrawn
        try:
            for _ in range(2):  # the process may have been ended from outside while it was idle
                present = witness.Witness(self._signer, seal_key, badge_key)
                if answer := self._asked(request, present, deadline):
                    return self._opened(answer)
        finally:
            self._turn.release()
        log.error("A PDF was not drawn: the render process took too long, or ended")
        raise NotDrawn

    def _asked(self, request: bytes, present: witness.Witness, deadline: float) -> bytes | None:
        """Give the answer to a request, or nothing where the process died of it or before it."""
        if (left := deadline - monotonic()) <= 0:
            return None
        try:
            answer = self._ready().ask(request, present.answer, timeout=left)
            if answer.startswith(frames.DRAWN):
                present.look_at(answer[len(frames.DRAWN) :])
        except BaseException as error:
            self._dismiss()  # it stands in the middle of something
            if isinstance(error, witness.NotWitnessed):
                log.exception("A PDF was not drawn: the render process asked for, or gave, what it may not")
                raise NotDrawn from error
            if not isinstance(error, (EOFError, OSError)):
                raise
            return None
        return answer

    def _opened(self, answer: bytes) -> bytes:
        """Give the PDF of an answer, or raise what it says."""
        if answer.startswith(frames.DRAWN):
            return answer[len(frames.DRAWN) :]
        refusal = json.loads(answer[len(frames.REFUSED) :])
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


class _Easel:
    """The render process as seen from the web process: a pipe in, a pipe out and a folder of its own."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="continua-drawing-")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "app.awards.document.painter"],
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
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def stands(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def ask(self, request: bytes, sign: Callable[[bytes], bytes], *, timeout: float) -> bytes:
        """Send a request, sign what its drawing takes, and give the answer. Past the time-out the process is killed."""
        watch = threading.Timer(timeout, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            frames.send(self._requests, request)
            while (answer := frames.receive(self._answers)).startswith(frames.TO_SIGN):
                frames.send(self._requests, sign(answer))
            return answer
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
