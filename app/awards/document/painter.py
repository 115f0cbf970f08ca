"""The painter: the process that draws, one document after another, for a web process that never loads what it needs.

It is started by the drawing room (app/awards/drawing.py) and ends when the web process closes its end, or is gone.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from app.awards import document
from app.awards.document import frames
from app.awards.document.dossier import Dossier
from app.awards.document.order import DossierOrder, Order, Sign
from app.awards.facts import Facts
from app.awards.transcripts import Transcript
from app.content.handout import Handout

MEMORY_BYTES = 1536 * 1024 * 1024  # address space of this process; an ordinary drawing takes a fifth of it
PANGO_MISSING, FONTS_MISSING, NOT_DRAWN = "PangoMissing", "FontsMissing", "NotDrawn"


def main() -> None:
    """Draw what is asked for until the web process closes its end, or is gone."""
    _confine()
    with os.fdopen(_answers(), "wb") as answers, suppress(EOFError, BrokenPipeError):
        _load()
        while True:
            frames.send(answers, answer(frames.receive(sys.stdin.buffer), _asking(sys.stdin.buffer, answers)))


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


def _asking(signatures: IO[bytes], answers: IO[bytes]) -> Sign:
    """Give a way to ask the other side for a signature."""

    def sign(key: str, message: bytes) -> bytes:
        frames.send(answers, frames.asking(key, message))
        return frames.receive(signatures)

    return sign


def answer(request: bytes, sign: Sign) -> bytes:
    """Draw, or say why not. Only running out of memory ends the process: a new one starts clean."""
    try:
        document.load()
    except OSError as error:
        return _refusal(PANGO_MISSING, error)
    try:
        return frames.DRAWN + _document(json.loads(request), sign)
    except document.LettersMissing as error:
        return _refusal(FONTS_MISSING, error, letters=str(error))
    except MemoryError:
        raise SystemExit(1) from None
    except EOFError:
        raise  # nobody is there any more who would sign, or read the answer
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one drawing, the next one is wanted
        return _refusal(NOT_DRAWN, error)


def _document(asked: Mapping[str, str], sign: Sign) -> bytes:
    if asked["kind"] == "transcript":
        transcript = Transcript.from_json(asked["transcript"])
        return document.draw_transcript(transcript, on=datetime.fromisoformat(asked["on"]))
    if asked["kind"] == "dossier":
        return document.draw_dossier(Dossier.from_json(asked["dossier"]))
    if asked["kind"] == "handout":
        return document.draw_handout(Handout.from_json(asked["handout"]), paper=asked["paper"])
    if asked["kind"] == "sealed":
        return document.draw_sealed(DossierOrder.from_json(asked["order"]), sign=sign)
    if asked["kind"] == "sample":
        return document.draw_sample(Facts.from_json(asked["facts"]))
    return document.draw(Order.from_json(asked["order"]), paper=asked["paper"], sign=sign)


def _refusal(kind: str, error: Exception, **more: str) -> bytes:
    """Say what went wrong and where. Not the error's own words: they may quote what is on the page."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    why = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
    return frames.REFUSED + json.dumps({"kind": kind, "why": why, **more}).encode()


if __name__ == "__main__":
    main()
